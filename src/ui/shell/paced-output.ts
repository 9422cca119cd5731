/** What a program prints is shown in pieces, in milliseconds. */
const every = 16;
/** A terminal draws no more than that in the time, in characters: who prints faster has to wait. */
const largest = 100_000;

/** Shows what a program prints no faster than it can be drawn, so that Ctrl-C is heeded while much is printed. */
export class PacedOutput {
  private pending = '';
  private timer: NodeJS.Timeout | undefined;
  private waiting: (() => void)[] = [];

  constructor(private readonly show: (text: string) => void) {}

  /** Resolves when there is room for more. */
  async add(text: string): Promise<void> {
    this.pending += text;
    this.timer ??= setTimeout(() => {
      this.flush();
    }, every);
    if (this.pending.length < largest) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Shows at once what is not shown yet. */
  flush(): void {
    const { pending, waiting } = this;
    this.pending = '';
    this.waiting = [];
    clearTimeout(this.timer);
    this.timer = undefined;
    if (pending !== '') this.show(pending);
    for (const resolve of waiting) resolve();
  }
}
