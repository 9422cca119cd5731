import { type KeptLines } from './kept-lines.js';

/**
 * Takes a text line by line, and keeps a text of the same format with all that is used of it, in the same lines. What it does not
 * know is kept, so that it is the format's parser that refuses it.
 */
export interface Skimmer {
  /**
   * Adds one line to those that are kept, as it is or empty.
   *
   * @param piece of the text; the line goes from `start` to `end`, without its line end
   */
  take(piece: string, start: number, end: number, kept: KeptLines): void;
  /** Adds what tells the parser that the text ends in the middle of what was left out. */
  end(kept: KeptLines): void;
}
