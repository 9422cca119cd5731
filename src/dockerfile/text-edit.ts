import { type Piece } from './instructions.js';

export interface TextPosition {
  /** Counted from 1. */
  line: number;
  /** Of the line, counted from 0 in UTF-16; a byte order mark is none. */
  character: number;
}

/** Replaces what stands between two positions. */
export interface TextEdit {
  start: TextPosition;
  end: TextPosition;
  newText: string;
}

/** The position of a character of a logical line, or of its end. */
export function positionIn(pieces: readonly Piece[], index: number): TextPosition {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((pieces[middle]?.index ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  return { line: piece?.line ?? 1, character: (piece?.character ?? 0) + index - (piece?.index ?? 0) };
}

/** The text with all edits made; they must not overlap. Whatever is in none of them stays as it is, byte for byte. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const starts = [mark];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const offsetOf = ({ line, character }: TextPosition): number =>
    Math.min((starts[line - 1] ?? text.length) + character, text.length);
  const placed = edits.map(({ start, end, newText }) => ({ from: offsetOf(start), to: offsetOf(end), newText }));
  let edited = '';
  let at = 0;
  for (const { from, to, newText } of placed.sort((a, b) => a.from - b.from || a.to - b.to)) {
    edited += text.slice(at, from) + newText;
    at = to;
  }
  return edited + text.slice(at);
}
