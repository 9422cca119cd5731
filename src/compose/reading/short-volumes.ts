import { type Place } from '../place.js';
import { absolutePath, type FormContext, type LongForm } from './short-forms.js';
import { mapping, scalar, textOf, type Tree, valueOf, withValue } from './tree.js';

/**
 * `[source:]target[:options]`, by https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes: a source that
 * begins with `.`, `/`, `~` or a drive is a path, any other the key of a volume. Paths become absolute, in the long form too.
 */
export const volumeForm: LongForm = (tree, context) => {
  const text = textOf(tree);
  if (text !== undefined) return parseVolume(text, tree.place, context);
  const spaced = textWithSpace(tree);
  if (spaced !== undefined) {
    const remedy = `Write it without the space: "${spaced}"`;
    context.problems.error(tree.place, 'type', 'A space behind a colon makes this a mapping.', remedy);
    return parseVolume(spaced, tree.place, context);
  }
  const source = textOf(valueOf(tree, 'source'));
  if (tree.kind !== 'mapping' || source === undefined || textOf(valueOf(tree, 'type')) !== 'bind') return tree;
  return withValue(tree, 'source', scalar(absolutePath(source, context), tree.place));
};

/** What `./data: /data` would be without its space; undefined where a tree is something else. */
function textWithSpace(tree: Tree): string | undefined {
  const [only, ...others] = tree.kind === 'mapping' ? tree.entries : [];
  const target = textOf(only?.[1].value);
  return only !== undefined && others.length === 0 && target?.startsWith('/') === true && !isKey(only[0])
    ? `${only[0]}:${target}`
    : undefined;
}

/** Of the long form, in which a text begins with `/`. */
function isKey(name: string): boolean {
  return name === 'source' || name === 'target';
}

function parseVolume(text: string, place: Place, context: FormContext): Tree {
  // The colon behind the letter of a Windows drive separates nothing.
  const parts: string[] = text.match(/(?:^|(?<=:))(?:[A-Za-z]:(?=[^:])[^:]*|[^:]*)(?=:|$)/g) ?? [];
  const [source, target] = parts.length === 1 ? [undefined, parts[0]] : parts;
  const options = parts.length === 3 ? (parts[2] ?? '').split(',') : [];
  if (target === undefined || parts.length > 3 || parts.includes('')) {
    const remedy = 'Write it as "source:target", or as "source:target:ro".';
    context.problems.error(place, 'value', `“${text}” is no volume with a place in the container.`, remedy);
  }
  const isPath = source !== undefined && /^(?:[./~]|[A-Za-z]:|\\\\)/.test(source);
  const flag = scalar(true, place);
  const chosen: { propagation?: Tree; selinux?: Tree; nocopy?: Tree; readOnly?: Tree } = {};
  for (const option of options) {
    if (/^r?(?:private|shared|slave)$/.test(option)) chosen.propagation = scalar(option, place);
    else if (option === 'z' || option === 'Z') chosen.selinux = scalar(option, place);
    else if (option === 'nocopy') chosen.nocopy = flag;
    else if (option === 'ro') chosen.readOnly = flag;
    else if (option !== 'rw') {
      const message = `“${option}” is no option of a volume; Compose would not heed it.`;
      context.problems.warning(place, 'no-effect', message, 'Use “ro”, “rw”, “z”, “Z”, “nocopy” or a propagation.');
    }
  }
  const { propagation, selinux, nocopy, readOnly } = chosen;
  return mapping(place, {
    type: scalar(isPath ? 'bind' : 'volume', place),
    source: source === undefined ? undefined : scalar(isPath ? absolutePath(source, context) : source, place),
    target: scalar(target ?? '', place),
    read_only: readOnly,
    bind: part(place, { create_host_path: isPath ? flag : undefined, propagation, selinux }),
    volume: part(place, { nocopy }),
  });
}

/** Undefined where it says nothing. */
function part(place: Place, values: Readonly<Record<string, Tree | undefined>>): Tree | undefined {
  const tree = mapping(place, values);
  return tree.entries.size === 0 ? undefined : tree;
}
