import { isTelling, type Written } from './output-folders.js';
import { type ShellCommand, type ShellWord } from './shell-commands.js';
import { projectFolder } from './shell-places.js';

const option =
  /^--?(?:o|out|outputs?|results?|save|figs?|figures?|plots?)([-_]?(?:dir|directory|folder|path|file|to))?(?:=(.*))?$/is;

/** Where the commands of a script write: redirections, `mkdir`, `tee`, and options such as `--output-dir`. */
export function writtenByCommands(commands: readonly ShellCommand[]): Written[] {
  return commands.flatMap((command) => {
    const { words, written } = command;
    const [first, ...others] = words;
    const files = written.flatMap((word) => asWritten(word, 'file', command));
    const plain = others.filter(({ text }, index) => !text.startsWith('-') && others[index - 1]?.text !== '-m');
    if (first?.text === 'mkdir') return [...files, ...plain.flatMap((word) => asWritten(word, 'folder', command))];
    if (first?.text === 'tee') return [...files, ...plain.flatMap((word) => asWritten(word, 'file', command))];
    const byOptions = words.flatMap(({ text, isWhole }, index) => {
      const [name, kind, own] = option.exec(text) ?? [];
      if (name === undefined) return [];
      const value = own === undefined ? words[index + 1] : { text: own, isWhole };
      if (value === undefined || value.text.startsWith('-')) return [];
      const isFile = /\.\w{1,5}$/.test(value.text) && !/dir|folder/i.test(text);
      // `-o` is a mode as often as a place, and `--plot` may be followed by a number or a format.
      const isPlace =
        value.text.includes('/') || (!/^-o$/i.test(text) && (kind !== undefined || isTelling(value.text)));
      return isPlace ? asWritten(value, isFile ? 'file' : 'folder', command) : [];
    });
    return [...files, ...byOptions];
  });
}

function asWritten({ text, isWhole }: ShellWord, of: 'folder' | 'file', { line, folder }: ShellCommand): Written[] {
  // A text that is not known to its end is the folder that is.
  const known = isWhole ? text : text.slice(0, Math.max(0, text.lastIndexOf('/')));
  const isElsewhere = folder === '' || /^[/~]/.test(known);
  const path = known.startsWith(projectFolder)
    ? known.slice(projectFolder.length).replace(/^\/+/, '')
    : isElsewhere || known === ''
      ? known
      : `${folder}/${known}`;
  return path === '' ? [] : [{ path, of: isWhole ? of : 'folder', line }];
}
