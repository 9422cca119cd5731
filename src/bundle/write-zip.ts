import { createReadStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { bytesOf } from '../engine/saved-image/tar-entries.js';
import { asFailure, cancelled, Failure } from '../host/failure.js';

/** A file or a symbolic link of a zip. */
export interface ZipEntry {
  /** Relative, with `/`; see `isZipName`. */
  name: string;
  source:
    | { kind: 'file'; path: string }
    | { kind: 'bytes'; bytes: Uint8Array }
    /** Read to its end before the next entry is asked for. */
    | { kind: 'stream'; content: AsyncIterable<Uint8Array> }
    | { kind: 'link'; target: string };
  /** Only whether anybody may execute it is kept; where undefined, a file's own mode counts. */
  mode?: number;
}

/** Noon, for yazl writes the local time: whatever the time zone, it is this day and this hour. */
const fixedTime = new Date(1980, 0, 1, 12);

/**
 * Writes a zip (APPNOTE 6.3, with zip64 where it is needed) whose bytes depend on nothing but its entries and the zlib of
 * this Node: entries in the order given, one time for all, modes 0644 or 0755, names in UTF-8. Contents are streamed. The
 * file appears when it is whole.
 *
 * Rejects `invalid-argument` for a name that is none or comes twice, `file-unreadable`, `disk-full`, `folder-not-writable`,
 * `cancelled`, and what the entries throw.
 */
export async function writeZip(
  file: string,
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  signal: AbortSignal,
): Promise<void> {
  const partial = `${file}.partial`;
  try {
    const handle = await open(partial, 'w');
    try {
      await fill(handle.createWriteStream({ flush: true }), entries, signal);
    } finally {
      await handle.close();
    }
    signal.throwIfAborted();
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    const what = `Writing ${basename(file)}`;
    throw signal.aborted ? cancelled(what) : asFailure(error, what);
  }
}

/**
 * Whether a zip can have an entry of this name and every system's tools unpack it into their folder, and nowhere else. A name
 * of bytes that were no UTF-8 is none: it was read with U+FFFD in their place.
 */
export function isZipName(name: string): boolean {
  if (/[\\\0\uFFFD]|\p{Cs}/u.test(name) || /^[A-Za-z]:/.test(name) || Buffer.byteLength(name) > 0xffff) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Either side may fail first, and then stops the other one. */
async function fill(
  output: NodeJS.WritableStream,
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  signal: AbortSignal,
): Promise<void> {
  const zip = new ZipFile();
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const errors: unknown[] = [];
  const stopAll = (error: unknown): void => {
    errors.push(error);
    failed.abort();
  };
  await Promise.all([
    pipeline(zip.outputStream, output, { signal: stop }).catch(stopAll),
    addAll(zip, entries, stop).catch(stopAll),
  ]);
  if (errors.length > 0) throw errors[0];
}

async function addAll(
  zip: ZipFile,
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  signal: AbortSignal,
): Promise<void> {
  const names = new Set<string>();
  for await (const entry of entries) {
    signal.throwIfAborted();
    if (!isZipName(entry.name)) throw badName(entry.name, 'cannot be the name of a file in a zip');
    if (names.has(entry.name)) throw badName(entry.name, 'would be in the zip twice');
    names.add(entry.name);
    const mode = await modeOf(entry);
    const content = new PassThrough();
    zip.addReadStream(content, entry.name, { mtime: fixedTime, forceDosTimestamp: true, mode });
    await pipeline(contentOf(entry), content, { signal });
  }
  zip.end();
}

/** With the type of file, as in `st_mode`. */
async function modeOf({ source, mode }: ZipEntry): Promise<number> {
  if (source.kind === 'link') return 0o120777;
  const own = source.kind === 'file' ? await fileMode(source.path) : 0;
  return ((mode ?? own) & 0o111) === 0 ? 0o100644 : 0o100755;
}

async function fileMode(path: string): Promise<number> {
  const stats = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  // A pipe would be waited for without an end.
  if (!stats.isFile()) throw unreadable(path, new Error('it is not a file'));
  return stats.mode;
}

async function* contentOf({ source }: ZipEntry): AsyncGenerator<Uint8Array> {
  switch (source.kind) {
    case 'bytes':
      yield source.bytes;
      break;
    case 'link':
      yield Buffer.from(source.target);
      break;
    case 'stream':
      yield* source.content;
      break;
    case 'file':
      try {
        yield* bytesOf(createReadStream(source.path, { highWaterMark: 1 << 18 }));
      } catch (error) {
        throw unreadable(source.path, error);
      }
  }
}

function badName(name: string, why: string): Failure {
  return new Failure('invalid-argument', `“${name}” ${why}.`, 'Rename the file, then export again.');
}

function unreadable(path: string, error: unknown): Failure {
  return new Failure(
    'file-unreadable',
    `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    'Change its permissions or leave it out, then export again.',
    { cause: error },
  );
}
