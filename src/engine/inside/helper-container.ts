import { Failure, isEngineGone } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { type EngineConnection } from '../connection.js';
import { helperLabels } from '../leftovers.js';
import { createContainer, type Mount, removeContainer } from '../new-container.js';
import { Archive } from './archive.js';
import { runScript } from './shell.js';

/** Where a helper has a volume: nothing else is there in any image. */
export const volumeFolder = '/research-containers-volume';

/** It ends by itself, for nobody else would end it after a window was killed. An hour; one that is still needed is made anew. */
const waitScript = "trap 'exit 0' TERM INT; sleep 3600 & wait $!";

/** A container that is only there to look through. */
export interface Helper {
  container: string;
  hasShell: boolean;
}

/**
 * Makes a container of an image, with a volume or to look at the image itself.
 *
 * @param use `shell` starts it where it has a shell that works; for `archive` it is never started
 */
export async function makeHelper(
  connection: EngineConnection,
  image: string,
  volume: { name: string; readOnly: boolean } | undefined,
  use: 'shell' | 'archive',
  signal: AbortSignal,
): Promise<Helper> {
  const mounts: Mount[] =
    volume === undefined
      ? []
      : [{ type: 'volume', source: volume.name, target: volumeFolder, readOnly: volume.readOnly }];
  const container = await createContainer(
    connection,
    {
      image,
      entrypoint: ['/bin/sh', '-c'],
      command: [waitScript],
      environment: {},
      mounts,
      ports: [],
      gpus: { kind: 'none' },
      labels: helperLabels(),
      user: '0',
      network: 'none',
    },
    signal,
  );
  try {
    return { container, hasShell: use === 'shell' && (await startShell(connection, container, signal)) };
  } catch (error) {
    await removeContainer(connection, container).catch(() => undefined);
    throw error;
  }
}

/** Removes a helper, also where the engine was away meanwhile; what cannot be removed is logged. */
export async function removeHelper(connection: EngineConnection, container: string, log: Log): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await removeContainer(connection, container);
      return;
    } catch (error) {
      if (error instanceof Failure) {
        if (error.reason === 'container-not-found') return;
        // The first request after a restart of the engine goes to a connection that has ended.
        if (isEngineGone(error) && attempt === 1) continue;
      }
      log.warn(`The helper container ${container.slice(0, 12)} could not be removed: ${String(error)}`);
      return;
    }
  }
}

/** Whether a container has a shell at its usual place. */
export async function hasShellFile(
  connection: EngineConnection,
  container: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (await new Archive(connection, container, '').lstat('/bin/sh', signal)) !== undefined;
}

async function startShell(connection: EngineConnection, container: string, signal: AbortSignal): Promise<boolean> {
  if (!(await hasShellFile(connection, container, signal))) return false;
  try {
    await connection.request({ method: 'POST', path: `/containers/${container}/start`, signal });
    const { exitCode } = await runScript(connection, { container, root: '' }, 'exit 0', [], { signal });
    return exitCode === 0;
  } catch (error) {
    // Of another platform, without what the shell needs, or without `sleep`.
    const isUseless = error instanceof Failure && error.reason !== 'cancelled' && !isEngineGone(error);
    if (isUseless) return false;
    throw error;
  }
}
