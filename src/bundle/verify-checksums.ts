import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asFailure, cancelled } from '../host/failure.js';
import { isBesideBundle } from './beside-bundle.js';
import { type Check, fetchAgain } from './check.js';
import { checksumsFile, checksumsOf, parseChecksums } from './checksums.js';

/** Compares each file of a bundle with its checksum, and looks for what is missing and what is too much. Rejects only `cancelled`. */
export async function verifyChecksums(
  folder: string,
  signal: AbortSignal,
  onFraction: (fraction: number) => void,
): Promise<Check[]> {
  const checks: Check[] = [];
  let text: string;
  try {
    text = await readFile(join(folder, checksumsFile), 'utf8');
  } catch {
    return [{ id: 'checksums', state: 'failed', message: `There is no ${checksumsFile}.`, remedy: fetchAgain }];
  }
  const lines = parseChecksums(text);
  const present = new Set(await readdir(folder));
  const sizes = await fileSizes(folder, [...present]);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let read = 0;
  let whole = 0;
  for (const line of lines) {
    if ('problem' in line) {
      checks.push({
        id: 'checksums',
        state: 'failed',
        message: `${checksumsFile} has a bad line: ${line.problem}`,
        remedy: fetchAgain,
      });
      continue;
    }
    const { name, sha256 } = line;
    if (!present.delete(name)) {
      checks.push({ id: `checksum:${name}`, state: 'failed', message: `${name} is missing.`, remedy: fetchAgain });
      continue;
    }
    if (!sizes.has(name)) {
      const message = `${name} is no file.`;
      checks.push({ id: `checksum:${name}`, state: 'failed', message, remedy: fetchAgain });
      continue;
    }
    try {
      const found = await checksumsOf(join(folder, name), signal, (count) => {
        read += count;
        onFraction(read / Math.max(1, total));
      });
      if (found.sha256 === sha256) whole++;
      else
        checks.push({
          id: `checksum:${name}`,
          state: 'failed',
          message: `${name} is damaged: its sha256 is not the listed one.`,
          remedy: fetchAgain,
        });
    } catch (error) {
      if (signal.aborted) throw cancelled('The verification');
      checks.push({
        id: `checksum:${name}`,
        state: 'failed',
        message: asFailure(error, `Reading ${name}`).message,
        remedy: fetchAgain,
      });
    }
  }
  for (const name of present) {
    if (name === checksumsFile || isBesideBundle(name)) continue;
    checks.push({
      id: `extra:${name}`,
      state: 'failed',
      message: `${name} is not listed in ${checksumsFile}.`,
      remedy: 'Remove it, or export the bundle again.',
    });
  }
  if (checks.length === 0) {
    checks.push({ id: 'checksums', state: 'passed', message: `All ${whole} listed files have their sha256.` });
  }
  return checks;
}

/** Bytes of those that are files: what links and pipes lead to is no part of a bundle, and may have no end. */
async function fileSizes(folder: string, names: readonly string[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of names) {
    const stats = await lstat(join(folder, name)).catch(() => undefined);
    if (stats?.isFile() === true) sizes.set(name, stats.size);
  }
  return sizes;
}
