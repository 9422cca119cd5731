import { posix } from 'node:path';
import * as v from 'valibot';
import { type Dependency } from './dependency.js';
import { parseExplicitLock } from './dependency-formats.js';
import { lenient } from './lenient.js';
import { futureVersion } from './lock-versions.js';
import { type DependencySource } from './project.js';
import { type ProjectFiles } from './project-files.js';

export type CondaSource = Extract<DependencySource, { kind: 'conda' }>;
type PixiSource = Extract<DependencySource, { kind: 'pixi' }>;

/** By file name, the usual one first. */
const environmentNames = [
  /^environment\.ya?ml$/,
  /^(?:conda[-_])?env(?:ironment)?\.ya?ml$/,
  /^conda\.ya?ml$/,
  /^environment[-_.](?!.*(?:dev|test|docs?|lint|ci)\b)[\w.-]+\.ya?ml$/,
];
const lockNames = /^(?:[\w.-]+\.)?conda-lock\.ya?ml$/;
const explicitNames =
  /^(?:[\w.-]*linux-64[\w.-]*\.(?:lock|txt)|(?:conda-)?explicit(?:[-_][\w-]+)?\.txt|spec-file\.txt|environment\.lock|requirements\.txt)$/;

/** Whether a file of that name may be one of conda's. */
export function isCondaName(name: string): boolean {
  return [...environmentNames, lockNames, explicitNames].some((pattern) => pattern.test(name));
}

const environment = v.object({
  dependencies: v.array(v.unknown()),
});
const pipPart = v.looseObject({ pip: v.array(v.string()) });

/**
 * What conda or micromamba installs; `includes` are files that the environment has pip read, and `.` for the project.
 *
 * @param folder that the files are in: empty, or with `/` at its end
 */
export function condaSource(
  files: ProjectFiles,
  folder: string,
): { source: CondaSource; includes: readonly string[] } | undefined {
  const names = files.in(folder);
  const chosen = environmentNames.flatMap((pattern) => names.filter((name) => pattern.test(name)));
  const manifest = chosen.map((name) => folder + name).find((name) => isEnvironment(files, name));
  const lock = names.filter((name) => lockNames.test(name)).map((name) => folder + name)[0];
  const explicit = names
    .filter((name) => explicitNames.test(name))
    .map((name) => folder + name)
    .find((name) => isExplicitForLinux(files.text(name)));
  if (manifest === undefined && lock === undefined && explicit === undefined) return undefined;
  const pip = manifest === undefined ? [] : pipLines(files.document(manifest));
  const own = pip.map((line) => line.trim()).filter((line) => ofProject.test(line));
  const dependencies = condaDependencies(files, manifest, explicit, lock);
  const source: CondaSource = {
    kind: 'conda',
    files: [explicit, lock, manifest].filter((name) => name !== undefined),
    dependencies,
    environment: manifest,
    explicit,
    lock,
    hasPip: pip.length > 0 || /^[ \t]*(?:- )?manager: pip$/m.test(files.text(lock ?? '') ?? ''),
    ...(own.length === 0 ? {} : { folders: { lines: own, areAll: own.length === pip.length } }),
  };
  return { source, includes: pip.flatMap((line) => includeOf(line, folder) ?? []) };
}

function condaDependencies(
  files: ProjectFiles,
  manifest: string | undefined,
  explicit: string | undefined,
  lock: string | undefined,
): readonly Dependency[] {
  if (explicit !== undefined) return parseExplicitLock(files.text(explicit) ?? '');
  if (lock !== undefined) return lockDependencies(files, lock, 'conda-lock.yml');
  return manifest === undefined ? [] : files.dependencies(manifest, 'environment.yml');
}

function isEnvironment(files: ProjectFiles, name: string): boolean {
  if (files.text(name) === undefined) return false;
  const document = files.document(name);
  if (v.is(environment, document)) return true;
  if (!/(?:^|\/)environment\.ya?ml$/.test(name)) return false;
  // One that is broken is still one.
  if (document === undefined) return true;
  files.report({
    file: name,
    line: undefined,
    message: 'It is no environment of conda: it has no list “dependencies”.',
  });
  return false;
}

function isExplicitForLinux(text: string | undefined): boolean {
  return text !== undefined && /^@EXPLICIT\s*$/m.test(text) && !/\/(?:osx|win)-\w+\//.test(text);
}

function pipLines(document: unknown): string[] {
  const result = v.safeParse(environment, document);
  if (!result.success) return [];
  return result.output.dependencies.flatMap((entry) => (v.is(pipPart, entry) ? entry.pip : []));
}

/** A line for pip that installs from a folder of the project. */
const ofProject = /^(?:(?:-e|--editable)[\s=]*)?["']?(?:file:)?\.{1,2}(?:[/["']|$)/;

/** What a line of the part for pip takes from the project: a requirements file, or `.` for the project itself. */
function includeOf(line: string, folder: string): string | undefined {
  const file = /^\s*(?:-r|--requirement)[\s=]*["']?([^"']+?)["']?\s*$/.exec(line)?.[1];
  if (file !== undefined) return posix.normalize(folder + file);
  return /^\s*(?:(?:-e|--editable)[\s=]*)?["']?\.(?:\/)?(?:\[[^\]]*\])?["']?\s*$/.test(line) ? '.' : undefined;
}

/** The packages of a lock file; none, and reported, where its format is too new or it is broken. */
export function lockDependencies(files: ProjectFiles, lock: string, format: string): readonly Dependency[] {
  const future = futureVersion(format, files.text(lock) ?? '');
  if (future === undefined) return files.dependencies(lock, format);
  const message = `It has version ${future} of its format, which is newer than this extension knows: its packages are not read.`;
  files.report({ file: lock, line: undefined, message });
  return [];
}

const pixiManifest = v.object({
  environments: lenient(v.record(v.string(), v.unknown())),
  dependencies: lenient(v.record(v.string(), v.unknown())),
  'pypi-dependencies': lenient(v.record(v.string(), v.unknown())),
});
const ofPyproject = v.object({ tool: v.object({ pixi: v.unknown() }) });
const wantedVersion = v.union([
  v.string(),
  v.pipe(
    v.looseObject({ version: v.string() }),
    v.transform(({ version }) => version),
  ),
]);

const ofGit = v.looseObject({ git: v.string() });
const ofFolder = v.looseObject({ path: v.string() });

/** What pixi installs; undefined without a manifest of it. */
export function pixiSource(files: ProjectFiles): PixiSource | undefined {
  const lock = files.first('pixi.lock');
  const manifest = files.first('pixi.toml') ?? (hasPixi(files) ? 'pyproject.toml' : undefined);
  if (manifest === undefined) {
    if (lock !== undefined && files.document('pyproject.toml') === undefined) {
      const message = 'There is no pixi.toml beside it, without which nothing can be installed from it.';
      files.report({ file: lock, line: undefined, message });
    }
    return undefined;
  }
  const document = files.document(manifest);
  const table = manifest === 'pixi.toml' || !v.is(ofPyproject, document) ? document : document.tool.pixi;
  const result = v.safeParse(pixiManifest, table);
  const content = result.success ? result.output : undefined;
  const others = Object.keys(content?.environments ?? {}).filter((name) => name !== 'default');
  return {
    kind: 'pixi',
    files: [...(lock === undefined ? [] : [lock]), manifest],
    dependencies:
      lock === undefined
        ? wanted({ ...content?.dependencies, ...content?.['pypi-dependencies'] })
        : lockDependencies(files, lock, 'pixi.lock'),
    manifest,
    lock,
    environments: ['default', ...others],
  };
}

function hasPixi(files: ProjectFiles): boolean {
  return v.is(ofPyproject, files.document('pyproject.toml'));
}

function wanted(table: Record<string, unknown>): Dependency[] {
  return Object.entries(table).map(([name, value]) => {
    const version = v.is(wantedVersion, value) ? v.parse(wantedVersion, value) : '';
    const pinned = /^={1,2}\s*(\d[\w.+]*?)(?:\.\*)?$/.exec(version)?.[1] ?? /^(\d[\w.+]*?)\.\*$/.exec(version)?.[1];
    const known: Dependency = { name: name.toLowerCase(), version: pinned, extras: [], wheels: undefined };
    if (v.is(ofGit, value)) return { ...known, from: 'git' };
    return v.is(ofFolder, value) ? { ...known, from: 'folder' } : known;
  });
}
