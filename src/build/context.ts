import { createHash, type Hash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import { cancelled, errorCode, Failure } from '../host/failure.js';
import { compileIgnore, type IgnoreMatch, type IgnorePatterns } from './ignore.js';

/** Where this extension keeps its records: never a part of what it records. */
export const recordsFolder = '.research-containers';

/** A file, folder or symbolic link of the build context. */
export interface ContextEntry {
  /** Relative to the context, with `/`. */
  path: string;
  stats: Stats;
}

/** A build context that is about to be sent. */
export interface Context {
  folder: string;
  /** Path of the Dockerfile in the context, with `/`. */
  dockerfile: string;
  entries: ContextEntry[];
  /** Bytes of all files. */
  size: number;
}

/**
 * Lists what a build may use of a folder: all but what `<Dockerfile>.dockerignore` or else `.dockerignore` leaves out.
 * The Dockerfile itself is always there. Rejects `context-unreadable` where something cannot be read.
 */
export async function listContext(folder: string, dockerfile: string, signal: AbortSignal): Promise<Context> {
  const inContext = relative(folder, dockerfile).split(sep).join('/');
  if (inContext.startsWith('../')) {
    throw new Failure(
      'invalid-argument',
      `The Dockerfile ${dockerfile} lies outside of the context ${folder}.`,
      'Choose a context folder that contains the Dockerfile.',
    );
  }
  const entries: ContextEntry[] = [];
  const ignore = compileIgnore((await ignoreText(folder, dockerfile)) + `\n/${recordsFolder}\n`);
  await walk(folder, '', undefined, ignore, entries, signal);
  const byPath = new Set(entries.map((entry) => entry.path));
  for (const path of withFoldersAbove(inContext)) {
    if (!byPath.has(path)) entries.push({ path, stats: await readable(join(folder, path), (file) => lstat(file)) });
  }
  return {
    folder,
    dockerfile: inContext,
    entries,
    size: entries.reduce((sum, { stats }) => sum + (stats.isFile() ? stats.size : 0), 0),
  };
}

async function ignoreText(folder: string, dockerfile: string): Promise<string> {
  for (const file of [`${dockerfile}.dockerignore`, join(folder, '.dockerignore')]) {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw unreadable(file, error);
    }
  }
  return '';
}

async function walk(
  folder: string,
  inside: string,
  parent: IgnoreMatch | undefined,
  ignore: IgnorePatterns,
  entries: ContextEntry[],
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw cancelled('Reading the build context');
  const names = await readable(join(folder, inside), (path) => readdir(path));
  names.sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  for (const name of names) {
    const path = posix.join(inside, name);
    const match = ignore.match(path, parent);
    const stats = await readable(join(folder, path), (file) => lstat(file));
    if (stats.isDirectory()) {
      if (!match.ignored) entries.push({ path, stats });
      if (!match.ignored || ignore.mayIncludeBelow(path)) await walk(folder, path, match, ignore, entries, signal);
    } else if (!match.ignored && (stats.isFile() || stats.isSymbolicLink())) entries.push({ path, stats });
  }
}

function withFoldersAbove(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * The context as a tar, with owner 0:0 and modes as they are, and the sha256 of what went into it: paths, kinds,
 * executable bits and contents, but no times, so that the same sources have the same digest on every machine.
 */
export function packContext(context: Context, signal: AbortSignal): { tar: Readable; digest: Promise<string> } {
  const tar = pack();
  const hash = createHash('sha256');
  const digest = writeEntries(context, tar, hash, signal).then(
    () => {
      tar.finalize();
      return `sha256:${hash.digest('hex')}`;
    },
    (error: unknown) => {
      tar.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    },
  );
  // It may fail before anybody reads it.
  tar.on('error', () => undefined);
  const bytes = async function* (): AsyncGenerator {
    try {
      yield* tar;
    } catch (error) {
      // The tar ends with the bare error of the file; the digest knows which file it was.
      await digest;
      throw error;
    }
  };
  // A caller that only reads the tar meets the error there.
  digest.catch(() => undefined);
  const readable = Readable.from(bytes(), { objectMode: false });
  readable.once('close', () => {
    tar.destroy();
  });
  return { tar: readable, digest };
}

async function writeEntries(context: Context, tar: Pack, hash: Hash, signal: AbortSignal): Promise<void> {
  for (const { path, stats } of context.entries) {
    if (signal.aborted) throw cancelled('Sending the build context');
    const file = join(context.folder, path);
    const header = { name: path, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
    if (stats.isDirectory()) {
      hash.update(`folder ${path}\0`);
      await new Promise<void>((resolve, reject) => {
        tar.entry({ ...header, type: 'directory' }, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    } else if (stats.isSymbolicLink()) {
      const target = await readable(file, (link) => readlink(link));
      hash.update(`link ${path}\0${target}\0`);
      await new Promise<void>((resolve, reject) => {
        tar.entry({ ...header, type: 'symlink', linkname: target.split(sep).join('/') }, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    } else {
      hash.update(`file ${path}\0${(stats.mode & 0o111) === 0 ? '' : 'executable'}\0${stats.size}\0`);
      await writeFile(file, stats.size, tar.entry({ ...header, size: stats.size }), hash, signal);
    }
  }
}

async function writeFile(
  file: string,
  size: number,
  entry: NodeJS.WritableStream,
  hash: Hash,
  signal: AbortSignal,
): Promise<void> {
  if (size === 0) {
    entry.end();
    return;
  }
  const content = createReadStream(file, { end: size - 1 });
  let sent = 0;
  try {
    await pipeline(
      content,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          sent += chunk.length;
          yield chunk;
        }
        if (sent < size) throw new Error(`it became shorter while it was read (${sent} of ${size} bytes)`);
      },
      entry,
      { signal },
    );
  } catch (error) {
    if (signal.aborted) throw cancelled('Sending the build context');
    throw unreadable(file, error);
  }
}

async function readable<Result>(path: string, read: (path: string) => Promise<Result>): Promise<Result> {
  try {
    return await read(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Failure {
  return new Failure(
    'context-unreadable',
    `The build context cannot be read: ${path}: ${error instanceof Error ? error.message : String(error)}`,
    'Change its permissions, or leave it out with a line in .dockerignore.',
    { cause: error },
  );
}
