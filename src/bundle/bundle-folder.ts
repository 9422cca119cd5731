import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode, Failure } from '../host/failure.js';

/** Rejects `folder-not-empty` where the folder holds anything; a folder that does not exist is empty. */
export async function requireEmpty(folder: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw notWritable(folder, error);
  }
  if (names.length === 0) return;
  throw new Failure(
    'folder-not-empty',
    `The folder ${folder} is not empty.`,
    'Choose a new folder: a bundle is never written over anything.',
  );
}

/** Makes a folder beside the final one, to be filled and then moved into its place. Rejects `folder-not-writable`. */
export async function makePartialFolder(folder: string): Promise<string> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    // An ordinary folder, unlike temporary ones, which are for their owner alone.
    const partial = join(dirname(folder), `.${basename(folder)}.partial-${randomBytes(3).toString('hex')}`);
    await mkdir(partial);
    return partial;
  } catch (error) {
    throw notWritable(dirname(folder), error);
  }
}

/** Gives the filled folder its final name, where there is nothing or an empty folder. */
export async function moveIntoPlace(partial: string, folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST') await requireEmpty(folder);
    if (errorCode(error) !== 'ENOENT') throw notWritable(folder, error);
  }
  await rename(partial, folder);
}

function notWritable(folder: string, error: unknown): Failure {
  return new Failure(
    'folder-not-writable',
    `The folder ${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    'Choose a folder that you may write to.',
    { cause: error },
  );
}
