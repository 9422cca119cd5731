import { type EngineConnection } from '../../engine/connection.js';
import { type Engine } from '../../engine/engine.js';
import { type GpuCheck, type HostReport } from '../../gpu/check-gpu.js';
import { asFailure, type Failure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { untilAborted } from '../../host/until-aborted.js';

/** What is known of the GPU now. */
export type GpuStatus =
  /** Nobody has asked, and nothing makes a GPU plausible. */
  | { kind: 'unchecked' }
  | { kind: 'checking' }
  | { kind: 'no-engine'; failure: Failure }
  /** `folder` is the project that the check is about; undefined where it is about the host alone. */
  | { kind: 'checked'; check: GpuCheck; folder: string | undefined };

/**
 * Knows whether the open project will run on the engine's GPU. The host is asked once for each connection to an engine, and
 * again when somebody wants it; a changed project is only judged anew.
 */
export class GpuMonitor {
  private known: GpuStatus = { kind: 'unchecked' };
  private report: HostReport | undefined;
  private running: AbortController | undefined;
  private wasConnected = false;
  /** Whether the check that is going on still looks for an engine: the one that connects then is the one that it asks. */
  private isLooking = false;
  private readonly listeners = new Set<() => void>();
  private readonly following: { dispose(): void };

  /**
   * @param folders the open projects, asked for when they are needed
   * @param isTrusted whether the workspace is trusted: looking may start a container
   * @param patience how long a driver or an engine that says nothing is waited for, in milliseconds
   */
  constructor(
    private readonly engine: Engine,
    private readonly folders: () => readonly string[],
    private readonly isTrusted: () => boolean,
    private readonly log: Log,
    private readonly patience = 60_000,
  ) {
    this.following = engine.onChange(() => {
      this.onEngine();
    });
  }

  get status(): GpuStatus {
    return this.known;
  }

  /** What was found out of the engine's host; undefined where it is not known. */
  get host(): HostReport | undefined {
    return this.report;
  }

  onChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Checks where the project or this machine makes a GPU plausible; else nothing is asked of anybody. */
  async begin(): Promise<void> {
    if (this.known.kind !== 'unchecked' || !this.isTrusted()) return;
    const { isGpuWorthAsking } = await import('../../gpu/plausible.js');
    if (await isGpuWorthAsking(this.folders())) await this.check('again');
  }

  /** Judges anew what the project needs, where the host is known: nothing is tried for that. */
  async rejudge(): Promise<void> {
    if (this.report !== undefined) await this.check('known-host');
    else if (this.known.kind === 'unchecked') await this.begin();
  }

  /** Asks the host, too, unless it is to be taken as it is known. */
  async check(how: 'again' | 'known-host'): Promise<void> {
    if (!this.isTrusted()) return;
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    if (how === 'again') {
      this.report = undefined;
      this.change({ kind: 'checking' });
    }
    const signal = AbortSignal.any([running.signal, AbortSignal.timeout(this.patience)]);
    const { status, report } = await this.find(this.report, signal);
    // Overtaken by a newer one, which knows better.
    if (this.running !== running) return;
    this.report = report;
    this.change(status);
  }

  dispose(): void {
    this.running?.abort();
    this.listeners.clear();
    this.following.dispose();
  }

  private async find(
    known: HostReport | undefined,
    signal: AbortSignal,
  ): Promise<{ status: GpuStatus; report: HostReport | undefined }> {
    const [folder] = this.folders();
    let connection: EngineConnection;
    this.isLooking = true;
    try {
      connection = await untilAborted(this.engine.connect(), signal, 'The check');
    } catch (error) {
      return { status: { kind: 'no-engine', failure: asFailure(error, 'Looking for an engine') }, report: undefined };
    } finally {
      this.isLooking = false;
    }
    try {
      const { checkGpu, reportHost } = await import('../../gpu/check-gpu.js');
      const work = { signal, onProgress: (): void => undefined };
      const report = known ?? (await untilAborted(reportHost(connection, undefined, work), signal, 'The check'));
      const subject = folder === undefined ? { kind: 'host' as const } : { kind: 'project' as const, folder };
      const check = await untilAborted(checkGpu(connection, subject, report, work), signal, 'The check');
      return { status: { kind: 'checked', check, folder }, report };
    } catch (error) {
      const failure = asFailure(error, 'Checking the GPU');
      this.log.warn(`The GPU could not be checked: ${failure.message}`);
      const why =
        failure.reason === 'cancelled' ? `it did not answer within ${this.patience / 1000} s` : failure.message;
      const { judge } = await import('../../gpu/verdict.js');
      const host = { kind: 'unknown' as const, why };
      const verdict = judge(host, undefined);
      const check = { support: known?.support, host, need: undefined, baseLine: undefined, verdict };
      return { status: { kind: 'checked', check, folder }, report: undefined };
    }
  }

  /** Another engine, or the same one after a restart, may offer something else. */
  private onEngine(): void {
    const { kind } = this.engine.state;
    const isConnected = kind === 'connected';
    const isNew = isConnected && !this.wasConnected;
    if (isConnected || kind === 'failed' || kind === 'idle') this.wasConnected = isConnected;
    if (isNew && !this.isLooking) void this.check('again');
    if (kind === 'failed' && this.known.kind === 'checked') {
      this.report = undefined;
      this.change({ kind: 'no-engine', failure: this.engine.state.failure });
    }
  }

  private change(status: GpuStatus): void {
    this.known = status;
    for (const listener of this.listeners) listener();
  }
}
