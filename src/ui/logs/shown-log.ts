import { type LogState } from '../../engine/log-follower.js';
import { type LogBuffer } from './log-buffer.js';
import { type Period, type RowSource } from './log-messages.js';

/** A log as a tab shows it, whatever it is of. */
export interface ShownLog {
  readonly buffer: LogBuffer;
  /** What becomes of it, for a person. */
  readonly status: { kind: LogState['kind']; text: string };
  readonly period: Period;
  /** What stands above the first line. */
  readonly head: string;
  /** What stands in place of lines. */
  readonly empty: string;
  /** Goes up when the sources of lines look different. */
  readonly generation: number;
  /** What a line comes from, where that is not the same for all. @param number as in the buffer */
  sourceOf(number: number): RowSource | undefined;
  /** Reads the log anew, from then on. */
  begin(period: Period): void;
  clear(): void;
  /** Looks for a lost engine at once. */
  tryNow(): void;
  stop(): void;
}
