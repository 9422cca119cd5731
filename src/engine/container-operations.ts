import * as v from 'valibot';
import { readAnswer } from './answer.js';
import { inspectContainer } from './containers.js';
import { removeCopies } from './leftovers.js';
import { type EngineConnection } from './connection.js';

/** Asks a container's program to end, and ends it after ten seconds; one that is not running stays as it is. */
export function stopContainer(connection: EngineConnection, container: string, signal?: AbortSignal): Promise<void> {
  return change(connection, container, 'stop', signal);
}

export function restartContainer(connection: EngineConnection, container: string, signal?: AbortSignal): Promise<void> {
  return change(connection, container, 'restart', signal);
}

/** Rejects `container-not-running`. */
export function pauseContainer(connection: EngineConnection, container: string, signal?: AbortSignal): Promise<void> {
  return change(connection, container, 'pause', signal);
}

/** Rejects `container-not-running` for one that is not paused. */
export function unpauseContainer(connection: EngineConnection, container: string, signal?: AbortSignal): Promise<void> {
  return change(connection, container, 'unpause', signal);
}

/** Ends a container's program at once. Rejects `container-not-running`. */
export function killContainer(connection: EngineConnection, container: string, signal?: AbortSignal): Promise<void> {
  return change(connection, container, 'kill', signal);
}

/** Rejects `name-in-use`. */
export async function renameContainer(
  connection: EngineConnection,
  container: string,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  await connection.request({ method: 'POST', path: `/containers/${container}/rename`, query: { name }, signal });
}

/**
 * Removes a container that is not running; its volumes stay, but for those that nobody named where that is asked for. Rejects
 * `container-running`, `container-not-found`.
 */
export async function deleteContainer(
  connection: EngineConnection,
  container: string,
  signal?: AbortSignal,
  withVolumes?: 'anonymous',
): Promise<void> {
  const path = `/containers/${container}`;
  if (withVolumes === undefined) {
    await connection.request({ method: 'DELETE', path, signal });
    return;
  }
  const { volumes } = await inspectContainer(connection, container, signal);
  await connection.request({ method: 'DELETE', path, query: { v: true }, signal });
  await removeCopies(connection, volumes.values());
}

const sizeAnswer = v.object({ SizeRw: v.optional(v.number()) });

/**
 * Bytes that were written inside a container; undefined where its storage does not say. Costly: every file of it is
 * looked at.
 */
export async function containerSize(
  connection: EngineConnection,
  container: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const path = `/containers/${container}/json`;
  return readAnswer(sizeAnswer, await connection.request({ method: 'GET', path, query: { size: true }, signal }))
    .SizeRw;
}

async function change(
  connection: EngineConnection,
  container: string,
  action: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await connection.request({ method: 'POST', path: `/containers/${container}/${action}`, signal });
}
