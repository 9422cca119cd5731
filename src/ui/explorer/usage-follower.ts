import { asFailure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { type Measured } from './measure-usage.js';

/** A container that is measured. */
interface Measuring {
  controller: AbortController;
  /** Undefined before the first answer. */
  last: Measured | undefined;
}

/**
 * Measures containers for exactly as long as somebody sees it: while the view is visible, the container is listed and open, and so
 * is what it is listed below.
 */
export class UsageFollower {
  private isVisible = false;
  /** Containers that are listed and run, each with the ids of the lines that are open where its usage is seen. */
  private listed: ReadonlyMap<string, readonly string[]> = new Map();
  /** Containers that were opened since they are listed, and whom to tell of each measure. */
  private readonly opened = new Map<string, () => void>();
  /** Ids of lines that were closed. */
  private readonly closed = new Set<string>();
  private readonly measuring = new Map<string, Measuring>();

  /** @param measure what a container uses, until it ends or the signal is raised */
  constructor(
    private readonly measure: (container: string, signal: AbortSignal) => AsyncIterable<Measured>,
    private readonly log: Log,
  ) {}

  /** What a container was measured to use last; undefined where it is not measured, or not yet. */
  last(container: string): Measured | undefined {
    return this.measuring.get(container)?.last;
  }

  /** The line of its usage is made; the listener takes the place of an earlier one. */
  openContainer(container: string, onMeasured: () => void): void {
    this.opened.set(container, onMeasured);
    this.reconcile();
  }

  /** A line of the view, whichever it is, was closed, or opened again. */
  setLineOpen(id: string, isOpen: boolean): void {
    if (isOpen) this.closed.delete(id);
    else this.closed.add(id);
    this.reconcile();
  }

  /** @param listed containers that run, each with the ids of the lines that are open where its usage is seen */
  setListed(listed: ReadonlyMap<string, readonly string[]>): void {
    this.listed = listed;
    // What comes back to the list is closed there.
    for (const container of this.opened.keys()) if (!listed.has(container)) this.opened.delete(container);
    this.reconcile();
  }

  setVisible(isVisible: boolean): void {
    this.isVisible = isVisible;
    this.reconcile();
  }

  dispose(): void {
    this.opened.clear();
    this.reconcile();
  }

  private reconcile(): void {
    for (const [container, { controller }] of this.measuring) {
      if (this.isSeen(container)) continue;
      controller.abort();
      this.measuring.delete(container);
    }
    for (const container of this.opened.keys()) {
      if (!this.isSeen(container) || this.measuring.has(container)) continue;
      const measuring: Measuring = { controller: new AbortController(), last: undefined };
      this.measuring.set(container, measuring);
      void this.follow(container, measuring);
    }
  }

  private isSeen(container: string): boolean {
    const lines = this.listed.get(container);
    const isOpen = lines?.every((id) => !this.closed.has(id)) ?? false;
    return this.isVisible && this.opened.has(container) && isOpen;
  }

  private async follow(container: string, measuring: Measuring): Promise<void> {
    const { signal } = measuring.controller;
    try {
      for await (const measured of this.measure(container, signal)) {
        if (signal.aborted) break;
        measuring.last = measured;
        this.opened.get(container)?.();
      }
    } catch (error) {
      if (!signal.aborted) this.log.info(`${container}: ${asFailure(error, 'Measuring the container').message}`);
    }
    // It is measured again when the list is new: by then its end is known, or the engine is back.
    if (this.measuring.get(container) === measuring) this.measuring.delete(container);
  }
}
