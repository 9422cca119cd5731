import { chooseFiles } from '../../../../src/project/code/choose-files.js';
import { factsOf } from '../../../../src/project/code/code-facts.js';
import { entryPoints } from '../../../../src/project/code/entry-points.js';
import { type EntryPoint } from '../../../../src/project/project.js';

/** A program of Python. */
export const main = 'def main(): pass\nif __name__ == "__main__":\n    main()\n';

/** The entries of a project with these files, README.md and notebooks among them. */
export function entries(files: Readonly<Record<string, string>>): EntryPoint[] {
  const chosen = chooseFiles(Object.keys(files));
  const of = (wanted: string): string[] => chosen.filter(({ kind }) => kind === wanted).map(({ file }) => file);
  return entryPoints(
    chosen.filter(({ kind }) => kind !== 'readme').map(({ file, kind }) => factsOf(file, kind, files[file] ?? '')),
    of('notebook').map((file) => ({ file, language: 'python' })),
    of('readme').map((file) => ({ file, text: files[file] ?? '' })),
    Object.keys(files).sort(),
  );
}

/** The command of each entry in one line; words with blanks or quotes are in brackets. */
export function commands(files: Readonly<Record<string, string>>): string[] {
  return entries(files).map(({ command }) =>
    command.map((word) => (/[\s'"]/.test(word) ? `[${word}]` : word)).join(' '),
  );
}
