/** The value of a variable; undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

export type InterpolationProblem = {
  /** Where in the text it begins, counted from 0. */
  index: number;
} & (
  | { kind: 'invalid' }
  /** A variable that is not set, and is empty therefore. */
  | { kind: 'unset'; name: string }
  /** A variable that has to be set, and what its author says of that. */
  | { kind: 'required'; name: string; message: string }
);

export interface Interpolated {
  text: string;
  problems: readonly InterpolationProblem[];
}

/**
 * Puts values in the place of variables, as Compose does
 * (https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md): `$A`, `${A}`, `${A:-b}`, `${A-b}`, `${A:?b}`,
 * `${A?b}`, `${A:+b}`, `${A+b}`, where `b` may have variables again, and `$$` for `$`. A `$` before anything else stays. As in
 * Compose, `b` is read even where it is not needed.
 */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  const problems: InterpolationProblem[] = [];
  return { text: substitute(text, 0, lookup, problems, 0), problems };
}

const named = /[_a-z][_a-z0-9]*/iy;
/** `${A:-${B:-…}}`: each is read by a call inside the one before. */
const deepest = 100;

function substitute(
  text: string,
  offset: number,
  lookup: Lookup,
  problems: InterpolationProblem[],
  depth: number,
): string {
  let result = '';
  let at = 0;
  for (let dollar = text.indexOf('$'); dollar >= 0; dollar = text.indexOf('$', at)) {
    result += text.slice(at, dollar);
    const index = offset + dollar;
    const next = text.charAt(dollar + 1);
    named.lastIndex = dollar + 1;
    const name = named.exec(text)?.[0];
    if (next === '$') {
      result += '$';
      at = dollar + 2;
    } else if (next === '{') {
      const end = closingBrace(text, dollar + 1);
      const inside = end < 0 ? '' : text.slice(dollar + 2, end);
      result += substituteBraced(inside, index, lookup, problems, depth);
      at = end < 0 ? text.length : end + 1;
    } else if (name !== undefined) {
      result += valueOrEmpty(name, index, lookup, problems);
      at = dollar + 1 + name.length;
    } else {
      result += '$';
      at = dollar + 1;
    }
  }
  return result + text.slice(at);
}

/** @param inside what is between the braces, the first of which stands at `index` + 1 */
function substituteBraced(
  inside: string,
  index: number,
  lookup: Lookup,
  problems: InterpolationProblem[],
  depth: number,
): string {
  const match = /^([_a-z][_a-z0-9]*)(?:(:?)([-?+])(.*))?$/i.exec(inside);
  const [, name, colon = '', operator, word = ''] = match ?? [];
  if (name === undefined || depth > deepest) {
    problems.push({ kind: 'invalid', index });
    return '';
  }
  if (operator === undefined) return valueOrEmpty(name, index, lookup, problems);
  const wordOffset = index + 2 + name.length + colon.length + operator.length;
  const other = substitute(word, wordOffset, lookup, problems, depth + 1);
  const value = lookup(name);
  const isMissing = value === undefined || (colon === ':' && value === '');
  if (operator === '-') return isMissing ? other : value;
  if (operator === '+') return isMissing ? (value ?? '') : other;
  if (isMissing) problems.push({ kind: 'required', name, message: other, index });
  return value ?? '';
}

function valueOrEmpty(name: string, index: number, lookup: Lookup, problems: InterpolationProblem[]): string {
  const value = lookup(name);
  if (value === undefined) problems.push({ kind: 'unset', name, index });
  return value ?? '';
}

/** Where the brace at `open` is closed, all braces between counted in pairs; -1 where it is not. */
function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let index = open; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

export interface Explained {
  severity: 'error' | 'warning';
  message: string;
  remedy: string;
}

/** What a problem says, whichever text it is in. */
export function explainProblem(problem: InterpolationProblem): Explained {
  switch (problem.kind) {
    case 'invalid':
      return {
        severity: 'error',
        message: 'This is no variable that Compose could put a value in for.',
        remedy: 'Write ${NAME} or ${NAME:-default}; write “$$” for a “$” that stays.',
      };
    case 'unset':
      return {
        severity: 'warning',
        message: `The variable ${problem.name} is not set: it counts as empty.`,
        remedy: `Set it, in “.env” for instance, or give it a default: \${${problem.name}:-default}. Write “$$” for a “$” that stays.`,
      };
    case 'required':
      return {
        severity: 'error',
        message: `The variable ${problem.name} has to be set${problem.message === '' ? '' : `: ${problem.message}`}.`,
        remedy: `Set it, in “.env” beside the compose file for instance: ${problem.name}=value`,
      };
  }
}
