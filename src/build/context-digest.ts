import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { type SyncObserver } from '../engine/buildkit/file-sync/file-sync.js';
import { type Entry } from '../engine/buildkit/file-sync/walk.js';
import { asFailure, type Failure } from '../host/failure.js';

/** What of its context a build has used. */
export interface UsedContext {
  /** sha256 of paths, kinds, executable bits and contents; of no times, so that it is the same on every machine. */
  digest: string;
  files: number;
  /** Bytes of all files. */
  bytes: number;
}

const known = v.record(v.string(), v.tuple([v.string(), v.string()]));

/**
 * Listens to what BuildKit is told and sent of a context, and sums it up. The sha256 of a file that was not sent again is
 * remembered from the time when it was; the memory is a file, and no more than that: what it lacks is read.
 */
export class ContextDigest implements SyncObserver {
  private readonly entries = new Map<string, Entry>();
  private readonly sent = new Map<string, string>();
  failure: Failure | undefined;

  /**
   * @param folder the context's absolute path
   * @param memory absolute path of the folder for what is remembered
   */
  constructor(
    private readonly folder: string,
    private readonly memory: string,
  ) {}

  onEntries(entries: readonly Entry[], purpose: 'content' | 'ignore-files'): void {
    if (purpose === 'content') for (const entry of entries) this.entries.set(entry.path, entry);
  }

  onSent(entry: Entry, sha256: string): void {
    this.sent.set(entry.path, sha256);
  }

  onFailure(failure: Failure): void {
    this.failure ??= failure;
  }

  /** When the build is over. Rejects where a file cannot be read any more. */
  async sum(signal: AbortSignal): Promise<UsedContext> {
    const remembered = await this.remembered();
    const now: Record<string, [identity: string, sha256: string]> = {};
    const whole = createHash('sha256');
    let files = 0;
    let bytes = 0;
    let changed = false;
    for (const path of [...this.entries.keys()].sort()) {
      const entry = this.entries.get(path);
      if (entry === undefined) continue;
      if (entry.stats.isDirectory()) whole.update(`folder ${path}\0`);
      else if (entry.stats.isSymbolicLink()) whole.update(`link ${path}\0${entry.link}\0`);
      else if (entry.stats.isFile()) {
        const identity = identityOf(entry);
        const before = remembered[path];
        const stillKnown = before?.[0] === identity ? before[1] : undefined;
        const sha256 = this.sent.get(path) ?? stillKnown ?? (await sha256Of(join(this.folder, path), signal));
        changed ||= stillKnown !== sha256;
        now[path] = [identity, sha256];
        whole.update(`file ${path}\0${(entry.stats.mode & 0o111n) === 0n ? '' : 'executable'}\0${sha256}\0`);
        files++;
        bytes += Number(entry.stats.size);
      }
    }
    if (changed) await this.remember({ ...remembered, ...now });
    return { digest: `sha256:${whole.digest('hex')}`, files, bytes };
  }

  private get file(): string {
    return join(this.memory, `${createHash('sha256').update(this.folder).digest('hex').slice(0, 32)}.json`);
  }

  private async remembered(): Promise<Record<string, [string, string]>> {
    const text = await readFile(this.file, 'utf8').catch(() => '{}');
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), known), text);
    return parsed.success ? parsed.output : {};
  }

  private async remember(files: Record<string, [string, string]>): Promise<void> {
    await mkdir(this.memory, { recursive: true });
    await writeFile(`${this.file}.partial`, JSON.stringify(files));
    await rename(`${this.file}.partial`, this.file);
  }
}

/** What changes when a file is written. */
function identityOf({ stats }: Entry): string {
  return [stats.size, stats.mtimeNs, stats.ctimeNs, stats.ino].join();
}

async function sha256Of(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash, { signal });
  } catch (error) {
    throw asFailure(error, 'Reading the build context');
  }
  return hash.digest('hex');
}
