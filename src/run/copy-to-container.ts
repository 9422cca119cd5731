import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { type EngineConnection } from '../engine/connection.js';
import { writeToContainer } from '../engine/container-files.js';
import { addEntry, bytesOf } from '../engine/saved-image/tar-entries.js';
import { asFailure, cancelled } from '../host/failure.js';

interface Options {
  signal: AbortSignal;
  /** Called with all bytes that were sent so far. */
  onBytes?: (bytes: number) => void;
}

/**
 * Fills a folder of a container with what a folder of this machine has. Every user of the container may read and write it, as
 * the user of this machine may: who the container runs as is not known here.
 *
 * @param source absolute path; undefined only opens the container's folder for every user
 */
export async function fillFolder(
  connection: EngineConnection,
  container: string,
  source: string | undefined,
  target: string,
  options: Options,
): Promise<void> {
  // From the folder above: an engine leaves the folder that it unpacks into as it is.
  const name = posix.basename(target);
  await send(connection, container, posix.dirname(target), options, async (tar, count) => {
    await addEntry(tar, { name: `${name}/`, type: 'directory', mode: 0o777 });
    if (source !== undefined) await addBelow(tar, source, '', name, options.signal, count);
  });
}

/** Puts a file of this machine into a container, with the folders that it takes. */
export async function placeFile(
  connection: EngineConnection,
  container: string,
  source: string,
  target: string,
  options: Options,
): Promise<void> {
  await send(connection, container, '/', options, (tar, count) =>
    realpath(source).then((file) => addOne(tar, file, target.replace(/^\/+/, ''), options.signal, count)),
  );
}

async function send(
  connection: EngineConnection,
  container: string,
  folder: string,
  { signal, onBytes }: Options,
  write: (tar: Pack, count: (bytes: number) => void) => Promise<void>,
): Promise<void> {
  const tar = pack();
  // It may fail before the engine reads it.
  tar.on('error', () => undefined);
  const readable = Readable.from(bytesOf(tar), { objectMode: false });
  let sent = 0;
  const writing = write(tar, (bytes) => {
    sent += bytes;
    onBytes?.(sent);
  }).then(
    () => {
      tar.finalize();
    },
    (error: unknown) => {
      const failure = signal.aborted ? cancelled('Sending the folder') : asFailure(error, 'Sending the folder');
      tar.destroy(failure);
      throw failure;
    },
  );
  await Promise.all([writing, writeToContainer(connection, container, folder, readable, signal)]);
}

async function addBelow(
  tar: Pack,
  folder: string,
  inside: string,
  prefix: string,
  signal: AbortSignal,
  count: (bytes: number) => void,
): Promise<void> {
  for (const name of (await readdir(join(folder, inside))).sort()) {
    const path = inside === '' ? name : `${inside}/${name}`;
    const stats = await lstat(join(folder, path));
    if (stats.isDirectory()) {
      await addEntry(tar, { name: `${prefix}/${path}/`, type: 'directory', mode: 0o777, mtime: stats.mtime });
      await addBelow(tar, folder, path, prefix, signal, count);
    } else await addOne(tar, join(folder, path), `${prefix}/${path}`, signal, count);
  }
}

async function addOne(
  tar: Pack,
  source: string,
  name: string,
  signal: AbortSignal,
  count: (bytes: number) => void,
): Promise<void> {
  signal.throwIfAborted();
  const stats = await lstat(source);
  const { mtime } = stats;
  if (stats.isSymbolicLink()) {
    await addEntry(tar, { name, type: 'symlink', linkname: await readlink(source), mtime });
    return;
  }
  if (!stats.isFile()) return;
  const mode = (stats.mode & 0o111) | 0o666;
  if (stats.size === 0) {
    await addEntry(tar, { name, mode, size: 0, mtime });
    return;
  }
  await pour(source, stats.size, tar.entry({ name, mode, size: stats.size, mtime }), signal, count);
}

/** Of a file that grows meanwhile, what was there; one that becomes shorter cannot be sent. */
async function pour(
  source: string,
  size: number,
  sink: NodeJS.WritableStream,
  signal: AbortSignal,
  count: (bytes: number) => void,
): Promise<void> {
  let rest = size;
  const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      rest -= chunk.length;
      count(chunk.length);
      yield chunk;
    }
    if (rest > 0) throw new Error(`${basename(source)} became shorter while it was read`);
  };
  await pipeline(createReadStream(source, { end: size - 1, highWaterMark: 1024 * 1024 }), counted, sink, { signal });
}
