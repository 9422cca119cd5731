import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCode } from '../host/failure.js';
import { type OutputFile } from './record.js';

/** Files that are looked at together. */
const atOnce = 32;
/** Below this size a file is read in one piece, in bytes. */
const small = 256 * 1024;

interface Options {
  signal: AbortSignal;
  /** Checksums that are known already, by paths. */
  known?: ReadonlyMap<string, string>;
  onFile?: (count: number) => void;
}

/**
 * The files below a folder with sizes and checksums, sorted by path. Symbolic links are listed as what they say and not
 * followed; what may not be read is listed without a checksum, a folder with a `/` at its end; sockets and pipes are not.
 */
export async function listOutputs(folder: string, options: Options): Promise<OutputFile[]> {
  const outputs: OutputFile[] = [];
  const folders = [''];
  for (let inside = folders.pop(); inside !== undefined; inside = folders.pop()) {
    options.signal.throwIfAborted();
    const names = await unlessForbidden(readdir(join(folder, inside)));
    if (names === undefined) outputs.push({ path: `${inside}/`, size: 0 });
    const paths = (names ?? []).map((name) => (inside === '' ? name : `${inside}/${name}`));
    for (let at = 0; at < paths.length; at += atOnce) {
      const looked = await Promise.all(paths.slice(at, at + atOnce).map((path) => lookAt(folder, path, options)));
      for (const what of looked) {
        if (typeof what === 'string') folders.push(what);
        else if (what !== undefined) outputs.push(what);
      }
      options.onFile?.(outputs.length);
    }
  }
  return outputs.sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** The path of a folder, or a file; undefined for what is neither, or is gone meanwhile. */
async function lookAt(
  folder: string,
  path: string,
  { known, signal }: Options,
): Promise<OutputFile | string | undefined> {
  const file = join(folder, path);
  try {
    const stats = await lstat(file);
    if (stats.isDirectory()) return path;
    if (stats.isSymbolicLink()) return { path, link: await readlink(file) };
    if (!stats.isFile()) return undefined;
    const { size } = stats;
    const sha256 = known?.get(path) ?? (await unlessForbidden(hashFile(file, size, signal)));
    return { path, size, ...(sha256 === undefined ? {} : { sha256 }) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function unlessForbidden<Value>(value: Promise<Value>): Promise<Value | undefined> {
  try {
    return await value;
  } catch (error) {
    if (errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM') return undefined;
    throw error;
  }
}

async function hashFile(file: string, size: number, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  if (size < small) hash.update(await readFile(file, { signal }));
  else await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash, { signal });
  return hash.digest('hex');
}
