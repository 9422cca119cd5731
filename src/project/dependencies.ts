import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../host/failure.js';
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

const largestFile = 20_000_000;

/**
 * The files of a folder that say what its project depends on, lock files first; those of folders below are not looked for.
 * A folder that is not there has none.
 */
export async function readDependencies(folder: string): Promise<DependencyFile[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  });
  const found = await Promise.all(
    names.sort().map(async (name): Promise<DependencyFile | undefined> => {
      const format = parserFor(name);
      if (format === undefined) return undefined;
      try {
        const text = await readFile(join(folder, name), 'utf8');
        if (text.length > largestFile) throw new Error('it is too large');
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
