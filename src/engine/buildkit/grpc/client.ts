import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { type Duplex } from 'node:stream';
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { frame, readFrames } from './frames.js';
import { errorOf } from './status.js';

/**
 * Makes gRPC calls over a connection that is HTTP/2 already.
 *
 * Calls reject with GrpcError, with an Error of code `ECONNRESET` where the connection ended, and with an AbortError.
 */
export class GrpcClient {
  private readonly session: ClientHttp2Session;

  constructor(private readonly connection: Duplex) {
    this.session = connect('http://localhost', { createConnection: () => connection });
    // Each call learns of it by its own end.
    this.session.on('error', () => undefined);
  }

  /** One request, one answer. */
  async call<Request extends DescMessage, Response extends DescMessage>(
    path: string,
    request: readonly [Request, MessageInitShape<Request>],
    response: Response,
    signal: AbortSignal,
  ): Promise<MessageShape<Response>> {
    let answer: MessageShape<Response> | undefined;
    for await (const message of this.stream(path, request, response, signal)) answer = message;
    if (answer === undefined) throw connectionEnded();
    return answer;
  }

  /** One request, many answers. */
  async *stream<Request extends DescMessage, Response extends DescMessage>(
    path: string,
    [schema, request]: readonly [Request, MessageInitShape<Request>],
    response: Response,
    signal: AbortSignal,
  ): AsyncGenerator<MessageShape<Response>, void> {
    signal.throwIfAborted();
    const stream = this.open(path, {});
    const trailers = trailersOn(stream);
    const abort = (): void => {
      stream.close(constants.NGHTTP2_CANCEL);
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      stream.end(frame(toBinary(schema, create(schema, request))));
      for await (const message of readFrames(stream)) yield fromBinary(response, message);
      signal.throwIfAborted();
      if (!trailers.has('grpc-status')) throw connectionEnded();
      const error = errorOf(trailers);
      if (error !== undefined) throw error;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      stream.destroy();
    }
  }

  /** A call whose two halves the caller drives. */
  open(path: string, headers: Readonly<Record<string, string | readonly string[]>>): ClientHttp2Stream {
    if (this.session.destroyed || this.session.closed) throw connectionEnded();
    const stream = this.session.request({
      ...headers,
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    return stream;
  }

  dispose(): void {
    this.session.destroy();
    this.connection.destroy();
  }
}

/** A call that fails at once has its status among the headers. */
function trailersOn(stream: ClientHttp2Stream): ReadonlyMap<string, string> {
  const trailers = new Map<string, string>();
  const keep = (headers: object): void => {
    for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') trailers.set(name, value);
  };
  stream.on('response', keep);
  stream.on('trailers', keep);
  return trailers;
}

function connectionEnded(): Error {
  return Object.assign(new Error('the connection ended'), { code: 'ECONNRESET' });
}
