import { contextFilter } from '../engine/context-tar.js';
import { walk } from '../engine/buildkit/file-sync/walk.js';
import { unreadable } from '../engine/buildkit/file-sync/file-sync.js';
import { cancelled } from '../host/failure.js';
import { recordsFolder } from '../project/records-folder.js';

/** What a build may ask for of a context. */
export interface ContextSize {
  files: number;
  bytes: number;
  /** What takes most of it: entries of the context and of its folders, the largest first; a folder with all below it. */
  largest: { path: string; bytes: number; files: number }[];
}

const shownEntries = 12;

/**
 * Measures a context without what .dockerignore leaves out. Rejects `context-unreadable` and `cancelled`.
 *
 * @param folder absolute path
 * @param dockerfile absolute path
 */
export async function measureContext(folder: string, dockerfile: string, signal: AbortSignal): Promise<ContextSize> {
  const context = { path: folder, unseen: recordsFolder };
  const filter = await contextFilter(context, dockerfile);
  const entries = new Map<string, { bytes: number; files: number }>();
  let files = 0;
  let bytes = 0;
  try {
    for await (const group of walk(folder, filter)) {
      if (signal.aborted) throw cancelled('Measuring the build context');
      for (const { path, stats } of group) {
        if (!stats.isFile()) continue;
        const size = Number(stats.size);
        files++;
        bytes += size;
        const [first = '', second] = path.split('/');
        for (const name of second === undefined ? [first] : [first, `${first}/${second}`]) {
          const entry = entries.get(name) ?? { bytes: 0, files: 0 };
          entries.set(name, { bytes: entry.bytes + size, files: entry.files + 1 });
        }
      }
    }
  } catch (error) {
    throw unreadable(folder, error);
  }
  const sorted = [...entries]
    .map(([path, entry]) => ({ path, ...entry }))
    .sort((left, right) => right.bytes - left.bytes || left.path.length - right.path.length);
  // A folder that is nearly all of its only large entry is said once, by the entry.
  const told = sorted.filter(
    ({ path, bytes: size }) => !sorted.some((other) => other.path.startsWith(`${path}/`) && other.bytes > size * 0.95),
  );
  return { files, bytes, largest: told.slice(0, shownEntries) };
}
