import { type LogLine } from '../../engine/log-lines.js';

/** How much is kept: lines, and bytes of memory. */
export const bufferLimits = { lines: 200_000, bytes: 64_000_000 };

/** Bytes that texts and times are written into together. */
const blockLength = 1_000_000;
/** The most bytes of UTF-8 that a unit of a string takes. */
const bytesOfUnit = 3;
/** Bytes that a line takes besides its text and time: what is known of where they are. */
const bytesOfEntry = 16;

/**
 * The last lines of a log. Each has a number that it keeps, counted from the first line that ever came, so that whoever shows some of
 * them is not confused when the first ones are dropped.
 *
 * Texts are kept as bytes in large blocks: hundreds of thousands of strings would keep the garbage collector busy.
 */
export class LogBuffer {
  private readonly blocks = new Map<number, Buffer>();
  private block = Buffer.alloc(0);
  private blockNumber = 0;
  private used = 0;
  /** Rings: line n is at n modulo the greatest number of lines. */
  private readonly blockOf: Uint32Array;
  private readonly startOf: Uint32Array;
  private readonly textLengthOf: Uint32Array;
  /** The length of its time, and 128 for stderr. */
  private readonly kindOf: Uint8Array;
  /** Made when a line comes from another source than 0. */
  private sources: Uint16Array | undefined;
  private bytes = 0;
  private firstKept = 0;
  private behindLast = 0;
  private droppedCount = 0;

  constructor(private readonly limits = bufferLimits) {
    this.blockOf = new Uint32Array(limits.lines);
    this.startOf = new Uint32Array(limits.lines);
    this.textLengthOf = new Uint32Array(limits.lines);
    this.kindOf = new Uint8Array(limits.lines);
  }

  /** The number of the first line that is kept. */
  get first(): number {
    return this.firstKept;
  }

  /** The number that the next line will have. */
  get end(): number {
    return this.behindLast;
  }

  /** How many lines there is no room for any more, since the beginning or since it was cleared. */
  get dropped(): number {
    return this.droppedCount;
  }

  /** @param source a number by which the caller knows what they come from, 65,535 at most */
  append(lines: readonly LogLine[], source = 0): void {
    if (source !== 0) this.sources ??= new Uint16Array(this.limits.lines);
    for (const line of lines) {
      if (this.behindLast - this.firstKept === this.limits.lines) this.dropFirst();
      if (this.sources !== undefined) this.sources[this.behindLast % this.limits.lines] = source;
      this.write(line);
      // The last line stays, however long it is.
      while (this.bytes > this.limits.bytes && this.behindLast - this.firstKept > 1) this.dropFirst();
    }
  }

  at(number: number): LogLine | undefined {
    if (number < this.firstKept || number >= this.behindLast) return undefined;
    const at = number % this.limits.lines;
    const block = this.blocks.get(this.blockOf[at] ?? 0);
    if (block === undefined) return undefined;
    const start = this.startOf[at] ?? 0;
    const textEnd = start + (this.textLengthOf[at] ?? 0);
    const kind = this.kindOf[at] ?? 0;
    const timeLength = kind & 127;
    return {
      stream: kind > 127 ? 'stderr' : 'stdout',
      time: timeLength === 0 ? undefined : block.toString('latin1', textEnd, textEnd + timeLength),
      text: block.toString('utf8', start, textEnd),
    };
  }

  /** What a line comes from that is kept. */
  sourceAt(number: number): number {
    return this.sources?.[number % this.limits.lines] ?? 0;
  }

  /** The lines of these numbers, as far as they are kept. */
  *lines(from = this.firstKept, end = this.behindLast): Generator<LogLine> {
    for (let number = Math.max(from, this.firstKept); number < Math.min(end, this.behindLast); number++) {
      const line = this.at(number);
      if (line !== undefined) yield line;
    }
  }

  /** Forgets all lines, and those that were dropped. */
  clear(): void {
    this.blocks.clear();
    this.block = Buffer.alloc(0);
    this.used = 0;
    this.bytes = 0;
    this.firstKept = this.behindLast;
    this.droppedCount = 0;
  }

  private write({ stream, time = '', text }: LogLine): void {
    const room = (text.length + time.length) * bytesOfUnit;
    if (this.used + room > this.block.length) {
      this.block = Buffer.allocUnsafeSlow(Math.max(blockLength, room));
      this.blockNumber++;
      this.blocks.set(this.blockNumber, this.block);
      this.used = 0;
    }
    const at = this.behindLast % this.limits.lines;
    const textLength = this.block.write(text, this.used, 'utf8');
    const timeLength = this.block.write(time, this.used + textLength, 'latin1');
    this.blockOf[at] = this.blockNumber;
    this.startOf[at] = this.used;
    this.textLengthOf[at] = textLength;
    this.kindOf[at] = timeLength + (stream === 'stderr' ? 128 : 0);
    this.used += textLength + timeLength;
    this.bytes += textLength + timeLength + bytesOfEntry;
    this.behindLast++;
  }

  private dropFirst(): void {
    const at = this.firstKept % this.limits.lines;
    const block = this.blockOf[at] ?? 0;
    this.bytes -= (this.textLengthOf[at] ?? 0) + ((this.kindOf[at] ?? 0) & 127) + bytesOfEntry;
    this.firstKept++;
    this.droppedCount++;
    const isLastOfBlock = this.blockOf[this.firstKept % this.limits.lines] !== block;
    if (isLastOfBlock && block !== this.blockNumber) this.blocks.delete(block);
  }
}
