import { type Place } from '../place.js';
import { type Problems } from '../problem.js';
import { closest } from './closest.js';
import { isDate, numberText } from './plain-scalar.js';
import { parseDuration, parseSize } from './quantities.js';
import { describe, type Mapping, type Scalar, type Tree } from './tree.js';

/**
 * Keys of the specification that are not supported: what is said of one, and whether the rest has a meaning without it, as
 * with `no-effect`, which Compose does not heed either.
 */
export type Unsupported = Readonly<Record<string, { severity: 'error' | 'warning' | 'no-effect'; message: string }>>;

/**
 * Reads the values of a mapping. A value of a wrong type is a problem, and undefined. All keys that were asked for are known:
 * `finish` refuses the others, so nothing is ignored silently.
 */
export class Fields {
  private readonly asked = new Set<string>();

  constructor(
    private readonly tree: Mapping,
    readonly problems: Problems,
  ) {}

  get place(): Place {
    return this.tree.place;
  }

  /** Of a key, or of the mapping where it has none such. */
  placeOf(key: string): Place {
    return this.tree.entries.get(key)?.key ?? this.tree.place;
  }

  /** Of a key of the mapping under a key. */
  placeWithin(key: string, inner: string): Place {
    const value = this.tree.entries.get(key)?.value;
    const place = value?.kind === 'mapping' ? value.entries.get(inner)?.key : undefined;
    return place ?? this.placeOf(key);
  }

  placesOfKeys(): Map<string, Place> {
    return new Map(
      [...this.tree.entries].flatMap(([key, { key: place, value }]) => (value === undefined ? [] : [[key, place]])),
    );
  }

  /** Whether a key has a value; an empty text is none. */
  has(key: string): boolean {
    const value = this.tree.entries.get(key)?.value;
    return value !== undefined && !(value.kind === 'scalar' && value.value === '');
  }

  /** Undefined where the key is missing, and, which is a problem, where nothing stands behind it. */
  value(key: string): Tree | undefined {
    const value = this.nullable(key);
    if (value?.kind !== 'scalar' || value.value !== null) return value;
    const message = `“${key}” has no value.`;
    this.problems.error(this.placeOf(key), 'type', message, 'Give it one, or take the key out.');
    return undefined;
  }

  /** As `value`, where a key may stand for itself. */
  nullable(key: string): Tree | undefined {
    this.asked.add(key);
    return this.tree.entries.get(key)?.value;
  }

  /** An empty text, that of a variable that is not set for instance, says nothing to Compose, and is undefined. */
  text(key: string): string | undefined {
    const text = this.textOrEmpty(key);
    return text === '' ? undefined : text;
  }

  /** As `text`, where an empty one says something. */
  textOrEmpty(key: string): string | undefined {
    return this.from(key, (tree) => textIn(tree), 'text');
  }

  /** Text, or a number or boolean as text. */
  textual(key: string): string | undefined {
    return this.from(key, (tree) => textualIn(tree), 'text or a number');
  }

  oneOf<T extends string>(key: string, values: readonly T[]): T | undefined {
    const says = `one of ${values.join(', ')}`;
    return this.from(key, (tree) => values.find((value) => value === textIn(tree)), says);
  }

  boolean(key: string): boolean | undefined {
    return this.from(key, (tree) => this.booleanIn(tree), 'true or false');
  }

  number(key: string, { least = -Infinity, most = Infinity, whole = true } = {}): number | undefined {
    const range = `${least === -Infinity ? '' : ` from ${least}`}${most === Infinity ? '' : ` to ${most}`}`;
    const says = `a${whole ? ' whole' : ''} number${range}`;
    return this.from(
      key,
      (tree) => {
        const number = numberIn(tree);
        const isNone = number === undefined || number < least || number > most;
        return isNone || (whole && !Number.isSafeInteger(number)) ? undefined : number;
      },
      says,
    );
  }

  /** Bytes. */
  size(key: string): number | undefined {
    return this.from(key, sizeIn, 'a size such as 64m or 2g');
  }

  /** Nanoseconds. */
  duration(key: string): number | undefined {
    return this.from(key, (tree) => parseDuration(textIn(tree) ?? ''), 'a duration such as 10s or 1m30s');
  }

  /** Bits of permissions: octal where they are text. */
  mode(key: string): number | undefined {
    return this.from(
      key,
      (tree) => {
        const text = textIn(tree);
        if (text === undefined) {
          const bits = numberIn(tree);
          return bits !== undefined && Number.isInteger(bits) && bits >= 0 ? bits : undefined;
        }
        return /^(?:0o)?[0-7]{1,5}$/.test(text) ? parseInt(text.replace('0o', ''), 8) : undefined;
      },
      'permissions such as 0440',
    );
  }

  texts(key: string): string[] {
    return this.items(key).flatMap((item) => this.itemOf(key, item, textIn, 'text'));
  }

  /** As `texts`, where items may be numbers. */
  textuals(key: string): string[] {
    return this.items(key).flatMap((item) => this.itemOf(key, item, textualIn, 'text or a number'));
  }

  items(key: string): readonly Tree[] {
    return this.from(key, (tree) => (tree.kind === 'sequence' ? tree.items : undefined), 'a list') ?? [];
  }

  /** Those of a mapping under a key. */
  fields(key: string): Fields | undefined {
    const tree = this.from(key, (value) => (value.kind === 'mapping' ? value : undefined), 'a mapping');
    return tree === undefined ? undefined : new Fields(tree, this.problems);
  }

  /** Those of each mapping of a list. */
  fieldsOfItems(key: string): Fields[] {
    return this.items(key).flatMap((item) => {
      const tree = this.itemOf(key, item, (value) => (value.kind === 'mapping' ? value : undefined), 'a mapping');
      return tree.map((mapping) => new Fields(mapping, this.problems));
    });
  }

  /**
   * The keys of a mapping, with their values.
   *
   * @param says what its key takes, where that may be written in another way, too
   */
  entries(key: string, says = 'a mapping'): { name: string; place: Place; value: Tree }[] {
    const tree = this.from(key, (value) => (value.kind === 'mapping' ? value : undefined), says);
    return [...(tree?.entries ?? [])].flatMap(([name, { key: place, value }]) =>
      value === undefined ? [] : [{ name, place, value }],
    );
  }

  /** A mapping of names to texts; a name without a value has an empty one. */
  pairs(key: string): Map<string, string> {
    return new Map([...this.openPairs(key)].map(([name, value]) => [name, value ?? '']));
  }

  /** As `pairs`, where a name without a value has none. */
  openPairs(key: string): Map<string, string | undefined> {
    const pairs = new Map<string, string | undefined>();
    for (const { name, value } of this.entries(key)) {
      if (value.kind === 'scalar' && value.value === null) {
        pairs.set(name, undefined);
        continue;
      }
      const [text] = this.itemOf(name, value, textualIn, 'text');
      if (text === undefined) continue;
      this.warnOfOtherText(name, value, text);
      pairs.set(name, text);
    }
    return pairs;
  }

  /** Refuses all keys that nobody asked for, but for those with `x-` in front, which are their author's own. */
  finish(unsupported: Unsupported = {}): void {
    for (const [key, { key: place, value }] of this.tree.entries) {
      if (value === undefined || this.asked.has(key) || key.startsWith('x-')) continue;
      const known = Object.hasOwn(unsupported, key) ? unsupported[key] : undefined;
      if (known?.severity === 'no-effect') {
        this.problems.noEffect(place, known.message);
        continue;
      }
      if (known !== undefined) {
        this.problems.unsupported(place, known.severity, known.message);
        continue;
      }
      const other = closest(key, [...this.asked, ...Object.keys(unsupported)]);
      const remedy =
        other === undefined ? 'Take it out, or begin it with “x-” if it is your own.' : `Did you mean “${other}”?`;
      this.problems.error(place, 'unknown-key', `A compose file has no key “${key}” here.`, remedy);
    }
  }

  /** @param says what the key takes, as a message says it */
  wrongType(key: string, tree: Tree, says: string): void {
    const isUnquoted = tree.kind === 'scalar' && typeof tree.value !== 'string' && says.startsWith('text');
    const remedy = isUnquoted ? `Put it in quotes: "${tree.source}"` : `Write ${says}.`;
    this.problems.error(tree.place, 'type', `“${key}” takes ${says}, and this is ${describe(tree)}.`, remedy);
  }

  private from<T>(key: string, read: (tree: Tree) => T | undefined, says: string): T | undefined {
    const tree = this.value(key);
    if (tree === undefined) return undefined;
    const value = read(tree);
    if (value === undefined) this.wrongType(key, tree, says);
    return value;
  }

  /** None, or the one. */
  private itemOf<T>(key: string, item: Tree, read: (tree: Tree) => T | undefined, says: string): T[] {
    const value = read(item);
    if (value !== undefined) return [value];
    this.wrongType(key, item, says);
    return [];
  }

  private booleanIn(tree: Tree): boolean | undefined {
    if (tree.kind !== 'scalar') return undefined;
    if (typeof tree.value === 'boolean') return tree.value;
    const text = String(tree.value).toLowerCase();
    if (typeof tree.value !== 'string' || !/^(?:true|false|y|yes|on|n|no|off)$/.test(text)) return undefined;
    const value = /^(?:true|y|yes|on)$/.test(text);
    if (text !== String(value)) {
      const message = `“${tree.value}” is no boolean any more: YAML 1.2 has “true” and “false”.`;
      this.problems.warning(tree.place, 'value', message, `Write ${value}.`);
    }
    return value;
  }

  /** `1.10` is the number 1.1, and `0440` is 288. */
  private warnOfOtherText(name: string, tree: Tree, text: string): void {
    if (tree.kind !== 'scalar') return;
    if (tree.style === 'plain' && tree.value === tree.source && isDate(tree.source)) {
      const refused = `“${name}” is a date without quotes, and Compose refuses that.`;
      this.problems.warning(tree.place, 'value', refused, `Put it in quotes: "${tree.source}"`);
    }
    if (typeof tree.value === 'string' || tree.source === text) return;
    const message = `“${name}” becomes “${text}”: without quotes, ${tree.source} is no text.`;
    this.problems.warning(tree.place, 'value', message, `Put it in quotes if it is to stay as it is: "${tree.source}"`);
  }
}

function textIn(tree: Tree): string | undefined {
  return tree.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
}

function textualIn(tree: Tree): string | undefined {
  return tree.kind === 'scalar' && tree.value !== null ? textOfScalar(tree) : undefined;
}

function sizeIn(tree: Tree): number | undefined {
  // There are no parts of a byte.
  if (tree.kind === 'scalar' && typeof tree.value === 'number' && !Number.isInteger(tree.value)) return undefined;
  return parseSize(textualIn(tree) ?? '');
}

function textOfScalar({ value, source }: Scalar): string {
  return typeof value === 'number' ? numberText(value, source) : String(value);
}

function numberIn(tree: Tree): number | undefined {
  if (tree.kind !== 'scalar') return undefined;
  if (typeof tree.value === 'number') return tree.value;
  return typeof tree.value === 'string' && /^-?\d+(?:\.\d+)?$/.test(tree.value) ? Number(tree.value) : undefined;
}
