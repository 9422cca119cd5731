import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dependency, parserFor } from './dependency-formats.js';

/** A file that says what a project depends on: a lock file pins all of it, a manifest what a person has asked for. */
export interface DependencyFile {
  /** Name in the project's folder. */
  file: string;
  kind: 'lock' | 'manifest';
  dependencies: readonly Dependency[];
  /** Why it cannot be read; it has no dependencies then. */
  problem: string | undefined;
}

/** YAML of this size takes a second or two to read, in bytes. */
const largestFile = 5_000_000;

/**
 * The files of a folder that say what its project depends on, lock files first; those of folders below are not looked for.
 * A
 * folder that is not there, or that may not be read, has none.
 */
export async function readDependencies(folder: string): Promise<DependencyFile[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.sort().map(async (name): Promise<DependencyFile | undefined> => {
      const format = parserFor(name);
      if (format === undefined) return undefined;
      try {
        const { size } = await stat(join(folder, name));
        if (size > largestFile) throw new Error('it is too large');
        const text = await readFile(join(folder, name), 'utf8');
        return { file: name, kind: format.kind, dependencies: format.parse(text), problem: undefined };
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        return { file: name, kind: format.kind, dependencies: [], problem };
      }
    }),
  );
  const files = found.filter((file) => file !== undefined);
  return [...files.filter(({ kind }) => kind === 'lock'), ...files.filter(({ kind }) => kind === 'manifest')];
}
