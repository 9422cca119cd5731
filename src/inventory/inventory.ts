import { setTimeout as wait } from 'node:timers/promises';
import { type Engine } from '../engine/engine.js';
import { asFailure, type Failure } from '../host/failure.js';
import { type Log } from '../host/log.js';
import { type Lists } from './list.js';

/** What is known of the engine now. */
export type InventoryState =
  /** Nobody looks, or the first answer is still to come. */
  | { kind: 'unknown' }
  | { kind: 'live'; lists: Lists }
  /** The engine cannot be reached; what was known last is kept where there is something. */
  | { kind: 'unavailable'; failure: Failure; last: Lists | undefined };

const nothing: Lists = { images: [], containers: [], volumes: [] };
const firstRetryMilliseconds = 1000;
const lastRetryMilliseconds = 30_000;

/**
 * Images, containers and volumes as they are now: listed once, then kept by the engine's events for as long as somebody
 * watches. A lost engine is looked for again for ever, ever more slowly.
 */
export class Inventory {
  private known: InventoryState = { kind: 'unknown' };
  private readonly listeners = new Set<() => void>();
  private watchers = 0;
  private running: AbortController | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly log: Log,
  ) {}

  get state(): InventoryState {
    return this.known;
  }

  /** Calls back after each change of the state, until disposed. */
  onChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Keeps the state up to date until disposed; without a watcher nothing is asked of the engine. */
  watch(): { dispose(): void } {
    this.watchers++;
    if (this.running === undefined) {
      this.running = new AbortController();
      void this.follow(this.running.signal);
    }
    let disposed = false;
    return {
      dispose: () => {
        if (disposed) return;
        disposed = true;
        this.watchers--;
        if (this.watchers === 0) this.stop();
      },
    };
  }

  /** Looks for the engine and lists everything again, at once. */
  refresh(): void {
    if (this.running === undefined) return;
    this.stop();
    this.running = new AbortController();
    void this.follow(this.running.signal);
  }

  dispose(): void {
    this.stop();
    this.listeners.clear();
  }

  private stop(): void {
    this.running?.abort();
    this.running = undefined;
  }

  private async follow(signal: AbortSignal): Promise<void> {
    let delay = firstRetryMilliseconds;
    // As a call: the signal changes while this waits, which the compiler cannot see.
    const ended = (): boolean => signal.aborted;
    while (!ended()) {
      try {
        await this.followOnce(signal, () => {
          delay = firstRetryMilliseconds;
        });
        this.engine.reset();
      } catch (error) {
        if (ended()) return;
        const failure = asFailure(error, 'Listing what the engine holds');
        this.log.warn(`${failure.message} (${failure.reason})`);
        const last = this.known.kind === 'live' ? this.known.lists : undefined;
        this.change({
          kind: 'unavailable',
          failure,
          last: this.known.kind === 'unavailable' ? this.known.last : last,
        });
      }
      try {
        await wait(delay, undefined, { signal });
      } catch {
        // Woken early, to end.
      }
      delay = Math.min(delay * 2, lastRetryMilliseconds);
    }
  }

  /** Ends when the engine ends the events, rejects when it cannot be reached. */
  private async followOnce(signal: AbortSignal, onLive: () => void): Promise<void> {
    const connection = await this.engine.connect();
    // Loaded now that there is an engine to list: not when VS Code starts.
    const [{ relist }, { engineEvents }] = await Promise.all([import('./list.js'), import('../engine/events.js')]);
    const stale = new Set<keyof Lists>();
    let listing: Promise<void> | undefined;
    const list = async (): Promise<void> => {
      while (stale.size > 0) {
        const kinds = [...stale];
        stale.clear();
        const before = this.known.kind === 'live' ? this.known.lists : nothing;
        const lists = await relist(connection, before, kinds, signal);
        signal.throwIfAborted();
        this.change({ kind: 'live', lists });
      }
    };
    const refresh = (...kinds: (keyof Lists)[]): Promise<void> => {
      for (const kind of kinds) stale.add(kind);
      listing ??= list().finally(() => {
        listing = undefined;
      });
      return listing;
    };

    let opened = (): void => undefined;
    const open = new Promise<void>((resolve) => {
      opened = resolve;
    });
    const events = (async () => {
      for await (const event of engineEvents(connection, signal, opened)) {
        const kind = kindOf(event.type);
        if (kind !== undefined) void refresh(...kind).catch(() => undefined);
      }
    })();
    events.catch(() => undefined);
    await Promise.race([open, events]);
    await refresh('images', 'containers', 'volumes');
    onLive();
    await events;
  }

  private change(state: InventoryState): void {
    this.known = state;
    for (const listener of this.listeners) listener();
  }
}

/** What an event of the engine makes stale. */
function kindOf(type: string): (keyof Lists)[] | undefined {
  switch (type) {
    case 'image':
      return ['images'];
    case 'container':
      return ['containers'];
    case 'volume':
      return ['volumes'];
    default:
      return undefined;
  }
}
