import { Failure } from '../../host/failure.js';
import { circle, notFound, type PathStat } from './archive.js';
import { partsOf, pathOf } from './paths.js';

/** What links are followed by. */
export interface LinkSource {
  lstat(path: string): Promise<PathStat | undefined>;
  /** Where the link at a path leads, as it says itself. */
  readLink(path: string): Promise<string>;
  /** Whether an absolute link, as containers see it, may mean what is not of the place. */
  isVolume: boolean;
}

/** A path without links, and what is there: undefined where only its last part is not there. */
export interface Followed {
  path: string;
  stat: PathStat | undefined;
}

/** How many links are followed, as Linux does. */
const mostLinks = 40;

/**
 * Follows the links of a path within a place, whose root is never left. Rejects `file-not-found` where a folder on the way is not
 * there, links lead in a circle, or out of a volume.
 *
 * @param last what to do with a link at the end of the path
 */
export async function followLinks(
  source: LinkSource,
  path: string,
  last: 'follow' | 'keep' = 'follow',
): Promise<Followed> {
  const stats = new Map<string, Promise<PathStat | undefined>>();
  const lstat = (at: string): Promise<PathStat | undefined> => {
    const stat = stats.get(at) ?? source.lstat(at);
    stats.set(at, stat);
    // Awaited later, if at all.
    stat.catch(() => undefined);
    return stat;
  };
  const done: string[] = [];
  let rest = partsOf(path);
  let hasLeft = false;
  let links = 0;
  const askAhead = (): void => {
    for (const [at, part] of rest.entries()) {
      if (part === '..') return;
      void lstat(pathOf([...done, ...rest.slice(0, at + 1)]));
    }
  };
  askAhead();
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === '..') {
      done.pop();
      continue;
    }
    const here = pathOf([...done, part]);
    const stat = await lstat(here);
    const isLast = rest.length === 0;
    if (stat === undefined) {
      if (hasLeft && source.isVolume) throw outside(path);
      if (!isLast) throw notFound(path);
      return { path: here, stat };
    }
    if (stat.kind === 'link' && (!isLast || last === 'follow')) {
      if (++links > mostLinks) throw circle(path);
      const target = await source.readLink(here);
      hasLeft ||= leavesRoot(target, done.length);
      if (target.startsWith('/')) done.length = 0;
      rest = [...target.split('/').filter((piece) => piece !== '' && piece !== '.'), ...rest];
      askAhead();
      continue;
    }
    if (stat.kind !== 'folder' && !isLast) throw notFound(path);
    done.push(part);
  }
  return { path: pathOf(done), stat: await lstat(pathOf(done)) };
}

/** @param depth of the folder that the link is in; that of the root is 0 */
function leavesRoot(target: string, depth: number): boolean {
  if (target.startsWith('/')) return true;
  let at = depth;
  for (const part of target.split('/')) {
    if (part === '..') at--;
    else if (part !== '' && part !== '.') at++;
    if (at < 0) return true;
  }
  return false;
}

function outside(path: string): Failure {
  return new Failure(
    'file-not-found',
    `${path} is behind a link that leads out of the volume.`,
    'Only a container that uses the volume knows what is there: look into that one.',
  );
}
