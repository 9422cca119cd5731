import { type Place } from '../place.js';

/** A compose file's text as values, each of which knows where it stands. */
export type Tree = Scalar | Mapping | Sequence;

export interface Scalar {
  kind: 'scalar';
  place: Place;
  value: string | number | boolean | null;
  /** As it is written; a number may be written in several ways. */
  source: string;
  /** How it is written: what is in it starts behind its quote, or in the line below. */
  style: 'plain' | 'quoted' | 'block';
}

export interface Mapping {
  kind: 'mapping';
  place: Place;
  entries: ReadonlyMap<string, Entry>;
}

/**
 * What a mapping says of a key. In a file that overrides another one, `replace` (`!override`) takes the place of what is
 * overridden rather than being merged with it, and `reset` (`!reset`) takes it away.
 */
export type Entry =
  { kind: 'merge' | 'replace'; key: Place; value: Tree } | { kind: 'reset'; key: Place; value?: undefined };

export interface Sequence {
  kind: 'sequence';
  place: Place;
  items: readonly Tree[];
}

/** A scalar that is not written anywhere, in the place of what it comes from. */
export function scalar(value: Scalar['value'], place: Place): Scalar {
  return { kind: 'scalar', place, value, source: String(value), style: 'plain' };
}

/** A mapping that is not written anywhere, in the place of what it comes from; what is undefined is left out. */
export function mapping(place: Place, values: Readonly<Record<string, Tree | undefined>>): Mapping {
  return mappingOf(
    place,
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );
}

/** As `mapping`, for keys that somebody else chose. */
export function mappingOf(place: Place, values: Iterable<readonly [string, Tree]>): Mapping {
  const entries = new Map<string, Entry>();
  for (const [key, value] of values) entries.set(key, { kind: 'merge', key: value.place, value });
  return { kind: 'mapping', place, entries };
}

export function sequence(place: Place, items: readonly Tree[]): Sequence {
  return { kind: 'sequence', place, items };
}

/** The mapping with another value for a key; the entry's place and kind stay. */
export function withValue(tree: Mapping, key: string, value: Tree): Mapping {
  const former = tree.entries.get(key);
  const entry: Entry = {
    kind: former?.kind === 'replace' ? 'replace' : 'merge',
    key: former?.key ?? value.place,
    value,
  };
  return { ...tree, entries: new Map(tree.entries).set(key, entry) };
}

export function withoutKey(tree: Mapping, key: string): Mapping {
  const entries = new Map(tree.entries);
  entries.delete(key);
  return { ...tree, entries };
}

/** The mapping with each value as `change` makes it. */
export function mapValues(tree: Mapping, change: (value: Tree, key: string) => Tree): Mapping {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of tree.entries) {
    entries.set(key, entry.kind === 'reset' ? entry : { ...entry, value: change(entry.value, key) });
  }
  return { ...tree, entries };
}

/** The value of a key of a mapping; undefined where there is none, or where the tree is no mapping. */
export function valueOf(tree: Tree | undefined, key: string): Tree | undefined {
  return tree?.kind === 'mapping' ? tree.entries.get(key)?.value : undefined;
}

/** The text of a scalar that is text, or undefined. */
export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
}

/** Whether two trees say the same, wherever they stand. */
export function equalTrees(a: Tree, b: Tree): boolean {
  if (a.kind === 'scalar') return b.kind === 'scalar' && a.value === b.value;
  if (a.kind === 'sequence') {
    return (
      b.kind === 'sequence' &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => {
        const other = b.items[index];
        return other !== undefined && equalTrees(item, other);
      })
    );
  }
  if (b.kind !== 'mapping') return false;
  const keys = [...a.entries.keys()].filter((key) => valueOf(a, key) !== undefined);
  const others = [...b.entries.keys()].filter((key) => valueOf(b, key) !== undefined);
  return (
    keys.length === others.length &&
    keys.every((key) => {
      const [one, other] = [valueOf(a, key), valueOf(b, key)];
      return one !== undefined && other !== undefined && equalTrees(one, other);
    })
  );
}

/** What a tree is, as a message says it: `the number 5`, `a list`, `nothing`. */
export function describe(tree: Tree): string {
  if (tree.kind === 'mapping') return 'a mapping';
  if (tree.kind === 'sequence') return 'a list';
  const { value, source } = tree;
  if (value === null) return 'nothing';
  if (typeof value === 'string') return value.length > 40 ? `“${value.slice(0, 40)}…”` : `“${value}”`;
  return typeof value === 'number' ? `the number ${source}` : `the boolean ${source}`;
}
