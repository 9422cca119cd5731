import { type LogLine } from '../../engine/log-lines.js';

/** Lines of one source that follow each other. */
export interface SourceLines {
  source: number;
  lines: LogLine[];
}

/** When a line was printed: milliseconds since 1970, and the engine's own text, which is more exact. */
interface Key {
  milliseconds: number;
  text: string;
}

interface Queue {
  source: number;
  waiting: { key: Key; line: LogLine; arrived: number }[];
  /** How many of those are through. */
  taken: number;
  last: Key | undefined;
  /** When something was heard of the source, by the clock of the caller. */
  heard: number;
  hasTold: boolean;
  isClosed: boolean;
}

/**
 * Brings lines of several sources into the order of their times. A line waits until each of the other sources has told a later one,
 * or is silent: then it has nothing earlier to tell. The lines of one source stay in the order in which they came.
 *
 * All times that are passed in are milliseconds of a clock that only goes forward.
 */
export class MergedLines {
  private readonly queues = new Map<number, Queue>();

  /**
   * @param idle silence after which a source has told all that it had to tell, in milliseconds
   * @param patience the same before its first line: a source with nothing to tell does not say so
   * @param hold how long each line waits at least: one of a source that was silent may come a little later than it should
   */
  constructor(
    private readonly idle = 300,
    private readonly patience = 1000,
    private readonly hold = 100,
  ) {}

  /** Whether no line waits. */
  get isEmpty(): boolean {
    return [...this.queues.values()].every(({ waiting, taken }) => waiting.length === taken);
  }

  /** Lines of a source are about to come. */
  open(source: number, now: number): void {
    this.queueOf(source, now);
  }

  /** A sign of life: from now on something may come again. */
  hear(source: number, now: number): void {
    const queue = this.queueOf(source, now);
    queue.heard = now;
    queue.isClosed = false;
  }

  push(source: number, lines: readonly LogLine[], now: number): void {
    this.hear(source, now);
    const queue = this.queueOf(source, now);
    queue.hasTold = true;
    for (const line of lines) {
      const key = keyOf(line, queue.last);
      queue.waiting.push({ key, line, arrived: now });
      queue.last = key;
    }
  }

  /** Nothing comes of this source for now: nobody waits for it. */
  close(source: number, now: number): void {
    this.queueOf(source, now).isClosed = true;
  }

  /** The lines that are due, in order. */
  drain(now: number): SourceLines[] {
    const queues = [...this.queues.values()];
    const known = queues.flatMap((queue) => this.toldUntil(queue, now) ?? []);
    const limit = known.reduce<Key | 'none' | undefined>(earlier, undefined);
    const drained: SourceLines[] = [];
    if (limit === 'none') return drained;
    for (;;) {
      const next = nextOf(queues);
      const head = next?.waiting[next.taken];
      if (next === undefined || head === undefined || now - head.arrived < this.hold) break;
      if (limit !== undefined && compare(head.key, limit) > 0) break;
      next.taken++;
      const group = drained.at(-1);
      if (group?.source === next.source) group.lines.push(head.line);
      else drained.push({ source: next.source, lines: [head.line] });
    }
    for (const queue of queues) {
      queue.waiting.splice(0, queue.taken);
      queue.taken = 0;
    }
    return drained;
  }

  private queueOf(source: number, now: number): Queue {
    let queue = this.queues.get(source);
    if (queue === undefined) {
      queue = { source, waiting: [], taken: 0, last: undefined, heard: now, hasTold: false, isClosed: false };
      this.queues.set(source, queue);
    }
    return queue;
  }

  /** Until when a source has told everything; undefined where others need not wait for it. */
  private toldUntil({ isClosed, heard, hasTold, last }: Queue, now: number): Key | 'none' | undefined {
    if (isClosed || now - heard >= (hasTold ? this.idle : this.patience)) return undefined;
    return last ?? 'none';
  }
}

function earlier(left: Key | 'none' | undefined, right: Key | 'none'): Key | 'none' {
  if (left === undefined) return right;
  if (left === 'none' || right === 'none') return 'none';
  return compare(left, right) <= 0 ? left : right;
}

/** The one with the earliest line. */
function nextOf(queues: readonly Queue[]): Queue | undefined {
  let found: Queue | undefined;
  let first: Key | undefined;
  for (const queue of queues) {
    const key = queue.waiting[queue.taken]?.key;
    if (key === undefined || (first !== undefined && compare(key, first) >= 0)) continue;
    found = queue;
    first = key;
  }
  return found;
}

function keyOf({ time }: LogLine, last: Key | undefined): Key {
  const milliseconds = time === undefined ? Number.NaN : Date.parse(time);
  const none = last ?? { milliseconds: 0, text: '' };
  if (time === undefined || Number.isNaN(milliseconds)) return none;
  const key = { milliseconds, text: time };
  return last !== undefined && compare(key, last) < 0 ? last : key;
}

/** Texts of the same form have the same length. */
function compare(left: Key, right: Key): number {
  const difference = left.milliseconds - right.milliseconds;
  if (difference !== 0 || left.text.length !== right.text.length) return difference;
  return left.text < right.text ? -1 : left.text > right.text ? 1 : 0;
}
