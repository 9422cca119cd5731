import { lstat, statfs } from 'node:fs/promises';
import { posix } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { changeOwner } from '../engine/container-files.js';
import { startContainer, waitForExit } from '../engine/container-process.js';
import { helperLabels } from '../engine/leftovers.js';
import { createContainer, type NewContainer, removeContainer } from '../engine/new-container.js';
import { Failure } from '../host/failure.js';
import { foreignPaths } from './ownership.js';

/** What is given back. */
interface GiveBack {
  image: string;
  platform: string | undefined;
  /** Absolute path on this machine and on the engine's. */
  folder: string;
  /** Who the user is in a container. */
  owner: string;
  uid: number;
  /** What did not belong to the user before, and stays as it is; undefined for a folder that was empty. */
  before: readonly string[] | undefined;
}

/** Bytes of paths that one container is given. */
const longestCommand = 100_000;
const mountPoint = '/research-containers-outputs';

/**
 * Gives to the user what a run has left in a folder, by containers of the run's image that run nothing but its `chown`; or,
 * where it has none, by having the engine write every file anew.
 *
 * Rejects `output-not-writable` where it fails.
 */
export async function giveBack(connection: EngineConnection, what: GiveBack, signal: AbortSignal): Promise<void> {
  const before = new Set(what.before ?? []);
  const foreign = (await foreignPaths(what.folder, what.uid)).filter((path) => !before.has(path));
  if (foreign.length === 0) return;
  // A shared folder stays whose it is.
  if (what.before === undefined && (await lstat(what.folder)).uid === what.uid) {
    await chown(connection, what, ['.'], signal);
    return;
  }
  let batch: string[] = [];
  let length = 0;
  for (const path of foreign) {
    if (length + path.length > longestCommand) {
      await chown(connection, what, batch, signal);
      [batch, length] = [[], 0];
    }
    batch.push(path);
    length += path.length + 32;
  }
  await chown(connection, what, batch, signal);
}

async function chown(
  connection: EngineConnection,
  what: GiveBack,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const places = paths.map((path) => posix.join(mountPoint, path));
  // Links themselves, and never what they lead to.
  const command = ['-hR', what.owner, ...places];
  const container = await createContainer(connection, helperFor(what, command), signal);
  try {
    await startContainer(connection, container, signal);
    const exitCode = await waitForExit(connection, container, signal);
    if (exitCode === 0) return;
    throw new Failure(
      'output-not-writable',
      `The results in ${what.folder} could not be given to you: “chown” ended with exit code ${exitCode}.`,
      'Their owner is the user that the container ran as; an administrator can change it.',
    );
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'command-not-found') throw error;
    await writeAnew(connection, what, container, places, signal);
  } finally {
    await removeContainer(connection, container);
  }
}

/** A file is there twice for a moment, and other programs write, too. */
const roomToLeave = 16 * 1024 * 1024;

async function writeAnew(
  connection: EngineConnection,
  what: GiveBack,
  from: string,
  places: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const [uid = 0, gid = 0] = what.owner.split(':').map(Number);
  const to = await createContainer(connection, helperFor(what, []), signal);
  try {
    for (const place of places) {
      const { bavail, bsize } = await statfs(what.folder);
      await changeOwner(connection, { from, to }, place, { uid, gid }, bavail * bsize - roomToLeave, signal);
    }
  } finally {
    await removeContainer(connection, to);
  }
}

function helperFor({ image, platform, folder }: GiveBack, command: readonly string[]): NewContainer {
  return {
    image,
    entrypoint: ['chown'],
    command,
    environment: {},
    mounts: [{ type: 'bind', source: folder, target: mountPoint, readOnly: false }],
    ports: [],
    gpus: { kind: 'none' },
    labels: helperLabels(),
    ...(platform === undefined ? {} : { platform }),
    user: '0:0',
    userNamespace: 'host',
    network: 'none',
  };
}
