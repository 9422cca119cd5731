import { finished, Readable } from 'node:stream';
import { extract, type Header, type Pack } from 'tar-stream';

/** A member of a tar. Its content is read, or skipped, before the next one comes. */
export interface TarEntry {
  header: Header;
  content: AsyncIterable<Uint8Array>;
}

/** The members of a tar stream, one after the other. Rejects with the reader's error where the tar is damaged. */
export async function* tarEntries(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = extract();
  // As objects, chunks that wait are handed on as they are; as bytes they would be copied together.
  const input = Readable.from(source, { objectMode: true, highWaterMark: 1 });
  input.once('error', (error) => {
    reader.destroy(error);
  });
  input.pipe(reader);
  let failure: Error | undefined;
  reader.once('error', (error) => {
    failure = error;
  });
  try {
    for await (const entry of reader) {
      requireReadable(entry.header);
      yield { header: entry.header, content: contentOf(entry, () => failure) };
      // What the caller has left unread stands in the way of the next member.
      entry.resume();
    }
  } finally {
    input.destroy();
    reader.destroy();
  }
}

/**
 * The content of a member, as far as the caller reads it: to close a member would close the whole tar. A member that ends because
 * the tar is damaged does not always know why, but the reader does.
 */
async function* contentOf(
  entry: AsyncIterable<unknown>,
  failureOfReader: () => Error | undefined,
): AsyncGenerator<Uint8Array> {
  const chunks = entry[Symbol.asyncIterator]();
  try {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield bytesIn(next.value);
  } catch (error) {
    throw failureOfReader() ?? error;
  }
}

/** What the reader makes of a number or a name that it cannot read does not have the type that it says. */
function requireReadable({ size, type, linkname }: { size: unknown; type: string; linkname: unknown }): void {
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new Error('a member has no readable size');
  if ((type === 'link' || type === 'symlink') && typeof linkname !== 'string')
    throw new Error('a link leads to nothing');
}

/** The chunks of a stream that is known to carry bytes only. */
export async function* bytesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream instanceof Readable ? chunksOf(stream) : stream) {
    yield bytesIn(chunk);
  }
}

function bytesIn(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('A tar carries bytes only.');
}

/**
 * What a stream brings, as it comes. Its own iterator copies together what waits: of a gigabyte a second gigabyte, which costs
 * more time than all else that is done with it.
 */
async function* chunksOf(stream: Readable): AsyncGenerator {
  const waiting: unknown[] = [];
  let goOn = (): void => undefined;
  let end: { error: Error | undefined } | undefined;
  const onData = (chunk: unknown): void => {
    waiting.push(chunk);
    stream.pause();
    goOn();
  };
  const stopListening = finished(stream, { writable: false }, (error) => {
    end = { error: error ?? undefined };
    goOn();
  });
  stream.on('data', onData);
  try {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) yield chunk;
      else if (end !== undefined) break;
      else {
        const more = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        stream.resume();
        await more;
      }
    }
    if (end.error !== undefined) throw end.error;
  } finally {
    stopListening();
    stream.off('data', onData);
    stream.destroy();
  }
}

/** All of a small content. */
export async function collect(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Adds a member to a tar that is written, with its whole content where it has one. Rejects where the tar has failed. */
export function addEntry(
  tar: Pack,
  header: Partial<Header> & Pick<Header, 'name'>,
  content?: Uint8Array,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => {
      if (error) reject(error);
      else resolve();
    };
    if (content === undefined) tar.entry(header, done);
    else tar.entry(header, content, done);
  });
}
