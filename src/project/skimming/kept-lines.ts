/**
 * What is kept of a text, line by line. A line that is left out is an empty one here, so that the others keep their numbers.
 */
export class KeptLines {
  readonly #pieces: string[] = [];
  #parts: string[] = [];
  /** Empty lines behind the parts. */
  #empty = 0;
  #next = 0;
  #size = 0;
  #mark: { parts: number; next: number; size: number } | undefined;

  /** The number of the next line, counted from 0. */
  get next(): number {
    return this.#next;
  }

  /** In characters. */
  get size(): number {
    return this.#size;
  }

  add(line: string): void {
    this.#next += 1;
    this.#size += line.length + 1;
    if (line === '') {
      this.#empty += 1;
      return;
    }
    this.#endEmpty();
    this.#parts.push(line, '\n');
  }

  /** Remembers that the lines from here on may be left out later. */
  mark(): void {
    this.#endEmpty();
    this.#mark = { parts: this.#parts.length, next: this.#next, size: this.#size };
  }

  /** Leaves out the lines behind the mark, if all of them are still apart. */
  leaveOutMarked(): void {
    if (this.#mark === undefined) return;
    const { parts, next, size } = this.#mark;
    this.#parts.length = parts;
    this.#empty = this.#next - next;
    this.#size = size + this.#empty;
  }

  /** Makes one text of the lines so far. As long as they are parts of a piece that was read, they keep all of it in memory. */
  join(): void {
    this.#endEmpty();
    this.#pieces.push(this.#parts.join(''));
    this.#parts = [];
    this.#mark = undefined;
  }

  text(): string {
    this.join();
    return this.#pieces.join('');
  }

  #endEmpty(): void {
    if (this.#empty > 0) this.#parts.push('\n'.repeat(this.#empty));
    this.#empty = 0;
  }
}
