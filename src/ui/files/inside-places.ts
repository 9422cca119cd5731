import { type Inside, type Place } from '../../engine/inside/place.js';
import { asFailure, type Failure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { untilAborted } from '../../host/until-aborted.js';
import { placeKey } from './place-uri.js';

/** How long a place stays open after it was last used, in milliseconds. */
export const idleMilliseconds = 60_000;

/** A way into a place. */
export interface OpenedPlace {
  inside: Inside;
  /** Removes what was made on the engine, and ends what was opened for it. */
  close(): Promise<void>;
}

interface OpenPlace {
  opened: Promise<OpenedPlace>;
  /** Raised when it is closed: what still goes on there ends. */
  closing: AbortController;
  uses: number;
  idle: NodeJS.Timeout | undefined;
}

/**
 * Keeps one way into each place that is looked into, shared by all who look, and closes it some time after its last use: what it takes
 * on the engine is not made anew for each folder that somebody opens, and does not stay.
 */
export class InsidePlaces {
  /** Those that the next who looks gets, by `placeKey`. */
  private readonly places = new Map<string, OpenPlace>();
  /** All that are not closed, those that were found lost included. */
  private readonly open = new Set<OpenPlace>();
  private readonly closings = new Set<Promise<void>>();

  /** @param opener opens a way into a place, which is closed here */
  constructor(
    private readonly opener: (place: Place, signal: AbortSignal) => Promise<OpenedPlace>,
    private readonly log: Log,
  ) {}

  /**
   * Does something inside a place. Where the way in that was there before is found lost (a container that was stopped meanwhile, an
   * engine that was started again), it is done once more by a new one.
   *
   * Rejects with what opening the place or the work rejects with, and `cancelled` where the place is closed meanwhile.
   */
  async use<T>(
    place: Place,
    signal: AbortSignal,
    work: (inside: Inside, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const wasOpen = this.places.has(placeKey(place));
    try {
      return await this.useOnce(place, signal, work);
    } catch (error) {
      if (!wasOpen || signal.aborted || !isLost(asFailure(error, 'Looking inside'))) throw error;
      return await this.useOnce(place, signal, work);
    }
  }

  /** Ends what goes on in all places, and closes them. Resolves when all is removed that was made on engines. */
  async closeAll(): Promise<void> {
    this.places.clear();
    for (const place of [...this.open]) this.close(place);
    await Promise.all(this.closings);
  }

  private async useOnce<T>(
    place: Place,
    signal: AbortSignal,
    work: (inside: Inside, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const key = placeKey(place);
    const open = this.places.get(key) ?? this.begin(place, key);
    clearTimeout(open.idle);
    open.uses++;
    const either = AbortSignal.any([signal, open.closing.signal]);
    try {
      const { inside } = await untilAborted(open.opened, either, 'Looking inside');
      return await work(inside, either);
    } catch (error) {
      if (isLost(asFailure(error, 'Looking inside'))) this.retire(key, open);
      throw error;
    } finally {
      open.uses--;
      if (open.uses === 0) this.rest(key, open);
    }
  }

  private begin(place: Place, key: string): OpenPlace {
    const closing = new AbortController();
    const open: OpenPlace = { opened: this.opener(place, closing.signal), closing, uses: 0, idle: undefined };
    this.places.set(key, open);
    this.open.add(open);
    // A place that could not be opened is tried again the next time.
    open.opened.catch(() => {
      this.retire(key, open);
    });
    return open;
  }

  /** Nobody else gets it. Others who still use it find out for themselves, and say what they met. */
  private retire(key: string, open: OpenPlace): void {
    if (this.places.get(key) === open) this.places.delete(key);
  }

  private rest(key: string, open: OpenPlace): void {
    if (this.places.get(key) !== open) {
      this.close(open);
      return;
    }
    open.idle = setTimeout(() => {
      this.retire(key, open);
      this.close(open);
    }, idleMilliseconds);
  }

  private close(open: OpenPlace): void {
    if (!this.open.delete(open)) return;
    clearTimeout(open.idle);
    open.closing.abort();
    const closing = this.end(open).finally(() => this.closings.delete(closing));
    this.closings.add(closing);
  }

  private async end({ opened }: OpenPlace): Promise<void> {
    try {
      await (await opened.catch(() => undefined))?.close();
    } catch (error) {
      this.log.warn(`What was made to look inside was not removed: ${asFailure(error, 'Removing it').message}`);
    }
  }
}

/** Whether a way in is of no use any more, and a new one may be. */
function isLost({ reason }: Failure): boolean {
  switch (reason) {
    case 'container-not-found':
    case 'container-not-running':
    case 'engine-lost':
    case 'engine-not-running':
    case 'engine-unreachable':
      return true;
    default:
      return false;
  }
}
