import { type EngineConnection } from '../../engine/connection.js';
import { LogFollower, type LogState } from '../../engine/log-follower.js';
import { asFailure } from '../../host/failure.js';
import { bufferLimits, LogBuffer } from './log-buffer.js';
import { emptyText, headText, type Period, stateText } from './log-messages.js';
import { sinceOf } from './log-since.js';
import { type ShownLog } from './shown-log.js';

/** The log of a container as far as it is kept, with what becomes of it. */
export class FollowedLog implements ShownLog {
  readonly buffer = new LogBuffer();
  readonly generation = 0;
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

  get status(): { kind: LogState['kind']; text: string } {
    return { kind: this.known.kind, text: stateText(this.known) };
  }

  get period(): Period {
    return this.wanted;
  }

  get head(): string {
    return this.isCleared ? '' : headText(this.buffer.dropped, this.received, bufferLimits.lines);
  }

  get empty(): string {
    return emptyText(this.known, this.wanted, this.isCleared);
  }

  /** All lines come from the container. */
  sourceOf(): undefined {
    return undefined;
  }

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
      since = await sinceOf(this.connection, this.container, period, signal);
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
}
