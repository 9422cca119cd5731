import { readdir } from 'node:fs/promises';
import { type Dependency } from './dependency.js';
import { parserFor } from './dependency-formats.js';
import { readWithinLimits } from './read-within-limits.js';

/** A file that says what a project depends on: a lock file pins all of it, a manifest what a person has asked for. */
export interface DependencyFile {
  /** Name in the project's folder. */
  file: string;
  kind: 'lock' | 'manifest';
  dependencies: readonly Dependency[];
  /** Why it cannot be read, as it goes on behind a colon; it has no dependencies then. */
  problem: string | undefined;
}

/**
 * The files of a folder that say what its project depends on, lock files first; those of folders below are not looked for.
 * A folder that is not there, or that may not be read, has none.
 */
export async function readDependencies(folder: string, signal?: AbortSignal): Promise<DependencyFile[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.sort().map(async (name): Promise<DependencyFile | undefined> => {
      const format = parserFor(name);
      if (format === undefined) return undefined;
      const read = await readWithinLimits(folder, name, signal);
      const bad = (problem: string): DependencyFile => ({ file: name, kind: format.kind, dependencies: [], problem });
      if ('problem' in read) return bad(asClause(read.problem));
      try {
        return { file: name, kind: format.kind, dependencies: format.parse(read.text), problem: undefined };
      } catch (error) {
        return bad(error instanceof Error ? error.message : String(error));
      }
    }),
  );
  const files = found.filter((file) => file !== undefined);
  return [...files.filter(({ kind }) => kind === 'lock'), ...files.filter(({ kind }) => kind === 'manifest')];
}

/** That it is not read is said in front of it. */
function asClause(sentence: string): string {
  return sentence
    .replace(/^It/, 'it')
    .replace(/, and is not read(?=[.:])/, '')
    .replace(/\.$/, '');
}
