import { condaSource, type CondaSource, lockDependencies, pixiSource } from './conda-sources.js';
import { type Dependency, parseRequirement } from './dependency.js';
import { pipSource, pipSources, type PipSource } from './pip-sources.js';
import { type DependencySource } from './project.js';
import { type ProjectFiles } from './project-files.js';
import { readPyproject } from './pyproject.js';
import { readRequirements } from './requirements-file.js';
import { workspaceMembers } from './workspace-members.js';

/**
 * The ways in which a folder says what a Python project depends on. What is exported from a lock file, or included by an
 * environment of conda, is no way of its own.
 *
 * @param folder empty for the project's own, or with `/` at its end: repo2docker's
 */
export function pythonSources(files: ProjectFiles, folder: string): DependencySource[] {
  const tools = folder === '' ? toolSources(files) : [];
  const pipenv = pipenvSource(files, folder);
  const conda = condaSource(files, folder);
  const includes = conda?.includes ?? [];
  const locked = [...tools, ...(pipenv === undefined ? [] : [pipenv])].filter(hasLock);
  const pip = pipSources(files, folder).filter(
    (source) =>
      !source.requirements.every((name) => includes.includes(name) || conda?.source.files.includes(name)) &&
      !locked.some((other) => isExportOf(source, other, files)),
  );
  const hasOwnTool =
    tools.some(({ kind }) => kind !== 'pixi') || tools.some((tool) => tool.files.includes('pyproject.toml'));
  if (folder === '' && locked.length === 0 && pip.length === 0) reportPylock(files);
  const setuptools = folder !== '' || hasOwnTool || includes.includes('.') ? undefined : setuptoolsSource(files);
  return [
    ...tools,
    ...(pipenv === undefined ? [] : [pipenv]),
    ...(conda === undefined ? [] : [withIncluded(conda.source, includes, files)]),
    ...pip,
    ...(setuptools === undefined ? [] : [setuptools]),
  ];
}

/** An environment of conda together with the requirements files that it has pip read. */
function withIncluded(source: CondaSource, includes: readonly string[], files: ProjectFiles): CondaSource {
  const included = includes.flatMap((name) => pipSource(files, name) ?? []);
  if (included.length === 0) return source;
  const own = source.dependencies.filter(({ name }) => !/\.(?:txt|in)$/.test(name));
  const isLocked = source.explicit !== undefined || source.lock !== undefined;
  return {
    ...source,
    files: [...new Set([...source.files, ...included.flatMap((each) => each.files)])],
    dependencies: isLocked ? own : [...own, ...included.flatMap((each) => each.dependencies)],
  };
}

function reportPylock(files: ProjectFiles): void {
  const file = files.in('').find((name) => /^pylock(?:\.[\w.-]+)?\.toml$/.test(name));
  if (file === undefined) return;
  const message =
    'Nothing is installed from it here: export it as requirements.txt, or keep the lock file of the tool that wrote it.';
  files.report({ file, line: undefined, message });
}

type ToolSource = Extract<DependencySource, { lock: string | undefined }>;

function hasLock(source: ToolSource): boolean {
  return source.lock !== undefined;
}

/** uv, Poetry, PDM and pixi; of those that only have a table in pyproject.toml the first, and none beside a lock file. */
function toolSources(files: ProjectFiles): ToolSource[] {
  const all = [uvSource(files), poetrySource(files), pdmSource(files), pixiSource(files)];
  const found = all.filter((source) => source !== undefined);
  const certain = found.filter((source) => hasLock(source) || source.files.includes('pixi.toml'));
  if (certain.length > 0) return certain;
  const byTable = ['poetry', 'uv', 'pdm', 'pixi'].flatMap((kind) => found.filter((source) => source.kind === kind));
  return byTable.slice(0, 1);
}

function uvSource(files: ProjectFiles): ToolSource | undefined {
  const pyproject = readPyproject(files, 'pyproject.toml');
  const uv = pyproject?.tool?.uv;
  const lock = files.first('uv.lock');
  if (lock === undefined && (uv === undefined || pyproject?.project === undefined)) return undefined;
  const { members = [], exclude = [] } = uv?.workspace ?? {};
  const read = withLock(files, lock, 'pyproject.toml', 'pyproject.toml');
  const own = parseRequirement(pyproject?.project?.name ?? '')?.name;
  return {
    kind: 'uv',
    ...read,
    // The lock file lists the project among its packages.
    dependencies: read.dependencies.filter(({ name }) => name !== own),
    isPackage: uv?.package ?? pyproject?.['build-system'] !== undefined,
    members: workspaceMembers(files.names, members, exclude),
  };
}

function poetrySource(files: ProjectFiles): ToolSource | undefined {
  const pyproject = readPyproject(files, 'pyproject.toml');
  const poetry = pyproject?.tool?.poetry;
  const lock = files.first('poetry.lock');
  if (lock === undefined && poetry === undefined) return undefined;
  const name = poetry?.name ?? pyproject?.project?.name;
  const isPackage = poetry?.['package-mode'] !== false && (poetry?.packages !== undefined || hasModule(files, name));
  return { kind: 'poetry', ...withLock(files, lock, 'pyproject.toml', 'pyproject.toml'), isPackage };
}

/** Whether there is code that is called like the project: without it there is nothing to be installed. */
function hasModule(files: ProjectFiles, name: string | undefined): boolean {
  const module = name?.replaceAll(/[-.]/g, '_');
  if (module === undefined) return false;
  const places = [module, module.toLowerCase()].flatMap((each) => [each, `src/${each}`]);
  return files.first(...places.flatMap((place) => [`${place}/__init__.py`, `${place}.py`])) !== undefined;
}

function pdmSource(files: ProjectFiles): ToolSource | undefined {
  const pyproject = readPyproject(files, 'pyproject.toml');
  const pdm = pyproject?.tool?.pdm;
  const lock = files.first('pdm.lock');
  if (lock === undefined && (pdm === undefined || pyproject?.project === undefined)) return undefined;
  const isPackage = pdm?.distribution ?? pyproject?.['build-system'] !== undefined;
  return { kind: 'pdm', ...withLock(files, lock, 'pyproject.toml', 'pyproject.toml'), isPackage };
}

function pipenvSource(files: ProjectFiles, folder: string): ToolSource | undefined {
  const lock = files.first(`${folder}Pipfile.lock`);
  if (lock === undefined && !files.has(`${folder}Pipfile`)) return undefined;
  files.document(`${folder}Pipfile`);
  return { kind: 'pipenv', ...withLock(files, lock, `${folder}Pipfile`, 'Pipfile') };
}

function withLock(
  files: ProjectFiles,
  lock: string | undefined,
  manifest: string,
  format: string,
): { files: string[]; dependencies: readonly Dependency[]; lock: string | undefined } {
  const own = files.has(manifest) ? [manifest] : [];
  if (lock === undefined) return { files: own, dependencies: files.dependencies(manifest, format), lock };
  return { files: [lock, ...own], dependencies: lockDependencies(files, lock, lock.replace(/^.*\//, '')), lock };
}

/** A list that uv made, or all of whose versions are the lock file's, says nothing of its own. */
function isExportOf(source: PipSource, other: ToolSource, files: ProjectFiles): boolean {
  if (other.kind === 'uv') {
    const first = files.text(source.requirements[0] ?? '') ?? '';
    if (readRequirements(first).madeBy === 'uv') return true;
  }
  if (source.pins === 'none') return false;
  const locked = new Set(other.dependencies.map(({ name, version }) => `${name} ${version ?? ''}`));
  return source.dependencies.every(({ name, version }) => locked.has(`${name} ${version ?? ''}`));
}

/** `pip install .`; a pyproject.toml that only configures tools is nothing of that. */
function setuptoolsSource(files: ProjectFiles): DependencySource | undefined {
  const pyproject = readPyproject(files, 'pyproject.toml');
  const isBroken = files.text('pyproject.toml') !== undefined && files.document('pyproject.toml') === undefined;
  const isPackage = pyproject?.project !== undefined || pyproject?.tool?.flit !== undefined;
  const setup = files.first('setup.py', 'setup.cfg');
  const cfg = files.text('setup.cfg');
  const isSetup = files.has('setup.py') || (cfg !== undefined && /^\[(?:metadata|options)\]/m.test(cfg));
  const manifest = isPackage ? 'pyproject.toml' : isSetup ? setup : isBroken ? 'pyproject.toml' : undefined;
  if (manifest === undefined) return undefined;
  const own = ['pyproject.toml', 'setup.py', 'setup.cfg'].filter((name) => files.has(name));
  const dependencies = isPackage
    ? files.dependencies('pyproject.toml', 'pyproject.toml')
    : setupDependencies(cfg ?? '');
  return {
    kind: 'setuptools',
    files: [manifest, ...own.filter((name) => name !== manifest)],
    dependencies,
    manifest,
  };
}

/** `install_requires` of a setup.cfg: a list with one requirement a line, or between semicolons. */
function setupDependencies(text: string): Dependency[] {
  const [, list = ''] = /^install_requires\s*=(.*(?:\n[ \t]+.*|\n\s*(?=\n[ \t]))*)/m.exec(text) ?? [];
  return list
    .split(/\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => parseRequirement(line) ?? []);
}
