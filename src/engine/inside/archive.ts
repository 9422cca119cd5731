import { Readable } from 'node:stream';
import { Failure } from '../../host/failure.js';
import { type EngineConnection, streamFailure } from '../connection.js';
import { hasKeptBytes } from '../file-names.js';
import { saidPath } from '../path-stat.js';
import { bytesOf } from '../saved-image/tar-entries.js';
import { type TarMember } from '../tar/read-tar.js';
import { engineTar } from './engine-tar.js';
import { below, percentEncoded, splitPath } from './paths.js';

/** What is at a path itself, whether it is a link or not. */
export interface PathStat {
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
}

/**
 * The files of a container, running or not, by the engine's archive endpoints (`/containers/ID/archive`): below a folder of it, with
 * absolute paths from there on. Folders on the way that are links are followed by the engine.
 */
export class Archive {
  /** @param root absolute path in the container, or empty for all of it */
  constructor(
    private readonly connection: EngineConnection,
    private readonly container: string,
    private readonly root: string,
  ) {}

  /** Undefined where there is nothing. */
  async lstat(path: string, signal: AbortSignal): Promise<PathStat | undefined> {
    let answer: Readable;
    try {
      answer = await this.connection.stream({ method: 'HEAD', path: this.address(path), signal });
    } catch (error) {
      // The answer to a HEAD says no more than its number; and a link that leads to itself is refused.
      if (error instanceof Failure && error.reason === 'engine-refused') return await this.unlooked(path, signal);
      throw error;
    }
    answer.resume();
    const said = saidPath(answer);
    if (said === undefined)
      throw new Failure('engine-refused', `The engine does not say what ${path} is.`, 'Try again.');
    return { ...said, modified: Math.max(0, Date.parse(said.modified)) || 0 };
  }

  /**
   * What a tar says of a path itself: its owner, and where it leads. Undefined where there is nothing; rejects
   * `file-not-found` for a link that leads to itself.
   */
  async member(path: string, signal: AbortSignal): Promise<(TarMember & PathStat) | undefined> {
    try {
      for await (const { member } of this.members(path, signal)) {
        return { ...member, kind: member.kind === 'hard-link' ? 'file' : member.kind };
      }
      return undefined;
    } catch (error) {
      throw streamFailure(error, this.connection, 'Looking at a file', signal);
    }
  }

  /** What an engine does not look at: nothing, or a link that leads to itself. */
  private async unlooked(path: string, signal: AbortSignal): Promise<PathStat | undefined> {
    try {
      return await this.member(path, signal);
    } catch (error) {
      if (error instanceof Failure && error.reason === 'file-not-found') return { kind: 'link', size: 0, modified: 0 };
      throw error;
    }
  }

  /** What is at a path as members of a tar, that itself first; none where there is nothing. */
  async *members(path: string, signal: AbortSignal): ReturnType<typeof engineTar> {
    const tar = await this.openIfThere(path, signal);
    if (tar === undefined) return;
    let isEmpty = true;
    for await (const entry of engineTar(bytesOf(tar))) {
      isEmpty = false;
      yield entry;
    }
    if (!isEmpty || !hasKeptBytes(path)) return;
    // Engine 20.10 finds a name that is no UTF-8 only when it is asked for its folder.
    const { folder, name } = splitPath(path);
    const all = await this.openIfThere(below(folder, '.'), signal);
    if (all === undefined) return;
    for await (const entry of engineTar(bytesOf(all))) {
      if (entry.member.name.replace(/\/$/, '') !== `./${name}`) continue;
      yield entry;
      return;
    }
  }

  /** All that is at a path as a tar, whose names begin with the last part of it. Rejects `file-not-found`. */
  async open(path: string, signal: AbortSignal): Promise<Readable> {
    const tar = await this.openIfThere(path, signal);
    if (tar === undefined) throw notFound(path);
    return tar;
  }

  /** Unpacks a tar, with its owners and modes, into a folder that is there. Rejects `disk-full`, `place-read-only`. */
  async put(folder: string, tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const upload = Readable.from(tar, { objectMode: true, highWaterMark: 1 });
    try {
      await this.connection.request({
        method: 'PUT',
        path: `${this.address(folder)}&noOverwriteDirNonDir=true`,
        upload,
        signal,
      });
    } catch (error) {
      throw changeFailure(error);
    } finally {
      upload.destroy();
    }
  }

  private async openIfThere(path: string, signal: AbortSignal): Promise<Readable | undefined> {
    try {
      return await this.connection.stream({ method: 'GET', path: this.address(path), signal });
    } catch (error) {
      const isMissing = /could not find the file|no such file|not a directory|no such container:path/i;
      if (error instanceof Failure && error.reason === 'engine-refused' && isMissing.test(error.message))
        return undefined;
      if (error instanceof Failure && /too many (?:levels of symbolic )?links/i.test(error.message)) throw circle(path);
      throw error;
    }
  }

  /** The modem's own way with a query takes only what is UTF-8. */
  private address(path: string): string {
    return `/containers/${this.container}/archive?path=${percentEncoded(this.root + path)}`;
  }
}

export function notFound(path: string): Failure {
  return new Failure('file-not-found', `There is nothing at ${path}.`, 'It may have been removed. Refresh.');
}

export function circle(path: string): Failure {
  return new Failure('file-not-found', `${path} is behind links that lead in a circle.`, 'Correct the links.');
}

/** What an engine or a program says about a place that may only be read. */
export function readOnlyFailure(why: string): Failure {
  return new Failure(
    'place-read-only',
    `Nothing can be changed there: ${why}.`,
    'Copy what you need to your own disk, and change it there.',
  );
}

function changeFailure(error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const readOnly = /marked read-only|read-only file system/i.exec(error.message);
  return error.reason === 'engine-refused' && readOnly !== null ? readOnlyFailure(readOnly[0]) : error;
}
