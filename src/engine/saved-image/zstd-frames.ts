/**
 * The frames of a zstd stream (RFC 8878, section 3.1), one after the other, each as it is; its content is read before the next one
 * comes. Node's decoders end, or fail, where a frame ends in the middle of what they are given. Skippable frames are left out.
 *
 * Rejects `NotZstdError` where something else than a frame follows, or a frame is cut off, and with the source's own error.
 */
export async function* zstdFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const bytes = new Bytes(source);
  try {
    while (!(await bytes.atEnd())) {
      const magic = await bytes.take(4);
      const number = magic.readUInt32LE(0);
      if (number >>> 4 === skippable) {
        await bytes.skip((await bytes.take(4)).readUInt32LE(0));
      } else if (number === frameStart) yield frame(bytes, magic);
      else throw new NotZstdError('something else than a frame follows');
    }
  } finally {
    await bytes.close();
  }
}

export class NotZstdError extends Error {}

const frameStart = 0xfd2fb528;
/** Without the last of its eight hexadecimal digits, which is free. */
const skippable = 0x184d2a5;

const rle = 1;
const reserved = 3;

async function* frame(bytes: Bytes, magic: Buffer): AsyncGenerator<Uint8Array> {
  yield magic;
  const descriptor = await bytes.take(1);
  const flags = descriptor.readUInt8(0);
  yield descriptor;
  const isSingleSegment = (flags & 0x20) !== 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
  yield await bytes.take((isSingleSegment ? 0 : 1) + dictionary + contentSize);
  for (let isLast = false; !isLast;) {
    const header = await bytes.take(3);
    const block = header.readUIntLE(0, 3);
    const kind = (block >> 1) & 3;
    if (kind === reserved) throw new NotZstdError('a block is of no known kind');
    isLast = (block & 1) === 1;
    yield header;
    yield* bytes.stream(kind === rle ? 1 : block >> 3);
  }
  if ((flags & 4) !== 0) yield await bytes.take(4);
}

/** Reads counted bytes from a stream. */
class Bytes {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  async atEnd(): Promise<boolean> {
    while (this.rest.length === 0) {
      const next = await this.iterator.next();
      if (next.done === true) return true;
      this.rest = next.value;
    }
    return false;
  }

  async take(count: number): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.stream(count)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async skip(count: number): Promise<void> {
    const chunks = this.stream(count);
    while ((await chunks.next()).done !== true);
  }

  async *stream(count: number): AsyncGenerator<Uint8Array> {
    for (let missing = count; missing > 0;) {
      if (await this.atEnd()) throw new NotZstdError('a frame is cut off');
      const chunk = this.rest.subarray(0, missing);
      this.rest = this.rest.subarray(chunk.length);
      missing -= chunk.length;
      yield chunk;
    }
  }

  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}
