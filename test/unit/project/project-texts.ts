import { ProjectFiles } from '../../../src/project/project-files.js';

/** A project of files that are only here, with the names of others that are not read. */
export function projectOf(texts: Readonly<Record<string, string>>, others: readonly string[] = []): ProjectFiles {
  return new ProjectFiles([...Object.keys(texts), ...others].sort(), new Map(Object.entries(texts)));
}
