import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { once } from 'node:events';

/**
 * The file with all that a run's program prints. One that cannot be written (a full disk) does not end the run: it is told at
 * the end.
 */
export class RunLog {
  private readonly hash = createHash('sha256');
  private size = 0;
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

  /** Resolves when more can be taken, so that a program that prints faster than the disk writes is slowed down. */
  async write(data: Uint8Array): Promise<void> {
    if (this.problem !== undefined) return;
    this.hash.update(data);
    this.size += data.length;
    if (this.stream.write(data) || this.stream.destroyed) return;
    await new Promise<void>((resolve) => {
      this.goOn = resolve;
    });
  }

  /** Ends the file. One that nothing was written to is removed, which resolves to undefined. Rejects with what went wrong. */
  async end(): Promise<{ size: number; sha256: string } | undefined> {
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
