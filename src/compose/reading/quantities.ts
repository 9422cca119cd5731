/**
 * Bytes of a size such as `64m`, `1.5 GB` or `1073741824`, by
 * https://github.com/compose-spec/compose-spec/blob/main/11-extension.md#specifying-byte-values: all units are powers of 1024.
 * `-1` stands for no limit. Undefined where it is none.
 */
export function parseSize(text: string): number | undefined {
  if (text === '-1') return -1;
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Math.trunc(Number(digits) * 1024 ** ' kmgtp'.indexOf(unit === '' ? ' ' : unit.toLowerCase()));
}

const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 24 * 3600e9,
  w: 7 * 24 * 3600e9,
};

/**
 * Nanoseconds of a duration such as `1m30s`, by
 * https://github.com/compose-spec/compose-spec/blob/main/11-extension.md#specifying-durations; undefined where it is none.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, digits = '', unit = ''] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    sum += Number(digits) * (nanoseconds[unit] ?? 0);
  }
  return Math.round(sum);
}
