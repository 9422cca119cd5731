/** A stream of chunks that is read in counted pieces, which are parts of the chunks. */
export class ByteSource {
  /** Bytes that were read. */
  position = 0;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  /** @param cutOff what reading rejects with where the stream ends too early */
  constructor(
    source: AsyncIterable<Uint8Array>,
    private readonly cutOff: () => Error,
  ) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    const end = this.position + count;
    if (this.rest.length >= count) return this.piece(end);
    const pieces: Buffer[] = [];
    for await (const piece of this.upTo(end)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** What is left up to a position, as it comes. */
  async *upTo(end: number): AsyncGenerator<Buffer> {
    while (this.position < end) {
      if (this.rest.length === 0) await this.fill();
      yield this.piece(end);
    }
  }

  async skipTo(end: number): Promise<void> {
    while (this.position < end) {
      if (this.rest.length === 0) await this.fill();
      this.piece(end);
    }
  }

  /** Reads to the end of the stream, whatever is there. */
  async drain(): Promise<void> {
    while ((await this.chunks.next()).done !== true);
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private piece(end: number): Buffer {
    const piece = this.rest.subarray(0, end - this.position);
    this.rest = this.rest.subarray(piece.length);
    this.position += piece.length;
    return piece;
  }

  private async fill(): Promise<void> {
    while (this.rest.length === 0) {
      const next = await this.chunks.next();
      if (next.done === true) throw this.cutOff();
      this.rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
  }
}
