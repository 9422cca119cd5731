import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from './read-text.js';
import { skimFile, skimmerFor } from './skimming/skim-file.js';
import { UnfitText } from './skimming/whole-lines.js';

/** Of a file that is read whole, in bytes: beyond that it is a list of packages, or not what its name says. */
const largestWhole = 1_000_000;
/** Of a list of packages, in bytes, which is read in pieces beyond what is read whole. */
const largestSkimmed = 64_000_000;

/**
 * The text of a file that says what a project depends on, or a sentence that says why it is not read. A lock file or a list for
 * pip over 1 MB is read in pieces, and what of it is not used is left out: its lines are empty, so that the others keep their
 * numbers.
 *
 * @param file relative to the folder
 */
export async function readWithinLimits(
  folder: string,
  file: string,
  signal?: AbortSignal,
): Promise<{ text: string } | { problem: string }> {
  const path = join(folder, file);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  const skimmer = size > largestWhole ? skimmerFor(file) : undefined;
  const limit = skimmer === undefined ? largestWhole : largestSkimmed;
  if (size > limit) return { problem: `It is larger than ${limit / 1_000_000} MB, and is not read.` };
  if (skimmer === undefined) return (await readText(path, limit, signal)) ?? unreadable;
  try {
    return { text: await skimFile(path, skimmer, signal) };
  } catch (error) {
    signal?.throwIfAborted();
    return error instanceof UnfitText ? { problem: error.message } : unreadable;
  }
}

const unreadable = { problem: 'It cannot be opened: it may be a link to nothing, or yours not to read.' };
