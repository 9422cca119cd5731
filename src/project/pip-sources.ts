import { posix } from 'node:path';
import { type Dependency } from './dependency.js';
import { type DependencySource } from './project.js';
import { type ProjectFiles } from './project-files.js';
import { readRequirements, type RequirementsFile } from './requirements-file.js';

export type PipSource = Extract<DependencySource, { kind: 'pip' }>;

/** In a file's name behind `requirements`: what is not needed to run a project, by convention. */
const notToRun =
  /(?:^|[-_.])(?:dev|develop|development|tests?|testing|docs?|lint|format|ci|optional|extras?|build)(?:$|[-_.])/i;
/** What is called so is a list with all versions in it, beside a shorter one that a person wrote. */
const frozen = /^requirements(?:[-_.](?:lock|locked|frozen|freeze|pinned))?\.(?:txt|lock)$/;

/**
 * The ways to install with pip from requirements files: one, or one for each variant (`requirements-cpu.txt`,
 * `requirements-gpu.txt`) where none is called `requirements.txt`.
 *
 * @param folder that they are in: empty, or with `/` at its end
 */
export function pipSources(files: ProjectFiles, folder: string): PipSource[] {
  return candidates(requirementsNames(files.in(folder), files.in(`${folder}requirements/`))).flatMap(
    (name) => pipSource(files, folder + name) ?? [],
  );
}

/**
 * The requirements files of a folder that pip may be told to install; not those that they include.
 *
 * @param own names of the files in the folder
 * @param inRequirements names of the files in its folder `requirements`
 */
export function requirementsNames(own: readonly string[], inRequirements: readonly string[]): string[] {
  return [
    ...own.filter((name) => /^requirements.*\.(?:txt|in|lock)$/.test(name)),
    ...inRequirements.filter((name) => /\.(?:txt|in)$/.test(name)).map((name) => `requirements/${name}`),
  ];
}

/** @param names of requirements files, relative to the folder that they are looked for in */
function candidates(names: readonly string[]): string[] {
  const whole = names.filter((name) => frozen.test(name)).sort((left, right) => right.length - left.length);
  const [best] = whole;
  if (best !== undefined) return [best];
  const toRun = names.filter((name) => !notToRun.test(name.replace(/^requirements\/?/, '').replace(/\.\w+$/, '')));
  const beside = toRun.filter((name) => !name.includes('/') && !name.endsWith('.in'));
  if (beside.length > 0) return beside;
  const usual = ['requirements.in', ...['requirements', 'base', 'main', 'prod', 'production', 'common'].map(inFolder)];
  const found = usual.find((name) => toRun.includes(name));
  const only = toRun.filter((name) => name.endsWith('.txt'));
  const chosen = found ?? (only.length === 1 ? only[0] : undefined);
  return chosen === undefined ? [] : [chosen];
}

function inFolder(name: string): string {
  return `requirements/${name}.txt`;
}

/** What pip installs from one file with all that it includes; undefined where pip does not install from it. */
export function pipSource(files: ProjectFiles, name: string): PipSource | undefined {
  const text = files.text(name);
  if (text === undefined) return undefined;
  const first = readRequirements(text);
  if (first.madeBy === 'conda') {
    if (!text.includes('@EXPLICIT')) {
      const message =
        'This is a list of conda, which pip cannot install: write one with “conda env export > environment.yml”.';
      files.report({ file: name, line: 1, message });
    }
    return undefined;
  }
  const read = new Map<string, { kind: 'requirements' | 'constraints'; content: RequirementsFile }>();
  collect(files, name, 'requirements', read);
  const all = [...read.values()];
  const installed = all.filter(({ kind }) => kind === 'requirements').map(({ content }) => content);
  const constraints = all.filter(({ kind }) => kind === 'constraints').flatMap(({ content }) => content.dependencies);
  const input = `${name.replace(/\.(?:txt|lock)$/, '')}.in`;
  return {
    kind: 'pip',
    files: [...read.keys(), ...(files.has(input) && !read.has(input) ? [input] : [])],
    dependencies: installed.flatMap(({ dependencies }) => dependencies.map((each) => constrained(each, constraints))),
    requirements: [name],
    pins: weakest(installed, constraints),
  };
}

/** Reads a file and what it includes, each once. */
function collect(
  files: ProjectFiles,
  name: string,
  kind: 'requirements' | 'constraints',
  read: Map<string, { kind: 'requirements' | 'constraints'; content: RequirementsFile }>,
): void {
  const text = files.text(name);
  if (text === undefined || read.has(name)) return;
  const content = readRequirements(text);
  read.set(name, { kind, content });
  for (const problem of content.problems) files.report({ file: name, ...problem });
  for (const { kind: how, path, line } of content.includes) {
    const other = posix.normalize(posix.join(posix.dirname(name), path.replaceAll('\\', '/')));
    if (files.has(other)) collect(files, other, kind === 'constraints' ? kind : how, read);
    else files.report({ file: name, line, message: `It includes ${path}, which is not there.` });
  }
}

function constrained(dependency: Dependency, constraints: readonly Dependency[]): Dependency {
  if (dependency.version !== undefined) return dependency;
  const version = constraints.find(({ name }) => name === dependency.name)?.version;
  return version === undefined ? dependency : { ...dependency, version };
}

function weakest(installed: readonly RequirementsFile[], constraints: readonly Dependency[]): PipSource['pins'] {
  const pinned = new Set(constraints.filter(({ version }) => version !== undefined).map(({ name }) => name));
  const pins = new Set(
    installed.flatMap((file) => {
      if (file.pins !== 'none') return file.pins ?? [];
      return file.unpinned.every((name) => pinned.has(name)) ? 'versions' : 'none';
    }),
  );
  if (pins.size === 0 || pins.has('none')) return 'none';
  return pins.has('versions') ? 'versions' : 'hashes';
}
