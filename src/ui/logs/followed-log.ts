import { type EngineConnection } from '../../engine/connection.js';
import { inspectContainer } from '../../engine/containers.js';
import { LogFollower, type LogState } from '../../engine/log-follower.js';
import { engineTime } from '../../engine/log-position.js';
import { asFailure } from '../../host/failure.js';
import { bufferLimits, LogBuffer } from './log-buffer.js';
import { emptyText, headText, type Period } from './log-messages.js';

const minutes = 60_000;
const lengths = { minutes: 10 * minutes, hour: 60 * minutes, day: 1440 * minutes };

/** A log as far as it is kept, with what becomes of it. */
export class FollowedLog {
  readonly buffer = new LogBuffer();
  private known: LogState = { kind: 'connecting' };
  private wanted: Period = 'all';
  private received = 0;
  private isCleared = false;
  private running: AbortController | undefined;
  private follower: LogFollower | undefined;

  /** @param onChange called after each change of anything */
  constructor(
    private readonly connection: EngineConnection,
    private readonly container: string,
    private readonly onChange: () => void,
  ) {}

  get state(): LogState {
    return this.known;
  }

  get period(): Period {
    return this.wanted;
  }

  /** What stands above the first line. */
  get head(): string {
    return this.isCleared ? '' : headText(this.buffer.dropped, this.received, bufferLimits.lines);
  }

  /** What stands in place of lines. */
  get empty(): string {
    return emptyText(this.known, this.wanted, this.isCleared);
  }

  /** Reads the log anew, from then on. */
  begin(period: Period): void {
    this.stop();
    const running = new AbortController();
    this.running = running;
    this.wanted = period;
    this.known = { kind: 'connecting' };
    this.received = 0;
    this.isCleared = false;
    this.buffer.clear();
    this.onChange();
    void this.follow(period, running.signal);
  }

  clear(): void {
    this.buffer.clear();
    this.isCleared = true;
    this.onChange();
  }

  /** Looks for a lost engine at once. */
  tryNow(): void {
    this.follower?.tryNow();
  }

  stop(): void {
    this.running?.abort();
    this.running = undefined;
  }

  private async follow(period: Period, signal: AbortSignal): Promise<void> {
    const onState = (state: LogState): void => {
      if (signal.aborted) return;
      this.known = state;
      this.onChange();
    };
    let since: string | undefined;
    try {
      since = await this.sinceOf(period, signal);
    } catch (error) {
      onState({ kind: 'failed', failure: asFailure(error, 'Reading the log') });
      return;
    }
    if (signal.aborted) return;
    this.follower = new LogFollower(this.connection, this.container, {
      onLines: (lines) => {
        if (signal.aborted) return;
        this.received += lines.length;
        this.buffer.append(lines);
        this.onChange();
      },
      onState,
    });
    await this.follower.run({ since, tail: bufferLimits.lines, signal });
  }

  private async sinceOf(period: Period, signal: AbortSignal): Promise<string | undefined> {
    if (period === 'all') return undefined;
    if (period !== 'start') return engineTime(Date.now() - lengths[period]);
    const { started } = await inspectContainer(this.connection, this.container, signal);
    // The year 1 stands for never.
    return Date.parse(started) > 0 ? engineTime(Date.parse(started)) : undefined;
  }
}
