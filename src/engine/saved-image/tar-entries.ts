import { Readable } from 'node:stream';
import { extract, type Header, type Pack } from 'tar-stream';

/** A member of a tar. Its content is read, or skipped, before the next one comes. */
export interface TarEntry {
  header: Header;
  content: AsyncIterable<Uint8Array>;
}

/** The members of a tar stream, one after the other. Rejects with the reader's error where the tar is damaged. */
export async function* tarEntries(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = extract();
  const input = Readable.from(source, { objectMode: false });
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
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('A tar carries bytes only.');
    yield chunk;
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
