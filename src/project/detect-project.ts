import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Citation, readCitation } from './citation.js';
import { readCode } from './code/read-code.js';
import { dataFolders } from './data-folders.js';
import { dependencySources } from './dependency-sources.js';
import { gitState } from './git.js';
import { readJuliaProject } from './julia-sources.js';
import { type Listing } from './listing.js';
import { entryPoints } from './manifest-entries.js';
import { misspeltNames } from './misspelt.js';
import { withoutPlace } from './parse-document.js';
import { type Project, type ProjectProblem } from './project.js';
import { type ProjectFiles } from './project-files.js';
import { readPyproject } from './pyproject.js';
import { readProjectFiles } from './read-project-files.js';
import { readRepo2docker } from './repo2docker.js';
import { hasFolder, hasName } from './sorted-names.js';
import { subprojectFolders } from './subprojects.js';
import { versionStatements } from './version-statements.js';
import { versionTool } from './version-tool.js';

/** Of a CITATION.cff, in bytes. */
const largestCitation = 1_000_000;
/** Names of files that are sometimes given to a folder. */
const fileNames = [
  ...['requirements.txt', 'environment.yml', 'pyproject.toml', 'uv.lock', 'poetry.lock', 'Pipfile', 'pixi.toml'],
  ...['setup.py', 'renv.lock', 'DESCRIPTION', 'Project.toml', 'CMakeLists.txt', 'Dockerfile'],
];

/**
 * Finds out what a project is. Whatever its files are like, this does not fail: what is wrong with them is among the
 * project's `problems`. Files of data are judged by their names; others are read whole up to 1 MB, lock files and lists for pip
 * beyond that in pieces.
 */
export async function detectProject(listing: Listing, { signal }: { signal?: AbortSignal } = {}): Promise<Project> {
  const { folder, files: names } = listing;
  const binders = ['binder', '.binder'].filter((name) => hasFolder(names, name));
  const [binder] = binders;
  const [files, code, citation, git, repo2docker] = await Promise.all([
    readProjectFiles(listing, binder === undefined ? [''] : ['', `${binder}/`], signal),
    readCode(listing, signal === undefined ? {} : { signal }),
    citationOf(listing),
    gitState(folder, signal),
    readRepo2docker(listing, signal),
  ]);
  signal?.throwIfAborted();
  for (const problem of [...citation.problems, ...foldersLikeFiles(names), ...bothBinders(binders)])
    files.report(problem);
  const dependencies = dependencySources(files, binder);
  const versions = versionStatements(files, dependencies, binder);
  const outputs = code.outputs.map((output) => output.folder);
  const tool = versionTool(files);
  const remote = git.kind === 'commit' && (await isThere(join(folder, '.git'))) ? git.remote : undefined;
  return {
    folder,
    name: projectName(files, folder, citation.citation, remote),
    listing,
    dependencies,
    versions,
    entries: entryPoints(files, dependencies, code.entries),
    outputs: code.outputs,
    data: dataFolders(names, outputs),
    notebooks: code.notebooks,
    imports: code.imports,
    loadedPackages: code.loadedPackages,
    repo2docker,
    subprojects: dependencies.length === 0 ? subprojectFolders(names) : [],
    misspelt: misspeltNames(names),
    problems: [...files.problems, ...code.problems],
    citation: citation.citation,
    git,
    ...(tool === undefined ? {} : { versionTool: tool }),
  };
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function citationOf({
  folder,
  files,
}: Listing): Promise<{ citation: Citation | undefined; problems: ProjectProblem[] }> {
  const file = 'CITATION.cff';
  if (!hasName(files, file)) return { citation: undefined, problems: [] };
  const path = join(folder, file);
  try {
    const { size } = await stat(path);
    if (size > largestCitation) throw new Error('It is larger than 1 MB, and is not read.');
    return { citation: await readCitation(folder), problems: [] };
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).replace(path, 'It');
    const line = / at line (\d+)/.exec(message)?.[1];
    const problem = { file, line: line === undefined ? undefined : Number(line), message: withoutPlace(message) };
    return { citation: undefined, problems: [problem] };
  }
}

function foldersLikeFiles(names: readonly string[]): ProjectProblem[] {
  return fileNames
    .filter((file) => hasFolder(names, file))
    .map((file) => ({ file, line: undefined, message: 'It is a folder, where tools expect a file.' }));
}

function bothBinders(binders: readonly string[]): ProjectProblem[] {
  if (binders.length < 2) return [];
  const message = 'There is also a folder .binder: repo2docker refuses a project that has both.';
  return [{ file: 'binder', line: undefined, message }];
}

/** @param remote of the repository whose folder this is; a folder within one has a name of its own */
function projectName(
  files: ProjectFiles,
  folder: string,
  citation: Citation | undefined,
  remote: string | undefined,
): string {
  const pyproject = readPyproject(files, 'pyproject.toml');
  const julia = files.first('JuliaProject.toml', 'Project.toml');
  const names = [
    pyproject?.project?.name,
    pyproject?.tool?.poetry?.name,
    julia === undefined ? undefined : readJuliaProject(files, julia)?.name,
    /^Package:\s*(\S+)/m.exec(files.text('DESCRIPTION') ?? '')?.[1],
    citation?.title,
    remote?.split('/').at(-1),
    basename(folder),
  ];
  return names.find((name) => name !== undefined && name.trim() !== '') ?? 'project';
}
