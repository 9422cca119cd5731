import { IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import * as v from 'valibot';
import { Failure } from '../host/failure.js';
import { type EngineConnection } from './connection.js';

const pathStat = v.pipe(
  v.string(),
  v.transform((text) => Buffer.from(text, 'base64').toString('utf8')),
  v.parseJson(),
  v.object({ mode: v.number(), mtime: v.string() }),
);

/** What is at a path in a container. */
export interface ContainerPath {
  isFolder: boolean;
  /** RFC 3339, to the nanosecond where the file system has them. */
  modified: string;
}

/** The bit that marks a folder in Go's `os.FileMode`. */
const folderBit = 2 ** 31;

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
  const header = answer instanceof IncomingMessage ? answer.headers['x-docker-container-path-stat'] : undefined;
  const parsed = v.safeParse(pathStat, header);
  if (!parsed.success) return undefined;
  return { isFolder: parsed.output.mode >= folderBit, modified: parsed.output.mtime };
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
