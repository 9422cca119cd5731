import { Blocks } from './blocks.js';
import { type Token } from './tokens.js';
import { parentOf, type Value, whole } from './values.js';

/** What a program's names stand for, at the line that is read. */
export class KnownNames {
  private readonly values = new Map<string, Value>();
  private readonly blocks = new Blocks<{ name: string; value: Value }>();

  /** @param file the program's own path in the project, which `__file__` stands for */
  constructor(file: string) {
    this.values.set('__file__', whole(file, 0));
    this.values.set('@__FILE__', whole(file, 0));
    this.values.set('@__DIR__', whole(parentOf(file), 0));
  }

  get(name: string): Value | undefined {
    return this.values.get(name);
  }

  set(name: string, value: Value): void {
    this.values.set(name, value);
  }

  /** A line of Python, whose first token is at `start`. */
  beginLine(tokens: readonly Token[], start: number, indent: number): void {
    for (const { name, value } of this.blocks.beginLine(tokens, start, indent)) this.values.set(name, value);
    const [first, second, third] = tokens.slice(start, start + 3);
    if (first?.text === 'for' && second?.kind === 'name' && third?.text === 'in') this.values.delete(second.text);
  }

  /** A parameter without a default is not what has its name outside of the function, whose head this line of Python is. */
  hide(name: string): void {
    const value = this.values.get(name);
    if (value === undefined) return;
    this.blocks.hide({ name, value });
    this.values.delete(name);
  }

  /** Whether this line of Python is done whenever the program is run. */
  isAtTop(): boolean {
    return this.blocks.isAtTop();
  }
}
