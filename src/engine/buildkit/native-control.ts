import { Duplex } from 'node:stream';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type EngineConnection, streamFailure } from '../connection.js';
import { type Control } from './build-over-grpc.js';
import { GrpcClient } from './grpc/client.js';
import { frame, readFrames } from './grpc/frames.js';
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
    return { client, dialSession: (headers) => Promise.resolve(sessionTunnel(client, headers)) };
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
function sessionTunnel(control: GrpcClient, headers: Readonly<Record<string, string | readonly string[]>>): Duplex {
  const call = control.open('/moby.buildkit.v1.Control/Session', headers);
  const wrap = (data: Uint8Array): Buffer =>
    frame(toBinary(BytesMessageSchema, create(BytesMessageSchema, { data: Uint8Array.from(data) })));
  const tunnel = new Duplex({
    read: () => {
      call.resume();
    },
    write: (chunk: Buffer, _encoding, done) => {
      call.write(wrap(chunk), done);
    },
    final: (done) => {
      call.end(done);
    },
    destroy: (error, done) => {
      call.destroy();
      done(error);
    },
  });
  const receive = async (): Promise<void> => {
    for await (const message of readFrames(call)) {
      if (!tunnel.push(Buffer.from(fromBinary(BytesMessageSchema, message).data))) call.pause();
    }
    tunnel.push(null);
  };
  receive().catch(() => {
    tunnel.destroy();
  });
  return tunnel;
}
