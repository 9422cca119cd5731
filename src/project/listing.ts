import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, Failure } from '../host/failure.js';
import { recordsFolder } from './records-folder.js';

/** The files of a project's folder, as far as they were listed. */
export interface Listing {
  /** Absolute path of the folder. */
  folder: string;
  /** Relative to the folder, with `/`, sorted. Without git's own files, environments, caches and our records. */
  files: readonly string[];
  /** Whether files beyond the limit were left out. */
  isCut: boolean;
}

/** Folders, and git's file of that name in a worktree, that belong to tools wherever they are. */
const leftOut = new Set([
  ...['.git', '.hg', '.svn', '.jj'],
  ...['node_modules', '.venv', 'venv', '.pixi', '.direnv', '__pypackages__', '.eggs'],
  ...['__pycache__', '.tox', '.nox', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.hypothesis', '.cache'],
  ...['.ipynb_checkpoints', '.virtual_documents', '.snakemake', '.nextflow', '.Rproj.user', '.quarto'],
  recordsFolder,
]);
/** Folders that belong to tools by the folder that they are in. */
const leftOutBelow =
  /(?:^|\/)(?:renv\/(?:library|staging|sandbox|python|cellar|lock)|packrat\/(?:lib|src).*|\.dvc\/(?:cache|tmp))$/;
/** Of a folder that has one of these: an environment of Python or conda. */
const signs = new Set(['pyvenv.cfg', 'conda-meta']);
/** Of a folder below the project's own: what CMake has built. */
const buildSign = 'CMakeCache.txt';
const defaultLimit = 200_000;
const foldersAtOnce = 32;

/**
 * Lists a project's files, those of folders further up first where there are more than the limit. Links to folders are
 * not followed, links to files are files. What cannot be read is left out.
 *
 * Rejects `file-not-found` or `not-a-folder` for the folder itself, `file-unreadable` where it may not be read.
 *
 * @param options.limit number of files
 */
export async function listProject(
  folder: string,
  { signal, limit = defaultLimit }: { signal?: AbortSignal; limit?: number } = {},
): Promise<Listing> {
  const files: string[] = [];
  const add = (below: Below): readonly string[] => {
    for (const file of below.files) files.push(file);
    return below.folders;
  };
  let folders = add(await listOwnFolder(folder));
  while (folders.length > 0 && files.length <= limit) {
    const next: string[] = [];
    for (let start = 0; start < folders.length && files.length <= limit; start += foldersAtOnce) {
      signal?.throwIfAborted();
      const some = folders.slice(start, start + foldersAtOnce);
      const listed = await Promise.all(some.map((path) => listFolder(folder, path).catch(() => nothing)));
      for (const below of listed) next.push(...add(below));
    }
    folders = next;
  }
  return { folder, files: files.slice(0, limit).sort(), isCut: files.length > limit };
}

interface Below {
  files: readonly string[];
  folders: readonly string[];
}

const nothing: Below = { files: [], folders: [] };

async function listOwnFolder(folder: string): Promise<Below> {
  try {
    return await listFolder(folder, '');
  } catch (error) {
    throw unlistable(error, folder);
  }
}

/** @param path of a folder, relative to the project's; empty for that one */
async function listFolder(project: string, path: string): Promise<Below> {
  const entries = await readdir(join(project, path), { withFileTypes: true });
  if (path !== '' && entries.some(({ name }) => signs.has(name) || name === buildSign)) return nothing;
  const files: string[] = [];
  const folders: string[] = [];
  const links: string[] = [];
  for (const entry of entries) {
    if (leftOut.has(entry.name)) continue;
    const name = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isFile()) files.push(name);
    else if (entry.isDirectory() && !leftOutBelow.test(name)) folders.push(name);
    else if (entry.isSymbolicLink()) links.push(name);
  }
  const areFiles = await Promise.all(
    links.map((name) =>
      stat(join(project, name)).then(
        (found) => found.isFile(),
        () => false,
      ),
    ),
  );
  files.push(...links.filter((_, index) => areFiles[index]));
  return { files: files.sort(), folders: folders.sort() };
}

function unlistable(error: unknown, folder: string): unknown {
  switch (errorCode(error)) {
    case 'ENOENT':
      return new Failure('file-not-found', `The folder ${folder} is not there.`, 'Choose a folder that exists.', {
        cause: error,
      });
    case 'ENOTDIR':
      return new Failure('not-a-folder', `${folder} is not a folder.`, 'Choose the folder of the project.', {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new Failure(
        'file-unreadable',
        `The folder ${folder} may not be read.`,
        'Change its permissions, or choose another folder.',
        { cause: error },
      );
    default:
      return error;
  }
}
