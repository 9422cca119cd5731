export type CommandWords =
  | { kind: 'words'; words: string[] }
  /** The text goes on with `ending`, a character that means something to a shell; Compose drops it and what follows. */
  | { kind: 'cut'; words: string[]; ending: string; index: number }
  | { kind: 'invalid' };

/**
 * Splits a command as Compose does (https://pkg.go.dev/github.com/mattn/go-shellwords, without variables and backticks): quotes
 * and backslashes count, `$(…)` and `` `…` `` stay whole and as they are, and nothing else of a shell has a meaning.
 */
export function splitCommand(text: string): CommandWords {
  const words: string[] = [];
  /** Undefined between words. */
  let word: string | undefined;
  let quote: '"' | "'" | '`' | '(' | undefined;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '\\' && quote !== "'") {
      index += 1;
      if (index === text.length) return { kind: 'invalid' };
      word = (word ?? '') + text.charAt(index);
      continue;
    }
    if (quote === '"' || quote === "'") {
      if (character === quote) quote = undefined;
      else word = (word ?? '') + character;
      continue;
    }
    if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
      continue;
    }
    if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (quote === undefined && /[;&|<>]/.test(character)) {
      // The number of a file before `>` belongs to what is dropped.
      if (word !== undefined && !(character === '>' && /^\d/.test(word))) words.push(word);
      return { kind: 'cut', words, ending: /^[;&|<>]+/.exec(text.slice(index))?.[0] ?? character, index };
    }
    if (character === '(' || character === ')') {
      const opens = quote === undefined && character === '(' && word?.endsWith('$') === true;
      const closes = quote === '(' && character === ')';
      if (!opens && !closes && quote !== '`') return { kind: 'invalid' };
      if (opens) quote = '(';
      if (closes) quote = undefined;
    } else if (character === '`') {
      if (quote === undefined) quote = '`';
      else if (quote === '`') quote = undefined;
    }
    word = (word ?? '') + character;
  }
  if (quote !== undefined) return { kind: 'invalid' };
  return { kind: 'words', words: word === undefined ? words : [...words, word] };
}
