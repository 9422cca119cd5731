/** The terminals of this window whose sessions go on: what they have in containers is ended with the window. */
export class OpenTerminals {
  private readonly closers = new Set<() => Promise<void>>();

  /** @param close ends the session and does not reject; called at most once */
  add(close: () => Promise<void>): { dispose(): void } {
    this.closers.add(close);
    return { dispose: () => this.closers.delete(close) };
  }

  /** Ends all of them at the same time. */
  async closeAll(): Promise<void> {
    const closers = [...this.closers];
    this.closers.clear();
    await Promise.all(closers.map((close) => close()));
  }
}
