import { isAbsolute, join, resolve } from 'node:path';
import { type Problems } from '../problem.js';
import {
  describe,
  equalTrees,
  mapping,
  mappingOf,
  scalar,
  type Scalar,
  sequence,
  textOf,
  type Tree,
  valueOf,
  withValue,
} from './tree.js';

/** What the texts of a file are read with. */
export interface FormContext {
  /** Absolute path of the folder that relative paths start from. */
  folder: string;
  /** What `~` stands for. */
  home: string;
  problems: Problems;
}

/** The long form of a value; a value of a wrong type stays, for its reader to refuse. */
export type LongForm = (tree: Tree, context: FormContext) => Tree;

/** Absolute, with `~` for the home folder; a path that is absolute on the engine's host only stays. */
export function absolutePath(path: string, { folder, home }: FormContext): string {
  if (path.startsWith('~')) return resolve(join(home, path.slice(1)));
  if (isAbsolute(path) || /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path)) return path;
  return resolve(folder, path);
}

/** Whether a path is an address, by `frontend/dockerui/context.go` of BuildKit. */
export function isRemote(path: string): boolean {
  return /^(?:github\.com\/|git@)|:\/\//.test(path);
}

export const pathForm: LongForm = (tree, context) => {
  const path = textOf(tree) ?? '';
  return path === '' || isRemote(path) ? tree : { ...asScalar(tree), value: absolutePath(path, context) };
};

/** `a` → `[a]` */
export const listForm: LongForm = (tree) =>
  tree.kind === 'scalar' && tree.value !== null ? sequence(tree.place, [tree]) : tree;

export function each(form: LongForm): LongForm {
  return (tree, context) =>
    tree.kind === 'sequence' ? { ...tree, items: tree.items.map((item) => form(item, context)) } : tree;
}

/** The mapping's values of some keys in their long form. */
export function within(forms: Readonly<Record<string, LongForm>>): LongForm {
  return (tree, context) => {
    if (tree.kind !== 'mapping') return tree;
    let result = tree;
    for (const [key, form] of Object.entries(forms)) {
      const value = valueOf(tree, key);
      if (value !== undefined) result = withValue(result, key, form(value, context));
    }
    return result;
  };
}

/** `a` → `{key: a}` */
export function underKey(key: string): LongForm {
  return (tree) =>
    tree.kind === 'scalar' && typeof tree.value === 'string' ? mapping(tree.place, { [key]: tree }) : tree;
}

/** `[A=1, B]` → `{A: 1, B: }` */
export const pairsForm: LongForm = (tree, { problems }) => {
  if (tree.kind !== 'sequence') return tree;
  const pairs = new Map<string, Tree>();
  for (const item of tree.items) {
    const text = textOf(item);
    if (text === undefined) {
      const message = `An item of this list is NAME=value, and this is ${describe(item)}.`;
      problems.error(item.place, 'type', message, 'Write it as NAME=value, as text.');
      continue;
    }
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    if (/\s$/.test(name)) {
      const message = `The name “${name.trimEnd()}” is followed by a space.`;
      problems.error(item.place, 'value', message, 'Write NAME=value without spaces around “=”.');
    }
    pairs.set(name, scalar(equals < 0 ? null : text.slice(equals + 1), item.place));
  }
  return mappingOf(tree.place, pairs);
};

/** `[a, b]` → `{a: value, b: value}` */
export function namesForm(value: (item: Scalar) => Tree): LongForm {
  return (tree, { problems }) => {
    if (tree.kind !== 'sequence') return tree;
    const named = new Map<string, Tree>();
    for (const item of tree.items) {
      if (item.kind === 'scalar' && typeof item.value === 'string') named.set(item.value, value(item));
      else
        problems.error(item.place, 'type', `This is a list of names, and ${describe(item)} is none.`, 'Write a name.');
    }
    return mappingOf(tree.place, named);
  };
}

/** `[a:1, b=2,3]` or `{a: 1, b: [2, 3]}` → `[a=1, b=2, b=3]` */
export const hostsForm: LongForm = (tree, { problems }) => {
  const hosts: Scalar[] = [];
  const add = (host: string, address: string, item: Tree): void => {
    if (host === '' || address === '' || /[:=]/.test(host)) {
      const message = `“${host === '' ? address : host}” is not a host with its address.`;
      problems.error(item.place, 'value', message, 'Write it as "host=192.0.2.1", or as "host=host-gateway".');
      return;
    }
    hosts.push(scalar(`${host}=${address.replace(/^\[(.+)\]$/, '$1')}`, item.place));
  };
  if (tree.kind === 'sequence') {
    for (const item of tree.items) {
      const text = textOf(item) ?? '';
      const separator = text.includes('=') ? text.indexOf('=') : text.indexOf(':');
      if (separator < 0) add(text, '', item);
      else for (const address of text.slice(separator + 1).split(',')) add(text.slice(0, separator), address, item);
    }
  } else if (tree.kind === 'mapping') {
    for (const [host, { value }] of tree.entries) {
      const addresses = value?.kind === 'sequence' ? value.items : value === undefined ? [] : [value];
      for (const address of addresses) add(host, textOf(address) ?? '', address);
    }
  } else return tree;
  return sequence(tree.place, hosts);
};

/** `external: {name: a}`, which is old, → `external: true` with `name: a` beside it. */
export const externalForm: LongForm = (tree, { problems }) => {
  const external = valueOf(tree, 'external');
  if (tree.kind !== 'mapping' || external?.kind !== 'mapping') return tree;
  const name = valueOf(external, 'name');
  problems.warning(
    external.place,
    'no-effect',
    'A name under “external” is an old form.',
    `Write “external: true”, and “name: ${textOf(name) ?? '…'}” beside it.`,
  );
  const marked = withValue(tree, 'external', scalar(true, external.place));
  const other = valueOf(tree, 'name');
  if (name !== undefined && other !== undefined && !equalTrees(name, other)) {
    problems.error(name.place, 'conflict', 'There are two names for the same.', 'Take the one under “external” out.');
  }
  return name === undefined || other !== undefined ? marked : withValue(marked, 'name', name);
};

function asScalar(tree: Tree): Scalar {
  return tree.kind === 'scalar' ? tree : scalar(null, tree.place);
}
