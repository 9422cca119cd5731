import { withoutPrefix, withoutSuffix, withReplaced } from './shell-pattern.js';

/** Variables by name. One that is not there is unset; one whose value is undefined is set to something not known here. */
export type Variables = ReadonlyMap<string, string | undefined>;

export interface ShellReading {
  /** The character that takes the meaning of the next one. */
  escape: string;
  variables: Variables;
  /** Whether unset variables stay as they are written; else they are empty. */
  keepUnset?: boolean;
  /** Whether quotes stay as they are written. */
  keepQuotes?: boolean;
  /** Whether escape characters stay as they are written. */
  keepEscapes?: boolean;
}

export interface ShellText {
  text: string;
  /** The text split at its spaces, except for those in quotes. */
  words: string[];
}

/**
 * Reads quotes, escapes and variables in the way of BuildKit's `frontend/dockerfile/shell/lex.go`, which is much, but not
 * all, of POSIX's. Undefined where BuildKit would refuse the text, or where it depends on a value that is not known.
 */
export function readShell(text: string, reading: ShellReading): ShellText | undefined {
  try {
    return new Reader(text, reading).read('', reading.keepEscapes ?? false);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** A word without its quotes and with its variables; undefined as for `readShell`. */
export function expandWord(text: string, escape: string, variables: Variables): string | undefined {
  return readShell(text, { escape, variables })?.text;
}

class Unreadable extends Error {}

/** Characters of all values put in together: variables made of variables can grow without bounds. */
const mostInserted = 65_536;
/** `${a:-${b:-…}}`: each is read by a call inside the one before. */
const deepest = 100;
/** Characters of a value and of a pattern to match it with: more would take too long, and no tag has more. */
const longestMatched = 128;

class Reader {
  private position = 0;
  private inserted = 0;
  private depth = 0;

  constructor(
    private readonly source: string,
    private readonly reading: ShellReading,
  ) {}

  /** @param stop the character to read up to, or empty for the end */
  read(stop: string, keepEscapes: boolean): ShellText {
    const words: string[] = [];
    let text = '';
    let word = '';
    const addSplit = (characters: string): void => {
      for (const character of characters) {
        if (!isSpace(character)) word += character;
        else if (word !== '') {
          words.push(word);
          word = '';
        }
      }
    };
    for (let next = this.peek(); next !== ''; next = this.peek()) {
      if (next === stop) {
        this.take();
        return { text, words: word === '' ? words : [...words, word] };
      }
      let piece: string;
      if (next === '$') {
        piece = this.variable();
        addSplit(piece);
      } else if (next === "'" || next === '"' || next === '<') {
        piece = next === "'" ? this.singleQuoted() : next === '"' ? this.doubleQuoted(keepEscapes) : this.lessThan();
        word += piece;
      } else if (next === this.reading.escape) {
        this.take();
        piece = (keepEscapes ? next : '') + this.take();
        word += piece;
      } else {
        piece = this.take();
        addSplit(piece);
      }
      text += piece;
    }
    if (stop !== '') throw new Unreadable();
    return { text, words: word === '' ? words : [...words, word] };
  }

  private peek(): string {
    return this.source.charAt(this.position);
  }

  private take(): string {
    const character = this.peek();
    this.position += 1;
    return character;
  }

  /** @param pattern a sticky one */
  private takeMatch(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const [found = ''] = pattern.exec(this.source) ?? [];
    this.position += found.length;
    return found;
  }

  private singleQuoted(): string {
    const end = this.source.indexOf("'", this.position + 1);
    if (end < 0) throw new Unreadable();
    const quoted = this.source.slice(this.position, end + 1);
    this.position = end + 1;
    return this.reading.keepQuotes === true ? quoted : quoted.slice(1, -1);
  }

  private doubleQuoted(keepEscapes: boolean): string {
    const { escape, keepQuotes = false } = this.reading;
    let text = '';
    this.take();
    for (;;) {
      const next = this.peek();
      if (next === '') throw new Unreadable();
      if (next === '$') {
        text += this.variable();
        continue;
      }
      this.take();
      if (next === '"') return keepQuotes ? `"${text}"` : text;
      if (next === escape) {
        const escaped = this.peek();
        if (escaped === '') continue;
        if (keepEscapes) text += escape;
        // Before any other character, an escape in double quotes is a character like all others.
        text += escaped === '"' || escaped === '$' || escaped === escape ? this.take() : escape;
      } else text += next;
    }
  }

  /** `<<` with the spaces that follow: a heredoc's name may be written apart from it. */
  private lessThan(): string {
    return this.takeMatch(/<<[\t\r ]*|</y);
  }

  private variable(): string {
    const start = this.position;
    this.take();
    if (this.peek() !== '{') {
      const name = this.name();
      if (name === '') return '$';
      return this.valueOf(name) ?? (this.reading.keepUnset === true ? `$${name}` : '');
    }
    this.take();
    const name = this.name();
    if (name === '') throw new Unreadable();
    this.depth += 1;
    if (this.depth > deepest) throw new Unreadable();
    const result = this.modified(name);
    this.depth -= 1;
    const isKept = this.reading.keepUnset === true && !this.reading.variables.has(name);
    return isKept ? this.source.slice(start, this.position) : result;
  }

  /** The rest of `${name…}`, from behind the name. */
  private modified(name: string): string {
    const value = this.valueOf(name);
    const first = this.take();
    if (first === '}') return value ?? '';
    if (first === '/') {
      const every = this.peek() === '/';
      if (every) this.take();
      const pattern = this.read('/', true).text;
      const replacement = this.read('}', true).text;
      return withReplaced(matchable(value), matchable(pattern), matchable(replacement), every);
    }
    const modifier = first === ':' ? this.take() : first;
    const isMissing = value === undefined || (first === ':' && value === '');
    if (modifier === '-' || modifier === '+' || modifier === '?') {
      const word = this.read('}', false).text;
      if (modifier === '-') return isMissing ? word : value;
      if (modifier === '+') return isMissing ? '' : word;
      // A value that must be given is refused only where it is needed, not where the text is merely looked at.
      if (isMissing && this.reading.keepUnset !== true) throw new Unreadable();
      return value ?? '';
    }
    if (first === ':' || (modifier !== '#' && modifier !== '%')) throw new Unreadable();
    const word = this.read('}', true).text;
    const longest = word.startsWith(modifier);
    const pattern = matchable(longest ? word.slice(1) : word);
    const without = modifier === '#' ? withoutPrefix : withoutSuffix;
    return without(matchable(value), pattern, longest);
  }

  /** A name, a positional parameter such as `1`, a special one such as `?`, or empty. */
  private name(): string {
    return this.takeMatch(/\p{Nd}+|[@*#?$!-]|[\p{L}_][\p{L}\p{Nd}_]*/uy);
  }

  private valueOf(name: string): string | undefined {
    const value = this.reading.variables.get(name);
    if (value === undefined && this.reading.variables.has(name)) throw new Unreadable();
    this.inserted += value?.length ?? 0;
    if (this.inserted > mostInserted) throw new Unreadable();
    return value;
  }
}

function matchable(text = ''): string {
  if (text.length > longestMatched) throw new Unreadable();
  return text;
}

function isSpace(character: string): boolean {
  return /\s/.test(character);
}
