import { equalTrees, type Entry, type Mapping, type Sequence, textOf, type Tree, valueOf } from './tree.js';

/**
 * Merges a file into those that it overrides, by
 * https://github.com/compose-spec/compose-spec/blob/main/13-merge.md; both in long forms.
 */
export function mergeFiles(base: Mapping, override: Mapping): Mapping {
  return mergeMappings(base, override, '');
}

/** Merges a service into the one that it extends, in the same way. */
export function mergeServices(base: Mapping, override: Mapping): Mapping {
  return mergeMappings(withoutMarks(base), override, 'services.*');
}

/** `!override` and `!reset` are about what the file that has them overrides, not about what extends it. */
function withoutMarks(tree: Mapping): Mapping {
  const entries = new Map<string, Entry>();
  for (const [key, { key: place, value }] of tree.entries) {
    if (value === undefined) continue;
    entries.set(key, { kind: 'merge', key: place, value: value.kind === 'mapping' ? withoutMarks(value) : value });
  }
  return { ...tree, entries };
}

function mergeMappings(base: Mapping, override: Mapping, path: string): Mapping {
  const entries = new Map<string, Entry>(base.entries);
  for (const [key, entry] of override.entries) {
    const former = entries.get(key);
    const isFresh = entry.kind !== 'merge' || former?.value === undefined;
    entries.set(key, isFresh ? entry : { ...entry, value: merge(former.value, entry.value, childPath(path, key)) });
  }
  return { ...override, entries };
}

function merge(base: Tree, override: Tree, path: string): Tree {
  if (/^services\.\*\.(?:command|entrypoint|healthcheck\.test|ulimits\.\*)$/.test(path)) return override;
  if (override.kind === 'scalar' && override.value === null) return pairs.test(path) ? override : base;
  if (base.kind === 'sequence' && override.kind === 'sequence') {
    if (path === 'networks.*.ipam.config') return mergePools(base, override);
    return uniqueItems(path, { ...override, items: [...base.items, ...override.items] });
  }
  if (base.kind !== 'mapping' || override.kind !== 'mapping') return override;
  if (path === 'services.*.logging') {
    const [former, driver] = [valueOf(base, 'driver'), valueOf(override, 'driver')];
    // Options belong to their driver.
    if (former !== undefined && driver !== undefined && !equalTrees(former, driver)) return override;
  }
  return mergeMappings(base, override, path);
}

/** Where a name without a value is one of its own: in a list, it is an item as any other. */
const pairs =
  /^(?:services\.\*\.(?:annotations|environment|labels|sysctls|build\.(?:args|labels)|deploy\.labels)|(?:networks|volumes)\.\*\.labels)\./;

/** Paths have `*` for what a file's author calls something. */
function childPath(path: string, key: string): string {
  const isNamed = /^(?:services|networks|volumes|secrets|configs|services\.\*\.(?:networks|depends_on|ulimits))$/.test(
    path,
  );
  return path === '' ? key : `${path}.${isNamed ? '*' : key}`;
}

function mergePools(base: Sequence, override: Sequence): Sequence {
  const pools = [...base.items];
  for (const pool of override.items) {
    const subnet = textOf(valueOf(pool, 'subnet'));
    const index = pools.findIndex((other) => textOf(valueOf(other, 'subnet')) === subnet);
    const former = pools[index];
    if (former?.kind === 'mapping' && pool.kind === 'mapping') pools[index] = mergeMappings(former, pool, '');
    else pools.push(pool);
  }
  return { ...override, items: pools };
}

/** By the path of a list: what tells its items apart. Of those that are the same by that, the last one counts. */
const identities: Readonly<Record<string, (item: Tree) => string | undefined>> = {
  cap_add: textual,
  cap_drop: textual,
  configs: (item) => textual(valueOf(item, 'target')) ?? `/${textual(valueOf(item, 'source')) ?? ''}`,
  device_cgroup_rules: textual,
  devices: (item) => textual(valueOf(item, 'target')),
  dns: textual,
  dns_opt: textual,
  dns_search: textual,
  env_file: (item) => textual(valueOf(item, 'path')),
  expose: textual,
  extra_hosts: textual,
  group_add: textual,
  label_file: textual,
  links: textual,
  ports: (item) => {
    const [host = '0.0.0.0', published = '', target = '', protocol = 'tcp'] = portKeys.map((key) =>
      textual(valueOf(item, key)),
    );
    return `${host}:${published}:${target}/${protocol}`;
  },
  profiles: textual,
  secrets: (item) => textual(valueOf(item, 'target')) ?? `/run/secrets/${textual(valueOf(item, 'source')) ?? ''}`,
  security_opt: textual,
  tmpfs: (item) => textual(item)?.split(':', 1)[0],
  volumes: (item) => textual(valueOf(item, 'target'))?.replace(/(?<=.)\/+$/, ''),
};

const portKeys = ['host_ip', 'published', 'target', 'protocol'];

/**
 * The list with each item once, in the place of the first that is the same.
 *
 * @param onRepeated is told of each item that takes the place of another, and of what they have in common
 */
export function uniqueItems(
  path: string,
  list: Sequence,
  onRepeated?: (item: Tree, identity: string) => void,
): Sequence {
  const aliases = /^services\.\*\.networks\.\*\.(?:aliases|link_local_ips)$/.test(path);
  const identity = aliases ? textual : identities[path.replace('services.*.', '')];
  if (identity === undefined) return list;
  const byIdentity = new Map<string, Tree>();
  const items = list.items.map((item, index) => [identity(item) ?? `#${index}`, item] as const);
  for (const [key, item] of items) {
    if (byIdentity.has(key)) onRepeated?.(item, key);
    byIdentity.set(key, item);
  }
  return { ...list, items: [...byIdentity.values()] };
}

function textual(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && tree.value !== null ? String(tree.value) : undefined;
}
