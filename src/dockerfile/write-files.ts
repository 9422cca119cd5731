import { randomUUID } from 'node:crypto';
import { access, chmod, constants, lstat, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asFailure, cancelled, errorCode, Failure } from '../host/failure.js';
import { type GeneratedFiles } from './create-dockerfile.js';
import { mergeDockerignore } from './recipes/dockerignore.js';
import { insertReadmeSection } from './recipes/readme-section.js';

/** A file of the project as it is and as it is to be. */
export interface PlannedFile {
  /** In the project's folder. */
  name: string;
  /** `whole`: what is there is replaced. `merged`: what is there stays, and is added to. */
  kind: 'whole' | 'merged';
  /** Undefined where there is no such file. */
  before: string | undefined;
  after: string;
}

/** What the generated files are called; undefined leaves one out. */
export interface FileNames {
  dockerfile: string | undefined;
  dockerignore: string | undefined;
  readme: string | undefined;
}

/** Rejects `not-a-folder`, and `folder-not-writable` where nothing could be written. */
export async function requireWritableFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Failure('not-a-folder', `There is no folder ${folder}.`, 'Choose the folder of a project.');
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new Failure(
      'folder-not-writable',
      `Nothing can be written into ${folder}.`,
      'Change its permissions, or copy the project to a folder that you may write to.',
      { cause: error },
    );
  }
}

/** Rejects `file-exists` where something of that name is in the folder. */
export async function requireFree(folder: string, name: string): Promise<void> {
  if (await isTaken(folder, name)) throw alreadyThere(join(folder, name));
}

/** Whether something of that name is in the folder, a link that leads nowhere included. */
export async function isTaken(folder: string, name: string): Promise<boolean> {
  return (await existing(join(folder, name))) !== undefined;
}

/**
 * What the generated files make of those that are there: the Dockerfile takes the place of an earlier one, to `.dockerignore` and
 * README is added. Line ends of files that are added to stay as they are.
 *
 * Rejects `file-unreadable` for a file to add to that is not UTF-8, `file-exists` for a folder or a link that leads nowhere.
 */
export async function planFiles(folder: string, generated: GeneratedFiles, names: FileNames): Promise<PlannedFile[]> {
  const { dockerfile, dockerignore, readme } = names;
  const plans: Promise<PlannedFile>[] = [];
  const merged = (name: string, merge: (before: string | undefined) => string): Promise<PlannedFile> =>
    planOne(folder, name, 'merged', (before) => withLineEndsOf(before, merge));
  if (dockerfile !== undefined) plans.push(planOne(folder, dockerfile, 'whole', () => generated.dockerfile));
  if (dockerignore !== undefined) {
    const wanted = generated.dockerignore;
    plans.push(merged(dockerignore, (before) => (before === undefined ? wanted : mergeDockerignore(before, wanted))));
  }
  if (readme !== undefined) {
    plans.push(merged(readme, (before) => insertReadmeSection(before, generated.readmeSection)));
  }
  return Promise.all(plans);
}

/**
 * Writes the files, each beside its name first and moved there when all are whole; links are followed and permissions kept.
 *
 * Rejects before anything is changed: `file-exists` for a file to be replaced where that was not said, and for one that was
 * changed since it was planned, `folder-not-writable`, `disk-full`, `cancelled`. What fails later says which files are
 * written.
 *
 * @returns the absolute paths
 */
export async function writeGenerated(
  folder: string,
  files: readonly PlannedFile[],
  choice: 'fail' | 'replace',
  signal: AbortSignal,
): Promise<string[]> {
  const replaced = files.find(({ kind, before }) => kind === 'whole' && before !== undefined);
  if (choice === 'fail' && replaced !== undefined) throw alreadyThere(join(folder, replaced.name));
  const waiting: WaitingFile[] = [];
  try {
    for (const file of files) {
      signal.throwIfAborted();
      waiting.push(await writeBeside(folder, file));
    }
    signal.throwIfAborted();
    for (const file of files) await requireUnchanged(folder, file);
    return await moveAll(waiting);
  } catch (error) {
    if (signal.aborted) throw cancelled('Writing the files');
    throw asFailure(error, 'Writing the files');
  } finally {
    await Promise.all(waiting.map(({ beside }) => rm(beside, { force: true })));
  }
}

/** A file that is whole, and waits beside the place that it is for. */
interface WaitingFile {
  path: string;
  beside: string;
  target: string;
}

async function writeBeside(folder: string, { name, after }: PlannedFile): Promise<WaitingFile> {
  const path = join(folder, name);
  const there = await existing(path);
  const target = there === undefined ? path : await realpath(path);
  const beside = join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`);
  try {
    await writeFile(beside, after, { flag: 'wx' });
    if (there !== undefined) await chmod(beside, there.mode);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  return { path, beside, target };
}

async function requireUnchanged(folder: string, { name, before }: PlannedFile): Promise<void> {
  const path = join(folder, name);
  if ((await textOf(path, 'any')) === before) return;
  throw new Failure('file-exists', `${path} was changed meanwhile.`, 'Create the files again from what is there now.');
}

/** There is no going back from the first file on, so a raised signal does not stop between two of them. */
async function moveAll(waiting: readonly WaitingFile[]): Promise<string[]> {
  const written: string[] = [];
  for (const { path, beside, target } of waiting) {
    try {
      await rename(beside, target);
    } catch (error) {
      const failure = asFailure(error, `Writing ${path}`);
      const told = written.length === 0 ? 'No file was written.' : `These files are written: ${written.join(', ')}.`;
      throw new Failure(failure.reason, `${failure.message} ${told}`, failure.remedy, { cause: error });
    }
    written.push(path);
  }
  return written;
}

async function planOne(
  folder: string,
  name: string,
  kind: PlannedFile['kind'],
  change: (before: string | undefined) => string,
): Promise<PlannedFile> {
  const before = await textOf(join(folder, name), kind === 'merged' ? 'utf-8' : 'any');
  return { name, kind, before, after: change(before) };
}

/** @param encoding what is not UTF-8 is refused where it is written back, and otherwise only compared */
async function textOf(path: string, encoding: 'utf-8' | 'any'): Promise<string | undefined> {
  if ((await existing(path)) === undefined) return undefined;
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    switch (errorCode(error)) {
      case 'ENOENT':
      case 'ELOOP':
        throw new Failure('file-exists', `${path} is a link that leads nowhere.`, 'Remove it first.', { cause: error });
      case 'EISDIR':
        throw new Failure('file-exists', `${path} is a folder.`, 'Rename it first.', { cause: error });
      default:
        throw new Failure('file-unreadable', `${path} cannot be read.`, 'Change its permissions.', { cause: error });
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: encoding === 'utf-8', ignoreBOM: true }).decode(content);
  } catch (error) {
    throw new Failure(
      'file-unreadable',
      `${path} is not UTF-8: nothing can be added to it without harm.`,
      'Save it as UTF-8, or leave it out.',
      { cause: error },
    );
  }
}

async function existing(path: string): Promise<{ mode: number } | undefined> {
  try {
    const found = await lstat(path);
    return found.isSymbolicLink() ? await stat(path).catch(() => found) : found;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function withLineEndsOf(before: string | undefined, merge: (before: string | undefined) => string): string {
  if (before?.includes('\r\n') !== true) return merge(before);
  return merge(before.replaceAll('\r\n', '\n')).replaceAll('\n', '\r\n');
}

function alreadyThere(path: string): Failure {
  return new Failure(
    'file-exists',
    `${path} exists already.`,
    'Remove it first, or ask for it to be replaced (existing: replace).',
  );
}
