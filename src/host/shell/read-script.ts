import {
  type Command,
  type CompoundCommand,
  type Redirection,
  type Script,
  type SimpleCommand,
  type Span,
  textOfWord,
  type Word,
} from './script.js';
import { deepest, WordReader } from './word-reader.js';

/**
 * Reads a script for a POSIX shell or bash, by the Shell Command Language of POSIX.1-2017
 * (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html) and, of bash, with arrays, `[[`, `((`, `&>`, `<<<`,
 * `<(…)`, `$'…'`, `function` and `select`. It refuses nothing: what a shell would refuse is read as far as it goes.
 *
 * @param offset of the script in a larger text, which all positions are counted in
 */
export function readScript(script: string, offset = 0): Script {
  return new ScriptReader(script, offset).read();
}

/** What is open, by what ends it. */
interface Frame {
  closers: ReadonlySet<string>;
  /** Whether keywords in it close nothing outside of it. */
  isSubstitution: boolean;
}

const frames = {
  ')': new Set([')']),
  '`': new Set(['`']),
  '}': new Set(['}']),
  fi: new Set(['fi']),
  done: new Set(['done']),
  branch: new Set([';;', ';&', ';;&', 'esac']),
};

/** In the place of a command; they say when the next one runs, or end what is open. */
const connecting = /(?:!|then|elif|else|do|time(?:[ \t]+-p)?|coproc|fi|done|esac|\})(?=[\s;&|()<>`]|$)/y;
const operators = /&&|\|\||\|&|\||&(?!>)|;(?![;&])/y;

class ScriptReader extends WordReader {
  private readonly open: Frame[] = [];
  private readonly comments: Span[] = [];
  /** The here-documents that begin behind this line. */
  private readonly heredocs: { name: string; stripTabs: boolean; lines: Span }[] = [];

  read(): Script {
    return { commands: this.readList(), comments: this.comments };
  }

  protected override readSubstituted(close: ')' | '`'): Command[] {
    const commands = this.readBody(frames[close], true);
    if (commands === undefined) this.at = this.source.length;
    else if (this.peek() === close) this.at += 1;
    return commands ?? [];
  }

  /** The commands up to what closes them; undefined where that would be too deep. */
  private readBody(closers: ReadonlySet<string>, isSubstitution = false): Command[] | undefined {
    if (this.depth >= deepest) return undefined;
    this.depth += 1;
    this.open.push({ closers, isSubstitution });
    const commands = this.readList();
    this.open.pop();
    this.depth -= 1;
    return commands;
  }

  private readList(): Command[] {
    const commands: Command[] = [];
    for (;;) {
      this.skipBlanks();
      const next = this.peek();
      if (next === '' || this.isAtCloser()) return commands;
      if (next === '\n') this.endLine();
      else if (next === '#') this.readComment();
      else if (this.match(connecting) === undefined && this.match(/;;&?|;&|\)/y) === undefined) {
        const operator = this.match(operators);
        const command = operator === undefined ? this.readCommand() : undefined;
        if (command === undefined) continue;
        this.skipBlanks();
        commands.push({ ...command, operator: this.match(operators)?.[0] ?? '' });
      }
    }
  }

  /** Whether the next token ends something that is open. */
  private isAtCloser(): boolean {
    const start = this.at;
    const [token] = this.match(/[)`]|;;&?|;&|(?:fi|done|esac|\})(?=[\s;&|()<>`]|$)/y) ?? [];
    this.at = start;
    if (token === undefined) return false;
    if (token === '`') return this.openBackticks > 0;
    const substitution = this.open.findLastIndex(({ isSubstitution }) => isSubstitution);
    const within = this.open.slice(Math.max(0, token === ')' ? substitution : substitution + 1));
    return within.some(({ closers }) => closers.has(token));
  }

  private readComment(): void {
    const start = this.at;
    this.match(/#[^\n]*/y);
    this.comments.push(this.span(start));
  }

  /** The end of a line, and the here-documents behind it. */
  private endLine(): void {
    this.at += 1;
    for (const { name, stripTabs, lines } of this.heredocs.splice(0)) {
      const start = this.at;
      let end = start;
      while (this.at < this.source.length) {
        const [whole = '', line = ''] = this.match(/([^\n]*)\n?/y) ?? [];
        const plain = line.replace(/\r$/, '');
        if ((stripTabs ? plain.replace(/^\t+/, '') : plain) === name) break;
        end += whole.length;
      }
      lines.start = this.place(start);
      lines.end = this.place(end);
    }
  }

  /** Undefined for what opens something too deep, which is passed over. */
  private readCommand(): Command | undefined {
    const start = this.at;
    const arithmetic = this.endOfArithmetic(start);
    if (arithmetic !== undefined) {
      this.at = arithmetic;
      return this.compound(start, '((', { body: [] });
    }
    const [opening] = this.match(/\(|(?:\{|if|while|until)(?=[\s;&|()<>`]|$)/y) ?? [];
    switch (opening) {
      case undefined:
        break;
      case '(':
        return this.compound(start, '(', { body: this.readBody(frames[')']), close: /\)/y });
      case '{':
        return this.compound(start, '{', { body: this.readBody(frames['}']), close: /\}/y });
      case 'if':
        return this.compound(start, 'if', { body: this.readBody(frames.fi), close: /fi/y });
      default:
        return this.compound(start, opening === 'while' ? 'while' : 'until', {
          body: this.readBody(frames.done),
          close: /done/y,
        });
    }
    const loop = this.match(/(for|select)(?:[ \t]+([A-Za-z_]\w*)(?=[ \t]*(?:[;\n\r]|(?:in|do)\s))|[ \t]*(?=\(\())/y);
    if (loop !== undefined) return this.readLoop(start, loop[1] === 'select' ? 'select' : 'for', loop[2]);
    const choice = /case[ \t]+[^\n;]{0,300}?[ \t\n]in(?=\s)/y;
    choice.lastIndex = start;
    if (choice.test(this.source)) return this.readCase(start);
    const [, named, plain] =
      this.match(/function[ \t]+([^\s()<>;&|'"`$]+)[ \t]*(?:\([ \t]*\))?(?=\s*[{(])|([\w.:-]+)[ \t]*\([ \t]*\)/y) ?? [];
    const name = named ?? plain;
    return name === undefined ? this.readSimple(start) : this.readFunction(start, name);
  }

  private compound(
    start: number,
    opening: CompoundCommand['opening'],
    {
      body,
      close,
      variable,
      words = [],
    }: { body: readonly Command[] | undefined; close?: RegExp; variable?: string | undefined; words?: readonly Word[] },
  ): CompoundCommand | undefined {
    if (body === undefined) return undefined;
    if (close !== undefined) this.match(close);
    const redirections = this.readRedirections();
    return { kind: 'compound', opening, variable, words, body, redirections, operator: '', start: this.place(start) };
  }

  private readLoop(start: number, opening: 'for' | 'select', variable: string | undefined): Command | undefined {
    const words: Word[] = [];
    this.at = this.endOfArithmetic(this.at) ?? this.at;
    this.skipBlanks();
    if (this.match(/in(?=\s)/y) !== undefined) {
      for (let word = this.nextWord(); word !== undefined; word = this.nextWord()) words.push(word);
    }
    return this.compound(start, opening, { body: this.readBody(frames.done), close: /done/y, variable, words });
  }

  private readCase(start: number): Command | undefined {
    this.match(/case[ \t]+/y);
    const words: Word[] = [];
    const body: Command[] = [];
    const subject = this.readWord();
    if (subject !== undefined) words.push(subject);
    this.match(/\s*in(?=\s)/y);
    for (;;) {
      this.match(/(?:\s|\\\r?\n|#[^\n]*|;;&?|;&)+/y);
      if (this.peek() === '' || this.match(/esac(?=[\s;&|()<>`]|$)/y) !== undefined) break;
      const from = this.at;
      this.match(/\(/y);
      for (let word = this.nextWord(); word !== undefined; word = this.nextPattern()) words.push(word);
      this.match(/\)/y);
      const branch = this.readBody(frames.branch);
      if (branch === undefined) return undefined;
      body.push(...branch);
      if (this.at === from) break;
    }
    return this.compound(start, 'case', { body, words });
  }

  private nextPattern(): Word | undefined {
    this.skipBlanks();
    return this.match(/\|/y) === undefined ? undefined : this.nextWord();
  }

  private readFunction(start: number, name: string): Command {
    const isCompound = this.match(/\s*(?=[({]|(?:if|for|while|until|case|select)\s)/y) !== undefined;
    const command = isCompound ? this.readCommand() : undefined;
    const body = command === undefined ? [] : [command];
    return { kind: 'function', name, body, redirections: [], operator: '', start: this.place(start) };
  }

  private nextWord(): Word | undefined {
    this.skipBlanks();
    return this.peek() === '#' ? undefined : this.readWord();
  }

  private readSimple(start: number): SimpleCommand | undefined {
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    const isTest = /^\[\[\s/.test(this.source.slice(start, start + 3));
    for (let isOpen = isTest; ;) {
      if (!isOpen) redirections.push(...this.readRedirections());
      const word = this.nextWord();
      if (word !== undefined) {
        words.push(word);
        if (isTest && textOfWord(word) === ']]') isOpen = false;
        // In `[[`, these compare, group and connect.
      } else if (!isOpen || this.match(/(?:&&|\|\|)\s*|[()<>|&]/y) === undefined) break;
    }
    if (words.length === 0 && redirections.length === 0) return undefined;
    return { kind: 'simple', words, redirections, operator: '', start: this.place(start) };
  }

  private readRedirections(): Redirection[] {
    const found: Redirection[] = [];
    for (;;) {
      this.skipBlanks();
      const start = this.at;
      const [, operator = ''] = this.match(/(?:\d*|\{\w+\})(&?>>|&>|>\||>&|<<<|<<-|<<|<&|<>|>|<)/y) ?? [];
      if (operator === '' || (/^[<>]$/.test(operator) && this.peek() === '(')) {
        this.at = start;
        return found;
      }
      const target = this.nextWord();
      if (target !== undefined) found.push({ operator, target, heredoc: this.heredocOf(operator, target) });
    }
  }

  private heredocOf(operator: string, target: Word): Span | undefined {
    if (operator !== '<<' && operator !== '<<-') return undefined;
    const lines = { start: 0, end: 0 };
    this.heredocs.push({ name: textOfWord(target), stripTabs: operator === '<<-', lines });
    return lines;
  }
}
