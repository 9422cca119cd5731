import { setTimeout as wait } from 'node:timers/promises';
import { asFailure, Failure, isEngineGone } from '../host/failure.js';
import { type EngineConnection } from './connection.js';
import { containerLogs } from './container-logs.js';
import { type ContainerDetails, inspectContainer } from './containers.js';
import { engineEvents } from './events.js';
import { type LogLine } from './log-lines.js';
import { LogPosition } from './log-position.js';

/** What becomes of a log now. */
export type LogState =
  | { kind: 'connecting' }
  /** The container runs, and what it prints arrives. */
  | { kind: 'following' }
  /** The container was never started; its log begins when it is. */
  | { kind: 'not-started' }
  /** The container has ended; its log goes on when it is started again. */
  | { kind: 'ended'; exitCode: number }
  /** The engine does not answer, and is tried again. */
  | { kind: 'engine-lost'; failure: Failure }
  /** Nothing will come any more. */
  | { kind: 'removed' }
  | { kind: 'failed'; failure: Failure };

interface LogListener {
  onLines(lines: LogLine[]): void;
  onState(state: LogState): void;
}

interface FollowOptions {
  /** As for `containerLogs`; what is wanted of the log that is there already. */
  since?: string | undefined;
  tail?: number | undefined;
  signal: AbortSignal;
}

const firstRetryMilliseconds = 250;
const lastRetryMilliseconds = 15_000;

/**
 * Reads the log of a container for as long as there is one: through restarts of the container, and of the engine. No line is lost
 * or told twice.
 */
export class LogFollower {
  private readonly position = new LogPosition();
  private pause: AbortController | undefined;
  private state: LogState = { kind: 'connecting' };

  /** @param container its full identifier */
  constructor(
    private readonly connection: EngineConnection,
    private readonly container: string,
    private readonly listener: LogListener,
  ) {}

  /** Ends with the container's removal, with a log that cannot be read, or with the signal; never rejects. */
  async run(options: FollowOptions): Promise<void> {
    const { signal } = options;
    let delay = firstRetryMilliseconds;
    // As a call: the signal changes while this waits, which the compiler cannot see.
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      try {
        const begin = performance.now();
        await this.followOnce(options, () => {
          delay = firstRetryMilliseconds;
        });
        // A log that ends at once, though its container runs, is not asked for without a pause.
        if (performance.now() - begin < firstRetryMilliseconds) await this.waitFor(firstRetryMilliseconds, signal);
      } catch (error) {
        if (stopped()) return;
        const failure = asFailure(error, 'Reading the log');
        if (failure.reason === 'container-not-found') this.change({ kind: 'removed' });
        else if (!isEngineGone(failure)) this.change({ kind: 'failed', failure });
        else {
          this.change({ kind: 'engine-lost', failure });
          await this.waitFor(delay, signal);
          delay = Math.min(delay * 2, lastRetryMilliseconds);
          continue;
        }
        return;
      }
    }
  }

  /** Looks for a lost engine at once. */
  tryNow(): void {
    this.pause?.abort();
  }

  /** One life of the container, and the time until the next one. Rejects when the engine is lost or the container gone. */
  private async followOnce(options: FollowOptions, onAnswer: () => void): Promise<void> {
    const { connection, container } = this;
    const { signal } = options;
    const found = await inspectContainer(connection, container, signal);
    onAnswer();
    const isRunning = runs(found);
    if (isRunning) this.change({ kind: 'following' });
    await this.read(isRunning, options);
    const after = isRunning ? await inspectContainer(connection, container, signal) : found;
    // It was started again meanwhile.
    if (runs(after)) return;
    // What was printed last may have come when the engine no longer followed.
    if (isRunning) await this.read(false, options);
    this.change(wasStarted(after) ? { kind: 'ended', exitCode: after.exitCode } : { kind: 'not-started' });
    await this.untilStarted(after, signal);
  }

  private async read(follow: boolean, { since, tail, signal }: FollowOptions): Promise<void> {
    const next = this.position.goOn();
    const wanted = next === undefined ? { since, tail } : { since: next.since };
    try {
      for await (const lines of containerLogs(this.connection, this.container, { ...wanted, follow, signal })) {
        if (signal.aborted) return;
        const fresh = next?.unseen(lines) ?? lines;
        this.position.note(fresh);
        if (fresh.length > 0) this.listener.onLines(fresh);
      }
    } catch (error) {
      // The engine does not show the log of a container that it is about to remove.
      if (!(error instanceof Failure) || error.reason !== 'engine-refused') throw error;
      const { state } = await inspectContainer(this.connection, this.container, signal);
      if (state !== 'removing' && state !== 'dead') throw error;
    }
  }

  /** Resolves when the container may have been started since it was as it is known; rejects when it is gone. */
  private async untilStarted(known: ContainerDetails, signal: AbortSignal): Promise<void> {
    const { connection, container } = this;
    const round = new AbortController();
    // From its end on, for it may have been started since; an engine answers before it listens to itself, too.
    const since = wasStarted(known) ? (Date.parse(known.finished) / 1000 - 1).toFixed(3) : '0';
    try {
      const either = AbortSignal.any([signal, round.signal]);
      for await (const { type, id, action } of engineEvents(connection, { since, onOpen, signal: either })) {
        if (type !== 'container' || id !== container || !/^(?:start|die|destroy)$/.test(action)) continue;
        // Rejects where it is gone.
        const now = await inspectContainer(connection, container, signal);
        if (now.started !== known.started || runs(now)) return;
      }
    } finally {
      round.abort();
    }
  }

  private async waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.pause = new AbortController();
    try {
      await wait(milliseconds, undefined, { signal: AbortSignal.any([signal, this.pause.signal]) });
    } catch {
      // Woken early, to end or to try.
    } finally {
      this.pause = undefined;
    }
  }

  private change(state: LogState): void {
    if (state.kind === this.state.kind && state.kind !== 'ended') return;
    this.state = state;
    this.listener.onState(state);
  }
}

function onOpen(): void {
  // Nothing waits for it.
}

/** A container that waits to be restarted has no output to follow. */
function runs({ state }: ContainerDetails): boolean {
  return state === 'running' || state === 'paused';
}

/** The engine gives the year 1 to what never happened; a start that failed has no end, and an exit code of its own. */
function wasStarted({ finished, started }: ContainerDetails): boolean {
  return !(started.startsWith('0001-') && finished.startsWith('0001-'));
}
