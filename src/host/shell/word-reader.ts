import { type Command, type Span, type Word, type WordPart } from './script.js';

/** Scripts within scripts, braces within braces: each is read by a call inside the one before. */
export const deepest = 50;
/** Characters of an arithmetic expression, which are looked through for its end. */
const longestArithmetic = 1000;

/** Reads the words of a script; what is substituted in them is for its heir to read. */
export abstract class WordReader {
  protected at = 0;
  protected depth = 0;
  /** How many backticks wait for their other one. */
  protected openBackticks = 0;

  /** @param offset of the script in a larger text, which all positions are counted in */
  constructor(
    protected readonly source: string,
    private readonly offset: number,
  ) {}

  /** The commands up to a parenthesis or backtick, which is passed, too. */
  protected abstract readSubstituted(close: ')' | '`'): Command[];

  protected peek(): string {
    return this.source.charAt(this.at);
  }

  protected place(index: number): number {
    return this.offset + index;
  }

  /** From an index to here. */
  protected span(start: number): Span {
    return { start: this.place(start), end: this.place(this.at) };
  }

  /** @param pattern a sticky one */
  protected match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source) ?? undefined;
    this.at += found?.[0].length ?? 0;
    return found;
  }

  protected skipBlanks(): void {
    this.match(/(?:[ \t\r\f\v]|\\\r?\n)*/y);
  }

  /** Undefined where none begins. */
  protected readWord(): Word | undefined {
    const start = this.at;
    const parts: WordPart[] = [];
    for (;;) {
      const from = this.at;
      const plain = this.match(/[^ \t\r\f\v\n;&|()<>'"`$\\]+/y);
      if (plain !== undefined) this.add(parts, 'literal', plain[0], from);
      const next = this.peek();
      if (next === "'") this.readSingleQuoted(parts);
      else if (next === '"') this.readDoubleQuoted(parts);
      else if (next === '\\') this.readEscaped(parts);
      else if (next === '$') this.readDollar(parts, 'literal');
      else if (next === '`' && this.openBackticks === 0) this.readBackticks(parts);
      else if ((next === '<' || next === '>') && this.source.charAt(this.at + 1) === '(') this.readCommands(parts, 2);
      else if (next === '(' && isArray.test(this.source.slice(start, this.at))) this.readArray(parts);
      else break;
    }
    return this.at === start ? undefined : { ...this.span(start), parts };
  }

  private add(parts: WordPart[], kind: 'literal' | 'quoted', text: string, start: number): void {
    const last = parts.at(-1);
    const { end } = this.span(start);
    if (last?.kind === kind) parts.splice(-1, 1, { ...last, text: last.text + text, end });
    else parts.push({ kind, text, ...this.span(start) });
  }

  private written(start: number): Span & { written: string } {
    return { ...this.span(start), written: this.source.slice(start, this.at) };
  }

  private readSingleQuoted(parts: WordPart[]): void {
    const start = this.at;
    const end = this.source.indexOf("'", start + 1);
    this.at = end < 0 ? this.source.length : end + 1;
    this.add(parts, 'quoted', this.source.slice(start + 1, end < 0 ? undefined : end), start);
  }

  private readDoubleQuoted(parts: WordPart[]): void {
    const start = this.at;
    this.at += 1;
    this.add(parts, 'quoted', '', start);
    for (let next = this.peek(); next !== ''; next = this.peek()) {
      const from = this.at;
      if (next === '"') {
        this.at += 1;
        this.add(parts, 'quoted', '', from);
        return;
      }
      if (next === '$') this.readDollar(parts, 'quoted');
      else if (next === '`') {
        if (this.openBackticks > 0) return;
        this.readBackticks(parts);
      } else if (next === '\\') {
        const [written = next] = this.match(/\\(?:\r?\n|[\s\S])?/y) ?? [];
        this.add(
          parts,
          'quoted',
          /^\\["$`\\]/.test(written) ? written.slice(1) : /\n$/.test(written) ? '' : written,
          from,
        );
      } else this.add(parts, 'quoted', this.match(/[^"$`\\]+/y)?.[0] ?? '', from);
    }
  }

  /** A backslash and what it takes the meaning of. */
  private readEscaped(parts: WordPart[]): void {
    const start = this.at;
    const [, line, character = ''] = this.match(/\\(?:(\r?\n)|([\s\S]))?/y) ?? [];
    if (line === undefined) this.add(parts, 'quoted', character, start);
  }

  private readBackticks(parts: WordPart[]): void {
    this.openBackticks += 1;
    const start = this.at;
    this.at += 1;
    const commands = this.readSubstituted('`');
    this.openBackticks -= 1;
    parts.push({ kind: 'substitution', commands, ...this.written(start) });
  }

  /** @param length of what opens the parenthesis */
  private readCommands(parts: WordPart[], length: number): void {
    const start = this.at;
    this.at += length;
    const commands = this.readSubstituted(')');
    parts.push({ kind: 'substitution', commands, ...this.written(start) });
  }

  /** What a `$` begins. @param kind of the text that it is in */
  private readDollar(parts: WordPart[], kind: 'literal' | 'quoted'): void {
    const start = this.at;
    const [, next = ''] = /^\$([\s\S])/.exec(this.source.slice(start, start + 2)) ?? [];
    const arithmetic = next === '(' ? this.endOfArithmetic(start + 1) : undefined;
    if (arithmetic !== undefined) {
      this.at = arithmetic;
      parts.push({ kind: 'arithmetic', ...this.written(start) });
    } else if (next === '(') this.readCommands(parts, 2);
    else if (next === '{') this.readBraces(parts, kind);
    else if (next === "'" && kind === 'literal') this.readAnsiQuoted(parts);
    else if (next === '"' && kind === 'literal') {
      this.at += 1;
      this.readDoubleQuoted(parts);
    } else {
      const [, name] = this.match(/\$([A-Za-z_]\w*|\d|[@*#?$!-])/y) ?? [];
      if (name !== undefined)
        parts.push({ kind: 'variable', name, operator: '', argument: [], ...this.written(start) });
      else {
        this.at += 1;
        this.add(parts, kind, '$', start);
      }
    }
  }

  /** `$'…'`, in which a backslash begins an escape as in C. */
  private readAnsiQuoted(parts: WordPart[]): void {
    const start = this.at;
    const [, text = ''] = this.match(/\$'((?:[^'\\]|\\[\s\S])*)'?/y) ?? [];
    const plain = text.replaceAll(/\\([\s\S])/g, (written, character: string) => ansiEscapes.get(character) ?? written);
    this.add(parts, 'quoted', plain, start);
  }

  /** `${…}`. */
  private readBraces(parts: WordPart[], kind: 'literal' | 'quoted'): void {
    const start = this.at;
    const [, prefix = '', name = '', index = '', behind = ''] =
      this.match(
        /\$\{([!#](?=[\w@*]))?([A-Za-z_]\w*|\d+|[@*#?$!-])?(\[[^\]\n}]*\])?(:?[-=+?]|##?|%%?|\/\/?|\^\^?|,,?|:|@)?/y,
      ) ?? [];
    const argument: WordPart[] = [];
    if (this.depth >= deepest) this.at = this.source.length;
    this.depth += 1;
    for (let next = this.peek(); next !== ''; next = this.peek()) {
      const from = this.at;
      if (next === '}') {
        this.at += 1;
        break;
      }
      if (next === '"') this.readDoubleQuoted(argument);
      else if (next === "'" && kind === 'literal') this.readSingleQuoted(argument);
      else if (next === '\\') this.readEscaped(argument);
      else if (next === '$') this.readDollar(argument, kind);
      else if (next === '`') {
        if (this.openBackticks > 0) break;
        this.readBackticks(argument);
      } else this.add(argument, kind, this.match(/'?[^}"'`$\\]*/y)?.[0] ?? '', from);
    }
    this.depth -= 1;
    const operator = prefix !== '' ? prefix : index === '' || index === '[0]' ? behind : index;
    parts.push({ kind: 'variable', name, operator, argument, ...this.written(start) });
  }

  private readArray(parts: WordPart[]): void {
    const start = this.at;
    const words: Word[] = [];
    this.at = this.depth < deepest ? start + 1 : this.source.length;
    this.depth += 1;
    for (;;) {
      this.match(/(?:\s|\\\r?\n|#[^\n]*)+/y);
      const word = this.readWord();
      if (word === undefined) break;
      words.push(word);
    }
    this.depth -= 1;
    if (this.peek() === ')') this.at += 1;
    parts.push({ kind: 'array', words, ...this.written(start) });
  }

  /** Where `((…))` ends; undefined where these are two subshells, one in the other. */
  protected endOfArithmetic(start: number): number | undefined {
    const { source } = this;
    if (!source.startsWith('((', start)) return undefined;
    let open = 0;
    for (let at = start; at < Math.min(source.length, start + longestArithmetic); at += 1) {
      const character = source.charAt(at);
      if (character === '(') open += 1;
      else if (character === ')') {
        open -= 1;
        if (open === 1) return source.charAt(at + 1) === ')' ? at + 2 : undefined;
      }
    }
    return undefined;
  }
}

/** What stands in front of the parenthesis of an array. */
const isArray = /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=$/;

const ansiEscapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);
