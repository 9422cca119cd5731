import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type Scalar as YamlScalar,
  type YAMLMap,
} from 'yaml';
import { deepestNesting, firstTooDeep } from '../../project/yaml.js';
import { type Place } from '../place.js';
import { plainValue } from './plain-scalar.js';
import { type Problems } from '../problem.js';
import { type Entry, type Mapping, mappingOf, type Scalar, type Tree, scalar } from './tree.js';
import { yamlErrors } from './yaml-errors.js';

/** Values that a file may have after its aliases are written out: a few lines of aliases can stand for billions of them. */
const mostValues = 100_000;

const standardTag = 'tag:yaml.org,2002:';

/**
 * Reads a compose file's text, and tells what is wrong with it; undefined where there is no mapping to go on with. A text in which
 * nothing stands is a mapping without keys: a file that overrides others may have all its lines commented out.
 */
export function readTree(file: string, text: string, problems: Problems): Mapping | undefined {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const start = { file, line: 1, column: 1 };
  const tooDeep = firstTooDeep(tokens);
  if (tooDeep !== undefined) {
    problems.error(placeAt(tooDeep), 'yaml', `Values are nested more than ${deepestNesting} times.`, 'Nest less.');
    return undefined;
  }
  // Scalars are read as text, and given their meaning by `plainValue`.
  const options = { schema: 'failsafe', uniqueKeys: false, prettyErrors: false } as const;
  const [first, second] = new Composer(options).compose(tokens);
  if (first === undefined || (first.contents === null && first.errors.length === 0)) return mappingOf(start, []);
  if (second !== undefined) {
    problems.error(
      placeAt(second.range[0]),
      'yaml',
      'The file has a second document, behind “---”.',
      'Put it into a file of its own, which overrides the first.',
    );
  }
  for (const { index, message, remedy } of yamlErrors(first.errors, (at) => lines.linePos(at).line)) {
    problems.error(placeAt(index), 'yaml', message, remedy);
  }
  if (first.errors.length > 0 || first.contents === null) return undefined;
  const tree = new TreeReader(first, placeAt, problems).read(first.contents);
  if (tree?.kind === 'mapping') return tree;
  if (tree !== undefined) {
    problems.error(tree.place, 'type', 'A compose file is a mapping.', 'Describe a service under “services:”.');
  }
  return undefined;
}

class TreeReader {
  /** By anchor: what it names, or `open` while that is being read. */
  private readonly anchors = new Map<string, { tree: Tree | undefined; values: number } | 'open'>();
  private values = 0;

  constructor(
    private readonly document: Document.Parsed,
    private readonly placeAt: (offset: number) => Place,
    private readonly problems: Problems,
  ) {}

  read(node: Node): Tree | undefined {
    const place = this.placeOf(node);
    if (isAlias(node)) return this.aliased(node.source, place);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return undefined;
    const before = this.values;
    const { anchor } = node;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    if (!this.count(1, place)) return undefined;
    this.checkTag(node, place);
    const tree = this.readNode(node, place);
    if (anchor !== undefined) this.anchors.set(anchor, { tree, values: this.values - before });
    return tree;
  }

  private readNode(node: Node, place: Place): Tree | undefined {
    if (isScalar(node)) return this.readScalar(node, place);
    if (isMap(node)) return this.readMapping(node, place);
    if (!isSeq(node)) return undefined;
    const items = node.items.flatMap((item) => {
      if (!isNode(item) || item.tag === '!reset') return [];
      const tree = this.read(item);
      return tree === undefined ? [] : [tree];
    });
    return { kind: 'sequence', place, items };
  }

  private readScalar(node: YamlScalar, place: Place): Scalar {
    const text = String(node.value);
    const { tag } = node;
    const isPlain = node.type === 'PLAIN' || node.type === undefined;
    const isText = tag === `${standardTag}str` || (!isPlain && tag?.startsWith(standardTag) !== true);
    return {
      kind: 'scalar',
      place,
      value: isText ? text : plainValue(text),
      source: text,
      style: isPlain ? 'plain' : node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 'quoted' : 'block',
    };
  }

  private readMapping(node: YAMLMap, place: Place): Mapping {
    const entries = new Map<string, Entry>();
    const merged: Mapping[] = [];
    let mergeKey: Place | undefined;
    for (const pair of node.items) {
      if (!isNode(pair.key)) continue;
      const at = this.placeOf(pair.key);
      if (isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === '<<') {
        if (mergeKey !== undefined) this.refuseSecond(at, '<<', mergeKey, 'Give one of them a list: <<: [*one, *two]');
        else if (isNode(pair.value)) merged.push(...this.mergedMappings(pair.value, at));
        mergeKey ??= at;
        continue;
      }
      const key = this.keyOf(pair.key, at);
      if (key === undefined) continue;
      const former = entries.get(key);
      if (former !== undefined) {
        this.refuseSecond(at, key, former.key, 'Take one of them out, or put what they say into one.');
        continue;
      }
      const entry = this.entryOf(pair, at);
      if (entry !== undefined) entries.set(key, entry);
    }
    for (const other of merged) {
      for (const [key, entry] of other.entries) if (!entries.has(key)) entries.set(key, entry);
    }
    return { kind: 'mapping', place, entries };
  }

  private refuseSecond(at: Place, key: string, first: Place, remedy: string): void {
    this.problems.error(at, 'yaml', `“${key}” is there twice: first in line ${first.line}.`, remedy);
  }

  private entryOf(pair: Pair, key: Place): Entry | undefined {
    // A key that ends the text has a value of no length.
    if (!isNode(pair.value)) return { kind: 'merge', key, value: scalar(null, key) };
    if (pair.value.tag === '!reset') return { kind: 'reset', key };
    const value = this.read(pair.value);
    if (value === undefined) return undefined;
    return { kind: pair.value.tag === '!override' ? 'replace' : 'merge', key, value };
  }

  private keyOf(key: Node, place: Place): string | undefined {
    const tree = this.read(key);
    if (tree?.kind === 'scalar' && typeof tree.value === 'string') return tree.value;
    if (tree !== undefined) {
      this.problems.error(
        place,
        'type',
        'A key is text, and this is not.',
        tree.kind === 'scalar' ? `Put it in quotes: "${tree.source}"` : 'Use text as the key.',
      );
    }
    return undefined;
  }

  /** What `<<` names: the keys of one or more mappings, of which the first one that has a key counts. */
  private mergedMappings(value: Node, place: Place): Mapping[] {
    const tree = this.read(value);
    const trees = tree?.kind === 'sequence' ? tree.items : tree === undefined ? [] : [tree];
    return trees.flatMap((one) => {
      if (one.kind === 'mapping') return [one];
      this.problems.error(
        place,
        'yaml',
        '“<<” takes a mapping, or a list of mappings, and puts its keys here.',
        'Name the anchor of a mapping: <<: *name',
      );
      return [];
    });
  }

  private aliased(name: string, place: Place): Tree | undefined {
    const anchored = this.anchors.get(name);
    if (anchored === undefined) {
      const remedy = `Name an anchor that stands before it, as in “&${name}”; put text that begins with “*” in quotes.`;
      this.problems.error(place, 'yaml', `There is no anchor “${name}” above.`, remedy);
      return undefined;
    }
    if (anchored === 'open') {
      this.problems.error(place, 'cycle', `“*${name}” stands in what it names.`, 'Take it out of there.');
      return undefined;
    }
    return this.count(anchored.values, place) ? anchored.tree : undefined;
  }

  private count(values: number, place: Place): boolean {
    const isFull = this.values > mostValues;
    this.values += values;
    if (this.values <= mostValues) return true;
    if (!isFull) {
      const message = `With its aliases written out, the file has more than ${mostValues} values.`;
      this.problems.error(place, 'yaml', message, 'Use fewer aliases in what other aliases name.');
    }
    return false;
  }

  private checkTag(node: Node, place: Place): void {
    const { tag } = node;
    if (tag === undefined || /^!(?:reset|override)?$/.test(tag) || tag.startsWith(standardTag)) return;
    this.problems.warning(place, 'no-effect', `The tag “${tag}” has no meaning in a compose file.`, 'Take it out.');
  }

  private placeOf(node: Node): Place {
    return this.placeAt(node.range?.[0] ?? this.document.range[0]);
  }
}
