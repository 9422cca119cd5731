import { type Entry, type Inside, type Listing } from '../../../../src/engine/inside/place.js';
import { Failure } from '../../../../src/host/failure.js';

/** A way into a place that exists in memory: files by their absolute paths, folders where files are below them. */
export class FakeInside implements Inside {
  isReadOnly = false;
  canRearrange = true;
  /** What was asked of it, in order. */
  readonly asked: string[] = [];
  /** Thrown by everything that is asked, where it is set. */
  trouble: Failure | undefined;
  isDisposed = false;
  readonly files: Map<string, Uint8Array>;
  /** What `stat` says instead of the true size. */
  readonly sizes = new Map<string, number>();

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.files = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  }

  list(path: string, signal: AbortSignal): Promise<Listing> {
    return this.answer(`list ${path}`, signal, () => {
      const below = path === '/' ? '/' : `${path}/`;
      const names = [...this.files.keys()].filter((file) => file.startsWith(below));
      const entries = [...new Set(names.map((file) => file.slice(below.length).split('/')[0] ?? ''))].sort();
      return { entries: entries.map((name) => this.entry(below + name)), isWhole: true };
    });
  }

  stat(path: string, signal: AbortSignal): Promise<Entry> {
    return this.answer(`stat ${path}`, signal, () => this.entry(path));
  }

  async *read(path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const content = await this.answer(`read ${path}`, signal, () => this.files.get(path) ?? notFound(path));
    for (let at = 0; at < content.length; at += 4) yield content.subarray(at, at + 4);
  }

  write(path: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.answer(`write ${path}`, signal, () => {
      this.files.set(path, content);
    });
  }

  makeFolder(path: string, signal: AbortSignal): Promise<void> {
    return this.answer(`makeFolder ${path}`, signal, () => undefined);
  }

  remove(path: string, signal: AbortSignal): Promise<void> {
    return this.answer(`remove ${path}`, signal, () => {
      this.files.delete(path);
    });
  }

  rename(from: string, to: string, { signal }: { replace: boolean; signal: AbortSignal }): Promise<void> {
    return this.answer(`rename ${from} ${to}`, signal, () => undefined);
  }

  download(): Promise<{ leftOut: string[] }> {
    return Promise.resolve({ leftOut: [] });
  }

  upload(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    this.isDisposed = true;
    return Promise.resolve();
  }

  private async answer<T>(question: string, signal: AbortSignal, answer: () => T): Promise<T> {
    this.asked.push(question);
    await Promise.resolve();
    signal.throwIfAborted();
    if (this.trouble !== undefined) throw this.trouble;
    return answer();
  }

  private entry(path: string): Entry {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const content = this.files.get(path);
    if (content !== undefined) {
      return { name, kind: 'file', size: this.sizes.get(path) ?? content.length, modified: 1000 };
    }
    if (![...this.files.keys()].some((file) => file.startsWith(`${path}/`))) return notFound(path);
    return { name, kind: 'folder', size: 0, modified: 1000 };
  }
}

function notFound(path: string): never {
  throw new Failure('file-not-found', `There is no ${path}.`, 'Look again.');
}

/** Notes what is written. */
export class NotedLog {
  readonly lines: string[] = [];
  readonly info = (line: string): void => void this.lines.push(line);
  readonly warn = this.info;
  readonly error = this.info;
}
