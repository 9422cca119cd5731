import { setTimeout as wait } from 'node:timers/promises';
import { type EngineConnection } from '../engine/connection.js';
import { type ContainerSummary, listContainers } from '../engine/containers.js';
import { engineEvents } from '../engine/events.js';
import { identify } from '../engine/system.js';
import { asFailure, Failure } from '../host/failure.js';

interface ContainersListener {
  /** All containers of the engine, at first and after containers came or went. */
  onContainers(containers: readonly ContainerSummary[]): void;
  /** The engine cannot be asked, and is tried again. */
  onLost(failure: Failure): void;
}

const firstRetryMilliseconds = 250;
const lastRetryMilliseconds = 15_000;
/** An “Up” makes several containers in a row. */
const pauseMilliseconds = 100;

/** Tells which containers there are for as long as somebody wants to know: by the engine's events, through losses of the engine. */
export class ContainersFollower {
  private pause: AbortController | undefined;
  private lastEvent: string | undefined;

  constructor(
    private readonly connection: EngineConnection,
    private readonly listener: ContainersListener,
  ) {}

  /** Ends with the signal; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    let delay = firstRetryMilliseconds;
    // As a call: the signal changes while this waits, which the compiler cannot see.
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      try {
        await this.followOnce(signal, () => {
          delay = firstRetryMilliseconds;
        });
      } catch (error) {
        if (stopped()) return;
        this.listener.onLost(asFailure(error, 'Listening to the engine'));
      }
      await this.waitFor(delay, signal);
      delay = Math.min(delay * 2, lastRetryMilliseconds);
    }
  }

  /** Looks for a lost engine at once. */
  tryNow(): void {
    this.pause?.abort();
  }

  /** Rejects when the engine is lost. */
  private async followOnce(signal: AbortSignal, onAnswer: () => void): Promise<void> {
    const { connection } = this;
    const round = new AbortController();
    const either = AbortSignal.any([signal, round.signal]);
    // An engine answers before it listens to itself: it is asked to begin earlier.
    const { time } = await identify(connection, either);
    const since = this.lastEvent ?? (time === undefined ? undefined : String(Math.floor(time / 1000)));
    let wake = (): void => undefined;
    let onOpen = (): void => undefined;
    const opened = new Promise<void>((resolve) => (onOpen = resolve));
    const listen = async (): Promise<never> => {
      for await (const event of engineEvents(connection, { since, onOpen, signal: either })) {
        this.lastEvent = event.time ?? this.lastEvent;
        if (event.type === 'container' && /^(?:create|start|rename|destroy)$/.test(event.action)) wake();
      }
      throw new Failure('engine-lost', 'The engine stopped telling what happens.', 'It is tried again.');
    };
    const listening = listen();
    listening.catch(() => undefined);
    try {
      await Promise.race([opened, listening]);
      for (;;) {
        const changed = new Promise<void>((resolve) => (wake = resolve));
        this.listener.onContainers(await listContainers(connection, either));
        onAnswer();
        await Promise.race([changed, listening]);
        await wait(pauseMilliseconds, undefined, { signal: either });
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
}
