import { Failure, isEngineGone } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { makeCarrier, removeCarrier } from '../carrier.js';
import { type EngineConnection } from '../connection.js';
import { type Mount } from '../new-container.js';
import { Archive } from './archive.js';
import { runScript } from './shell.js';

/** Where a helper has a volume: nothing else is there in any image. */
export const volumeFolder = '/research-containers-volume';

/** It ends by itself, for nobody else would end it after a window was killed. An hour; one that is still needed is made anew. */
const waiting = {
  entrypoint: ['/bin/sh', '-c'],
  command: ["trap 'exit 0' TERM INT; sleep 3600 & wait $!"],
};

/** A container that is only there to look through. */
export interface Helper {
  container: string;
  hasShell: boolean;
}

/** What a helper is made of: an image, with a volume or to look at the image itself. */
interface Source {
  image: string;
  volume?: { name: string; readOnly: boolean };
}

/** Makes a helper that is never started. */
export async function makeStillHelper(
  connection: EngineConnection,
  source: Source,
  signal: AbortSignal,
): Promise<Helper> {
  return { container: await makeCarrier(connection, carriedBy(source), signal), hasShell: false };
}

/** Makes a helper, and starts it where it has a shell that works. */
export async function makeHelper(connection: EngineConnection, source: Source, signal: AbortSignal): Promise<Helper> {
  const container = await makeCarrier(connection, carriedBy(source), signal, waiting);
  try {
    return { container, hasShell: await startShell(connection, container, signal) };
  } catch (error) {
    await removeCarrier(connection, container).catch(() => undefined);
    throw error;
  }
}

function carriedBy({ image, volume }: Source): { image: string; mounts: Mount[] } {
  const mounts: Mount[] =
    volume === undefined
      ? []
      : [{ type: 'volume', source: volume.name, target: volumeFolder, readOnly: volume.readOnly }];
  return { image, mounts };
}

/** Removes a helper; what cannot be removed is logged. */
export async function removeHelper(connection: EngineConnection, container: string, log: Log): Promise<void> {
  await removeCarrier(connection, container).catch((error: unknown) => {
    log.warn(`The helper container ${container.slice(0, 12)} could not be removed: ${String(error)}`);
  });
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
