import { type Readable } from 'node:stream';
import { demultiplex } from '../engine/demultiplex.js';

/** A piece of what a program prints; a program in a terminal has one stream only. */
type OnOutput = (data: Uint8Array, stream: 'stdout' | 'stderr') => void;

/** Output that is kept for whoever listens later, in bytes. */
const mostEarly = 65_536;

/** What the program of a run prints, handed to all who listen. */
export class RunOutput {
  /** All output until now; undefined when it has become too much to keep. */
  private early: { data: Uint8Array; stream: 'stdout' | 'stderr' }[] | undefined = [];
  private earlyBytes = 0;
  private readonly listeners = new Set<OnOutput>();

  /** Until disposed. What was printed before comes first, as long as that is little. */
  onOutput(listener: OnOutput): { dispose(): void } {
    for (const { data, stream } of this.early ?? []) listener(data, stream);
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /**
   * Reads all that the engine sends of a program, until its end or the signal's abort, which rejects.
   *
   * @param terminal whether the program runs in a terminal, whose output the engine sends as it is
   * @param write is waited for, so that no more is read than can be kept
   */
  async read(
    output: Readable,
    terminal: boolean,
    write: (data: Uint8Array, stream: 'stdout' | 'stderr') => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const onAbort = (): void => {
      output.destroy();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      for await (const { data, stream } of terminal ? plain(output) : demultiplex(output)) {
        this.keepEarly(data, stream);
        for (const listener of this.listeners) listener(data, stream);
        await write(data, stream);
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    signal.throwIfAborted();
  }

  private keepEarly(data: Uint8Array, stream: 'stdout' | 'stderr'): void {
    this.earlyBytes += data.length;
    if (this.earlyBytes > mostEarly) this.early = undefined;
    // A copy: what the connection reads next may take its place.
    else this.early?.push({ data: Uint8Array.from(data), stream });
  }
}

async function* plain(stream: Readable): AsyncGenerator<{ stream: 'stdout'; data: Uint8Array }> {
  for await (const chunk of stream) {
    if (chunk instanceof Uint8Array) yield { stream: 'stdout', data: chunk };
  }
}
