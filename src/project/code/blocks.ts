import { type Token } from './tokens.js';

interface Block<T> {
  indent: number;
  /** Whether what is in it is done whenever the program is run. */
  isDone: boolean;
  hidden: T[];
}

/** Tokens at the beginning of a line that are looked at. */
const longestHead = 12;

/** The blocks of Python that a line is in, by their indentation, with what is hidden by the parameters of functions. */
export class Blocks<T> {
  private readonly open: Block<T>[] = [];
  /** The one that a line begins which is indented further than the line that is read. */
  private next: Block<T> | undefined;

  /**
   * @param start where the line's first token is
   * @returns what was hidden in the blocks that end in front of the line, the innermost first
   */
  beginLine(tokens: readonly Token[], start: number, indent: number): T[] {
    if (this.next !== undefined) this.open.push(this.next);
    this.next = { indent, isDone: isDone(tokens, start), hidden: [] };
    const ended: T[] = [];
    for (let last = this.open.at(-1); last !== undefined && last.indent >= indent; last = this.open.at(-1)) {
      ended.push(...last.hidden);
      this.open.pop();
    }
    return ended;
  }

  /** Keeps something for the end of the block that this line begins. */
  hide(hidden: T): void {
    this.next?.hidden.push(hidden);
  }

  /** Whether this line is done whenever the program is run. */
  isAtTop(): boolean {
    return this.open.every((block) => block.isDone);
  }
}

function isDone(tokens: readonly Token[], start: number): boolean {
  const keyword = tokens[start]?.text === 'async' ? tokens[start + 1]?.text : tokens[start]?.text;
  if (keyword === 'if') return isMainCondition(tokens, start);
  return !/^(?:def|class|elif|else|except|match|case)$/.test(keyword ?? '');
}

/** Whether a line is `if __name__ == "__main__":`, in any of its forms. */
export function isMainCondition(tokens: readonly Token[], start: number): boolean {
  if (tokens[start]?.text !== 'if') return false;
  const head = tokens.slice(start + 1, start + longestHead);
  const end = head.findIndex(({ kind, text }) => kind === 'line' || (kind === 'mark' && text === ':'));
  const condition = head.slice(0, end < 0 ? undefined : end).map(({ text }) => text);
  return condition.includes('__name__') && condition.includes('__main__') && !condition.includes('!=');
}
