import { type ShellWord } from '../simple-command.js';

export interface CommandOptions {
  /** What is neither an option nor the value of one. */
  operands: readonly ShellWord[];
  /** By name with its dashes; without values for a switch. */
  options: ReadonlyMap<string, readonly string[]>;
}

/**
 * Tells options from operands as getopt does: `--name=value`, `--name value`, `-n value`, `-nvalue`, `-yq`.
 *
 * @param valued the options that take a value, with their dashes
 */
export function readOptions(words: readonly ShellWord[], valued: ReadonlySet<string>): CommandOptions {
  const operands: ShellWord[] = [];
  const options = new Map<string, string[]>();
  const add = (name: string, value: string | undefined): void => {
    options.set(name, [...(options.get(name) ?? []), ...(value === undefined ? [] : [value])]);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    const { text } = word;
    if (text === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (text.startsWith('--')) {
      const equals = text.indexOf('=');
      if (equals > 0) add(text.slice(0, equals), text.slice(equals + 1));
      else if (valued.has(text)) add(text, words[++at]?.text);
      else add(text, undefined);
    } else if (text.startsWith('-') && text.length > 1) {
      let letter = 1;
      for (; letter < text.length && !valued.has(`-${text.charAt(letter)}`); letter++) {
        add(`-${text.charAt(letter)}`, undefined);
      }
      if (letter < text.length) {
        const value = text.slice(letter + 1);
        add(`-${text.charAt(letter)}`, value === '' ? words[++at]?.text : value.replace(/^=/, ''));
      }
    } else operands.push(word);
  }
  return { operands, options };
}

/** The values of any of the names. */
export function valuesOf({ options }: CommandOptions, ...names: readonly string[]): string[] {
  return names.flatMap((name) => options.get(name) ?? []);
}

export function hasOption({ options }: CommandOptions, ...names: readonly string[]): boolean {
  return names.some((name) => options.has(name));
}
