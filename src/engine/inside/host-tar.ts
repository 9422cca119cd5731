import { type Stats } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { asFailure, cancelled, errorCode, Failure } from '../../host/failure.js';
import { nameOfBytes } from '../file-names.js';
import { tarEnd, tarHeader, tarPadding } from '../tar/write-tar.js';
import { below } from './paths.js';

/** Files are read in pieces of this size, in bytes. */
const piece = 1024 * 1024;

/** How what is sent is written where it goes. */
interface Options {
  owner: { uid: number; gid: number };
  /** A folder of the tar that all is in, with a name of its own; the tar's root where undefined. */
  folder: string | undefined;
  signal: AbortSignal;
  /** Told the bytes of contents so far. */
  onBytes: (bytes: number) => void;
}

/**
 * Files and folders of the host as a tar: links as what they say, sockets and devices not at all. Rejects `file-not-found`,
 * `file-unreadable`, `cancelled`.
 *
 * @param sources absolute paths
 */
export async function* hostTar(sources: readonly string[], options: Options): AsyncGenerator<Uint8Array> {
  const sent = { bytes: 0 };
  const { folder, owner } = options;
  if (folder !== undefined) {
    yield tarHeader({
      name: `${folder}/`,
      kind: 'folder',
      size: 0,
      modified: Date.now(),
      mode: 0o755,
      ...owner,
      target: '',
    });
  }
  for (const source of sources) {
    const name = basename(source);
    yield* membersOf(Buffer.from(source), folder === undefined ? name : below(folder, name), options, sent);
  }
  yield tarEnd;
}

async function* membersOf(
  source: Buffer,
  name: string,
  options: Options,
  sent: { bytes: number },
): AsyncGenerator<Uint8Array> {
  if (options.signal.aborted) throw cancelled('The upload');
  const stats = await lstat(source).catch((error: unknown) => {
    throw hostFailure(source, error);
  });
  const header = { modified: stats.mtimeMs, mode: stats.mode & 0o777, ...options.owner, target: '', size: 0 };
  if (stats.isDirectory()) {
    yield tarHeader({ ...header, name: `${name}/`, kind: 'folder' });
    const names = await readdir(source, { encoding: 'buffer' }).catch((error: unknown) => {
      throw hostFailure(source, error);
    });
    for (const child of names) {
      const path = Buffer.concat([source, Buffer.from('/'), child]);
      yield* membersOf(path, below(name, nameOfBytes(child)), options, sent);
    }
  } else if (stats.isSymbolicLink()) {
    const target = nameOfBytes(await readlink(source, { encoding: 'buffer' }));
    yield tarHeader({ ...header, name, kind: 'link', mode: 0o777, target });
  } else if (stats.isFile()) yield* contentOf(source, name, stats, header, options, sent);
}

/** Of a file that grows meanwhile, what was there; one that becomes shorter cannot be sent. */
async function* contentOf(
  source: Buffer,
  name: string,
  stats: Stats,
  header: Omit<Parameters<typeof tarHeader>[0], 'name' | 'kind'>,
  { signal, onBytes }: Options,
  sent: { bytes: number },
): AsyncGenerator<Uint8Array> {
  const handle = await open(source, 'r').catch((error: unknown) => {
    throw hostFailure(source, error);
  });
  try {
    yield tarHeader({ ...header, name, kind: 'file', size: stats.size });
    for (let rest = stats.size; rest > 0;) {
      if (signal.aborted) throw cancelled('The upload');
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(piece, rest)));
      if (bytesRead === 0) {
        throw new Failure('file-unreadable', `${String(source)} became shorter while it was read.`, 'Try again.');
      }
      rest -= bytesRead;
      sent.bytes += bytesRead;
      onBytes(sent.bytes);
      yield buffer.subarray(0, bytesRead);
    }
    const padding = tarPadding(stats.size);
    if (padding.length > 0) yield padding;
  } finally {
    await handle.close();
  }
}

function hostFailure(source: Buffer, error: unknown): Failure {
  const path = String(source);
  switch (errorCode(error)) {
    case 'ENOENT':
      return new Failure('file-not-found', `There is nothing at ${path}.`, 'It may have been removed.', {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new Failure('file-unreadable', `${path} cannot be read.`, 'Change its permissions, or leave it out.', {
        cause: error,
      });
    default:
      return asFailure(error, `Reading ${path}`);
  }
}
