import { randomBytes } from 'node:crypto';
import { type Duplex } from 'node:stream';
import { HealthCheckResponse_ServingStatus } from './wire_pb.js';
import { fileSync, type SyncedFolder } from './file-sync/file-sync.js';
import { type Method, serveGrpc, unary } from './grpc/server.js';
import { GrpcError, statusCodes } from './grpc/status.js';
import { type EngineConnection } from '../connection.js';
import {
  CredentialsRequestSchema,
  CredentialsResponseSchema,
  HealthCheckResponseSchema,
  SecretRequestSchema,
  SecretResponseSchema,
  HealthCheckRequestSchema,
} from './wire_pb.js';

/** What BuildKit may ask this side for while it builds. */
export interface BuildClient {
  /** By the name that the build calls them: `context` and `dockerfile`. */
  folders: ReadonlyMap<string, SyncedFolder>;
  /** The same for each build of the same context, so that only what changed is sent. */
  sharedKey: string;
  /** The value of a secret; undefined where there is none of that name. */
  secret(id: string): Promise<Uint8Array | undefined>;
  /** Asked for the one host that BuildKit names; undefined for anonymous access. */
  credentials(host: string): Promise<{ username: string; secret: string } | undefined>;
}

/** A client session that BuildKit calls back while it builds. */
export interface BuildSession {
  /** To be named in the build request. */
  id: string;
  dispose(): void;
}

/** The calls that a session answers. */
function methodsOf(client: BuildClient): ReadonlyMap<string, Method> {
  return new Map([
    [
      // BuildKit ends a session that does not answer it, within seconds.
      '/grpc.health.v1.Health/Check',
      unary(HealthCheckRequestSchema, HealthCheckResponseSchema, () =>
        Promise.resolve({ status: HealthCheckResponse_ServingStatus.SERVING }),
      ),
    ],
    ['/moby.filesync.v1.FileSync/DiffCopy', fileSync(client.folders)],
    [
      '/moby.filesync.v1.Auth/Credentials',
      unary(
        CredentialsRequestSchema,
        CredentialsResponseSchema,
        async ({ host }) => (await client.credentials(host)) ?? {},
      ),
    ],
    [
      '/moby.buildkit.secrets.v1.Secrets/GetSecret',
      unary(SecretRequestSchema, SecretResponseSchema, async ({ id }) => {
        const data = await client.secret(id);
        if (data === undefined) throw new GrpcError(statusCodes.notFound, `secret ${id}: not found`);
        return { data: Uint8Array.from(data) };
      }),
    ],
  ]);
}

/** What a session is announced with, whichever way it is opened. */
function sessionHeaders(id: string, client: BuildClient, methods: Iterable<string>): Record<string, string | string[]> {
  return {
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Name': 'research-containers',
    'X-Docker-Expose-Session-Sharedkey': client.sharedKey,
    'X-Docker-Expose-Session-Grpc-Method': [...methods],
  };
}

/** A connection for a session that is announced with these headers. */
export type DialSession = (headers: Record<string, string | string[]>, signal: AbortSignal) => Promise<Duplex>;

/** `POST /session` upgraded to h2c. */
export function dialOver(connection: EngineConnection): DialSession {
  return (headers, signal) =>
    connection.hijack({ method: 'POST', path: '/session', headers: { Upgrade: 'h2c', ...headers }, signal });
}

/** Opens BuildKit's client session, in which this side is the gRPC server. */
export async function openBuildSession(
  dial: DialSession,
  client: BuildClient,
  signal: AbortSignal,
): Promise<BuildSession> {
  const id = randomBytes(16).toString('hex');
  const methods = methodsOf(client);
  const connection = await dial(sessionHeaders(id, client, methods.keys()), signal);
  return { id, ...serveGrpc(connection, methods) };
}
