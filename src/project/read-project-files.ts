import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { cmakeLists } from './cmake-sources.js';
import { isCondaName } from './conda-sources.js';
import { type Listing } from './listing.js';
import { requirementsNames } from './pip-sources.js';
import { type ProjectProblem } from './project.js';
import { ProjectFiles } from './project-files.js';
import { readText } from './read-text.js';
import { hasName, namesIn } from './sorted-names.js';
import { versionFiles } from './version-statements.js';

/** Of a file that is read whole, in bytes; beyond that it is not what its name says. */
const largestFile = 1_000_000;
/** Of a lock file, in bytes: parsing one of this size takes a second or two. */
const largestLock = 5_000_000;
const lockName =
  /(?:^|\/)(?:[\w.-]+\.lock|(?:[\w.-]+\.)?conda-lock\.ya?ml|(?:Julia)?Manifest[\w.-]*\.toml|[\w.-]*(?:explicit|spec-file|linux-64)[\w.-]*\.txt)$/;

const manifests = new Set([
  ...['pyproject.toml', 'uv.lock', 'poetry.lock', 'pdm.lock', 'pixi.toml', 'pixi.lock', 'Pipfile', 'Pipfile.lock'],
  ...['setup.py', 'setup.cfg', 'renv.lock', 'DESCRIPTION', 'install.R', 'install_packages.R', 'install-packages.R'],
  ...['Project.toml', 'JuliaProject.toml', ...versionFiles],
]);
const juliaManifest = /^(?:Julia)?Manifest(?:-v\d+\.\d+)?\.toml$/;
/** How often files name others that name others, and how many may be named. */
const deepestInclude = 10;
const mostIncluded = 200;

/**
 * Reads the files of a project that say what it depends on, and those that they include.
 *
 * @param folders that they are looked for in: empty for the project's own, others with `/` at their end
 */
export async function readProjectFiles(
  listing: Listing,
  folders: readonly string[],
  signal?: AbortSignal,
): Promise<ProjectFiles> {
  const texts = new Map<string, string>();
  const problems: ProjectProblem[] = [];
  let wanted = [...folders.flatMap((folder) => namesToRead(listing.files, folder)), ...cmakeLists(listing.files)];
  for (let depth = 0; depth < deepestInclude && wanted.length > 0 && texts.size < mostIncluded; depth += 1) {
    const read = await Promise.all(wanted.map((name) => readOne(listing.folder, name, signal)));
    for (const one of read) {
      if ('problem' in one) problems.push(one.problem);
      else texts.set(one.name, one.text);
    }
    const included = new Set(read.flatMap((one) => ('text' in one ? includesOf(one.name, one.text) : [])));
    wanted = [...included].filter((name) => hasName(listing.files, name) && !texts.has(name));
  }
  const files = new ProjectFiles(listing.files, texts);
  for (const problem of problems) files.report(problem);
  return files;
}

function namesToRead(names: readonly string[], folder: string): string[] {
  const own = namesIn(names, folder);
  const manifestsThere = own.filter((name) => manifests.has(name) || juliaManifest.test(name) || isCondaName(name));
  const requirements = requirementsNames(own, namesIn(names, `${folder}requirements/`));
  return [...new Set([...manifestsThere, ...requirements])].map((name) => folder + name);
}

type Read = { name: string; text: string } | { problem: ProjectProblem };

async function readOne(folder: string, name: string, signal: AbortSignal | undefined): Promise<Read> {
  const limit = lockName.test(name) ? largestLock : largestFile;
  const size = await stat(join(folder, name)).then(
    (found) => found.size,
    () => 0,
  );
  const problem = (message: string): Read => ({ problem: { file: name, line: undefined, message } });
  if (size > limit) return problem(`It is larger than ${limit / 1_000_000} MB, and is not read.`);
  const read = await readText(join(folder, name), limit, signal);
  return read === undefined
    ? problem('It cannot be opened: it may be a link to nothing, or yours not to read.')
    : { name, text: read.text };
}

/** The files that a list of requirements or an environment of conda has pip read, relative to the project. */
function includesOf(name: string, text: string): string[] {
  if (!/\.(?:txt|in|lock|ya?ml)$/.test(name)) return [];
  const options = text.matchAll(
    /^[\s'"-]*(?:-r|--requirement|-c|--constraint)[\s=]*["']?([^\s"'#]+(?: [^\s"'#-]+)*)/gm,
  );
  return [...options].map(([, path = '']) =>
    posix.normalize(posix.join(posix.dirname(name), path.replaceAll('\\', '/'))),
  );
}
