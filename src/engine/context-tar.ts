import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Header, type Pack } from 'tar-stream';
import { asFailure, cancelled, errorCode, type Failure } from '../host/failure.js';
import { Patterns, readIgnoreFile } from '../host/ignore-patterns.js';
import { type SyncedFolder, unreadable } from './buildkit/file-sync/file-sync.js';
import { type Entry, type Filter, walk } from './buildkit/file-sync/walk.js';
import { addEntry } from './saved-image/tar-entries.js';

/** What `<Dockerfile>.dockerignore`, or else the context's `.dockerignore`, leaves of a context. */
export async function contextFilter(context: SyncedFolder, dockerfile: string): Promise<Filter> {
  const lines = await ignoreLines([`${dockerfile}.dockerignore`, join(context.path, '.dockerignore')]);
  try {
    return {
      include: undefined,
      exclude: lines.length === 0 ? undefined : new Patterns(lines),
      unseen: context.unseen,
    };
  } catch (error) {
    throw unreadable(join(context.path, '.dockerignore'), error);
  }
}

async function ignoreLines(files: readonly string[]): Promise<string[]> {
  for (const file of files) {
    try {
      return readIgnoreFile(await readFile(file, 'utf8'));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw unreadable(file, error);
    }
  }
  return [];
}

/** The Dockerfile's name in a tar whose context it does not lie in. */
const foreignDockerfile = '.research-containers.Dockerfile';

/**
 * A build context as a tar with owner 0:0 and modes as they are, for engines that take no session; and the name that the
 * Dockerfile has in it, wherever it lies.
 *
 * @param dockerfile absolute path
 */
export function contextTar(
  context: SyncedFolder,
  filter: Filter,
  dockerfile: string,
  signal: AbortSignal,
): { tar: Readable; dockerfileName: string } {
  const inside = relative(context.path, dockerfile).split(sep).join('/');
  const dockerfileName = inside.startsWith('../') || isAbsolute(inside) ? foreignDockerfile : inside;
  return { tar: tarOf(context, filter, dockerfile, dockerfileName, signal), dockerfileName };
}

function tarOf(
  context: SyncedFolder,
  filter: Filter,
  dockerfile: string,
  dockerfileName: string,
  signal: AbortSignal,
): Readable {
  const tar = pack();
  // It may fail before anybody reads it.
  tar.on('error', () => undefined);
  let failure: Failure | undefined;
  writeAll(tar, context, filter, dockerfile, dockerfileName, signal).then(
    () => {
      tar.finalize();
    },
    (error: unknown) => {
      failure = signal.aborted ? cancelled('Sending the build context') : asFailure(error, 'Sending the build context');
      context.observer?.onFailure(failure);
      tar.destroy(failure);
    },
  );
  const bytes = async function* (): AsyncGenerator {
    try {
      yield* tar;
    } catch (error) {
      // The tar ends with the bare error of the file.
      throw failure ?? error;
    }
  };
  const readable = Readable.from(bytes(), { objectMode: false });
  readable.once('close', () => {
    tar.destroy();
  });
  return readable;
}

async function writeAll(
  tar: Pack,
  context: SyncedFolder,
  filter: Filter,
  dockerfile: string,
  dockerfileName: string,
  signal: AbortSignal,
): Promise<void> {
  const isForeign = dockerfileName === foreignDockerfile;
  let hasDockerfile = false;
  let hasIgnoreFile = false;
  for await (const group of walkContext(context.path, filter)) {
    context.observer?.onEntries(group, 'content');
    for (const entry of group) {
      if (signal.aborted) throw cancelled('Sending the build context');
      hasDockerfile ||= entry.path === dockerfileName;
      hasIgnoreFile ||= entry.path === '.dockerignore';
      if (!(isForeign && entry.path === '.dockerignore')) await writeOne(tar, context, entry, signal);
    }
  }
  if (!hasDockerfile) await writeText(tar, dockerfileName, await readFile(dockerfile));
  if (hasDockerfile || (hasIgnoreFile && !isForeign)) return;
  // As docker does: what was only added for the builder must not be copied by it.
  const own = isForeign
    ? await readFile(join(context.path, '.dockerignore'), 'utf8').catch(() => undefined)
    : undefined;
  const name = dockerfileName.replace(/[\\*?[\]]/g, '\\$&');
  const hidden = own === undefined ? `.dockerignore\n${name}\n` : `${own}\n${name}\n`;
  await writeText(tar, '.dockerignore', Buffer.from(hidden));
}

function writeText(tar: Pack, name: string, content: Buffer): Promise<void> {
  return addEntry(tar, { name, size: content.length, mode: 0o644 }, content);
}

async function* walkContext(root: string, filter: Filter): AsyncGenerator<Entry[], void> {
  try {
    yield* walk(root, filter);
  } catch (error) {
    throw unreadable(root, error);
  }
}

async function writeOne(tar: Pack, context: SyncedFolder, entry: Entry, signal: AbortSignal): Promise<void> {
  const { path, stats, link } = entry;
  // Without the bits of its type, a mode of 0 would be taken for none.
  const header = { name: path, mode: Number(stats.mode), ...timesOf(stats), uid: 0, gid: 0 };
  if (stats.isDirectory()) return addEntry(tar, { ...header, type: 'directory' });
  if (stats.isSymbolicLink()) return addEntry(tar, { ...header, type: 'symlink', linkname: link });
  if (stats.isFIFO()) return addEntry(tar, { ...header, type: 'fifo' });
  if (!stats.isFile()) return;
  if (link !== '') return addEntry(tar, { ...header, type: 'link', linkname: link });
  const file = join(context.path, path);
  // Its size stands before its content: it must be what it is now.
  const { size } = await lstat(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const hash = createHash('sha256');
  if (size === 0) await addEntry(tar, { ...header, size }, Buffer.alloc(0));
  else await writeContent(file, size, tar.entry({ ...header, size }), hash.update.bind(hash), signal);
  context.observer?.onSent(entry, hash.digest('hex'));
}

/** Times before 1970 and after 2038 do not fit into the header as it is written, but into the one before it. */
function timesOf({ mtime }: Entry['stats']): Pick<Partial<Header>, 'mtime' | 'pax'> {
  const seconds = Math.floor(mtime.getTime() / 1000);
  if (seconds >= 0 && seconds < 2 ** 31) return { mtime };
  return { mtime: new Date(0), pax: { mtime: String(seconds) } };
}

async function writeContent(
  file: string,
  size: number,
  entry: NodeJS.WritableStream,
  onChunk: (chunk: Buffer) => void,
  signal: AbortSignal,
): Promise<void> {
  let sent = 0;
  try {
    await pipeline(
      createReadStream(file, { end: size - 1 }),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          onChunk(chunk);
          sent += chunk.length;
          yield chunk;
        }
        if (sent < size) throw new Error(`it became shorter while it was read (${sent} of ${size} bytes)`);
      },
      entry,
      { signal },
    );
  } catch (error) {
    throw signal.aborted ? cancelled('Sending the build context') : unreadable(file, error);
  }
}
