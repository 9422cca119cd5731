/** What is known of an expression without running it. */
export interface Value {
  /** The text that it begins with, as far as that is known; of a number its digits. */
  text: string | undefined;
  /** Whether `text` is all of it. */
  isWhole: boolean;
  /** The last part of the name that it is written as, or of the function that it comes from. */
  name: string | undefined;
  line: number;
}

export interface Argument {
  name: string | undefined;
  value: Value;
}

export interface Call {
  /** `savefig` of `plt.savefig(…)`. */
  name: string;
  /** `plt` of `plt.savefig(…)`, `os.path` of `os.path.join(…)`; empty where there is none that is a plain name. */
  owner: string;
  /** What the method is called of, where it is one. */
  receiver: Value | undefined;
  args: readonly Argument[];
  line: number;
  /** Whether it is the head of a definition rather than a call; its arguments are then parameters. */
  isDefinition: boolean;
  /** Whether it stands at the top of the program, in no function, class or block. */
  isAtTop: boolean;
}

export interface Assignment {
  name: string;
  /** Its line is that of the assignment. */
  value: Value;
}

export interface Program {
  calls: readonly Call[];
  /** Of variables, fields and the defaults of parameters. */
  assignments: readonly Assignment[];
}

/** No path is longer, in characters; a text that is put together of others could grow without bounds. */
const longestText = 1000;

export function newValue(text: string | undefined, isWhole: boolean, name: string | undefined, line: number): Value {
  return { text, isWhole, name, line };
}

export function unknown(line: number): Value {
  return newValue(undefined, false, undefined, line);
}

export function whole(text: string, line: number): Value {
  return newValue(text, true, undefined, line);
}

/** One text behind the other. */
export function concatenated(values: readonly Value[]): Value {
  return fold(values, (left, right) => left + right, '');
}

/** One path in the other, as `os.path.join` does it. */
export function joined(values: readonly Value[]): Value {
  return fold(values, (left, right) => (isAbsolute(right) ? right : withSlash(left) + right), '/');
}

function fold(values: readonly Value[], combine: (left: string, right: string) => string, edge: '' | '/'): Value {
  const [first, ...others] = values;
  if (first?.text === undefined) return unknown(first?.line ?? 0);
  let { text, isWhole } = first;
  for (const other of others) {
    if (!isWhole) break;
    if (other.text === undefined) {
      text = edge === '' ? text : withSlash(text);
      isWhole = false;
    } else {
      text = combine(text, other.text);
      ({ isWhole } = other);
    }
    if (text.length > longestText) {
      text = text.slice(0, longestText);
      isWhole = false;
    }
  }
  return newValue(text, isWhole, undefined, first.line);
}

/** The text in front of a placeholder that begins with that character. */
export function cutAt(value: Value, marker: string): Value {
  const at = value.text?.indexOf(marker) ?? -1;
  return at < 0 ? value : newValue(value.text?.slice(0, at), false, undefined, value.line);
}

/** The folder that many levels above. */
export function parentValue(value: Value, levels: number): Value {
  if (value.text === undefined || !value.isWhole) return unknown(value.line);
  let { text } = value;
  for (let level = 0; level < Math.min(levels, 20); level += 1) text = parentOf(text);
  return whole(text, value.line);
}

/** The folder of a path; empty for the project's own, `..` above it. */
export function parentOf(path: string): string {
  const plain = path.replaceAll('\\', '/').replace(/(?<=[^/])\/+$/, '');
  if (plain === '' || plain === '.') return '..';
  if (plain === '..' || plain.endsWith('/..')) return `${plain}/..`;
  const slash = plain.lastIndexOf('/');
  return slash < 0 ? '' : slash === 0 ? '/' : plain.slice(0, slash);
}

function withSlash(text: string): string {
  return text === '' || text.endsWith('/') ? text : `${text}/`;
}

export function isAbsolute(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|~)/.test(path);
}
