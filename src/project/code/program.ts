import { defaultOfOption, resultOf } from './call-results.js';
import { endOfCondition } from './annotations.js';
import { defining, keywords } from './keywords.js';
import { KnownNames } from './known-names.js';
import { filledIn } from './placeholders.js';
import { TokenCursor } from './token-cursor.js';
import { type ProgramLanguage, type Token } from './tokens.js';
import {
  type Argument,
  type Assignment,
  type Call,
  concatenated,
  cutAt,
  joined,
  newValue,
  parentValue,
  type Program,
  unknown,
  type Value,
  whole,
} from './values.js';

/**
 * The calls and assignments of a program with what is known of their values: strings, paths made of them, and names that one was
 * assigned to before. `file` is the program's own path in the project, which `__file__` stands for.
 */
export function readProgram(tokens: readonly Token[], language: ProgramLanguage, file: string): Program {
  return new Reader(tokens, language, file).read();
}

/** Brackets in brackets that are looked into. */
const deepest = 60;
function isClosing(mark: string): boolean {
  return mark === ')' || mark === ']' || mark === '}';
}

/** What a key of a dictionary ends in that tells of a place. */
const isOfPath = /^\w*(?:dir|directory|folder|path)$/i;

class Reader extends TokenCursor {
  private depth = 0;
  private indent = 0;
  private readonly calls: Call[] = [];
  private readonly assignments: Assignment[] = [];
  private readonly known: KnownNames;

  constructor(
    tokens: readonly Token[],
    private readonly language: ProgramLanguage,
    file: string,
  ) {
    super(tokens);
    this.known = new KnownNames(file);
  }

  read(): Program {
    while (this.position < this.tokens.length) this.readStep();
    return { calls: this.calls, assignments: this.assignments };
  }

  /** One expression, assignment or token; always goes on. */
  private readStep(): void {
    const token = this.peek();
    if (token?.kind === 'line') {
      this.position += 1;
      if (this.depth === 0) this.beginLine(token.indent);
      const first = this.peek();
      if (first?.kind !== 'name' || keywords.has(first.text) || !this.isMark(':', 1)) return;
      if (this.skipAnnotation()) this.assign(first.text, first.line);
      return;
    }
    const { length } = this.calls;
    const value = this.readExpression();
    if (value.name === undefined || !(this.isMark('=') || this.isMark('<-') || this.isMark(':='))) return;
    if (this.language !== 'julia' || this.calls.length === length) this.assign(value.name, value.line);
    else this.readShortFunction();
  }

  private beginLine(indent: number): void {
    this.indent = indent;
    if (this.language === 'python') this.known.beginLine(this.tokens, this.position, indent);
  }

  /** Julia's `f(x) = …`, at its `=`: the call in front of it is a head, and the rest of the line is done when it is called. */
  private readShortFunction(): void {
    const head = this.calls.pop();
    if (head !== undefined) this.addCall({ ...head, isDefinition: true, isAtTop: false });
    this.position += 1;
    this.indent += 1;
  }

  private assign(name: string, line: number): void {
    this.position += 1;
    const value = this.readExpression();
    this.note(name, newValue(value.text, value.isWhole, value.name, line));
  }

  private readExpression(): Value {
    let left = this.readOperand();
    for (;;) {
      const token = this.peek();
      if (token?.kind === 'name' && left.text === undefined && this.isAtAlternative(token.text)) {
        this.position += 1;
        left = this.readOperand();
        continue;
      }
      if (token?.kind !== 'mark') return left;
      if (token.text === '/') {
        this.position += 1;
        left = joined([left, this.readOperand()]);
      } else if (token.text === '+' || (token.text === '*' && this.language === 'julia')) {
        this.position += 1;
        left = concatenated([left, this.readOperand()]);
      } else if (token.text === '%') {
        this.position += 1;
        this.readOperand();
        left = cutAt(left, '%');
      } else return left;
    }
  }

  /** Whether an `or` is here, or behind a condition an `else` that is then here: what comes next stands for what is not known. */
  private isAtAlternative(word: string): boolean {
    if (this.language !== 'python') return false;
    if (word !== 'if') return word === 'or';
    const end = endOfCondition(this.tokens, this.position + 1);
    if (end === undefined) return false;
    while (this.position < end) this.readStep();
    return this.peek()?.text === 'else';
  }

  private readOperand(): Value {
    const token = this.peek();
    if (token === undefined) return unknown(0);
    this.position += 1;
    const { line } = token;
    if (token.kind === 'number') return whole(token.text, line);
    if (token.kind === 'string') return this.readPostfix(this.readStrings(token), '', false);
    if (token.kind === 'name') {
      const { text: name } = token;
      if (keywords.has(name) && !(name === 'function' && this.isMark('('))) return unknown(line);
      return this.readPostfix(this.valueNamed(name, line), name, true);
    }
    if (token.kind === 'line') return unknown(line);
    if (token.text === '@' && this.language === 'julia') return this.readMacro(line);
    if (token.text === '(') return this.readPostfix(this.readBracket(')', line), '', false);
    if (token.text === '[') {
      this.readBracket(']', line);
      return this.readPostfix(unknown(line), '', false);
    }
    if (token.text === '{') this.readBracket('}', line);
    return unknown(line);
  }

  private valueNamed(name: string, line: number): Value {
    const value = this.known.get(name);
    return newValue(value?.text, value?.isWhole ?? false, name, line);
  }

  /** `@__DIR__`, or `@save "file" x`, which is read as a call. */
  private readMacro(line: number): Value {
    const token = this.peek();
    if (token?.kind !== 'name') return unknown(line);
    this.position += 1;
    const value = this.known.get(`@${token.text}`);
    if (value !== undefined) return whole(value.text ?? '', line);
    const argument = this.peek();
    if (argument?.kind !== 'string') return unknown(line);
    this.position += 1;
    const args = [{ name: undefined, value: this.readStrings(argument) }];
    const name = `@${token.text}`;
    this.addCall({ name, owner: '', receiver: undefined, args, line, isDefinition: false, isAtTop: this.isAtTop() });
    return unknown(line);
  }

  /** Strings that follow one another are one. */
  private readStrings(first: Extract<Token, { kind: 'string' }>): Value {
    let value = filledIn(first, this.known);
    for (let next = this.peek(); next?.kind === 'string' && this.language === 'python'; next = this.peek()) {
      this.position += 1;
      value = concatenated([value, filledIn(next, this.known)]);
    }
    return value;
  }

  /** The value of the only thing in a bracket. */
  private readBracket(close: string, line: number): Value {
    if (this.depth >= deepest) return unknown(line);
    this.depth += 1;
    let value: Value | undefined;
    for (let count = 0; ; count += 1) {
      const token = this.peek();
      if (token === undefined) break;
      if (token.kind === 'mark' && isClosing(token.text)) {
        this.position += 1;
        break;
      }
      if (close === '}' && token.kind === 'string' && this.language === 'python' && this.isMark(':', 1)) {
        this.position += 2;
        const { text, isWhole, name } = this.readExpression();
        if (isOfPath.test(token.text))
          this.assignments.push({ name: token.text, value: newValue(text, isWhole, name, token.line) });
      } else if (close === '}') this.readStep();
      else if (token.kind === 'line') this.position += 1;
      else {
        const read = this.readExpression();
        value = count === 0 ? read : unknown(line);
      }
    }
    this.depth -= 1;
    return value ?? unknown(line);
  }

  /** What follows a value: attributes, calls, indices. */
  private readPostfix(first: Value, chainStart: string, isPlain: boolean): Value {
    const before = this.peek(-2);
    const isDefinition =
      isPlain && (chainStart === 'function' || (before?.kind === 'name' && defining.has(before.text)));
    let value = first;
    let chain = chainStart;
    let isChain = isPlain;
    let owner: Value | undefined;
    for (;;) {
      const token = this.peek();
      if (token?.kind !== 'mark') return value;
      if (token.text === '.' || token.text === '::' || (token.text === '$' && this.language === 'r')) {
        const next = this.peek(1);
        if (next?.kind !== 'name') return value;
        this.position += 2;
        owner = value;
        value = next.text === 'parent' ? parentValue(value, 1) : this.valueNamed(next.text, next.line);
        if (next.text === 'sep' && /^os(?:\.path)?$/.test(chain)) value = whole('/', next.line);
        if (isChain) chain += `.${next.text}`;
        else chain = next.text;
      } else if (token.text === '(' && chain !== '') {
        const { line } = token;
        this.position += 1;
        const args = this.readArguments();
        const dot = chain.lastIndexOf('.');
        const name = isChain && this.language !== 'r' ? chain.slice(dot + 1) : (value.name ?? chain);
        const ownerName = isChain && dot >= 0 ? chain.slice(0, dot) : '';
        const isAtTop = !isDefinition && this.isAtTop();
        value = this.addCall({ name, owner: ownerName, receiver: owner, args, line, isDefinition, isAtTop });
        owner = undefined;
        chain = '';
        isChain = false;
      } else if (token.text === '[') {
        this.position += 1;
        const index = this.readBracket(']', token.line);
        const levels = value.name === 'parents' && /^\d+$/.test(index.text ?? '') ? Number(index.text) + 1 : undefined;
        value = levels === undefined || owner === undefined ? unknown(token.line) : parentValue(owner, levels);
        chain = '';
        isChain = false;
      } else return value;
    }
  }

  private readArguments(): Argument[] {
    const args: Argument[] = [];
    if (this.depth >= deepest) return args;
    this.depth += 1;
    for (let isNew = true; ;) {
      const token = this.peek();
      if (token === undefined) break;
      if (token.kind === 'mark' && isClosing(token.text)) {
        this.position += 1;
        break;
      }
      if (token.kind === 'mark' && (token.text === ',' || token.text === ';')) {
        this.position += 1;
        isNew = true;
      } else if (token.kind === 'line') this.position += 1;
      else if (isNew) {
        args.push(this.readArgument(token));
        isNew = false;
      } else this.readStep();
    }
    this.depth -= 1;
    return args;
  }

  private readArgument(token: Token): Argument {
    const isNamed =
      token.kind === 'name' && (this.isMark('=', 1) || (this.isMark(':', 1) && this.language === 'python'));
    if (!isNamed) return { name: undefined, value: this.readExpression() };
    if (this.isMark('=', 1)) this.position += 2;
    else if (this.skipAnnotation()) this.position += 1;
    else {
      // A parameter without a default, or a part of a lambda.
      this.position += 2;
      this.readExpression();
      return { name: undefined, value: newValue(undefined, false, token.text, token.line) };
    }
    return { name: token.text, value: this.readExpression() };
  }

  private addCall(call: Call): Value {
    const { name, line, args } = call;
    this.calls.push(call);
    if (call.isDefinition) {
      for (const { name: parameter, value } of args) {
        if (parameter !== undefined) this.note(parameter, value);
        else if (value.name !== undefined && this.language === 'python') this.known.hide(value.name);
      }
      // What is behind the head of a function of R is done when it is called, with or without braces.
      if (this.language === 'r' && !this.isMark('{')) this.indent += 1;
      return newValue(undefined, false, name, line);
    }
    const option = defaultOfOption(call);
    if (option !== undefined)
      this.note(option.name, newValue(option.value.text, option.value.isWhole, undefined, line));
    const result = resultOf(call);
    return newValue(result?.text, result?.isWhole ?? false, name, line);
  }

  private isAtTop(): boolean {
    return this.depth === 0 && (this.language === 'python' ? this.known.isAtTop() : this.indent === 0);
  }

  private note(name: string, value: Value): void {
    if (value.text !== undefined) this.known.set(name, value);
    this.assignments.push({ name, value });
  }
}
