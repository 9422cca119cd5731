/**
 * Lets calls through at once when the last one was long enough ago, and gathers those that come sooner into one at the
 * end of the pause.
 */
export class Limiter {
  private last = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param pauseMilliseconds the shortest time between two calls */
  constructor(
    private readonly call: () => void,
    private readonly pauseMilliseconds: number,
  ) {}

  trigger(): void {
    if (this.timer !== undefined) return;
    const rest = this.last + this.pauseMilliseconds - performance.now();
    if (rest <= 0) this.run();
    else this.timer = setTimeout(this.run, Math.ceil(rest));
  }

  /** Drops a call that is still to come. */
  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private readonly run = (): void => {
    this.timer = undefined;
    this.last = performance.now();
    this.call();
  };
}
