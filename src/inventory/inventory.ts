import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { type EngineConnection } from '../engine/connection.js';
import { type Engine } from '../engine/engine.js';
import { type EngineInfo } from '../engine/system.js';
import { asFailure, type Failure } from '../host/failure.js';
import { type Log } from '../host/log.js';
import { ImageTraitsMemory } from './image-traits.js';
import { Limiter } from './limiter.js';
import { changedKinds, type Kind, kinds, type Lists, nothing, settled } from './model.js';

/** What is known of the engine now. */
export type InventoryState =
  /** Nobody looks, or the first answer is still to come. */
  | { kind: 'unknown' }
  | { kind: 'live'; lists: Lists }
  /** The engine cannot be reached; what was known last is kept where there is something. */
  | { kind: 'unavailable'; failure: Failure; last: Lists | undefined };

const firstRetryMilliseconds = 250;
const lastRetryMilliseconds = 15_000;
/** Ten refreshes a second are as many as an eye follows. */
const pauseMilliseconds = 100;

/**
 * Images, containers and volumes as they are now: listed once, then patched by the engine's events for as long as
 * somebody watches. A lost engine is looked for again for ever, ever more slowly.
 */
export class Inventory {
  private known: InventoryState = { kind: 'unknown' };
  private readonly listeners = new Set<(changed: readonly Kind[]) => void>();
  private readonly unseen = new Set<Kind>();
  private readonly limiter = new Limiter(() => {
    this.notify();
  }, pauseMilliseconds);
  private watchers = 0;
  private running: AbortController | undefined;
  /** The endpoint that the lists and the time are from: another engine knows nothing of them. */
  private host: string | undefined;
  private lastEvent: string | undefined;
  readonly traits = new ImageTraitsMemory();

  constructor(
    private readonly engine: Engine,
    private readonly log: Log,
  ) {}

  get state(): InventoryState {
    return this.known;
  }

  /** Calls back after changes of the state with the lists that changed, ten times a second at most, until disposed. */
  onChange(listener: (changed: readonly Kind[]) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Keeps the state up to date until disposed; without a watcher nothing is asked of the engine. */
  watch(): { dispose(): void } {
    this.watchers++;
    if (this.running === undefined) this.start();
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

  /** Looks for the engine and lists everything again, at once, where somebody watches. */
  refresh(): void {
    if (this.running === undefined) return;
    this.stop();
    this.start();
  }

  dispose(): void {
    this.stop();
    this.limiter.dispose();
    this.listeners.clear();
  }

  private start(): void {
    this.running = new AbortController();
    void this.follow(this.running.signal);
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
      } catch (error) {
        if (ended()) return;
        const failure = asFailure(error, 'Listing what the engine holds');
        this.log.warn(`${failure.message} (${failure.reason})`);
        this.change({ kind: 'unavailable', failure, last: listsOf(this.known) }, kinds);
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
    signal.throwIfAborted();
    this.forgetOther(connection);
    const round = new AbortController();
    try {
      const either = AbortSignal.any([signal, round.signal]);
      // A dozen requests may be under way at once, each of which listens to it.
      setMaxListeners(0, either);
      // Loaded now that there is an engine to list: not when VS Code starts.
      const { Follower } = await import('./follower.js');
      const keeper = {
        lists: () => listsOf(this.known) ?? nothing,
        onListed: (lists: Lists) => {
          this.keepListed(lists);
          onLive();
        },
        onPatched: (lists: Lists) => {
          this.change({ kind: 'live', lists }, changedKinds(listsOf(this.known) ?? nothing, lists));
        },
        onEvent: (time: string) => {
          this.lastEvent = time;
        },
        onImages: (store: EngineInfo['store']) => {
          this.learnTraits(connection, store, either);
        },
      };
      await new Follower(connection, keeper, either).run(this.since());
    } finally {
      // Whatever ended, the events must not go on beside those of the next round.
      round.abort();
    }
  }

  private keepListed(listed: Lists): void {
    const before = listsOf(this.known) ?? nothing;
    const lists = settled(before, listed);
    // What comes back after a loss is shown as fresh, even where nothing is different.
    this.change({ kind: 'live', lists }, this.known.kind === 'live' ? changedKinds(before, lists) : kinds);
  }

  private learnTraits(connection: EngineConnection, store: EngineInfo['store'], signal: AbortSignal): void {
    const images = (): Lists['images'] => (listsOf(this.known) ?? nothing).images;
    const onLearned = (): void => {
      this.announce(['images']);
    };
    this.traits.learn(connection, images, store, signal, onLearned).catch((error: unknown) => {
      if (!signal.aborted) this.log.warn(asFailure(error, 'Asking what images are for').message);
    });
  }

  /** Lists of another engine are not kept on show while this one is asked. */
  private forgetOther({ endpoint }: EngineConnection): void {
    if (this.host !== undefined && this.host !== endpoint.host) {
      this.lastEvent = undefined;
      this.change({ kind: 'unknown' }, kinds);
    }
    this.host = endpoint.host;
  }

  /**
   * An engine answers before it listens to itself, so it is asked to begin earlier: with the last event that was seen, or
   * with the time of its own clock when it was found.
   */
  private since(): string | undefined {
    if (this.lastEvent !== undefined) return this.lastEvent;
    const { state } = this.engine;
    const time = state.kind === 'connected' ? state.identity.time : undefined;
    return time === undefined ? undefined : String(Math.floor(time / 1000));
  }

  private change(state: InventoryState, changed: readonly Kind[]): void {
    this.known = state;
    if (changed.length > 0) this.announce(changed);
  }

  private announce(changed: readonly Kind[]): void {
    for (const kind of changed) this.unseen.add(kind);
    this.limiter.trigger();
  }

  private notify(): void {
    const changed = [...this.unseen];
    this.unseen.clear();
    for (const listener of this.listeners) listener(changed);
  }
}

/** What is known at least, of now or of before. */
export function listsOf(state: InventoryState): Lists | undefined {
  switch (state.kind) {
    case 'unknown':
      return undefined;
    case 'live':
      return state.lists;
    case 'unavailable':
      return state.last;
  }
}
