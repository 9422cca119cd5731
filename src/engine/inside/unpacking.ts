import { chmodSync, linkSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asFailure, errorCode, Failure } from '../../host/failure.js';
import { bytesOfName, hasKeptBytes } from '../file-names.js';
import { type TarMember } from '../tar/read-tar.js';

/** Larger contents are written in pieces of about this size, in bytes. */
const piece = 1024 * 1024;

const isWindows = process.platform === 'win32';

/**
 * Writes the members of a tar that nobody vouches for to a path of the host that is not there yet. Only what was made here is ever
 * written to: folders are made one by one, files are always new, and no path goes through a link.
 */
export class Unpacking {
  /** Paths that the host cannot have, or that must not be there; relative to the root. */
  readonly leftOut: string[] = [];
  private readonly made = new Map<string, 'file' | 'folder' | 'link'>();
  private readonly names: Map<string, string> | undefined;
  private bytes = 0;

  /** @param root absolute path of what is to be written: a folder, or a file */
  constructor(
    private readonly root: string,
    private readonly isFolder: boolean,
    private readonly onBytes: (bytes: number) => void,
  ) {
    if (!isFolder) return;
    try {
      mkdirSync(root);
    } catch (error) {
      throw hostFailure(error);
    }
    this.made.set('', 'folder');
    this.names = isCaseBlind(root) ? new Map() : undefined;
  }

  async add(member: TarMember, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (!this.isFolder) {
      if (member.kind !== 'file' || this.made.size > 0) throw new Failure('not-a-file', 'It is no file.', 'Refresh.');
      this.made.set('', 'file');
      await this.writeFile(this.root, member, content);
      return;
    }
    const parts = member.name.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.length === 0) return;
    const path = parts.join('/');
    try {
      if (member.name.startsWith('/') || !parts.every(isPossibleName)) throw new LeftOut();
      await this.write(path, parts, member, content);
    } catch (error) {
      if (!(error instanceof LeftOut || isOfName(error))) throw error;
      this.leftOut.push(path);
    }
  }

  /** Rejects `file-not-found` where there was nothing. */
  finish(): void {
    if (this.made.size > 0) return;
    throw new Failure('file-not-found', 'The file has gone meanwhile.', 'Refresh.');
  }

  private async write(
    path: string,
    parts: readonly string[],
    member: TarMember,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const isKnownFolder = member.kind === 'folder' && this.made.get(path) === 'folder';
    if (isKnownFolder) return;
    this.makeFolders(parts.slice(0, -1));
    this.take(path);
    const host = this.hostPath(path);
    switch (member.kind) {
      case 'folder':
        mkdirSync(host);
        chmodSync(host, (member.mode & 0o777) | 0o700);
        break;
      case 'file':
        await this.writeFile(host, member, content);
        break;
      case 'link':
        if (!staysInside(member.target, parts.length - 1)) throw new LeftOut();
        makeLink(member.target, host);
        break;
      case 'hard-link': {
        const other = member.target.split('/').filter((part) => part !== '' && part !== '.');
        if (this.made.get(other.join('/')) !== 'file') throw new LeftOut();
        linkSync(this.hostPath(other.join('/')), host);
        break;
      }
      case 'other':
        throw new LeftOut();
    }
    this.made.set(path, member.kind === 'folder' || member.kind === 'link' ? member.kind : 'file');
  }

  /** A tar may leave out a folder, but nothing else may be there. */
  private makeFolders(parts: readonly string[]): void {
    for (const at of parts.keys()) {
      const path = parts.slice(0, at + 1).join('/');
      const there = this.made.get(path);
      if (there === 'folder') continue;
      if (there !== undefined) throw new LeftOut();
      this.take(path);
      mkdirSync(this.hostPath(path));
      this.made.set(path, 'folder');
    }
  }

  /** Where case is no difference, the second of two names would be the first one's. */
  private take(path: string): void {
    if (this.made.has(path)) throw new LeftOut();
    const folded = path.normalize('NFC').toLowerCase();
    const taken = this.names?.get(folded);
    if (taken !== undefined && taken !== path) throw new LeftOut();
    this.names?.set(folded, path);
  }

  private async writeFile(
    host: string | Buffer,
    { mode, modified }: TarMember,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const handle = await open(host, 'wx').catch((error: unknown) => {
      throw isOfName(error) ? error : hostFailure(error);
    });
    try {
      await this.pour(handle, content);
      await handle.chmod((mode & 0o777) | 0o600);
      const seconds = modified / 1000;
      await handle.utimes(seconds, seconds);
    } finally {
      await handle.close();
    }
  }

  /** One piece is written while the next one comes. */
  private async pour(handle: FileHandle, content: AsyncIterable<Uint8Array>): Promise<void> {
    let waiting: Uint8Array[] = [];
    let length = 0;
    let writing: Promise<void> = Promise.resolve();
    const flush = async (): Promise<void> => {
      await writing;
      writing = writeAll(handle, waiting);
      // Awaited at the next piece: until then nobody listens.
      writing.catch(() => undefined);
      [waiting, length] = [[], 0];
    };
    try {
      for await (const chunk of content) {
        waiting.push(chunk);
        length += chunk.length;
        this.bytes += chunk.length;
        this.onBytes(this.bytes);
        if (length >= piece) await flush();
      }
      await flush();
    } finally {
      await writing;
    }
  }

  /** Where the host's names are bytes, they are those that they were. */
  private hostPath(path: string): string | Buffer {
    if (!hasKeptBytes(path)) return join(this.root, path);
    return Buffer.concat([Buffer.from(`${this.root}/`), bytesOfName(path)]);
  }
}

/** Windows lets not everybody make links. */
function makeLink(target: string, host: string | Buffer): void {
  try {
    symlinkSync(isWindows ? target : bytesOfName(target), host);
  } catch (error) {
    throw isWindows && errorCode(error) === 'EPERM' ? new LeftOut() : error;
  }
}

/** What is not written, while all else is. */
class LeftOut extends Error {}

/** Names of devices, and what ends in a way that Windows drops or cannot read. */
const impossibleOnWindows = /[<>:"|?*\\\p{Cc}]|[. ]$|^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/iu;

function isPossibleName(name: string): boolean {
  if (name === '..' || name.includes('\0')) return false;
  return !isWindows || !(impossibleOnWindows.test(name) || hasKeptBytes(name));
}

/**
 * Whether a link stays in the folder, whatever other links are in it: it goes up only from where it is, before it goes down.
 *
 * @param depth of the folder that the link is in; that of the root is 0
 */
export function staysInside(target: string, depth: number): boolean {
  if (target === '' || target.startsWith('/') || /^[a-z]:/i.test(target) || target.includes('\\')) return false;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const down = parts.findIndex((part) => part !== '..');
  const up = down < 0 ? parts.length : down;
  return up <= depth && !parts.slice(up).includes('..');
}

/** Whether it is a name, or a kind of file, that the host's file system does not take. */
function isOfName(error: unknown): boolean {
  return /^(?:ENAMETOOLONG|EINVAL|EILSEQ|EEXIST|ENOENT|ENOTSUP|EMLINK|ELOOP)$/.test(errorCode(error) ?? '');
}

function hostFailure(error: unknown): Failure {
  if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') {
    return new Failure('folder-not-writable', 'The folder to write to is not there.', 'Choose another one.', {
      cause: error,
    });
  }
  return asFailure(error, 'The download');
}

async function writeAll(handle: FileHandle, buffers: Uint8Array[]): Promise<void> {
  let rest = buffers;
  while (rest.length > 0) {
    let { bytesWritten } = await handle.writev(rest);
    while (bytesWritten > 0 && rest[0] !== undefined && bytesWritten >= rest[0].length) {
      bytesWritten -= rest[0].length;
      rest = rest.slice(1);
    }
    if (rest[0] !== undefined && bytesWritten > 0) rest[0] = rest[0].subarray(bytesWritten);
  }
}

/** Whether names that differ in case only are the same in a new, empty folder. */
function isCaseBlind(folder: string): boolean {
  const trial = join(folder, 'a');
  mkdirSync(trial);
  try {
    return lstatSync(join(dirname(trial), basename(trial).toUpperCase()), { throwIfNoEntry: false }) !== undefined;
  } finally {
    rmSync(trial, { recursive: true });
  }
}
