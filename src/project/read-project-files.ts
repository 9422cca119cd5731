import { posix } from 'node:path';
import { cmakeLists } from './cmake-sources.js';
import { isCondaName } from './conda-sources.js';
import { type Listing } from './listing.js';
import { requirementsNames } from './pip-sources.js';
import { type ProjectProblem } from './project.js';
import { ProjectFiles } from './project-files.js';
import { readWithinLimits } from './read-within-limits.js';
import { hasName, namesIn } from './sorted-names.js';
import { versionFiles } from './version-statements.js';

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
  const read = await readWithinLimits(folder, name, signal);
  return 'text' in read
    ? { name, text: read.text }
    : { problem: { file: name, line: undefined, message: read.problem } };
}

/** The files that a list of requirements or an environment of conda has pip read, relative to the project. */
function includesOf(name: string, text: string): string[] {
  if (!/\.(?:txt|in|lock|ya?ml)$/.test(name)) return [];
  const options = text.matchAll(
    /^[ \t'"-]*(?:-r|--requirement|-c|--constraint)[\s=]*["']?([^\s"'#]+(?: [^\s"'#-]+)*)/gm,
  );
  return [...options].map(([, path = '']) =>
    posix.normalize(posix.join(posix.dirname(name), path.replaceAll('\\', '/'))),
  );
}
