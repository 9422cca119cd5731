import { randomBytes } from 'node:crypto';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type EngineConnection } from '../connection.js';
import {
  CredentialsRequestSchema,
  CredentialsResponseSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from './wire_pb.js';

/** What a registry's host is answered with; undefined for anonymous access. */
export type CredentialsFor = (host: string) => Promise<MessageInitShape<typeof CredentialsResponseSchema> | undefined>;

/** A client session that BuildKit calls back while it builds. */
export interface BuildSession {
  /** To be named in the build request. */
  id: string;
  dispose(): void;
}

type Method = (request: Buffer) => Promise<Uint8Array>;

/** gRPC's status codes that are answered here (https://grpc.io/docs/guides/status-codes/). */
const unimplemented = 12;
const unknown = 2;

/**
 * Opens BuildKit's client session: `POST /session` upgraded to h2c, in which this side is the gRPC server.
 *
 * It answers health checks (BuildKit ends a session that does not, within seconds) and asks for credentials only for
 * the host that BuildKit names.
 */
export async function openBuildSession(
  connection: EngineConnection,
  credentialsFor: CredentialsFor,
  signal: AbortSignal,
): Promise<BuildSession> {
  const id = randomBytes(16).toString('hex');
  const methods = new Map<string, Method>([
    [
      '/grpc.health.v1.Health/Check',
      () =>
        Promise.resolve(
          toBinary(
            HealthCheckResponseSchema,
            create(HealthCheckResponseSchema, { status: HealthCheckResponse_ServingStatus.SERVING }),
          ),
        ),
    ],
    [
      '/moby.filesync.v1.Auth/Credentials',
      async (request) => {
        const { host } = fromBinary(CredentialsRequestSchema, request);
        const credentials = (await credentialsFor(host)) ?? {};
        return toBinary(CredentialsResponseSchema, create(CredentialsResponseSchema, credentials));
      },
    ],
  ]);
  const socket = await connection.hijack({
    method: 'POST',
    path: '/session',
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'research-containers',
      'X-Docker-Expose-Session-Grpc-Method': [...methods.keys()],
    },
    signal,
  });
  const server = createServer();
  let session: ServerHttp2Session | undefined;
  server.on('session', (opened) => {
    session = opened;
    // The build's own answer says what went wrong; the session ends with it.
    opened.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    void answerCall(stream, methods.get(headers[':path'] ?? ''));
  });
  server.emit('connection', socket);
  return {
    id,
    dispose: () => {
      session?.destroy();
      socket.destroy();
    },
  };
}

/** One unary gRPC call over HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
async function answerCall(stream: ServerHttp2Stream, method: Method | undefined): Promise<void> {
  let trailers: Record<string, string> = { 'grpc-status': '0' };
  stream.on('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  try {
    if (method === undefined) {
      trailers = { 'grpc-status': String(unimplemented), 'grpc-message': 'unknown method' };
    } else {
      stream.write(frame(await method(await requestMessage(stream))));
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    trailers = { 'grpc-status': String(unknown), 'grpc-message': encodeURIComponent(message) };
  }
  if (!stream.destroyed) stream.end();
}

/** The message of a unary call: one flag byte, the length in 32 bits, the bytes. */
async function requestMessage(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  return whole.subarray(5, 5 + whole.readUInt32BE(1));
}

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(5 + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, 5);
  return framed;
}
