import { asFailure, Failure } from '../host/failure.js';
import { EngineConnection } from './connection.js';
import { type Endpoint } from './endpoint.js';
import { type EngineIdentity, identify } from './system.js';

export type Attempt =
  { kind: 'answers'; connection: EngineConnection; identity: EngineIdentity } | { kind: 'failed'; failure: Failure };

const limitMilliseconds = 10_000;
/** A host may be far, and its name server slow. */
const sshLimitMilliseconds = 30_000;

/** Connects to an endpoint and asks what it is; fails within half a minute. Whoever asked disposes the connection. */
export async function tryEndpoint(endpoint: Endpoint, signal?: AbortSignal): Promise<Attempt> {
  const limit = AbortSignal.timeout(endpoint.address.kind === 'ssh' ? sshLimitMilliseconds : limitMilliseconds);
  let connection: EngineConnection | undefined;
  try {
    connection = new EngineConnection(endpoint);
    const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    return { kind: 'answers', connection, identity: await identify(connection, either) };
  } catch (error) {
    connection?.dispose();
    const failure = asFailure(error, `Connecting to ${endpoint.host}`);
    if (!limit.aborted || signal?.aborted === true) return { kind: 'failed', failure };
    return {
      kind: 'failed',
      failure: new Failure(
        'engine-unreachable',
        `The Docker Engine at ${endpoint.host} does not answer in time.`,
        'Check the network, or choose another engine with “Select Engine”.',
        { cause: error },
      ),
    };
  }
}

/** Whether the engine of a connection still answers. */
export async function stillThere(connection: EngineConnection): Promise<boolean> {
  try {
    await identify(connection, AbortSignal.timeout(limitMilliseconds));
    return true;
  } catch {
    return false;
  }
}
