import { setTimeout as wait } from 'node:timers/promises';
import { containerLogs } from '../engine/container-logs.js';
import { type EngineConnection } from '../engine/connection.js';
import { type ContainerSummary, inspectContainer, listContainers } from '../engine/containers.js';
import { engineEvents } from '../engine/events.js';
import { Failure } from '../host/failure.js';

const quotedLines = 20;
/** Before an engine that has stopped telling is asked again, in milliseconds. */
const pause = 250;

/**
 * Waits until all containers are as somebody who depends on them needs it: by the engine's events, each of which makes it
 * look again. Rejects `service-failed` with the last lines of a container that can no longer become so; one that is started again after
 * its end still can.
 *
 * @param containers at least one
 * @param onAgain called for one that has ended with an error and is started again
 */
export async function awaitCondition(
  connection: EngineConnection,
  service: string,
  containers: readonly string[],
  condition: 'service_healthy' | 'service_completed_successfully',
  onAgain: (container: ContainerSummary) => void,
  signal: AbortSignal,
): Promise<void> {
  await watch(connection, containers, signal, async (summaries) => {
    summaries.filter(({ state }) => state === 'restarting').forEach(onAgain);
    const states = await Promise.all(
      summaries.map((summary) => stateFor(connection, service, summary, condition, signal)),
    );
    return states.every((isMet) => isMet) ? true : undefined;
  });
}

/**
 * Looks for containers that end with an error, for as long as the time given. Resolves to the first one, or to undefined
 * when the time is over or all have ended well.
 *
 * @param milliseconds how long is watched
 */
export async function watchForEnd(
  connection: EngineConnection,
  containers: readonly string[],
  milliseconds: number,
  signal: AbortSignal,
): Promise<ContainerSummary | undefined> {
  const time = AbortSignal.timeout(milliseconds);
  try {
    const end = await watch(connection, containers, AbortSignal.any([signal, time]), (summaries) => {
      const failed = summaries.find(hasFailed);
      const areOver = summaries.every(({ state }) => state === 'exited');
      return Promise.resolve(failed !== undefined || areOver ? { failed } : undefined);
    });
    return end.failed;
  } catch (error) {
    if (time.aborted && !signal.aborted) return undefined;
    throw error;
  }
}

/** Whether a container ended with an error, or is being started again and again for that. */
export function hasFailed({ state, exitCode }: ContainerSummary): boolean {
  return (state === 'exited' || state === 'restarting' || state === 'dead') && exitCode !== undefined && exitCode !== 0;
}

/** The Failure for a service that ended, with its last lines. */
export async function endedFailure(
  connection: EngineConnection,
  service: string,
  { id, name, exitCode }: ContainerSummary,
  signal: AbortSignal,
): Promise<Failure> {
  const output: string[] = [];
  try {
    for await (const lines of containerLogs(connection, id, { tail: quotedLines, follow: false, signal })) {
      output.push(...lines.map(({ text }) => text));
    }
  } catch (error) {
    signal.throwIfAborted();
    output.push(`(Its log cannot be read: ${error instanceof Error ? error.message : String(error)})`);
  }
  const last = output.slice(-quotedLines);
  const said = last.at(-1);
  return new Failure(
    'service-failed',
    `The service “${service}” (${name}) ended with exit code ${exitCode ?? 'unknown'}${said === undefined ? '.' : `: ${said}`}`,
    'Its log has what it said (“Show Logs”). Correct the service, then “Up” again.',
    { output: last },
  );
}

async function stateFor(
  connection: EngineConnection,
  service: string,
  summary: ContainerSummary,
  condition: 'service_healthy' | 'service_completed_successfully',
  signal: AbortSignal,
): Promise<boolean> {
  const { state, exitCode, health, name } = summary;
  if (state === 'restarting') return false;
  if (hasFailed(summary)) throw await endedFailure(connection, service, summary, signal);
  if (condition === 'service_completed_successfully') return state === 'exited' && exitCode === 0;
  if (state === 'exited') throw await endedFailure(connection, service, summary, signal);
  if (health === 'healthy') return true;
  if (health === undefined && state === 'running') {
    throw new Failure(
      'service-failed',
      `The service “${service}” (${name}) has no health check, and another service waits for it to be healthy.`,
      'Give it a healthcheck, or wait with “condition: service_started”.',
    );
  }
  if (health === 'unhealthy') {
    throw new Failure(
      'service-failed',
      `The service “${service}” (${name}) is not healthy.`,
      'Its log and the check (“Inspect” shows what it printed) say why.',
    );
  }
  return false;
}

/** Looks at the containers at first and after each event of theirs, until the look finds something. */
async function watch<T>(
  connection: EngineConnection,
  containers: readonly string[],
  signal: AbortSignal,
  look: (summaries: readonly ContainerSummary[]) => Promise<T | undefined>,
): Promise<T> {
  const over = new AbortController();
  let wake = (): void => undefined;
  let onOpen = (): void => undefined;
  const opened = new Promise<void>((resolve) => (onOpen = resolve));
  const listen = async (): Promise<never> => {
    const options = { since: undefined, onOpen, signal: AbortSignal.any([signal, over.signal]) };
    for (;;) {
      for await (const { type, id } of engineEvents(connection, options)) {
        if (type === 'container' && containers.includes(id)) wake();
      }
      // Podman stops telling while nothing has happened yet, and an engine that is lost says so when it is asked again.
      await wait(pause, undefined, { signal: options.signal });
      wake();
    }
  };
  const listening = listen();
  listening.catch(() => undefined);
  try {
    // What happens before the engine has begun to tell of it is seen by the first look.
    await Promise.race([opened, listening]);
    for (;;) {
      const changed = new Promise<void>((resolve) => (wake = resolve));
      const found = await look(await summariesNow(connection, containers, signal));
      if (found !== undefined) return found;
      await Promise.race([changed, listening]);
    }
  } finally {
    over.abort();
  }
}

/** Engine 20.10 tells of a new state before its lists have it: the containers are asked first, which waits for their locks. */
async function summariesNow(
  connection: EngineConnection,
  containers: readonly string[],
  signal: AbortSignal,
): Promise<ContainerSummary[]> {
  const details = await Promise.all(containers.map((id) => inspectContainer(connection, id, signal)));
  const summaries = await listContainers(connection, signal, containers);
  return summaries.map((summary) => ({
    ...summary,
    health: summary.health ?? details.find(({ id }) => id === summary.id)?.health,
  }));
}
