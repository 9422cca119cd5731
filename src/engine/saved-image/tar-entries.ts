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
  try {
    for await (const entry of reader) {
      const content = bytesOf(entry);
      yield { header: entry.header, content };
      // What the caller has left unread stands in the way of the next member.
      entry.resume();
    }
  } finally {
    input.destroy();
    reader.destroy();
  }
}

/** The chunks of a stream that is known to carry bytes only. */
export async function* bytesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream instanceof Readable ? chunksOf(stream) : stream) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('A tar carries bytes only.');
    yield chunk;
  }
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
