import { createHash, type Hash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  linkSync,
  writeSync,
} from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Header } from 'tar-stream';
import { type EngineConnection, streamFailure } from '../engine/connection.js';
import { readFromContainer } from '../engine/container-files.js';
import { bytesOf, tarEntries } from '../engine/saved-image/tar-entries.js';
import { errorCode, Failure } from '../host/failure.js';
import { isCaseBlind, TakenNames } from './taken-names.js';

/** What was copied out of a container. */
export interface Copied {
  /** sha256 by paths relative to the folder, with `/`. */
  checksums: Map<string, string>;
  /** All paths that the container has there, but for folders. */
  paths: Set<string>;
  /** What this machine cannot hold, and why. */
  skipped: { path: string; why: string }[];
}

interface Options {
  signal: AbortSignal;
  /** Called with all bytes that have come so far. */
  onBytes?: (bytes: number) => void;
  /** Whether a file that was changed here later than in the container stays as it is. */
  keepNewer?: boolean;
}

/** Where files grow until they are whole. */
const partialFolder = '.research-containers-partial';
/** Files up to this size are held in memory and written at once, in bytes. */
const small = 256 * 1024;
/** Larger ones are written in pieces of about this size, in bytes. */
const piece = 1024 * 1024;

/**
 * Copies a folder of a container, running or not, into a folder of this machine, with times and modes; links as what they say.
 * A file that is there already is replaced when the new one is whole, and nothing is ever written through a link.
 *
 * Rejects `disk-full`, `engine-lost`, `cancelled`; a file that alone cannot be written is skipped and told.
 */
export async function copyFromContainer(
  connection: EngineConnection,
  container: string,
  path: string,
  folder: string,
  { signal, onBytes, keepNewer = false }: Options,
): Promise<Copied> {
  const writer = new FolderWriter(folder, keepNewer);
  try {
    const tar = await readFromContainer(connection, container, path, signal);
    for await (const { header, content } of tarEntries(counted(tar, onBytes))) await writer.add(header, content);
    return writer.copied;
  } catch (error) {
    throw streamFailure(error, connection, 'Copying the results', signal);
  } finally {
    await writer.end();
  }
}

async function* counted(source: AsyncIterable<unknown>, onBytes: Options['onBytes']): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of bytesOf(source)) {
    bytes += chunk.length;
    onBytes?.(bytes);
    yield chunk;
  }
}

/** Writes the entries of a tar into a folder that may hold other things. */
class FolderWriter {
  readonly copied: Copied = { checksums: new Map(), paths: new Set(), skipped: [] };
  /** Folders that were seen to be folders, and no links. */
  private readonly folders = new Set<string>(['']);
  private readonly partial: string;
  private readonly taken: TakenNames | undefined;
  private count = 0;

  constructor(
    private readonly folder: string,
    private readonly keepNewer: boolean,
  ) {
    this.partial = join(folder, partialFolder);
    rmSync(this.partial, { recursive: true, force: true });
    mkdirSync(this.partial, { recursive: true });
    this.taken = isCaseBlind(this.partial) ? new TakenNames() : undefined;
  }

  async add(header: Header, content: AsyncIterable<Uint8Array>): Promise<void> {
    const parts = header.name.split('/').filter((part) => part !== '' && part !== '.');
    // The first part is the name of the folder that was asked for.
    const path = parts.slice(1).join('/');
    if (path === '' || path === partialFolder) return;
    try {
      if (parts.some((part) => part === '..' || part.includes('\0') || (isWindows && /[\\:]/.test(part)))) {
        throw new Error('its name leads elsewhere, or is none on this machine');
      }
      await this.write(path, header, content);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(this.folder, error);
      if (error instanceof StreamBroken) throw error.cause;
      this.copied.skipped.push({ path, why: error instanceof Error ? error.message : String(error) });
    }
  }

  async end(): Promise<void> {
    await rm(this.partial, { recursive: true, force: true });
  }

  private async write(path: string, header: Header, content: AsyncIterable<Uint8Array>): Promise<void> {
    const other = this.taken?.take(path);
    if (other !== undefined) throw new Error(`this machine cannot tell its name from “${other}”`);
    if (header.type === 'directory') {
      this.makeFolder(path);
      return;
    }
    const parent = path.split('/').slice(0, -1).join('/');
    switch (header.type) {
      case 'file':
      case 'contiguous-file':
        this.copied.paths.add(path);
        if (this.keepNewer && this.isNewer(path, header)) return;
        this.makeFolder(parent);
        this.copied.checksums.set(path, await this.writeFile(path, header, content));
        break;
      case 'symlink':
        this.makeFolder(parent);
        this.place(path, (partial) => {
          symlinkSync(header.linkname, partial);
        });
        break;
      case 'link': {
        this.makeFolder(parent);
        const first = header.linkname.split('/').filter((part) => part !== '' && part !== '.');
        const known = first.slice(1).join('/');
        const checksum = this.copied.checksums.get(known);
        if (checksum === undefined) throw new Error('the file that it shares its content with was not copied');
        this.place(path, (partial) => {
          linkSync(join(this.folder, known), partial);
        });
        this.copied.checksums.set(path, checksum);
        break;
      }
      default:
        return;
    }
    this.copied.paths.add(path);
  }

  private async writeFile(path: string, header: Header, content: AsyncIterable<Uint8Array>): Promise<string> {
    const hash = createHash('sha256');
    if (header.size > small) {
      const partial = this.nextPartial();
      const handle = await open(partial, 'wx');
      try {
        await writeInPieces(handle, content, hash);
        await handle.chmod(this.modeFor(path, header));
        await handle.utimes(header.mtime, header.mtime);
      } finally {
        await handle.close();
      }
      this.clear(path);
      await rename(partial, join(this.folder, path));
      return hash.digest('hex');
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of unbroken(content)) chunks.push(chunk);
    const data = Buffer.concat(chunks);
    // Without a detour over threads, which takes longer than the work for each of a hundred thousand files.
    this.place(path, (partial) => {
      const descriptor = openSync(partial, 'wx');
      try {
        for (let at = 0; at < data.length;) at += writeSync(descriptor, data, at);
        futimesSync(descriptor, header.mtime, header.mtime);
      } finally {
        closeSync(descriptor);
      }
      chmodSync(partial, this.modeFor(path, header));
    });
    return hash.update(data).digest('hex');
  }

  /** Times in a tar are whole seconds. */
  private isNewer(path: string, { mtime, size }: Header): boolean {
    const stats = lstatSync(join(this.folder, path), { throwIfNoEntry: false });
    if (stats?.isFile() !== true) return false;
    const second = Math.floor(stats.mtimeMs / 1000) * 1000;
    return second > mtime.getTime() || (second === mtime.getTime() && stats.size === size);
  }

  /** The user can read and change what is the user's; what was there keeps its permissions. */
  private modeFor(path: string, { mode }: Header): number {
    const stats = lstatSync(join(this.folder, path), { throwIfNoEntry: false });
    return stats?.isFile() === true ? stats.mode & 0o777 : (mode & 0o777) | 0o600;
  }

  private place(path: string, make: (partial: string) => void): void {
    const partial = this.nextPartial();
    make(partial);
    this.clear(path);
    renameSync(partial, join(this.folder, path));
  }

  /** A file takes the place of a folder where the container has it so. */
  private clear(path: string): void {
    const stats = lstatSync(join(this.folder, path), { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) rmSync(join(this.folder, path), { recursive: true });
  }

  /** Never a folder behind a link: what stands in the way goes, as it went in the container. */
  private makeFolder(path: string): void {
    if (this.folders.has(path)) return;
    this.makeFolder(path.split('/').slice(0, -1).join('/'));
    const full = join(this.folder, path);
    const stats = lstatSync(full, { throwIfNoEntry: false });
    if (stats?.isDirectory() !== true) {
      if (stats !== undefined) rmSync(full);
      mkdirSync(full);
    }
    this.folders.add(path);
  }

  private nextPartial(): string {
    return join(this.partial, String(this.count++));
  }
}

const isWindows = process.platform === 'win32';

/** The stream's end before its time is no fault of one file. */
class StreamBroken extends Error {}

async function* unbroken(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw new StreamBroken('', { cause: error });
  }
}

/** Writes one piece while the next one comes. */
async function writeInPieces(handle: FileHandle, content: AsyncIterable<Uint8Array>, hash: Hash): Promise<void> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  let writing: Promise<unknown> = Promise.resolve();
  const flush = async (): Promise<void> => {
    await writing;
    if (waiting.length > 0) writing = writeAll(handle, waiting);
    // Awaited at the next piece: until then nobody listens.
    writing.catch(() => undefined);
    [waiting, length] = [[], 0];
  };
  for await (const chunk of unbroken(content)) {
    hash.update(chunk);
    waiting.push(chunk);
    length += chunk.length;
    if (length >= piece) await flush();
  }
  await flush();
  await writing;
}

async function writeAll(handle: FileHandle, buffers: Uint8Array[]): Promise<void> {
  let rest = buffers;
  while (rest.length > 0) {
    let { bytesWritten } = await handle.writev(rest);
    let whole = 0;
    while (bytesWritten >= (rest[whole]?.length ?? Infinity)) bytesWritten -= rest[whole++]?.length ?? 0;
    rest = rest.slice(whole);
    if (rest[0] !== undefined && bytesWritten > 0) rest[0] = rest[0].subarray(bytesWritten);
  }
}

function diskFull(folder: string, cause: unknown): Failure {
  return new Failure(
    'disk-full',
    `The results do not fit into ${folder}: the disk is full.`,
    'Free some space, then copy them again: they are kept in the container.',
    { cause },
  );
}
