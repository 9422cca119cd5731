import { type Duplex, Readable, Transform } from 'node:stream';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type EngineConnection, streamFailure } from '../connection.js';
import { type Control } from './build-over-grpc.js';
import { GrpcClient } from './grpc/client.js';
import { frame, readFrames } from './grpc/frames.js';
import { socketPair } from './socket-pair.js';
import { BytesMessageSchema, ListWorkersRequestSchema, ListWorkersResponseSchema } from './wire_pb.js';

/**
 * BuildKit's control API of an engine that serves gRPC beside its HTTP on the same socket, by HTTP/2 with prior knowledge:
 * Docker Engine since API 1.53, which calls `/grpc` and `/session` deprecated.
 */
export async function openNativeControl(connection: EngineConnection, signal: AbortSignal): Promise<Control> {
  const client = new GrpcClient(await connection.connect(signal));
  try {
    // Only an answer shows that HTTP/2 is understood.
    const path = '/moby.buildkit.v1.Control/ListWorkers';
    await client.call(path, [ListWorkersRequestSchema, {}], ListWorkersResponseSchema, signal);
    return { client, dialSession: (headers) => sessionTunnel(client, headers) };
  } catch (error) {
    client.dispose();
    throw streamFailure(error, connection, 'Connecting to BuildKit', signal);
  }
}

/**
 * The connection on which BuildKit calls back, as `Control.Session` carries it: bytes in messages, in both directions.
 *
 * @param headers what the session is announced with
 */
async function sessionTunnel(
  control: GrpcClient,
  headers: Readonly<Record<string, string | readonly string[]>>,
): Promise<Duplex> {
  const [near, far] = await socketPair();
  const call = control.open('/moby.buildkit.v1.Control/Session', headers);
  const end = (): void => {
    call.destroy();
    near.destroy();
    far.destroy();
  };
  for (const stream of [call, near, far]) {
    stream.on('error', end);
    stream.on('close', end);
  }
  const wrapped = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      done(null, frame(toBinary(BytesMessageSchema, create(BytesMessageSchema, { data: Uint8Array.from(chunk) }))));
    },
  });
  far.pipe(wrapped).pipe(call);
  const received = async function* (): AsyncGenerator<Buffer> {
    for await (const message of readFrames(call)) {
      yield Buffer.from(fromBinary(BytesMessageSchema, message).data);
    }
  };
  Readable.from(received(), { objectMode: false }).on('error', end).pipe(far);
  return near;
}
