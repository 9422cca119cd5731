import { dirname, resolve } from 'node:path';
import { Failure } from '../host/failure.js';
import { shellLine } from '../host/shell-line.js';
import { type FileResource } from './declarations.js';
import { type ComposeProject } from './model.js';
import { type Place } from './place.js';
import { type ComposeProblem, Problems } from './problem.js';
import { checkConflicts } from './reading/check-conflicts.js';
import { checkCycles, checkService } from './reading/check-service.js';
import { closest } from './reading/closest.js';
import { type Declared, type DeclaredFile, readDeclared } from './reading/declared.js';
import { type Environment, lookupIn, projectEnvironment } from './reading/environment.js';
import { Fields } from './reading/fields.js';
import { loadFiles } from './reading/load.js';
import { projectName } from './reading/project-name.js';
import { finishFile } from './reading/sections.js';
import { type Selection, selectServices } from './reading/select-services.js';
import { type ReadService, readService } from './reading/service.js';
import { type Surroundings, variableFiles } from './reading/service-variables.js';
import { SourceReader } from './reading/source-reader.js';
import { describe, type Mapping, type Tree } from './reading/tree.js';

export interface ReadComposeOptions {
  /** Over which `.env` of the folder has no power; usually that of the process. */
  environment: Readonly<Record<string, string>>;
  /** Those that COMPOSE_PROFILES names where undefined or empty. */
  profiles?: readonly string[] | undefined;
  projectName?: string | undefined;
  /** Only these, with all that they depend on, be their profiles active or not; all where undefined or empty. */
  services?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

export interface ReadCompose {
  /** Undefined where one of the problems is an error. */
  project: ComposeProject | undefined;
  problems: readonly ComposeProblem[];
}

/**
 * Reads an application from its compose files as Compose 2.40 does, and says where its text means nothing, or something that
 * is not supported here.
 *
 * @param files absolute paths: the first one's folder is that of the application, and each overrides the ones before
 * @throws Failure `cancelled` after an abort; `invalid-argument` where there is no file. All else is in the problems.
 */
export async function readCompose(files: readonly string[], options: ReadComposeOptions): Promise<ReadCompose> {
  const [first] = files;
  if (first === undefined) {
    throw new Failure('invalid-argument', 'No compose file is given.', 'Choose one.');
  }
  const problems = new Problems(composeCommand(files, options));
  const reader = new SourceReader(problems, options.signal ?? new AbortController().signal);
  const folder = dirname(first);
  // Compose is usually called in the folder.
  const outer = await projectEnvironment({ ...options.environment, PWD: folder }, folder, reader);
  const name = await projectName(files, outer, options.projectName, reader);
  const environment = { ...outer, COMPOSE_PROJECT_NAME: name };
  const root = await loadFiles(
    { files: files.map((file) => ({ file, place: { file, line: 1, column: 1 } })), folder, environment },
    reader,
  );
  if (root === undefined) return { project: undefined, problems: problems.list() };

  const surroundings = { environment, files: await variableFiles(root, reader) };
  const application = readApplication(root, name, surroundings, options, problems);
  const project: ComposeProject = { name, folder, files, ...application };
  for (const { source, place } of [...project.secrets, ...project.configs]) {
    if (source.kind === 'file') await reader.requireFile(source.file, place);
  }
  return { project: problems.hasErrors() ? undefined : project, problems: problems.list() };
}

function readApplication(
  root: Mapping,
  name: string,
  surroundings: Surroundings,
  options: ReadComposeOptions,
  problems: Problems,
): Omit<ComposeProject, 'name' | 'folder' | 'files'> {
  const fields = new Fields(root, problems);
  const declared = readDeclared(fields, name, surroundings.environment);
  const entries = fields.entries('services');
  const parts = entries.flatMap((entry) => readPart(entry, surroundings, declared, problems));
  if (entries.length > 0 || problems.hasErrors() || !refuseWithoutServices(root, problems)) {
    finishFile(fields);
  }

  const selection = selectServices(
    parts.map(({ read }) => read.service),
    activeProfiles(options, surroundings.environment),
    options.services ?? [],
  );
  const all = parts.map(({ read }) => read.service.name);
  for (const unknown of selection.unknown) {
    const other = closest(unknown, all);
    const remedy = other === undefined ? `The services are ${all.join(', ')}.` : `Did you mean “${other}”?`;
    problems.error(root.place, 'undefined', `There is no service “${unknown}”.`, remedy);
  }
  const active = new Set(selection.active.map((service) => service.name));
  for (const part of parts) problems.take(part.problems, active.has(part.read.service.name));
  const checked = selection.active.flatMap((service): ReadService[] => {
    const part = parts.find(({ read }) => read.service.name === service.name);
    return part === undefined ? [] : [{ ...part.read, service }];
  });
  for (const read of checked) checkService(read, { all, active, declared }, problems);
  checkCycles(checked, problems);
  const application = { services: selection.active, inactive: selection.inactive, ...usedOf(selection, declared) };
  checkConflicts(application, problems);
  return application;
}

/** A service with the problems of its own. */
interface Part {
  read: ReadService;
  problems: Problems;
}

function readPart(
  { name, place, value }: { name: string; place: Place; value: Tree },
  surroundings: Surroundings,
  declared: Declared,
  problems: Problems,
): Part[] {
  if (!/^[\w.-]+$/.test(name)) {
    const message = `“${name}” cannot be the name of a service.`;
    problems.error(place, 'value', message, 'Use letters, digits, “.”, “-” and “_”.');
  }
  if (value.kind !== 'mapping') {
    const message = `A service is a mapping, and “${name}” is ${describe(value)}.`;
    const isNothing = value.kind === 'scalar' && value.value === null;
    problems.error(isNothing ? place : value.place, 'type', message, 'Write its keys below it, “image:” for instance.');
    return [];
  }
  const own = problems.ofPart();
  const fields = new Fields(value, own);
  return [{ read: readService({ name, place, fields }, surroundings, declared.secrets), problems: own }];
}

/** Whether they are there, but in the old format. */
function refuseWithoutServices(root: Mapping, problems: Problems): boolean {
  if (root.entries.size === 0) {
    problems.error(root.place, 'yaml', 'The file is empty.', 'Describe a service under “services:”.');
    return false;
  }
  const old = [...root.entries].find(
    ([, { value }]) => value?.kind === 'mapping' && (value.entries.has('image') || value.entries.has('build')),
  );
  const isOld = old !== undefined && !root.entries.has('services');
  problems.error(
    isOld ? old[1].key : root.place,
    'missing-key',
    isOld ? 'This is the old format, which has its services at the left.' : 'No service is described.',
    isOld ? 'Write “services:” above them, and indent them.' : 'Describe one under “services:”.',
  );
  return isOld;
}

function activeProfiles({ profiles = [] }: ReadComposeOptions, environment: Environment): readonly string[] {
  if (profiles.length > 0) return profiles;
  const named = lookupIn(environment)('COMPOSE_PROFILES') ?? '';
  return named.split(',').map((profile) => profile.trim());
}

/** What of all that is declared the active services use. */
function usedOf(
  { active }: Selection,
  { networks, volumes, secrets, configs }: Declared,
): Pick<ComposeProject, 'networks' | 'volumes' | 'secrets' | 'configs'> {
  const buildSecrets = active.flatMap(({ build }) => [...(build?.secrets.values() ?? [])]);
  const used = <T>(all: ReadonlyMap<string, T>, keys: readonly (string | undefined)[]): T[] =>
    [...all].filter(([key]) => keys.includes(key)).map(([, one]) => one);
  const granted = (all: ReadonlyMap<string, DeclaredFile>, keys: readonly string[]): FileResource[] =>
    [...all].flatMap(([key, file]) => {
      if (file.kind !== 'usable') return [];
      const isOfBuild = buildSecrets.some((source) => source === file.resource.source);
      return keys.includes(key) || isOfBuild ? [file.resource] : [];
    });
  return {
    networks: used(
      networks,
      active.flatMap((service) => service.networks.map(({ network }) => network)),
    ),
    volumes: used(
      volumes,
      active.flatMap((service) => service.mounts.map((mount) => (mount.kind === 'volume' ? mount.source : undefined))),
    ),
    secrets: granted(
      secrets,
      active.flatMap((service) => service.secrets.map(({ source }) => source)),
    ),
    configs: granted(
      configs,
      active.flatMap((service) => service.configs.map(({ source }) => source)),
    ),
  };
}

/** What does with Compose itself what `options` ask for, from whichever folder. */
function composeCommand(files: readonly string[], options: ReadComposeOptions): string {
  const { projectName: name, profiles = [], services = [] } = options;
  return shellLine([
    'docker',
    'compose',
    ...files.flatMap((file) => ['-f', resolve(file)]),
    ...(name === undefined ? [] : ['-p', name]),
    ...profiles.flatMap((profile) => ['--profile', profile]),
    'up',
    '-d',
    ...services,
  ]);
}
