import { type FileResource, type Ipam, type Network, type Volume } from '../declarations.js';
import { type Place } from '../place.js';
import { type Problems } from '../problem.js';
import { type Environment, lookupIn } from './environment.js';
import { Fields } from './fields.js';
import { mappingOf, type Tree } from './tree.js';

/** What services use and the files declare beside them, by key. */
export interface Declared {
  networks: ReadonlyMap<string, Network>;
  volumes: ReadonlyMap<string, Volume>;
  secrets: ReadonlyMap<string, DeclaredFile>;
  configs: ReadonlyMap<string, DeclaredFile>;
}

/** A secret or config, be there something to put into it or not. */
export type DeclaredFile =
  | { kind: 'usable'; resource: FileResource }
  /** Of an environment variable that is not set. */
  | { kind: 'unset'; variable: string }
  /** Of a swarm. */
  | { kind: 'external'; place: Place }
  /** A problem says why. */
  | { kind: 'refused' };

/** @param project its name, which is a part of theirs */
export function readDeclared(root: Fields, project: string, environment: Environment): Declared {
  const { problems } = root;
  const all = <T>(section: string, read: (declaration: Declaration) => T | undefined): Map<string, T> => {
    const found = new Map<string, T>();
    for (const { name: key, place, value } of root.entries(section)) {
      const fields = fieldsOf(value, place, problems);
      const declared = fields === undefined ? undefined : read({ key, place, fields, project });
      if (declared !== undefined) found.set(key, declared);
    }
    return found;
  };
  const networks = all('networks', readNetwork);
  if (!networks.has('default')) {
    const { place } = root;
    const fields = new Fields(mappingOf(place, []), problems);
    networks.set('default', readNetwork({ key: 'default', place, fields, project }));
  }
  return {
    networks,
    volumes: all('volumes', readVolume),
    secrets: all('secrets', (declaration) => readFileResource(declaration, 'secret', environment)),
    configs: all('configs', (declaration) => readFileResource(declaration, 'config', environment)),
  };
}

interface Declaration {
  key: string;
  place: Place;
  fields: Fields;
  project: string;
}

/** A key that stands for itself declares something without more to say of it. */
function fieldsOf(tree: Tree, key: Place, problems: Problems): Fields | undefined {
  if (tree.kind === 'mapping') return new Fields(tree, problems);
  if (tree.kind === 'scalar' && tree.value === null) return new Fields(mappingOf(key, []), problems);
  problems.error(tree.place, 'type', 'This is declared by a mapping.', 'Write its keys below it, or nothing.');
  return undefined;
}

function readNetwork({ key, place, fields, project }: Declaration): Network {
  const isExternal = fields.boolean('external') ?? false;
  const name = fields.text('name') ?? (isExternal ? key : `${project}_${key}`);
  const own = {
    driver: fields.text('driver'),
    driverOptions: fields.pairs('driver_opts'),
    internal: fields.boolean('internal') ?? false,
    attachable: fields.boolean('attachable') ?? false,
    enableIpv4: fields.boolean('enable_ipv4'),
    enableIpv6: fields.boolean('enable_ipv6'),
    labels: fields.pairs('labels'),
    ipam: readIpam(fields.fields('ipam')),
  };
  fields.finish();
  if (!isExternal) return { kind: 'own', key, name, place, ...own };
  for (const [other, otherPlace] of besideExternal(fields)) {
    fields.problems.noEffect(otherPlace, `What is external is not made here, so “${other}” says nothing.`);
  }
  return { kind: 'external', key, name, place };
}

function readIpam(fields: Fields | undefined): Ipam | undefined {
  if (fields === undefined) return undefined;
  const pools = fields.fieldsOfItems('config').map((pool) => {
    const read = {
      subnet: pool.text('subnet'),
      gateway: pool.text('gateway'),
      ipRange: pool.text('ip_range'),
      auxiliaryAddresses: pool.pairs('aux_addresses'),
    };
    pool.finish();
    return read;
  });
  const ipam = { driver: fields.text('driver'), options: fields.pairs('options'), pools };
  fields.finish();
  return ipam;
}

function readVolume({ key, place, fields, project }: Declaration): Volume {
  const isExternal = fields.boolean('external') ?? false;
  const name = fields.text('name') ?? (isExternal ? key : `${project}_${key}`);
  const own = {
    driver: fields.text('driver'),
    driverOptions: fields.pairs('driver_opts'),
    labels: fields.pairs('labels'),
  };
  fields.finish();
  if (!isExternal) return { kind: 'own', key, name, place, ...own };
  for (const [other, otherPlace] of besideExternal(fields)) {
    const message = `What is external is not made here, so “${other}” says nothing.`;
    fields.problems.error(otherPlace, 'conflict', message, `Take “${other}” or “external” out.`);
  }
  return { kind: 'external', key, name, place };
}

function besideExternal(fields: Fields): [key: string, place: Place][] {
  return [...fields.placesOfKeys()].filter(([key]) => key !== 'external' && key !== 'name' && !key.startsWith('x-'));
}

/** Tells that what a service uses is a swarm's. */
export function refuseExternal(what: 'secret' | 'config', place: Place, problems: Problems): void {
  const message = `A ${what} is external in a swarm only; neither Compose nor this extension has it.`;
  problems.error(place, 'value', message, 'Give its “file” or “environment” in place of it.');
}

function readFileResource(
  { key, place, fields, project }: Declaration,
  what: 'secret' | 'config',
  environment: Environment,
): DeclaredFile {
  const { problems } = fields;
  const isExternal = fields.boolean('external') ?? false;
  const name = fields.text('name') ?? `${project}_${key}`;
  const file = fields.text('file');
  const variable = fields.text('environment');
  const content = what === 'config' ? fields.textOrEmpty('content') : undefined;
  fields.finish({
    labels: { severity: 'no-effect', message: `The labels of a ${what} have a meaning for a swarm only.` },
    driver: { severity: 'error', message: `A ${what} has no driver outside of a swarm.` },
    driver_opts: { severity: 'error', message: `A ${what} has no driver outside of a swarm.` },
    template_driver: { severity: 'error', message: `A ${what} has no driver outside of a swarm.` },
  });
  if (isExternal) return { kind: 'external', place: fields.placeOf('external') };
  const ways = what === 'config' ? '“file”, “environment” or “content”' : '“file” or “environment”';
  const given = [file, variable, content].filter((way) => way !== undefined);
  if (given.length !== 1) {
    const message = given.length === 0 ? `A ${what} says where it comes from.` : `A ${what} comes from one place.`;
    const code = given.length === 0 ? 'missing-key' : 'conflict';
    problems.error(place, code, message, `Write one of ${ways}.`);
    return { kind: 'refused' };
  }
  const usable = (source: FileResource['source']): DeclaredFile => ({
    kind: 'usable',
    resource: { key, name, place, source },
  });
  if (file !== undefined) return usable({ kind: 'file', file });
  if (content !== undefined) return usable({ kind: 'content', content });
  if (variable === undefined) return { kind: 'refused' };
  const value = lookupIn(environment)(variable);
  return value === undefined ? { kind: 'unset', variable } : usable({ kind: 'environment', variable, value });
}
