import { type Written } from './output-folders.js';
import { type ShellCommand, type ShellWord } from './shell-commands.js';

const option =
  /^--?(?:o|out|outputs?|results?|save|figs?|figures?|plots?)(?:[-_]?(?:dir|directory|folder|path|file|to))?(?:=(.*))?$/is;

/** Where the commands of a script write: redirections, `mkdir`, `tee`, and options such as `--output-dir`. */
export function writtenByCommands(commands: readonly ShellCommand[]): Written[] {
  return commands.flatMap(({ words, written, line }) => {
    const [first, ...others] = words;
    const files = written.flatMap((word) => asWritten(word, 'file', line));
    const plain = others.filter(({ text }) => !text.startsWith('-'));
    if (first?.text === 'mkdir') return [...files, ...plain.flatMap((word) => asWritten(word, 'folder', line))];
    if (first?.text === 'tee') return [...files, ...plain.flatMap((word) => asWritten(word, 'file', line))];
    const byOptions = words.flatMap(({ text, isWhole }, index) => {
      const found = option.exec(text);
      if (found === null) return [];
      const value = found[1] === undefined ? words[index + 1] : { text: found[1], isWhole };
      if (value === undefined || value.text.startsWith('-')) return [];
      const isFile = /\.\w{1,5}$/.test(value.text) && !/dir|folder/i.test(text);
      // `-o` is a mode as often as a place.
      return /^-o$/i.test(text) && !value.text.includes('/') ? [] : asWritten(value, isFile ? 'file' : 'folder', line);
    });
    return [...files, ...byOptions];
  });
}

function asWritten({ text, isWhole }: ShellWord, of: 'folder' | 'file', line: number): Written[] {
  if (text === '') return [];
  if (isWhole) return [{ path: text, of, line }];
  const slash = text.lastIndexOf('/');
  return slash <= 0 ? [] : [{ path: text.slice(0, slash), of: 'folder', line }];
}
