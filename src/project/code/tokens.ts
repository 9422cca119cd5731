import { endOfString, type Placeholders, unescaped } from './string-literal.js';

/** A piece of a program's text; comments and blanks are none. `line` is counted from 1. */
export type Token =
  | { kind: 'name' | 'number' | 'mark'; text: string; line: number }
  /** `text` is what the string holds. One that is put together (`f"…"`, `"$x"`) still has its placeholders. */
  | { kind: 'string'; text: string; placeholders: Placeholders; line: number }
  /** A logical line begins, `indent` columns in. */
  | { kind: 'line'; text: ''; indent: number; line: number };

/** Whether a token is that bracket, operator or other mark. */
export function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}

export type ProgramLanguage = 'python' | 'r' | 'julia';

/** In any of the languages; what is read of one here is read of the others. */
const pairs = new Set(['==', '!=', '<=', '>=', '<-', '->', '::', ':=', '+=', '-=', '*=', '/=', '//', '**', '|>', '=>']);

/**
 * The tokens of a program. It need not be a valid one: what makes no sense is passed over, and a string that is not closed
 * ends with its line, or with the text where it may have several lines.
 */
export function tokenize(text: string, language: ProgramLanguage): Token[] {
  return new Tokenizer(text, language).read();
}

class Tokenizer {
  private position = 0;
  private line = 1;
  private readonly tokens: Token[] = [];
  /** The brackets that are open. */
  private readonly open: string[] = [];
  private readonly name: RegExp;
  private isLineNew = true;
  private lineStart = 0;

  constructor(
    private readonly source: string,
    private readonly language: ProgramLanguage,
  ) {
    this.name =
      language === 'r'
        ? /[\w.\u0080-\uffff]+/y
        : language === 'julia'
          ? /[\w\u0080-\uffff]+(?:!(?!=))?/y
          : /[\w\u0080-\uffff]+/y;
  }

  read(): Token[] {
    const { source } = this;
    while (this.position < source.length) {
      const code = source.charCodeAt(this.position);
      if (code === newline) this.endLine();
      else if (code === 32 || code === 9 || code === 13 || code === 12 || code === 0xfeff) this.position += 1;
      else if (code === hash) this.skipComment();
      else if (code === backslash && this.language === 'python') this.position += 1 + this.skipContinuation();
      else {
        if (this.isLineNew) this.beginLine();
        this.readToken(code);
      }
    }
    return this.tokens;
  }

  private endLine(): void {
    this.position += 1;
    this.line += 1;
    this.lineStart = this.position;
    const innermost = this.open.at(-1);
    this.isLineNew = innermost === undefined || (innermost === '{' && this.language === 'r');
  }

  private beginLine(): void {
    this.isLineNew = false;
    this.tokens.push({ kind: 'line', text: '', indent: this.position - this.lineStart, line: this.line });
  }

  private skipComment(): void {
    const { source } = this;
    if (this.language === 'julia' && source.charCodeAt(this.position + 1) === equals) {
      let depth = 0;
      const edge = /#=|=#/g;
      edge.lastIndex = this.position;
      for (let found = edge.exec(source); found !== null; found = edge.exec(source)) {
        depth += found[0] === '#=' ? 1 : -1;
        if (depth === 0) break;
      }
      this.advance(edge.lastIndex === 0 ? source.length : edge.lastIndex);
      return;
    }
    const end = source.indexOf('\n', this.position);
    this.position = end < 0 ? source.length : end;
  }

  /** How many characters of a line's end follow the backslash. */
  private skipContinuation(): number {
    const [found = ''] = /^\r?\n/.exec(this.source.slice(this.position + 1, this.position + 3)) ?? [];
    if (found !== '') {
      this.line += 1;
      this.lineStart = this.position + 1 + found.length;
    }
    return found.length;
  }

  private readToken(code: number): void {
    if (isDigit(code)) {
      const text = this.match(/[0-9][\w.]*/y);
      this.tokens.push({ kind: 'number', text, line: this.line });
    } else if (code === doubleQuote || code === singleQuote || code === backtick) this.readQuote(code);
    else if (isNameStart(code)) {
      const text = this.match(this.name);
      if (!this.readPrefixed(text)) this.tokens.push({ kind: 'name', text, line: this.line });
    } else this.readMark();
  }

  private readMark(): void {
    const { source, position } = this;
    const isPair = isInPairs(source.charCodeAt(position + 1)) && pairs.has(source.slice(position, position + 2));
    const text = isPair ? source.slice(position, position + 2) : source.charAt(position);
    this.position += text.length;
    if (text === '(' || text === '[' || text === '{') this.open.push(text);
    else if (text === ')' || text === ']' || text === '}') this.open.pop();
    this.tokens.push({ kind: 'mark', text, line: this.line });
  }

  /** A string whose quote comes behind a name; `false` where the name is none of a string. */
  private readPrefixed(prefix: string): boolean {
    const quote = this.source.charCodeAt(this.position);
    if (quote !== doubleQuote && quote !== singleQuote) return false;
    if (this.language === 'python') {
      if (!/^(?:[rbuft]|r[bft]|[bft]r)$/i.test(prefix)) return false;
      this.readString(quote, /r/i.test(prefix), /[ft]/i.test(prefix) ? 'braces' : 'none');
      return true;
    }
    if (this.language === 'julia') {
      if (quote !== doubleQuote) return false;
      this.readString(quote, true, 'none');
      return true;
    }
    if (!/^r$/i.test(prefix)) return false;
    const opening = /(["'])(-*)([([{])/y;
    opening.lastIndex = this.position;
    const found = opening.exec(this.source);
    if (found === null) return false;
    const [whole, mark = '', dashes = '', bracket = ''] = found;
    const start = this.position + whole.length;
    const closing = `${bracket === '(' ? ')' : bracket === '[' ? ']' : '}'}${dashes}${mark}`;
    const end = this.source.indexOf(closing, start);
    this.addString(this.source.slice(start, end < 0 ? undefined : end), 'none');
    this.advance(end < 0 ? this.source.length : end + closing.length);
    return true;
  }

  private readQuote(code: number): void {
    if (this.language === 'r' && code === backtick) {
      const text = this.match(/`[^`\n]*`?/y);
      this.tokens.push({ kind: 'name', text: text.replaceAll('`', ''), line: this.line });
    } else if (code === backtick) {
      const end = this.language === 'julia' ? this.source.indexOf('`', this.position + 1) : this.position;
      this.advance(end < 0 ? this.source.length : end + 1);
    } else if (code === singleQuote && this.language === 'julia') this.readCharacter();
    else {
      this.readString(code, false, this.language === 'julia' ? 'dollar' : 'none');
    }
  }

  /** Julia's `'` is behind a value its adjoint, and elsewhere the quote of one character. */
  private readCharacter(): void {
    const before = this.tokens.at(-1);
    const touches = /[\w)\]}'"]/.test(this.source.charAt(this.position - 1));
    if (touches && before !== undefined && before.kind !== 'line') this.position += 1;
    else if (this.match(/'(?:\\[^\n']*.|[^\\\n])'/uy) === '') this.position += 1;
    else this.addString('', 'none');
  }

  private readString(code: number, isRaw: boolean, placeholders: Placeholders): void {
    const { source } = this;
    const quote = code === doubleQuote ? '"' : "'";
    const isTriple =
      this.language !== 'r' &&
      source.charCodeAt(this.position + 1) === code &&
      source.charCodeAt(this.position + 2) === code;
    const closing = isTriple ? quote + quote + quote : quote;
    const start = this.position + closing.length;
    const mayHaveLines = isTriple || this.language !== 'python';
    const next = placeholders === 'none' ? source.indexOf(closing, start) : -1;
    const plain = next < 0 ? '\n' : source.slice(start, next);
    if (!plain.includes('\\') && !plain.includes('\n')) {
      this.tokens.push({ kind: 'string', text: plain, placeholders: 'none', line: this.line });
      this.position = next + closing.length;
      return;
    }
    const end = endOfString(source, start, closing, placeholders, mayHaveLines);
    const text = source.slice(start, end);
    this.addString(isRaw || !text.includes('\\') ? text : unescaped(text), placeholders);
    this.advance(source.startsWith(closing, end) ? end + closing.length : end);
  }

  private addString(text: string, placeholders: Placeholders): void {
    const marker = placeholders === 'braces' ? '{' : '$';
    this.tokens.push({
      kind: 'string',
      text,
      placeholders: placeholders !== 'none' && text.includes(marker) ? placeholders : 'none',
      line: this.line,
    });
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const [found = ''] = pattern.exec(this.source) ?? [];
    this.position += found.length;
    return found;
  }

  /** Goes on at a position behind several lines. */
  private advance(position: number): void {
    for (; this.position < position; this.position += 1) {
      if (this.source.charCodeAt(this.position) !== newline) continue;
      this.line += 1;
      this.lineStart = this.position + 1;
    }
  }
}

const newline = 10;
const doubleQuote = 34;
const hash = 35;
const singleQuote = 39;
const equals = 61;
const backslash = 92;
const backtick = 96;

/** Whether it is the second character of a mark that has two. */
function isInPairs(code: number): boolean {
  return code === equals || code === 62 || code === 45 || code === 58 || code === 47 || code === 42;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127;
}
