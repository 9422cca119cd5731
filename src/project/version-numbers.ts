/** One condition of a version specifier. */
interface Comparator {
  operator: string;
  numbers: readonly number[];
  /** Whether it ends in `.*`. */
  isPrefix: boolean;
}

/**
 * Whether a version meets a specifier: PEP 440's, Poetry's, conda's, R's or Julia's. One that cannot be understood is met
 * by all.
 *
 * @param version `3.12.4`, or `3.12` for the newest of that series
 * @param style `julia`: a comma is “or” and a bare version a caret; `others`: a comma is “and”, a bare version a series
 */
export function meetsSpecifier(version: string, specifier: string, style: 'julia' | 'others'): boolean {
  const numbers = numbersOf(version);
  const alternatives = specifier.split(style === 'julia' ? ',' : /\|\|?/);
  return alternatives.some((alternative) => {
    const comparators = comparatorsOf(alternative.trim(), style);
    return comparators === undefined || comparators.every((each) => meets(numbers, each));
  });
}

/** The one version or series that a specifier asks for, such as `3.12` of `=3.12` or `3.12.*`; else undefined. */
export function exactVersion(specifier: string): string | undefined {
  const [, operator = '', version, star = ''] = /^(={0,3})\s*v?(\d+(?:\.\d+)+)(\.\*)?$/.exec(specifier.trim()) ?? [];
  if (version === undefined) return undefined;
  // `==3.12` is 3.12.0 and no other.
  const isSeries = operator.length < 2 || star !== '';
  return isSeries || version.split('.').length > 2 ? version : `${version}.0`;
}

/** Undefined for a text that is none of the kinds that are known. */
function comparatorsOf(text: string, style: 'julia' | 'others'): Comparator[] | undefined {
  if (text === '' || text === '*') return [];
  const [, low, high] = /^v?(\d[\d.]*)\s+-\s+v?(\d[\d.]*)$/.exec(text) ?? [];
  if (low !== undefined && high !== undefined) {
    const upper: Comparator = { operator: '<=', numbers: numbersOf(high), isPrefix: true };
    return [{ operator: '>=', numbers: numbersOf(low), isPrefix: false }, upper];
  }
  const pattern = /\s*(===|==|!=|<=|>=|~=|≥|≤|<|>|\^|~|=)?\s*v?(\d+(?:\.\d+)*)(\.\*|\*)?[\w.+-]*\s*(?:,|\s|$)/y;
  const comparators: Comparator[] = [];
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, operator = style === 'julia' ? '^' : '=', version = '', star] = match;
    comparators.push({ operator, numbers: numbersOf(version), isPrefix: star !== undefined });
  }
  return comparators;
}

function meets(version: readonly number[], { operator, numbers, isPrefix }: Comparator): boolean {
  const isWithin = startsWith(version, numbers);
  const order = compare(version, numbers);
  switch (operator) {
    case '=':
      return isWithin;
    case '==':
    case '===':
      return isPrefix ? isWithin : order === 0;
    case '!=':
      return isPrefix ? !isWithin : order !== 0;
    case '<':
      return order < 0;
    case '<=':
    case '≤':
      return order <= 0 || (isPrefix && isWithin);
    case '>':
      return order > 0;
    case '>=':
    case '≥':
      return order >= 0;
    case '~=':
      return order >= 0 && startsWith(version, numbers.slice(0, -1));
    case '~':
      return order >= 0 && startsWith(version, numbers.slice(0, 2));
    case '^': {
      // The first number that is not 0 stays.
      const first = numbers.findIndex((number) => number > 0);
      return order >= 0 && startsWith(version, numbers.slice(0, first < 0 ? numbers.length : first + 1));
    }
    default:
      return true;
  }
}

function numbersOf(version: string): number[] {
  return version
    .split('.')
    .map((part) => Number.parseInt(part, 10))
    .filter((number) => !Number.isNaN(number));
}

/** Of a version that names a series only, the missing numbers are the newest there are; of a bound they are 0. */
function compare(version: readonly number[], bound: readonly number[]): number {
  for (let index = 0; index < Math.max(version.length, bound.length, 3); index += 1) {
    const [left, right] = [version[index] ?? (index < 3 ? Number.POSITIVE_INFINITY : 0), bound[index] ?? 0];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function startsWith(version: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((number, index) => number === version[index]);
}
