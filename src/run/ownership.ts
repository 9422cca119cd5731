import { lstat, readdir, statfs } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { startContainer, waitForExit } from '../engine/container-process.js';
import { createContainer, removeContainer } from '../engine/new-container.js';
import { type EngineInfo } from '../engine/system.js';
import { errorCode, Failure } from '../host/failure.js';

/** How the files that a container leaves in a bound folder come to belong to the user. */
export type Ownership =
  /** They do by themselves. */
  | { kind: 'as-is' }
  /** The container runs as the user. */
  | { kind: 'as-user'; user: string }
  /**
   * They are given to the user after the end. `owner` is who that is in a container; where the folder has to be `open`,
   * everybody may write to it while the container runs.
   */
  | { kind: 'give-back'; owner: string; open: boolean };

/** Who runs this process; undefined where the system knows no such numbers. */
export interface LocalUser {
  uid: number;
  gid: number;
}

export function localUser(): LocalUser | undefined {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/**
 * Decides how outputs come to belong to the user. The image's own user is kept wherever that works, for the program was made
 * for it.
 *
 * @param user who the container would run as: what was asked for, or else the image's own, as its configuration has it
 * @param isNetworked whether the folder lies on a file system whose server does not let the machine's root write
 */
export function planOwnership(
  user: string,
  local: LocalUser | undefined,
  { rootIs }: Pick<EngineInfo, 'rootIs'>,
  isNetworked: boolean,
): Ownership {
  if (process.platform !== 'linux' || local === undefined || local.uid === 0 || rootIs === 'shared') {
    return { kind: 'as-is' };
  }
  const [name = ''] = user.split(':');
  const isRoot = name === '' || name === '0' || name === 'root';
  const owner = `${local.uid}:${local.gid}`;
  switch (rootIs) {
    case 'rootless':
      return isRoot ? { kind: 'as-is' } : { kind: 'give-back', owner: '0:0', open: true };
    case 'mapped':
      return { kind: 'give-back', owner, open: true };
    case 'root':
      if (name === String(local.uid)) return { kind: 'as-is' };
      if (isRoot && isNetworked) return { kind: 'as-user', user: owner };
      return { kind: 'give-back', owner, open: !isRoot };
  }
}

/** `f_type` of file systems that commonly take root for nobody: NFS, Lustre, GPFS, BeeGFS (Linux, statfs(2)). */
const networked = new Set([0x6969, 0x0bd00bd0, 0x47504653, 0x19830326]);

export async function isNetworkFolder(folder: string): Promise<boolean> {
  return networked.has((await statfs(folder)).type);
}

/** Paths below a folder, relative with `/`, that do not belong to the user; of a foreign folder only itself. */
export async function foreignPaths(folder: string, uid: number): Promise<string[]> {
  const foreign: string[] = [];
  const folders = [''];
  for (let inside = folders.pop(); inside !== undefined; inside = folders.pop()) {
    const names = await readdir(join(folder, inside)).catch(() => []);
    for (const name of names) {
      const path = inside === '' ? name : `${inside}/${name}`;
      const stats = await lstat(join(folder, path)).catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return undefined;
        throw error;
      });
      if (stats === undefined) continue;
      if (stats.uid !== uid) foreign.push(path);
      else if (stats.isDirectory()) folders.push(path);
    }
  }
  return foreign;
}

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
 * Gives to the user what a run has left in a folder, by containers of the run's image that run nothing but its `chown`.
 *
 * Rejects `command-not-found` for an image without one, and `output-not-writable` where it fails.
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
  { image, platform, folder, owner }: GiveBack,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const container = await createContainer(
    connection,
    {
      image,
      entrypoint: ['chown'],
      // Links themselves, and never what they lead to.
      command: ['-hR', owner, ...paths.map((path) => posix.join(mountPoint, path))],
      environment: {},
      mounts: [{ type: 'bind', source: folder, target: mountPoint, readOnly: false }],
      ports: [],
      gpus: { kind: 'none' },
      labels: {},
      ...(platform === undefined ? {} : { platform }),
      user: '0:0',
      userNamespace: 'host',
      network: 'none',
    },
    signal,
  );
  try {
    const exit = waitForExit(connection, container, signal);
    exit.catch(() => undefined);
    await startContainer(connection, container, signal);
    const exitCode = await exit;
    if (exitCode === 0) return;
    throw new Failure(
      'output-not-writable',
      `The results in ${folder} could not be given to you: “chown” ended with exit code ${exitCode}.`,
      'Their owner is the user that the container ran as; an administrator can change it.',
    );
  } finally {
    await removeContainer(connection, container);
  }
}
