/** A word of a shell's command, without its quotes. `isWhole`: nothing in it is left to expand; else `text` is its start. */
export interface ShellWord {
  text: string;
  isWhole: boolean;
}

/** One command of a script: up to `;`, `|`, `&&` or the end of its line. */
export interface ShellCommand {
  words: readonly ShellWord[];
  /** Files that its output goes to. */
  written: readonly ShellWord[];
  /** What ended it; empty at the end of a line. */
  end: string;
  line: number;
}

/**
 * The commands of a script for a POSIX shell. Comments and here-documents are left out, variables that the script sets itself
 * are filled in, and what is in `$(…)` is not looked at.
 */
export function readShellCommands(text: string): ShellCommand[] {
  return new ShellReader(text).read();
}

/** Variables that are made of one another could grow without bounds. In characters. */
const longestValue = 1000;

class ShellReader {
  private position = 0;
  private line = 1;
  private readonly commands: ShellCommand[] = [];
  private words: ShellWord[] = [];
  private written: ShellWord[] = [];
  private commandLine = 1;
  private readonly variables = new Map<string, string>();
  /** The ends of here-documents that begin behind this line. */
  private heredocs: { end: string; isIndented: boolean }[] = [];

  constructor(private readonly source: string) {}

  read(): ShellCommand[] {
    const { source } = this;
    while (this.position < source.length) {
      const character = source.charAt(this.position);
      if (character === '\n') {
        this.endCommand('');
        this.position += 1;
        this.line += 1;
        this.skipHeredocs();
      } else if (/\s/.test(character)) this.position += 1;
      else if (character === '\\' && /^\r?\n/.test(source.slice(this.position + 1, this.position + 3))) {
        this.position = source.indexOf('\n', this.position) + 1;
        this.line += 1;
      } else if (character === '#') this.position = endOfLine(source, this.position);
      else this.readNext();
    }
    this.endCommand('');
    return this.commands;
  }

  private readNext(): void {
    const redirection = this.match(/(?:\d*|&)(?:>>|>\||>&|>|<<<|<<-?|<&|<>|<)/y);
    if (redirection !== '') {
      this.redirect(redirection);
      return;
    }
    const operator = this.match(/&&|\|\||\|&|;;|[;&|()]/y);
    if (operator !== '') {
      this.endCommand(operator);
      return;
    }
    const word = this.readWord();
    if (this.words.length === 0) {
      this.commandLine = this.line;
      const [, name, value] = /^(\w+)=(.*)$/s.exec(word.text) ?? [];
      if (name !== undefined && value !== undefined && word.isWhole && value.length <= longestValue) {
        this.variables.set(name, value);
      }
    }
    this.words.push(word);
  }

  private redirect(operator: string): void {
    const start = this.position;
    this.match(/[ \t]+/y);
    if (/[\n;&|()]|^$/.test(this.source.charAt(this.position))) {
      this.position = this.source.charAt(start) === '&' ? start + 1 : start;
      return;
    }
    const target = this.readWord();
    if (/<<-?$/.test(operator)) this.heredocs.push({ end: target.text, isIndented: operator.endsWith('-') });
    else if (operator.includes('>') && !operator.includes('<') && !/^[\d-]$/.test(target.text)) {
      this.written.push(target);
      if (this.words.length === 0) this.commandLine = this.line;
    }
  }

  private endCommand(end: string): void {
    const { words, written, commandLine: line } = this;
    if (words.length > 0 || written.length > 0) this.commands.push({ words, written, end, line });
    this.words = [];
    this.written = [];
  }

  private skipHeredocs(): void {
    for (const { end, isIndented } of this.heredocs) {
      while (this.position < this.source.length) {
        const lineEnd = endOfLine(this.source, this.position);
        const line = this.source.slice(this.position, lineEnd).replace(/\r$/, '');
        this.position = lineEnd + 1;
        this.line += 1;
        if ((isIndented ? line.replace(/^\t+/, '') : line) === end) break;
      }
    }
    this.heredocs = [];
  }

  private readWord(): ShellWord {
    const { source } = this;
    let text = '';
    let isWhole = true;
    const add = (piece: string): void => {
      if (isWhole) text += piece;
    };
    for (; this.position < source.length;) {
      const character = source.charAt(this.position);
      if (/[\s;&|()<>]/.test(character)) break;
      this.position += 1;
      if (character === "'") {
        const end = source.indexOf("'", this.position);
        add(this.take(end < 0 ? source.length : end));
        this.position += 1;
      } else if (character === '"') isWhole = this.readDoubleQuoted(add, isWhole);
      else if (character === '\\') add(this.takeEscaped());
      else if (character === '$' || character === '`') {
        const value = this.expand(character);
        if (value === undefined) isWhole = false;
        else add(value);
      } else if (character === '*' || character === '?') isWhole = false;
      else add(character);
    }
    return { text, isWhole };
  }

  private readDoubleQuoted(add: (piece: string) => void, wasWhole: boolean): boolean {
    let isWhole = wasWhole;
    for (; this.position < this.source.length;) {
      const character = this.source.charAt(this.position);
      this.position += 1;
      if (character === '"') break;
      if (character === '\n') this.line += 1;
      if (character === '\\') {
        const next = this.takeEscaped();
        if (isWhole) add(/^["$\\`]?$/.test(next) ? next : `\\${next}`);
      } else if (character === '$' || character === '`') {
        const value = this.expand(character);
        if (value === undefined) isWhole = false;
        else if (isWhole) add(value);
      } else if (isWhole) add(character);
    }
    return isWhole;
  }

  private takeEscaped(): string {
    const next = this.source.charAt(this.position);
    this.position += 1;
    if (next === '\n') this.line += 1;
    return next === '\n' ? '' : next;
  }

  /** What stands for `$…`, from behind its first character; undefined where that is not known. */
  private expand(first: string): string | undefined {
    if (first === '`') {
      const end = this.source.indexOf('`', this.position);
      this.take(end < 0 ? this.source.length : end);
      this.position += 1;
      return undefined;
    }
    if (this.source.charAt(this.position) === '(') {
      this.skipNested();
      return undefined;
    }
    const plain = this.match(/\w+/y);
    if (plain !== '') return this.variables.get(plain);
    const [, name = '', fallback] = /^\{(\w+)(?::?[-=]([^{}$]*))?\}$/.exec(this.match(/\{[^{}\n]*\}/y)) ?? [];
    return this.variables.get(name) ?? fallback;
  }

  private skipNested(): void {
    for (let depth = 0; this.position < this.source.length;) {
      const character = this.source.charAt(this.position);
      this.position += 1;
      if (character === '\n') this.line += 1;
      else if (character === '(') depth += 1;
      else if (character === ')') depth -= 1;
      if (depth === 0) return;
    }
  }

  /** The text up to a position, whose lines are counted. */
  private take(end: number): string {
    const text = this.source.slice(this.position, end);
    for (const character of text) if (character === '\n') this.line += 1;
    this.position = end;
    return text;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const [found = ''] = pattern.exec(this.source) ?? [];
    this.position += found.length;
    return found;
  }
}

function endOfLine(source: string, position: number): number {
  const end = source.indexOf('\n', position);
  return end < 0 ? source.length : end;
}
