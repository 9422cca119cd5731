import { type EngineConnection } from '../engine/connection.js';
import { deleteContainer, stopContainer } from '../engine/container-operations.js';
import { type ContainerSummary } from '../engine/containers.js';
import { Failure } from '../host/failure.js';

/** Stops a container that runs, as long as it is given to end by itself; one that is gone by now has stopped, too. */
export async function stopIfRunning(
  connection: EngineConnection,
  { id, state }: Pick<ContainerSummary, 'id' | 'state'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!/^(?:running|restarting|paused)$/.test(state)) return;
  await unlessGone(stopContainer(connection, id, signal));
}

/** Removes a container that has stopped; somebody else, or the engine at its end, may have done so. */
export async function removeStopped(
  connection: EngineConnection,
  id: string,
  signal: AbortSignal | undefined,
  withVolumes?: 'anonymous',
): Promise<void> {
  await unlessGone(deleteContainer(connection, id, signal, withVolumes));
}

async function unlessGone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const isGone =
      error instanceof Failure &&
      (error.reason === 'container-not-found' || /removal of container \S+ is already in progress/.test(error.message));
    if (!isGone) throw error;
  }
}
