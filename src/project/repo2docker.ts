import { join } from 'node:path';
import { type Listing } from './listing.js';
import { type Repo2docker } from './project.js';
import { readText } from './read-text.js';
import { hasName } from './sorted-names.js';

/** The files that repo2docker builds from (https://repo2docker.readthedocs.io/en/latest/configuration/config_files/). */
const configurationFiles: readonly string[] = [
  'Dockerfile',
  'Project.toml',
  'JuliaProject.toml',
  'REQUIRE',
  'environment.yml',
  'Pipfile',
  'Pipfile.lock',
  'requirements.txt',
  'pyproject.toml',
  'setup.py',
  'runtime.txt',
  'install.R',
  'DESCRIPTION',
  'apt.txt',
  'postBuild',
  'start',
];

/** Those that nothing but repo2docker reads: in the project's own folder they tell that it is meant. */
const itsOwn: readonly string[] = ['apt.txt', 'postBuild', 'runtime.txt', 'start'];

/** Those whose text says what to do. */
const withText: readonly string[] = ['apt.txt', 'runtime.txt', 'postBuild', 'start', 'install.R', 'environment.yml'];

/** Enough of any of them, in bytes. */
const largestText = 64 * 1024;

/**
 * What repo2docker would build from; undefined where it would find nothing of its own. Files in `binder` or `.binder` count
 * instead of those in the project's own folder. A file that cannot be read has no text.
 */
export async function readRepo2docker(listing: Listing, signal?: AbortSignal): Promise<Repo2docker | undefined> {
  const inFolder = (folder: string): string[] => {
    const prefix = folder === '' ? '' : `${folder}/`;
    return configurationFiles.filter((name) => hasName(listing.files, `${prefix}${name}`));
  };
  const folder = ['binder', '.binder'].find((name) => inFolder(name).length > 0) ?? '';
  const files = inFolder(folder);
  if (folder === '' && !files.some((name) => itsOwn.includes(name))) return undefined;
  const texts = await Promise.all(
    withText
      .filter((name) => files.includes(name))
      .map(async (name): Promise<[string, string][]> => {
        const read = await readText(join(listing.folder, folder, name), largestText, signal);
        return read === undefined ? [] : [[name, read.text]];
      }),
  );
  return { folder, files, texts: new Map(texts.flat()) };
}
