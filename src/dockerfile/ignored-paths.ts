import { Patterns, readIgnoreFile } from '../host/ignore-patterns.js';

/**
 * Tells whether the lines of a `.dockerignore` (https://docs.docker.com/build/concepts/context/#dockerignore-files) keep out a
 * file, or a folder with all that is in it except what is taken back with `!`. Where one of them is refused by Docker, every path
 * is kept out: nothing is built with it.
 *
 * @returns a function of a path relative to the context, with `/`
 */
export function ignoredBy(lines: readonly string[]): (path: string) => boolean {
  let patterns: Patterns;
  try {
    patterns = new Patterns(readIgnoreFile(lines.join('\n')));
  } catch {
    return () => true;
  }
  // What is in a folder is left out with it, and `data/*` leaves an empty folder.
  return (path) => patterns.match(`${path}/${someName}`, undefined).matches;
}

/** No pattern that is meant for files of a certain name matches it. */
const someName = 'a file of any name';
