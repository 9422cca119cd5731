import { createContext, Script } from 'node:vm';
import { type LogBuffer } from './log-buffer.js';
import { plainText } from './log-text.js';

export interface LogQuery {
  text: string;
  isRegex: boolean;
  isCaseSensitive: boolean;
}

/** Lines that are looked through before others get their turn. */
const portion = 20_000;
/** Matches that are shown in one line. */
const mostInLine = 1000;

/** Looks for a text in the lines of a buffer, also in those that come later. */
export class LogSearch {
  private readonly expression: RegExp | undefined;
  /** Numbers of lines, ascending. */
  private found: number[] = [];
  private searchedTo = 0;
  private trouble: string | undefined;
  private readonly watched = createContext({ work: (): void => undefined });
  private readonly script = new Script('work()');

  /** @param patience milliseconds after which an expression is given up */
  constructor(
    { text, isRegex, isCaseSensitive }: LogQuery,
    private readonly patience = 250,
  ) {
    try {
      const source = isRegex ? text : text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
      this.expression = new RegExp(source, isCaseSensitive ? 'g' : 'gi');
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  }

  /** How many lines match, as far as was searched. */
  get count(): number {
    return this.found.length;
  }

  /** Why nothing can be found, for a person. */
  get problem(): string | undefined {
    return this.trouble;
  }

  /** Looks through the next lines; answers whether there are more. */
  search(buffer: LogBuffer): boolean {
    if (this.expression === undefined || this.trouble !== undefined) return false;
    this.forget(buffer.first);
    this.searchedTo = Math.max(this.searchedTo, buffer.first);
    const end = Math.min(buffer.end, this.searchedTo + portion);
    this.watch(() => {
      let number = this.searchedTo;
      for (const { text } of buffer.lines(number, end)) {
        if (this.rangesOf(text, 1).length > 0) this.found.push(number);
        number++;
      }
    });
    this.searchedTo = end;
    return end < buffer.end && this.problem === undefined;
  }

  /** Where the lines match (as `withMatches` takes it), none of those that cannot be looked through. */
  ranges(lines: readonly string[]): (readonly [number, number])[][] {
    let ranges: (readonly [number, number])[][] = [];
    this.watch(() => {
      ranges = lines.map((line) => this.rangesOf(line, mostInLine));
    });
    return ranges;
  }

  /**
   * The matching line that comes next to the one of a number, from the other end where there is none.
   *
   * @returns its number, and the how manieth it is, counted from 1
   */
  step(from: number, direction: 1 | -1): { number: number; ordinal: number } | undefined {
    const { found } = this;
    if (found.length === 0) return undefined;
    const isBehind = (number: number): boolean => (direction === 1 ? number > from : number >= from);
    let low = 0;
    let high = found.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBehind(found[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    const at = (direction === 1 ? low : low - 1 + found.length) % found.length;
    const number = found[at];
    return number === undefined ? undefined : { number, ordinal: at + 1 };
  }

  private rangesOf(line: string, most: number): (readonly [number, number])[] {
    const { expression } = this;
    const ranges: (readonly [number, number])[] = [];
    if (expression === undefined) return ranges;
    for (const { index, 0: text } of plainText(line).matchAll(expression)) {
      // Some expressions match nothing, everywhere.
      if (text === '') continue;
      ranges.push([index, index + text.length]);
      if (ranges.length === most) break;
    }
    return ranges;
  }

  /** There are expressions that take for ever: what runs in a script is ended in time. */
  private watch(work: () => void): void {
    if (this.trouble !== undefined) return;
    this.watched['work'] = work;
    try {
      this.script.runInContext(this.watched, { timeout: this.patience });
    } catch (error) {
      if (!isTimeout(error)) throw error;
      this.trouble = 'This expression takes too long.';
    }
  }

  private forget(first: number): void {
    const kept = this.found.findIndex((number) => number >= first);
    if (kept !== 0) this.found = kept < 0 ? [] : this.found.slice(kept);
  }
}

/** That error is of the script's own kind, and none of ours. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
