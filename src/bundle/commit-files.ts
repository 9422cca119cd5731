import { execFile, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { bytesOf, collect } from '../engine/saved-image/tar-entries.js';
import { Failure } from '../host/failure.js';
import { recordsFolder } from '../project/records-folder.js';
import { isZipName, type ZipEntry } from './write-zip.js';

export interface TreeEntry {
  /** As git writes it, in octal. */
  mode: string;
  object: string;
  /** Relative to the project's folder, with `/`. */
  path: string;
}

/** A link to a commit of another repository. */
export function isSubmodule({ mode }: TreeEntry): boolean {
  return mode === '160000';
}

/** The entries of a commit below the project's folder, but for records. */
export async function listTree(project: string, commit: string, signal: AbortSignal): Promise<TreeEntry[]> {
  const lines = (await runGit(project, ['ls-tree', '-r', '-z', commit], signal)).split('\0');
  return lines.flatMap((line) => {
    const [, mode, object, path] = /^(\d+) \w+ ([0-9a-f]+)\t([^]+)$/.exec(line) ?? [];
    if (mode === undefined || object === undefined || path === undefined) return [];
    return path.split('/').includes(recordsFolder) ? [] : [{ mode, object, path }];
  });
}

/** Larger files are no pointers (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). */
const largestPointer = 1024;
const pointerStart = 'version https://git-lfs.github.com/spec/';

/**
 * The files and links of a commit for a zip, byte for byte as git keeps them. Rejects `file-unreadable` where the repository
 * does not have one.
 *
 * @param onPointer told the paths of those that only point to what Git LFS keeps
 */
export async function* commitEntries(
  project: string,
  tree: readonly TreeEntry[],
  onPointer: (path: string) => void,
  signal: AbortSignal,
): AsyncGenerator<ZipEntry> {
  const files = tree.filter((entry) => !isSubmodule(entry) && isZipName(entry.path));
  for await (const { entry, size, content } of blobs(project, files, signal)) {
    const name = entry.path;
    if (entry.mode === '120000') {
      yield { name, source: { kind: 'link', target: (await collect(content)).toString('utf8') } };
    } else if (size < largestPointer) {
      const bytes = await collect(content);
      if (bytes.toString('latin1').startsWith(pointerStart)) onPointer(name);
      yield { name, source: { kind: 'bytes', bytes }, mode: Number.parseInt(entry.mode, 8) };
    } else {
      yield { name, source: { kind: 'stream', content }, mode: Number.parseInt(entry.mode, 8) };
    }
  }
}

/** The contents of files as `git cat-file --batch` gives them, each to be read to its end before the next one is asked for. */
async function* blobs(
  project: string,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): AsyncGenerator<{ entry: TreeEntry; size: number; content: AsyncIterable<Uint8Array> }> {
  const program = spawn('git', ['cat-file', '--batch', '--buffer'], {
    cwd: project,
    env: environment(),
    stdio: ['pipe', 'pipe', 'ignore'],
    signal,
  });
  program.once('error', (error) => program.stdout.destroy(error));
  // Where the program ends early, its output does, too.
  pipeline(Readable.from(entries.map(({ object }) => `${object}\n`)), program.stdin).catch(() => undefined);
  const output = new ByteReader(bytesOf(program.stdout));
  try {
    for (const entry of entries) {
      const [, length] = /^[0-9a-f]+ blob (\d+)$/.exec(await output.line()) ?? [];
      if (length === undefined) throw notInRepository(entry.path);
      const size = Number(length);
      yield { entry, size, content: output.take(size) };
      if ((await output.line()) !== '') throw notInRepository(entry.path);
    }
  } finally {
    program.kill();
    program.stdout.destroy();
  }
}

function notInRepository(path: string): Failure {
  return new Failure(
    'file-unreadable',
    `Git cannot read ${path}: the repository lacks its content, or is damaged.`,
    'Look at what “git fsck” says of the repository, then export again.',
  );
}

/** Takes lines and contents of a known size from a stream. */
class ByteReader {
  private rest: Uint8Array = Buffer.alloc(0);

  constructor(private readonly chunks: AsyncIterator<Uint8Array>) {}

  /** Up to the next line feed, or to the end of the stream. */
  async line(): Promise<string> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const end = this.rest.indexOf(0x0a);
      parts.push(end === -1 ? this.rest : this.rest.subarray(0, end));
      this.rest = this.rest.subarray(end === -1 ? this.rest.length : end + 1);
      if (end !== -1 || !(await this.more())) return Buffer.concat(parts).toString('utf8');
    }
  }

  async *take(size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0;) {
      if (this.rest.length === 0 && !(await this.more())) throw new Error(`git ended ${left} bytes early`);
      const part = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done !== true) this.rest = next.value;
    return next.done !== true;
  }
}

/** Bytes. */
const largestListing = 1 << 28;

/** What a git command prints. Rejects where it fails. */
export async function runGit(folder: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, {
    cwd: folder,
    env: environment(),
    maxBuffer: largestListing,
    signal,
  });
  return stdout;
}

/** Never another object in the place of one, nor a question on a terminal. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...{ GIT_OPTIONAL_LOCKS: '0', GIT_NO_REPLACE_OBJECTS: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
  };
}
