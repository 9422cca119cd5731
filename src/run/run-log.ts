import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';

const lineEnd = 10;
/** A line is not waited for any longer than this, in bytes: progress bars may never end theirs. */
const longestWait = 8192;
/** By so many bytes is found what a log has already. */
const fingerprint = 4096;

/**
 * The file with all that a run's program prints. One that cannot be written (a full disk) does not end the run: it is told at
 * the end.
 */
export class RunLog {
  private readonly hash = createHash('sha256');
  private size = 0;
  private rest: Record<'stdout' | 'stderr', Buffer> = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  private problem: Error | undefined;
  private goOn: (() => void) | undefined;
  private stream: WriteStream | undefined;
  /** What comes first, until it is known where in the file it belongs. */
  private beginning = Buffer.alloc(0);

  private constructor(readonly file: string) {}

  /** Begins the file anew. */
  static async begin(file: string): Promise<RunLog> {
    await mkdir(dirname(file), { recursive: true });
    const log = new RunLog(file);
    log.open(0);
    return log;
  }

  /**
   * Goes on with a file that may be there, with what an engine says from its beginning: what the file has of it already is
   * written anew, and what was before it stays, since engines forget the oldest of a long log.
   */
  static async pickUp(file: string): Promise<RunLog> {
    const size = await stat(file).then(
      (stats) => stats.size,
      () => 0,
    );
    return size === 0 ? RunLog.begin(file) : new RunLog(file);
  }

  /**
   * Resolves when more can be taken, so that a program that prints faster than the disk writes is slowed down. A line that is
   * not whole waits for its rest, so that the two streams do not get into each other's lines.
   */
  async write(data: Uint8Array, stream: 'stdout' | 'stderr'): Promise<void> {
    const whole = data.lastIndexOf(lineEnd) + 1;
    const rest = this.rest[stream];
    if (whole === 0 && rest.length + data.length < longestWait) {
      this.rest[stream] = Buffer.concat([rest, data]);
      return;
    }
    const until = whole === 0 ? data.length : whole;
    // A view of what the engine's connection may write anew is no place to keep it.
    this.rest[stream] = Buffer.from(data.subarray(until));
    if (rest.length > 0) await this.append(rest);
    await this.append(data.subarray(0, until));
  }

  private open(at: number): void {
    this.size = at;
    this.stream = createWriteStream(this.file, at === 0 ? {} : { flags: 'r+', start: at });
    this.stream.on('error', (error) => {
      this.problem ??= error;
    });
    for (const event of ['drain', 'close']) this.stream.on(event, () => this.goOn?.());
  }

  private async append(data: Uint8Array): Promise<void> {
    if (this.problem !== undefined || data.length === 0) return;
    if (this.stream === undefined) {
      this.beginning = Buffer.concat([this.beginning, data]);
      if (this.beginning.length >= fingerprint) await this.findPlace();
      return;
    }
    this.hash.update(data);
    this.size += data.length;
    if (this.stream.write(data) || this.stream.destroyed) return;
    await new Promise<void>((resolve) => {
      this.goOn = resolve;
    });
  }

  private async findPlace(): Promise<void> {
    const first = this.beginning;
    this.beginning = Buffer.alloc(0);
    try {
      const at = await placeOf(first.subarray(0, fingerprint), this.file);
      await truncate(this.file, at);
      if (at > 0) {
        for await (const chunk of createReadStream(this.file)) if (chunk instanceof Buffer) this.hash.update(chunk);
      }
      this.open(at);
    } catch (error) {
      this.problem ??= error instanceof Error ? error : new Error(String(error));
    }
    await this.append(first);
  }

  /** Ends the file. One that nothing was written to is removed, which resolves to undefined. Rejects with what went wrong. */
  async end(): Promise<{ size: number; sha256: string } | undefined> {
    await this.append(this.rest.stdout);
    await this.append(this.rest.stderr);
    this.rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
    if (this.stream === undefined) await this.findPlace();
    if (this.stream?.closed === false) {
      const closed = once(this.stream, 'close').catch(() => undefined);
      this.stream.end();
      await closed;
    }
    if (this.problem !== undefined) throw this.problem;
    if (this.size > 0) return { size: this.size, sha256: this.hash.digest('hex') };
    await rm(this.file, { force: true });
    return undefined;
  }
}

/**
 * Where in a file the bytes begin: at its start, in its middle, or behind its end where it does not have them. A file that ends
 * within the bytes has them, too.
 */
async function placeOf(bytes: Uint8Array, file: string): Promise<number> {
  const { size } = await stat(file);
  if (bytes.length === 0) return size;
  const wanted = Buffer.from(bytes);
  let window = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    if (!(chunk instanceof Buffer)) continue;
    window = Buffer.concat([window, chunk]);
    const at = window.indexOf(wanted);
    if (at >= 0) return offset + at;
    const keep = Math.min(window.length, wanted.length - 1);
    offset += window.length - keep;
    window = window.subarray(window.length - keep);
  }
  for (let at = 0; at < window.length; at++) {
    const end = window.subarray(at);
    if (end.equals(wanted.subarray(0, end.length)) && (at === 0 || window[at - 1] === lineEnd)) return offset + at;
  }
  return size;
}
