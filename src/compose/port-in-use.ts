import { type EngineConnection } from '../engine/connection.js';
import { listContainers } from '../engine/containers.js';
import { asFailure, Failure } from '../host/failure.js';
import { portUser } from '../host/port-user.js';

/**
 * Says of a container that could not be started who has the port that it wants: another container, or a program of this
 * machine where the engine is on it. Other failures are as they were.
 */
export async function withPortUser(
  connection: EngineConnection,
  service: string,
  error: unknown,
  signal: AbortSignal,
): Promise<Failure> {
  const failure = asFailure(error, `Starting “${service}”`);
  if (failure.reason !== 'port-in-use') {
    return new Failure(failure.reason, `${service}: ${failure.message}`, failure.remedy, {
      cause: error,
      output: [...failure.output],
    });
  }
  const port = portIn(failure.message);
  const user = Number.isNaN(port) ? undefined : await whoHas(connection, port, signal);
  return new Failure(
    'port-in-use',
    Number.isNaN(port)
      ? `${service}: ${failure.message}`
      : `${service} wants port ${port}, and ${user ?? 'another program'} has it.`,
    user?.startsWith('the container') === true
      ? 'Stop that container, or publish another port, then “Up” again.'
      : 'End that program, or publish another port, then “Up” again.',
    { cause: error },
  );
}

/** NaN where it says none; engines since 28 say the container’s address and port behind it. */
function portIn(message: string): number {
  const [, since28, before] =
    /failed to bind host port (?:for )?(?:\[[^\]]*\]|[^:\s]*):(\d+)|:(\d+)(?: failed|: bind)/.exec(message) ?? [];
  return Number(since28 ?? before);
}

async function whoHas(connection: EngineConnection, port: number, signal: AbortSignal): Promise<string | undefined> {
  const containers = await listContainers(connection, signal);
  const container = containers.find(({ ports }) => ports.some(({ host }) => host?.port === port));
  if (container !== undefined) return `the container ${container.name}`;
  const { kind } = connection.endpoint.address;
  const program = kind === 'socket' ? await portUser(port) : undefined;
  return program === undefined ? undefined : `${program.name} (process ${program.pid})`;
}
