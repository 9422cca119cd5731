/** How far two numbers may be apart: by a part of the larger one or, for numbers about zero, by an amount. */
export interface Tolerance {
  /** Above 0. */
  relative: number;
  absolute: number;
}

/** That of `pytest.approx`. What another processor or order of summation makes of a calculation with doubles is mostly below it. */
export const defaultTolerance: Tolerance = { relative: 1e-6, absolute: 1e-12 };

/** How a text that was found compares with the recorded one. */
export type TextComparison =
  | { kind: 'same' }
  /** How many numbers are written differently, and how far the most different are apart: at most `Tolerance.relative`. */
  | { kind: 'within'; largest: number; numbers: number }
  /** The first line that differs, counted from 1, and how: a part of a sentence. */
  | { kind: 'differs'; line: number; what: string };

/**
 * Compares two texts line by line. All but numbers must be the same, and the spaces that pad a number which is not the same. A
 * number with a point or an exponent may differ by the tolerance; one without is a count or a name and may not, unless the other
 * text has a point or an exponent in its place, as where 1 is printed for 1.0. What belongs to a word is no number (`abc12`, `1.2.3`,
 * `3e10ab`, `12ms`), nor are `nan` and `inf`; the parts of a complex number are.
 *
 * The difference of a and b is |a − b| / max(|a|, |b|, absolute / relative).
 */
export function compareTexts(recorded: string, found: string, tolerance = defaultTolerance): TextComparison {
  if (recorded === found) return { kind: 'same' };
  let [largest, numbers] = [0, 0];
  let [left, right] = [0, 0];
  let isPaddedBefore = false;
  for (;;) {
    const a = numberIn(recorded, left);
    const b = numberIn(found, right);
    const isPaddedAfter = a !== undefined && b !== undefined && a.text !== b.text;
    const [between, other] = [recorded.slice(left, a?.start), found.slice(right, b?.start)];
    const isSame =
      (a === undefined) === (b === undefined) &&
      (between === other ||
        unpadded(between, isPaddedBefore, isPaddedAfter) === unpadded(other, isPaddedBefore, isPaddedAfter));
    if (!isSame) return differs(recorded, left, found, right);
    if (a === undefined || b === undefined) return { kind: 'within', largest, numbers };
    if (isPaddedAfter) {
      const difference = differenceOf(a.text, b.text, tolerance);
      if (difference === undefined || difference > tolerance.relative) {
        const what = `${excerpt(b.text, 0)} instead of ${excerpt(a.text, 0)}`;
        return { kind: 'differs', line: lineAt(recorded, a.start), what };
      }
      largest = Math.max(largest, difference);
      numbers++;
    }
    left = a.start + a.text.length;
    right = b.start + b.text.length;
    isPaddedBefore = isPaddedAfter;
  }
}

const exponent = String.raw`[eEdD][-+]?\d{1,3}`;
/**
 * A number, `D` as an exponent of Fortran's included. An exponent without a sign belongs to a number with a point or of one digit, as
 * programs write them: others such are parts of hashes (`12345e67`). A sign is one where no word stands before it (in `model-1.5` and
 * `2026-03-04` it is a hyphen), or where it parts two numbers with points, as in complex ones.
 */
const numberPattern = new RegExp(
  [
    String.raw`(?:(?<![\p{L}\p{N}_.]|[\p{L}\p{N}_][-+])[-+]?`,
    String.raw`|(?<=\.\d{0,20}(?:${exponent})?|\d[eE][-+]\d{1,3})[-+](?=\d*\.|\d+[eE][-+]))`,
    String.raw`(?:(?:\d+\.\d*|\.\d+)(?:${exponent})?|\d+[eE][-+]\d{1,3}|\d[eE]\d{1,3}|\d+)`,
    String.raw`(?=[ij]?(?![\p{L}\p{N}_]))(?!\.[\p{L}\p{N}_])`,
  ].join(''),
  'gu',
);

/** The next number of a text. */
function numberIn(text: string, from: number): { start: number; text: string } | undefined {
  numberPattern.lastIndex = from;
  const match = numberPattern.exec(text);
  return match === null ? undefined : { start: match.index, text: match[0] };
}

/** Undefined where they cannot be compared as numbers. */
function differenceOf(recorded: string, found: string, { relative, absolute }: Tolerance): number | undefined {
  if (!/[.de]/i.test(recorded) && !/[.de]/i.test(found)) return undefined;
  const [a, b] = [valueOf(recorded), valueOf(found)];
  if (!Number.isFinite(a) || !Number.isFinite(b)) return undefined;
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), absolute / relative);
}

function valueOf(number: string): number {
  return Number(number.replace(/d/i, 'e'));
}

/** Without the spaces at its start and its end, where these are to be left out. */
function unpadded(text: string, start: boolean, end: boolean): string {
  let [from, to] = [0, text.length];
  while (start && text[from] === ' ') from++;
  while (end && to > from && text[to - 1] === ' ') to--;
  return text.slice(from, to);
}

/** What differs first from these places on. */
function differs(recorded: string, left: number, found: string, right: number): TextComparison {
  let same = 0;
  while (left + same < recorded.length && recorded[left + same] === found[right + same]) same++;
  const [at, other] = [left + same, right + same];
  const line = lineAt(recorded, at);
  if (other === found.length && betweenLines(recorded, at)) {
    return { kind: 'differs', line, what: 'it ends where the recorded text goes on' };
  }
  if (at === recorded.length && betweenLines(found, other)) {
    return { kind: 'differs', line, what: 'it goes on where the recorded text ends' };
  }
  return { kind: 'differs', line, what: `${excerpt(found, other)} instead of ${excerpt(recorded, at)}` };
}

function betweenLines(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === '\n' || text[at] === '\n';
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', end + 1)) line++;
  return line;
}

/** Characters that are shown of a line, and how many of them stand before what differs. */
const [shown, before] = [40, 12];

function excerpt(text: string, at: number): string {
  const lineStart = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
  const newline = text.indexOf('\n', at);
  const lineEnd = newline === -1 ? text.length : newline;
  const start = Math.max(lineStart, at - before);
  const end = Math.min(lineEnd, start + shown);
  const part = text.slice(start, end).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return `“${start > lineStart ? '…' : ''}${part}${end < lineEnd ? '…' : ''}”`;
}
