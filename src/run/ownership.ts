import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineInfo } from '../engine/system.js';
import { errorCode } from '../host/failure.js';

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
  const [name = ''] = user.split(':');
  const isRoot = name === '' || name === '0' || name === 'root';
  // The machine's root may write everywhere, but the image's user may not write into root's folder.
  if (process.platform !== 'linux' || local === undefined || (local.uid === 0 && isRoot)) return { kind: 'as-is' };
  const owner = `${local.uid}:${local.gid}`;
  switch (rootIs) {
    case 'rootless':
      return isRoot ? { kind: 'as-is' } : { kind: 'give-back', owner: '0:0', open: true };
    case 'mapped':
      return { kind: 'give-back', owner, open: true };
    // Some virtual machines translate owners, that of WSL does not: where they do, nothing is foreign afterwards.
    case 'shared':
    case 'root':
      if (name === String(local.uid)) return { kind: 'as-is' };
      // There nobody but the user could give it back.
      if (isNetworked) return { kind: 'as-user', user: owner };
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
