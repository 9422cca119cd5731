import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, Failure } from '../host/failure.js';
import { timestamp } from './record.js';

/** What to do when the host folder already holds something. */
export type WhenNotEmpty = 'fail' | 'use' | 'subfolder';

/** A host folder that is ready to be bound. */
export interface OutputFolder {
  /** Absolute path. */
  path: string;
  /** Whether all that is in it after the run was left by the run. */
  isFresh: boolean;
  /** When it was changed last, in nanoseconds since 1970: just now, which tells it from another of the same name. */
  modified: bigint;
}

/** Leftovers of a write that was tried are no content. */
const trialName = '.research-containers-trial';

/**
 * Makes the host folder of an output binding ready: the one asked for, or a fresh subfolder of it named after the time.
 *
 * Rejects `output-not-empty` (with `fail`), `output-not-writable` and `disk-full`.
 */
export async function prepareOutputFolder(
  folder: string,
  whenNotEmpty: WhenNotEmpty,
  now: Date,
): Promise<OutputFolder> {
  try {
    await mkdir(folder, { recursive: true });
    const isFresh = (await readdir(folder)).every((name) => name === trialName);
    const path = isFresh || whenNotEmpty !== 'subfolder' ? folder : await freshSubfolder(folder, now);
    if (isFresh || whenNotEmpty !== 'fail') {
      return { path, isFresh: isFresh || path !== folder, modified: await tryWriting(path) };
    }
  } catch (error) {
    throw notWritable(folder, error);
  }
  throw new Failure(
    'output-not-empty',
    `The output folder ${folder} is not empty.`,
    'Choose an empty folder, a fresh subfolder, or say that it may be used as it is.',
  );
}

/** How many entries a folder has; 0 for one that is not there. Rejects `output-not-writable` for one that is none. */
export async function countEntries(folder: string): Promise<number> {
  try {
    return (await readdir(folder)).filter((name) => name !== trialName).length;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw notWritable(folder, error);
  }
}

/** Two runs may begin in one second, and clocks are set back. */
async function freshSubfolder(folder: string, now: Date): Promise<string> {
  for (let count = 1; ; count++) {
    const path = join(folder, `${timestamp(now)}${count === 1 ? '' : `-${count}`}`);
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** Permissions do not tell what a network's file system or a full disk will take. */
async function tryWriting(folder: string): Promise<bigint> {
  const trial = join(folder, trialName);
  await writeFile(trial, 'x');
  await rm(trial);
  return (await stat(folder, { bigint: true })).mtimeNs;
}

function notWritable(folder: string, error: unknown): Failure {
  const cause = { cause: error };
  if (errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT') {
    return new Failure('disk-full', `There is no room for results in ${folder}.`, 'Free some space first.', cause);
  }
  return new Failure(
    'output-not-writable',
    `The output folder ${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    'Choose a folder that you may write to, or change its permissions.',
    cause,
  );
}
