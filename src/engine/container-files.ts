import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { Failure } from '../host/failure.js';
import { type EngineConnection } from './connection.js';
import { saidPath } from './path-stat.js';
import { addEntry, bytesOf, tarEntries } from './saved-image/tar-entries.js';

/** What is at a path in a container. */
export interface ContainerPath {
  isFolder: boolean;
  /** RFC 3339, to the nanosecond where the file system has them. */
  modified: string;
}

/**
 * Looks at a path in a container, running or not; mounts count as the container sees them. Undefined where there is
 * nothing, or where the engine cannot look.
 */
export async function statInContainer(
  connection: EngineConnection,
  container: string,
  path: string,
  signal?: AbortSignal,
): Promise<ContainerPath | undefined> {
  let answer: Readable;
  try {
    answer = await connection.stream({
      method: 'HEAD',
      path: `/containers/${container}/archive`,
      query: { path },
      signal,
    });
  } catch (error) {
    // The answer to a HEAD says no more than its number.
    if (error instanceof Failure && error.reason === 'engine-refused') return undefined;
    throw error;
  }
  answer.resume();
  const said = saidPath(answer);
  return said === undefined ? undefined : { isFolder: said.kind === 'folder', modified: said.modified };
}

/**
 * What is at a path in a container, running or not, as a tar whose names begin with the last part of the path. Rejects
 * where nothing is there: ask `statInContainer` first.
 */
export function readFromContainer(
  connection: EngineConnection,
  container: string,
  path: string,
  signal?: AbortSignal,
): Promise<Readable> {
  return connection.stream({ method: 'GET', path: `/containers/${container}/archive`, query: { path }, signal });
}

/** Unpacks a tar, with its owners and modes, into a folder that is there in a container, running or not. */
export async function writeToContainer(
  connection: EngineConnection,
  container: string,
  folder: string,
  tar: Readable,
  signal?: AbortSignal,
): Promise<void> {
  await connection.request({
    method: 'PUT',
    path: `/containers/${container}/archive`,
    query: { path: folder },
    upload: tar,
    signal,
  });
}

/**
 * Gives a file or a folder with all that is in it to another owner, for containers that have no program for that: it is read
 * from one container and written by another one that has the same mounts. An engine lets nobody write to a container that is
 * read from.
 *
 * Rejects `disk-full` before a file that would not fit is touched: the engine removes what it writes anew.
 *
 * @param room bytes that there are for the second copy of a file
 */
export async function changeOwner(
  connection: EngineConnection,
  containers: { from: string; to: string },
  path: string,
  owner: { uid: number; gid: number },
  room: number,
  signal?: AbortSignal,
): Promise<void> {
  const source = await readFromContainer(connection, containers.from, path, signal);
  const sink = pack();
  // It may fail before the engine reads it.
  sink.on('error', () => undefined);
  const copying = copyWithOwner(source, sink, owner, room).catch((error: unknown) => {
    sink.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  const tar = Readable.from(bytesOf(sink), { objectMode: false });
  await Promise.all([copying, writeToContainer(connection, containers.to, posix.dirname(path), tar, signal)]);
}

async function copyWithOwner(
  source: Readable,
  sink: Pack,
  owner: { uid: number; gid: number },
  room: number,
): Promise<void> {
  for await (const { header, content } of tarEntries(source)) {
    if (header.size > room) {
      throw new Failure('disk-full', `There is no room to write ${header.name} anew.`, 'Free some space first.');
    }
    const changed = { ...header, ...owner, uname: '', gname: '' };
    if (header.type === 'file' && header.size > 0) await pour(content, sink.entry(changed));
    else await addEntry(sink, changed);
  }
  sink.finalize();
}

function pour(content: AsyncIterable<Uint8Array>, sink: NodeJS.WritableStream): Promise<void> {
  return pipeline(content, sink);
}
