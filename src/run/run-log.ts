import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';

const lineEnd = 10;
/** A line is not waited for any longer than this, in bytes: progress bars may never end theirs. */
const longestWait = 8192;

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

  private constructor(
    readonly file: string,
    private readonly stream: WriteStream,
  ) {
    stream.on('error', (error) => {
      this.problem ??= error;
    });
    for (const event of ['drain', 'close']) stream.on(event, () => this.goOn?.());
  }

  /** Begins the file anew. */
  static async begin(file: string): Promise<RunLog> {
    await mkdir(dirname(file), { recursive: true });
    return new RunLog(file, createWriteStream(file));
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

  private async append(data: Uint8Array): Promise<void> {
    if (this.problem !== undefined || data.length === 0) return;
    this.hash.update(data);
    this.size += data.length;
    if (this.stream.write(data) || this.stream.destroyed) return;
    await new Promise<void>((resolve) => {
      this.goOn = resolve;
    });
  }

  /** Ends the file. One that nothing was written to is removed, which resolves to undefined. Rejects with what went wrong. */
  async end(): Promise<{ size: number; sha256: string } | undefined> {
    await this.append(this.rest.stdout);
    await this.append(this.rest.stderr);
    this.rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
    if (!this.stream.closed) {
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
