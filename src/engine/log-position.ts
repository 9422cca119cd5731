import { type LogLine } from './log-lines.js';

/**
 * An engine notes the times of stdout and stderr apart, so that lines which follow each other in a log can be this much out of order.
 */
const marginMilliseconds = 250;

/**
 * How far a log was read, so that a later request goes on exactly behind it: asked for from a little earlier on, with the lines
 * that were seen already left out. Lines are told apart by stream and time, and those of the same time by their number: a log is
 * only ever added to.
 */
export class LogPosition {
  /** Batches that a later request may bring again, with the times of their last lines; those in front of `outdated` it cannot. */
  private readonly recent: { time: number; lines: readonly LogLine[] }[] = [];
  private outdated = 0;
  private newest: number | undefined;
  /** Where reading began: what is before it is not wanted. */
  private first: string | undefined;

  /** Notes what was read; the lines are kept for a while and must not be changed. */
  note(lines: readonly LogLine[]): void {
    const time = lastTime(lines);
    if (time === undefined) return;
    this.recent.push({ time, lines });
    this.first ??= lines.find((line) => line.time !== undefined)?.time;
    if (this.newest === undefined || time > this.newest) this.newest = time;
    // Twice the margin: what is behind it is not asked for again for sure.
    const oldest = this.newest - 2 * marginMilliseconds;
    while ((this.recent[this.outdated]?.time ?? oldest) < oldest) this.outdated++;
    // Not each time, for the others have to move.
    if (this.outdated * 2 <= this.recent.length) return;
    this.recent.splice(0, this.outdated);
    this.outdated = 0;
  }

  /** What to ask the engine for next (`LogOptions.since`), and what of its answer is new; undefined where nothing was read. */
  goOn(): { since: string; unseen: (lines: LogLine[]) => LogLine[] } | undefined {
    const { newest, first } = this;
    if (newest === undefined || first === undefined) return undefined;
    const seen = new Map<string, number>();
    for (const line of this.recent.slice(this.outdated).flatMap(({ lines }) => lines)) {
      if (line.time !== undefined) seen.set(keyOf(line), (seen.get(keyOf(line)) ?? 0) + 1);
    }
    const isNew = (line: LogLine): boolean => {
      const count = seen.get(keyOf(line));
      if (count === undefined) return true;
      if (count === 1) seen.delete(keyOf(line));
      else seen.set(keyOf(line), count - 1);
      return false;
    };
    const from = newest - marginMilliseconds;
    const allSeen = newest + 2 * marginMilliseconds;
    return {
      since: Date.parse(first) >= from ? exactEngineTime(first) : engineTime(from),
      unseen: (lines) => {
        if (seen.size === 0) return lines;
        const fresh = lines.filter(isNew);
        // What was seen comes first.
        if ((lastTime(lines) ?? 0) > allSeen) seen.clear();
        return fresh;
      },
    };
  }
}

/** Milliseconds since 1970 as the engine takes times. */
export function engineTime(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

/** A time of the engine as it takes times, to the nanosecond, which are more than a number holds. */
function exactEngineTime(time: string): string {
  const digits = /\.(\d+)/.exec(time)?.[1] ?? '';
  return `${Math.floor(Date.parse(time) / 1000)}.${digits.padEnd(9, '0').slice(0, 9)}`;
}

function keyOf({ stream, time }: LogLine): string {
  return `${stream} ${time ?? ''}`;
}

/** Milliseconds since 1970. */
function lastTime(lines: readonly LogLine[]): number | undefined {
  const time = lines.findLast((line) => line.time !== undefined)?.time;
  return time === undefined ? undefined : Date.parse(time);
}
