import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { withLock } from './lock.js';
import { isRunning } from './processes.js';

const PROJECT = 'research-containers';

/** Where downloads, engine trees and the engines' data are kept between runs, outside every checkout. */
export function cacheFolder(): string {
  const chosen = process.env['RESEARCH_CONTAINERS_CACHE'];
  if (chosen) return resolve(chosen);
  if (process.getuid?.() === 0) return join('/var/cache', PROJECT);
  const base = process.env['XDG_CACHE_HOME'];
  return join(base ? resolve(base) : join(homedir(), '.cache'), PROJECT);
}

/**
 * Where that user's running things keep their sockets, pids and logs; of this process's user when left out. Nothing
 * there outlives a restart of the machine.
 */
export function stateFolder(uid = process.getuid?.() ?? 0): string {
  if (uid === 0) return join('/run', PROJECT);
  const base = process.env['XDG_RUNTIME_DIR'];
  return base ? join(base, PROJECT) : join('/tmp', `${PROJECT}-${uid}`);
}

/**
 * The folder of something that is installed once and then only read: `fill` gets an empty folder and puts it there.
 * The folder gets its final name only when `fill` is through, so an interrupted installation starts over; of two
 * processes that want the same thing one installs and the other waits.
 *
 * @throws whatever `fill` throws; nothing is left behind then.
 */
export async function installOnce(
  name: string,
  version: string,
  fill: (folder: string) => Promise<void>,
  options: { signal?: AbortSignal } = {},
): Promise<string> {
  const whole = join(cacheFolder(), name, version);
  if (existsSync(whole)) return whole;
  const install = async (): Promise<string> => {
    if (existsSync(whole)) return whole;
    await removeInterrupted(whole);
    const partial = join(dirname(whole), `.${version}.${process.pid}.partial`);
    await mkdir(partial, { recursive: true });
    try {
      await fill(partial);
      await rename(partial, whole);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
    return whole;
  };
  return withLock(`install-${name}-${version}`, install, options);
}

async function removeInterrupted(whole: string): Promise<void> {
  const siblings = await readdir(dirname(whole)).catch(() => []);
  for (const sibling of siblings) {
    const pid = /^\.(.+)\.(\d+)\.partial$/.exec(sibling);
    if (pid?.[1] === basename(whole) && !(await isRunning({ pid: Number(pid[2]) }))) {
      await rm(join(dirname(whole), sibling), { recursive: true, force: true });
    }
  }
}
