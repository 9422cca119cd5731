import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCode, Failure } from '../host/failure.js';
import { type OutputFile } from './record.js';

/** What to do when the host folder already holds something. */
export type WhenNotEmpty = 'fail' | 'use' | 'subfolder';

/**
 * Makes the host folder of an output binding ready and resolves to the folder to bind: the one asked for, or a fresh
 * subfolder of it named after the time.
 *
 * Rejects `output-not-empty` (with `fail`) and `output-not-writable`.
 */
export async function prepareOutputFolder(folder: string, whenNotEmpty: WhenNotEmpty, now: Date): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    const names = await readdir(folder);
    await access(folder, constants.W_OK | constants.X_OK);
    if (names.length === 0 || whenNotEmpty === 'use') return folder;
    if (whenNotEmpty === 'subfolder') {
      const fresh = join(
        folder,
        now
          .toISOString()
          .replace(/\.\d+Z$/, 'Z')
          .replaceAll(':', '-'),
      );
      await mkdir(fresh);
      return fresh;
    }
  } catch (error) {
    throw new Failure(
      'output-not-writable',
      `The output folder ${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Choose a folder that you may write to, or change its permissions.',
      { cause: error },
    );
  }
  throw new Failure(
    'output-not-empty',
    `The output folder ${folder} is not empty.`,
    'Choose an empty folder, a fresh subfolder, or say that it may be used as it is.',
  );
}

/**
 * The files below a folder with sizes and checksums, sorted by path. Symbolic links are not followed; what may not be
 * read is listed without a checksum, a folder with a `/` at its end.
 */
export async function listOutputs(folder: string, signal: AbortSignal): Promise<OutputFile[]> {
  const outputs: OutputFile[] = [];
  const walk = async (inside: string): Promise<void> => {
    const names = await unlessForbidden(readdir(join(folder, inside)));
    if (names === undefined) outputs.push({ path: `${inside}/`, size: 0, sha256: undefined });
    for (const name of (names ?? []).sort()) {
      const path = inside === '' ? name : `${inside}/${name}`;
      const stats = await lstat(join(folder, path));
      if (stats.isDirectory()) await walk(path);
      else if (stats.isFile()) {
        const sha256 = await unlessForbidden(hashFile(join(folder, path), signal));
        outputs.push({ path, size: stats.size, sha256 });
      }
    }
  };
  await walk('');
  return outputs;
}

async function unlessForbidden<Value>(value: Promise<Value>): Promise<Value | undefined> {
  try {
    return await value;
  } catch (error) {
    if (errorCode(error) === 'EACCES') return undefined;
    throw error;
  }
}

async function hashFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest('hex');
}
