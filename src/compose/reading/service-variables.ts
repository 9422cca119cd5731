import { readEnvFile, readRawEnvFile } from '../env-file.js';
import { type Lookup } from '../interpolate.js';
import { type Environment, lookupIn, reportEnvFile } from './environment.js';
import { type Fields } from './fields.js';
import { type ReadFile, type SourceReader } from './source-reader.js';
import { type Mapping, textOf, type Tree, valueOf } from './tree.js';

/** What services are read with besides their own text. */
export interface Surroundings {
  environment: Environment;
  /** By absolute path: all files that `env_file` and `label_file` of any service name. */
  files: ReadonlyMap<string, ReadFile>;
}

/** Reads all files that `env_file` and `label_file` of any service name. */
export async function variableFiles(root: Mapping, reader: SourceReader): Promise<Map<string, ReadFile>> {
  const services = valueOf(root, 'services');
  const named = [...(services?.kind === 'mapping' ? services.entries.values() : [])].flatMap(({ value }) => [
    ...itemsOf(valueOf(value, 'env_file')).map((item) => valueOf(item, 'path')),
    ...itemsOf(valueOf(value, 'label_file')),
  ]);
  const files = new Map<string, ReadFile>();
  for (const path of new Set(named.flatMap((tree) => textOf(tree) ?? []))) files.set(path, await reader.tryRead(path));
  return files;
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === 'sequence' ? tree.items : [];
}

/**
 * A service's variables: those of its files, in order, and over them its own. A name without a value has the one of the
 * environment, or none.
 */
export function serviceEnvironment(
  fields: Fields,
  { environment, files }: Surroundings,
): Map<string, string | undefined> {
  const lookup = lookupIn(environment);
  const own = new Map([...fields.openPairs('environment')].map(([name, value]) => [name, value ?? lookup(name)]));
  const known: Lookup = (name) => lookup(name) ?? own.get(name);
  let ofFiles: ReadonlyMap<string, string> = new Map();
  for (const file of fields.fieldsOfItems('env_file')) {
    const path = file.text('path');
    const required = file.boolean('required') ?? true;
    const format = file.oneOf('format', ['raw']);
    file.finish();
    if (!file.has('path')) {
      const message = 'An item of “env_file” has a path.';
      file.problems.error(file.place, 'missing-key', message, 'Write it under “path:”.');
    }
    const read = path === undefined ? undefined : files.get(path);
    if (path === undefined || read === undefined) continue;
    if (read.kind === 'text') {
      const found = format === 'raw' ? readRawEnvFile(read.text, known) : readEnvFile(read.text, known, ofFiles);
      reportEnvFile(path, found, fields.problems);
      ofFiles = new Map([...ofFiles, ...found.variables]);
    } else if (read.kind === 'unreadable' || required) {
      const remedy = 'Correct the path, put the file there, or write “required: false” if it may be missing.';
      fields.problems.error(file.placeOf('path'), 'missing-file', read.message, remedy);
    }
  }
  return new Map([...ofFiles, ...own]);
}

/** A service's labels: those of its files, in order, and over them its own. */
export function serviceLabels(fields: Fields, { files }: Surroundings): Map<string, string> {
  const labels = new Map<string, string>();
  for (const item of fields.items('label_file')) {
    const path = textOf(item);
    if (path === undefined) {
      fields.wrongType('label_file', item, 'text');
      continue;
    }
    const read = files.get(path);
    if (read?.kind === 'text') {
      const found = readEnvFile(read.text, (name) => labels.get(name));
      reportEnvFile(path, found, fields.problems);
      for (const [name, value] of found.variables) labels.set(name, value);
    } else if (read !== undefined) {
      fields.problems.error(item.place, 'missing-file', read.message, 'Correct the path, or put the file there.');
    }
  }
  for (const [name, value] of fields.pairs('labels')) labels.set(name, value);
  return labels;
}
