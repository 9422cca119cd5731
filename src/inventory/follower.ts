import { type EngineConnection } from '../engine/connection.js';
import { engineEvents } from '../engine/events.js';
import { engineInfo, type EngineInfo } from '../engine/system.js';
import { containersOf, type Dirty, isClean, noneDirty, note } from './dirty.js';
import { listAll, lookInto } from './look-into.js';
import { type Lists, patched } from './model.js';

/** Whoever keeps what a follower finds out. */
interface Keeper {
  /** What is known now. */
  lists(): Lists;
  /** Everything was listed anew. */
  onListed(lists: Lists): void;
  /** Something was looked into; lists in which nothing changed are the same objects as before. */
  onPatched(lists: Lists): void;
  /** @param time as `EngineEvent.time` */
  onEvent(time: string): void;
  /** All lists are complete, and images are or have become others. */
  onImages(store: EngineInfo['store']): void;
}

/** Lists what an engine holds and follows its events, over one connection. */
export class Follower {
  private dirty = noneDirty();
  private store: EngineInfo['store'] | undefined;
  private looking: Promise<void> | undefined;
  private fail: (error: unknown) => void = () => undefined;

  constructor(
    private readonly connection: EngineConnection,
    private readonly keeper: Keeper,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Ends when the engine ends the events, rejects when it cannot be reached, and when something cannot be looked into:
   * all has to be listed anew then.
   *
   * @param since as for `engineEvents`
   */
  async run(since: string | undefined): Promise<void> {
    const failed = new Promise<never>((_resolve, reject) => {
      this.fail = reject;
    });
    let onOpen = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      onOpen = resolve;
    });
    const ended = Promise.race([this.listen(since, onOpen), failed]);
    await Promise.race([opened, ended]);
    const info = engineInfo(this.connection, this.signal);
    info.catch(() => undefined);
    const listed = await Promise.race([listAll(this.connection, this.signal), ended]);
    if (listed === 'ended') return;
    this.keeper.onListed(listed);
    this.store = (await info).store;
    this.look();
    this.keeper.onImages(this.store);
    await ended;
  }

  private async listen(since: string | undefined, onOpen: () => void): Promise<'ended'> {
    for await (const event of engineEvents(this.connection, { since, signal: this.signal, onOpen })) {
      if (event.time !== undefined) this.keeper.onEvent(event.time);
      if (note(event, this.dirty)) this.look();
    }
    return 'ended';
  }

  /** Looks into what is dirty, and into what becomes dirty meanwhile. */
  private look(): void {
    const { store } = this;
    // Until everything is listed, what is dirty waits.
    if (store === undefined) return;
    this.looking ??= this.lookUntilClean(store)
      .catch(this.fail)
      .finally(() => {
        this.looking = undefined;
      });
  }

  private async lookUntilClean(store: EngineInfo['store']): Promise<void> {
    while (!isClean(this.dirty)) {
      const taken: Dirty = this.dirty;
      this.dirty = noneDirty();
      const before = this.keeper.lists();
      const after = patched(before, await lookInto(this.connection, taken, before, store, this.signal));
      this.signal.throwIfAborted();
      this.keeper.onPatched(after);
      if (before.images === after.images) continue;
      for (const id of containersOf(before, after)) this.dirty.containers.add(id);
      this.keeper.onImages(store);
    }
  }
}
