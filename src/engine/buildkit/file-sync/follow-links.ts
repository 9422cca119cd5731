import { readdir, readlink } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import { errorCode } from '../../../host/failure.js';
import { Patterns } from '../../../host/ignore-patterns.js';

/**
 * What must be sent so that some paths can be followed through symbolic links inside of a folder: the paths, each link
 * on the way, and what it leads to, as fsutil's `FollowLinks` finds it. Undefined means all of the folder.
 */
export async function followLinks(folder: string, paths: readonly string[]): Promise<string[] | undefined> {
  const found = new Set<string>();
  for (const path of paths) await follow(folder, path, found);
  const kept: string[] = [];
  for (const path of [...found].sort()) {
    if (path === '.') return undefined;
    const last = kept.at(-1);
    if (last === undefined || !path.startsWith(`${last}/`)) kept.push(path);
  }
  return kept;
}

async function follow(folder: string, path: string, found: Set<string>): Promise<void> {
  let rest = posix.join('.', posix.join('/', path).slice(1));
  let at = '.';
  for (;;) {
    const [head = '', ...tail] = rest.split('/');
    at = posix.join(at, head);
    rest = tail.join('/');
    const targets = at === '.' ? [] : await targetsOf(folder, at);
    // Here a circle of links ends.
    if ((rest === '' || targets.length > 0) && found.has(at)) return;
    if (targets.length > 0) {
      found.add(at);
      for (const target of targets) await follow(folder, posix.join(target, rest), found);
      return;
    }
    if (rest === '') {
      found.add(at);
      return;
    }
  }
}

/** Where a link leads, or the links that a name with wildcards stands for; seen from the folder, with `/` in front. */
async function targetsOf(folder: string, path: string): Promise<string[]> {
  const name = posix.basename(path);
  const parent = posix.dirname(path);
  if (!/[*?[\\]/.test(name)) return targetOf(folder, path);
  const pattern = new Patterns([name]);
  const names = (await unlessMissing(readdir(join(folder, parent)))) ?? [];
  const links = names.filter((candidate) => pattern.match(candidate, undefined).matches);
  return (await Promise.all(links.map((link) => targetOf(folder, posix.join(parent, link))))).flat();
}

async function targetOf(folder: string, path: string): Promise<string[]> {
  const link = await unlessMissing(readlink(join(folder, path)));
  if (link === undefined) return [];
  const target = sep === '\\' ? link.replaceAll('\\', '/').replace(/^[A-Za-z]:/, '') : link;
  return [posix.join('/', posix.isAbsolute(target) ? '' : posix.dirname(path), target)];
}

/** Undefined for what is not there or is no link: EINVAL, and UNKNOWN on Windows. */
async function unlessMissing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EINVAL', 'UNKNOWN'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
