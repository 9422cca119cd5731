import { isAtLeast } from '../../cuda/version.js';
import table from './known-versions.json';

/** For each package, from which Python on which version is meant; null where that has no wheels. */
const versions: ReadonlyMap<string, Readonly<Record<string, string | null>>> = new Map(Object.entries(table.packages));

/**
 * A version of a common package that goes together with those of the others and has wheels for Linux; undefined for packages
 * that the table does not have, and for a Python that they do not support.
 *
 * @param name as PyPI normalizes it
 * @param python such as `3.12` or `3.12.4`
 */
export function knownVersion(name: string, python: string): string | undefined {
  const rows = Object.entries(versions.get(name) ?? {});
  return rows.findLast(([from]) => isAtLeast(python, from) === true)?.[1] ?? undefined;
}
