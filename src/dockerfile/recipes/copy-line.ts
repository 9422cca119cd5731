import { shellLine } from '../../host/shell-line.js';
import { jsonList } from './parts.js';

/** Copies files into a folder of the image, whatever they are called. @param target ends with `/` */
function copyLine(sources: readonly string[], target: string, flags = ''): string {
  const isPlain = [...sources, target].every((name) => /^[\w./@%+,-]+$/.test(name));
  const words = isPlain ? [...sources, target] : [...sources.map(asPattern), target].map(unexpanded);
  return `COPY ${flags === '' ? '' : `${flags} `}${isPlain ? words.join(' ') : jsonList(words)}`;
}

/** Copies files to the same places below the working folder that they have in the project. */
export function copyInPlace(files: readonly string[]): string {
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return [...folders].map(([folder, inside]) => copyLine(inside, `./${folder}`)).join('\n');
}

/** A program's argument in single quotes, as the shell of RUN reads it back. */
export function argument(text: string): string {
  return shellLine([text]);
}

/** A pattern that only this name matches, as Go's `filepath.Match` reads it; what has none of its signs is no pattern. */
function asPattern(source: string): string {
  if (!/[[*?]/.test(source)) return source;
  return source.replaceAll('\\', '\\\\').replaceAll(/[[*?]/g, '[$&]');
}

/** BuildKit takes quotes, backslashes and variables out of the words of COPY in either form (moby#36302). */
function unexpanded(word: string): string {
  return word.replaceAll(/["'\\$]/g, '\\$&');
}
