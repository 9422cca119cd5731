/** A piece of a line, and the classes of the page's style that it has: `bold fg1 match`. */
export interface Span {
  text: string;
  classes: string;
}

const escape = '\u001b';
const bell = '\u0007';

/** What is not text: ECMA-48's control sequences (colours in a group of their own), xterm's command strings, other escapes. */
const controls = new RegExp(
  [
    `${escape}\\[([\\d;:]*)m`,
    `${escape}\\[[0-?]*[ -/]*[@-~]`,
    `${escape}[\\]PX^_][^${bell}${escape}]*(?:${bell}|${escape}\\\\)?`,
    `${escape}[ -/]*[0-~]`,
    // A tab is text.
    '(?!\\t)\\p{Cc}',
  ].join('|'),
  'gu',
);
const anyControl = /(?!\t)\p{Cc}/u;

/** What a line shows: its text without escapes, and of what was written over each other (`\r`) the last. */
export function plainText(line: string): string {
  return anyControl.test(line) ? lastWritten(line).replace(controls, '') : line;
}

function lastWritten(line: string): string {
  const text = line.replace(/\r+$/, '');
  return text.slice(text.lastIndexOf('\r') + 1);
}

/** How text is shown: SGR's attributes that are understood (ECMA-48, 8.3.117). */
interface Look {
  attributes: Set<'bold' | 'dim' | 'italic' | 'underline' | 'strike' | 'inverse'>;
  /** One of the 16 colours of a terminal. */
  foreground: number | undefined;
  background: number | undefined;
}

/** What a line shows, in pieces of the same look. Colours beyond the 16 of a terminal become the nearest of them. */
export function spansOf(line: string): Span[] {
  if (!anyControl.test(line)) return line === '' ? [] : [{ text: line, classes: '' }];
  const text = lastWritten(line);
  const look: Look = { attributes: new Set(), foreground: undefined, background: undefined };
  const spans: Span[] = [];
  const add = (piece: string): void => {
    if (piece === '') return;
    const classes = classesOf(look);
    const last = spans.at(-1);
    if (last?.classes === classes) last.text += piece;
    else spans.push({ text: piece, classes });
  };
  let at = 0;
  for (const found of text.matchAll(controls)) {
    add(text.slice(at, found.index));
    if (found[1] !== undefined) apply(found[1], look);
    at = found.index + found[0].length;
  }
  add(text.slice(at));
  return spans;
}

/** @param ranges beginnings and ends in the text of all pieces together, ascending */
export function withMatches(spans: readonly Span[], ranges: readonly (readonly [number, number])[]): Span[] {
  if (ranges.length === 0) return [...spans];
  const marked: Span[] = [];
  let start = 0;
  let next = 0;
  for (const { text, classes } of spans) {
    const end = start + text.length;
    let at = start;
    while (at < end) {
      while ((ranges[next]?.[1] ?? Infinity) <= at) next++;
      const [from, to] = ranges[next] ?? [Infinity, Infinity];
      const isMatch = from <= at;
      const until = Math.min(end, isMatch ? to : from);
      const piece = text.slice(at - start, until - start);
      marked.push({ text: piece, classes: isMatch ? `${classes} match`.trim() : classes });
      at = until;
    }
    start = end;
  }
  return marked;
}

function classesOf({ attributes, foreground, background }: Look): string {
  return [
    ...attributes,
    ...(foreground === undefined ? [] : [`fg${foreground}`]),
    ...(background === undefined ? [] : [`bg${background}`]),
  ].join(' ');
}

const attributeOf = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'strike',
} as const;

function apply(parameters: string, look: Look): void {
  const codes = parameters.split(/[;:]/).map(Number);
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes.slice(at + 1));
      if (code === 38) look.foreground = colour;
      else look.background = colour;
      at += used;
    } else applyOne(code, look);
  }
}

function applyOne(code: number, look: Look): void {
  const { attributes } = look;
  const ended = code - 20;
  if (code === 0) {
    attributes.clear();
    look.foreground = undefined;
    look.background = undefined;
  } else if (isAttribute(code)) attributes.add(attributeOf[code]);
  else if (code === 22) {
    attributes.delete('bold');
    attributes.delete('dim');
  } else if (isAttribute(ended)) attributes.delete(attributeOf[ended]);
  else if (code >= 30 && code <= 37) look.foreground = code - 30;
  else if (code >= 90 && code <= 97) look.foreground = code - 82;
  else if (code >= 40 && code <= 47) look.background = code - 40;
  else if (code >= 100 && code <= 107) look.background = code - 92;
  else if (code === 39) look.foreground = undefined;
  else if (code === 49) look.background = undefined;
}

function isAttribute(code: number): code is keyof typeof attributeOf {
  return code in attributeOf;
}

/** `5;n` of xterm's 256 colours, or `2;r;g;b`. */
function extendedColour(codes: readonly number[]): { colour: number | undefined; used: number } {
  const [kind, first = 0, green = 0, blue = 0] = codes;
  if (kind === 2) return { colour: nearest(first, green, blue), used: 4 };
  if (kind !== 5) return { colour: undefined, used: 0 };
  if (first < 16) return { colour: first, used: 2 };
  if (first >= 232) {
    const grey = (first - 232) * 10 + 8;
    return { colour: nearest(grey, grey, grey), used: 2 };
  }
  const level = (step: number): number => Math.floor((first - 16) / step) % 6;
  const value = (step: number): number => (level(step) === 0 ? 0 : level(step) * 40 + 55);
  return { colour: nearest(value(36), value(6), value(1)), used: 2 };
}

/** By which of red, green and blue are more than half of the strongest, and whether it is bright. */
function nearest(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue);
  if (most - Math.min(red, green, blue) < 32) return [0, 8, 7, 15][Math.min(3, Math.floor(most / 64))] ?? 7;
  const bits = [red, green, blue].reduce((sum, part, bit) => sum + (part > most / 2 ? 1 << bit : 0), 0);
  return bits + (most > 191 ? 8 : 0);
}
