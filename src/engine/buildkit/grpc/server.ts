import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
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
import { GrpcError, statusCodes, trailersOf } from './status.js';

/** A call that the other side makes. */
export interface Call {
  /** The headers of a name, in their order; keys are lower case. */
  metadata(name: string): readonly string[];
  /** What the other side sends, until it ends its half. */
  messages: AsyncGenerator<Buffer, void>;
  /** Sends bytes that are framed already; resolves when more may be sent, rejects when nobody reads them any more. */
  send: (frames: Uint8Array) => Promise<void>;
}

export type Method = (call: Call) => Promise<void>;

/** One request, one answer. */
export function unary<Request extends DescMessage, Response extends DescMessage>(
  request: Request,
  response: Response,
  answer: (message: MessageShape<Request>) => Promise<MessageInitShape<Response>>,
): Method {
  return async ({ messages, send }) => {
    const { value } = await messages.next();
    const answered = await answer(fromBinary(request, value ?? Buffer.alloc(0)));
    await send(frame(toBinary(response, create(response, answered))));
  };
}

/** Answers gRPC calls on a connection of which this side is the server, until it is disposed of or the connection ends. */
export function serveGrpc(connection: Duplex, methods: ReadonlyMap<string, Method>): { dispose(): void } {
  const server = createServer();
  let session: ServerHttp2Session | undefined;
  server.on('session', (opened) => {
    session = opened;
    // Whoever needs the session learns of its end by the call that it was opened for.
    opened.on('error', () => undefined);
  });
  server.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      stream.on('error', () => undefined);
      void answerCall(stream, methods.get(headers[':path'] ?? ''), rawHeaders);
    },
  );
  server.emit('connection', connection);
  return {
    dispose: () => {
      session?.destroy();
      connection.destroy();
    },
  };
}

async function answerCall(
  stream: ServerHttp2Stream,
  method: Method | undefined,
  rawHeaders: readonly string[],
): Promise<void> {
  let trailers: Record<string, string> = { 'grpc-status': '0' };
  stream.on('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  try {
    if (method === undefined) throw new GrpcError(statusCodes.unimplemented, 'unknown method');
    await method({
      metadata: (name) => valuesOf(rawHeaders, name),
      messages: readFrames(stream.iterator({ destroyOnReturn: false })),
      send: (frames) => write(stream, frames),
    });
  } catch (error) {
    trailers = trailersOf(error);
  }
  if (!stream.destroyed) stream.end();
}

/** Node joins repeated headers with commas, which a path may contain: the raw list keeps them apart. */
function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1] === name);
}

async function write(stream: ServerHttp2Stream, bytes: Uint8Array): Promise<void> {
  if (stream.destroyed) throw new GrpcError(statusCodes.unknown, 'the call was ended');
  if (stream.write(bytes)) return;
  const closed = new AbortController();
  const onClose = (): void => {
    closed.abort();
  };
  stream.once('close', onClose);
  try {
    await once(stream, 'drain', { signal: closed.signal });
  } catch {
    throw new GrpcError(statusCodes.unknown, 'the call was ended');
  } finally {
    stream.off('close', onClose);
  }
}
