import { homedir } from 'node:os';
import { basename, dirname } from 'node:path';
import { type Place } from '../place.js';
import { type Environment, environmentFiles, lookupIn, withEnvFiles } from './environment.js';
import { extendServices } from './extend-services.js';
import { Fields } from './fields.js';
import { interpolateTree } from './interpolate-tree.js';
import { withLongForms } from './long-forms.js';
import { mergeFiles } from './merge.js';
import { readTree } from './read-tree.js';
import { finishFile, sections } from './sections.js';
import { isRemote } from './short-forms.js';
import { type SourceReader } from './source-reader.js';
import {
  describe,
  equalTrees,
  type Mapping,
  mapValues,
  scalar,
  textOf,
  type Tree,
  valueOf,
  withoutKey,
  withValue,
} from './tree.js';

/** Files that belong together, and what they are read with. */
interface Unit {
  /** Each overrides the ones before. */
  files: readonly NamedFile[];
  /** Absolute path of the folder that relative paths start from. */
  folder: string;
  environment: Environment;
}

/** An absolute path, and where it is named. */
interface NamedFile {
  file: string;
  place: Place;
}

/** All files, with all that they extend and include, as one mapping in long forms. Undefined where there is nothing. */
export async function loadFiles(unit: Unit, reader: SourceReader): Promise<Mapping | undefined> {
  return new Loader(reader).load(unit, []);
}

class Loader {
  constructor(private readonly reader: SourceReader) {}

  /** @param includedBy the files that include these, the first one first */
  async load(unit: Unit, includedBy: readonly string[]): Promise<Mapping | undefined> {
    const { files, folder, environment } = unit;
    const load = (file: string, from: string, place: Place): Promise<Mapping | undefined> =>
      this.loadFile(file, from, environment, place);
    let merged: Mapping | undefined;
    for (const { file, place } of files) {
      const own = await load(file, folder, place);
      if (own === undefined) continue;
      const extended = await extendServices({ file, root: own }, load, this.reader.problems);
      const whole = await this.withIncluded(extended, unit, [...includedBy, file]);
      merged = merged === undefined ? whole : mergeFiles(merged, whole);
    }
    return merged === undefined ? undefined : withContexts(merged, folder);
  }

  /** @param place what names the file */
  private async loadFile(
    file: string,
    folder: string,
    environment: Environment,
    place: Place,
  ): Promise<Mapping | undefined> {
    const { problems } = this.reader;
    const text = await this.reader.readText(file, place);
    const tree = text === undefined ? undefined : readTree(file, text, problems);
    if (tree === undefined) return undefined;
    const home = environment['HOME'] ?? homedir();
    return withLongForms(interpolateTree(tree, lookupIn(environment), problems), { folder, home, problems });
  }

  private async withIncluded(root: Mapping, unit: Unit, includedBy: readonly string[]): Promise<Mapping> {
    const includes = valueOf(root, 'include');
    let result = withoutKey(root, 'include');
    const isNothing = includes?.kind === 'scalar' && includes.value === null;
    if (includes !== undefined && includes.kind !== 'sequence' && !isNothing) {
      const message = `“include” takes a list, and this is ${describe(includes)}.`;
      this.reader.problems.error(includes.place, 'type', message, 'Write a list: “- other.yaml”.');
    }
    for (const include of includes?.kind === 'sequence' ? includes.items : []) {
      const imported = await this.loadIncluded(include, unit.environment, includedBy);
      if (imported !== undefined) result = this.withImported(result, imported);
    }
    return result;
  }

  private async loadIncluded(
    include: Tree,
    environment: Environment,
    includedBy: readonly string[],
  ): Promise<Mapping | undefined> {
    const { problems } = this.reader;
    const fields = include.kind === 'mapping' ? new Fields(include, problems) : undefined;
    const files = (fields?.items('path') ?? []).flatMap((item) => {
      const file = textOf(item);
      if (file === undefined) fields?.wrongType('path', item, 'text');
      return file === undefined ? [] : [{ file, place: item.place }];
    });
    const projectDirectory = fields?.text('project_directory');
    const envFiles = fields?.value('env_file');
    fields?.finish();
    const [first] = files;
    if (first === undefined) {
      const remedy = 'Write the path of a file, or “path:” with it.';
      problems.error(include.place, 'type', 'An include names one or more compose files.', remedy);
      return undefined;
    }
    if (files.some(({ file }) => isRemote(file))) {
      problems.unsupported(include.place, 'error', 'Compose files from elsewhere are not fetched.');
      return undefined;
    }
    if (includedBy.includes(first.file)) {
      const circle = [...includedBy.slice(includedBy.indexOf(first.file)), first.file]
        .map((file) => basename(file))
        .join(' → ');
      const message = `Files include each other in a circle: ${circle}.`;
      problems.error(include.place, 'cycle', message, 'Take one of the includes out.');
      return undefined;
    }
    const folder = projectDirectory ?? dirname(first.file);
    const own = await withEnvFiles(environment, environmentFiles(envFiles, folder), this.reader);
    const root = await this.load({ files, folder, environment: own }, includedBy);
    if (root !== undefined) this.checkIncluded(root);
    return root;
  }

  /** What is no section is not imported, and sections that are not mappings would be lost. */
  private checkIncluded(root: Mapping): void {
    const fields = new Fields(root, this.reader.problems);
    for (const section of sections) fields.entries(section);
    finishFile(fields);
  }

  /** What is imported must not differ from what is there; all else of it, such as its name, has no effect. */
  private withImported(root: Mapping, imported: Mapping): Mapping {
    let result = root;
    for (const section of sections) {
      const from = valueOf(imported, section);
      if (from?.kind !== 'mapping') continue;
      const into = valueOf(result, section);
      const entries = new Map(into?.kind === 'mapping' ? into.entries : []);
      for (const [name, entry] of from.entries) {
        const former = entries.get(name);
        if (former?.value === undefined) entries.set(name, entry);
        else if (entry.value !== undefined && !equalTrees(former.value, entry.value)) {
          const message = `“${name}” is also in ${entry.key.file}, which is included, and is another one there.`;
          const remedy = 'Give one of them another name, or change it in a file that overrides this one.';
          this.reader.problems.error(former.key, 'conflict', message, remedy);
        }
      }
      result = withValue(result, section, { kind: 'mapping', place: into?.place ?? from.place, entries });
    }
    return result;
  }
}

/** A build without a context has the folder of its file, even if another file includes that. */
function withContexts(root: Mapping, folder: string): Mapping {
  const services = valueOf(root, 'services');
  if (services?.kind !== 'mapping') return root;
  const filled = mapValues(services, (service) => {
    const build = valueOf(service, 'build');
    if (service.kind !== 'mapping' || build?.kind !== 'mapping' || valueOf(build, 'context') !== undefined)
      return service;
    return withValue(service, 'build', withValue(build, 'context', scalar(folder, build.place)));
  });
  return withValue(root, 'services', filled);
}
