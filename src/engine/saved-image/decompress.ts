import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { errorCode, Failure } from '../../host/failure.js';
import { peek } from './peek.js';

/**
 * A stream without its compression, told by its first bytes: gzip (RFC 1952), zstd (RFC 8878) or none. Rejects
 * `archive-damaged` where the data is not whole or something else follows it, `archive-unsupported` for zstd where this
 * Node has none, and with the source's own error.
 */
export async function* decompress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { start, content } = await peek(source, 4);
  const kind = compressionOf(start);
  if (kind === undefined) {
    yield* content;
    return;
  }
  try {
    yield* throughDecoders(content, kind === 'gzip' ? gzipDecoder : zstdDecoder);
  } catch (error) {
    const isDecoders = error instanceof Error && /^Z(?:STD)?_/i.test(errorCode(error) ?? '');
    throw isDecoders ? damaged(kind, error.message, error) : error;
  }
}

/** How a stream is compressed, told by its first bytes. */
export function compressionOf(start: Buffer): 'gzip' | 'zstd' | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  return start.length >= 4 && start.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : undefined;
}

type Decoder = NodeJS.ReadWriteStream &
  AsyncIterable<Uint8Array> & {
    /** Compressed bytes that it has used. */
    readonly bytesWritten: number;
    destroy(error: Error): unknown;
  };

/**
 * What a stream holds. A decoder of Node can end before its input does (zstd's after a frame, gzip's where a zero follows): what
 * it has not used is for the next one.
 *
 * @param newDecoder makes a decoder, told how many there were before it
 */
export async function* throughDecoders(
  source: AsyncIterable<Uint8Array>,
  newDecoder: (count: number) => Decoder,
): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  let unused: Uint8Array[] = [];
  try {
    let count = 0;
    do unused = yield* throughDecoder(chunks, unused, newDecoder(count++));
    while (unused.length > 0);
  } finally {
    await chunks.return?.();
  }
}

/** What one decoder makes of some chunks and those that follow; returns what it has not used. */
async function* throughDecoder(
  chunks: AsyncIterator<Uint8Array>,
  first: readonly Uint8Array[],
  decoder: Decoder,
): AsyncGenerator<Uint8Array, Uint8Array[]> {
  const waiting = [...first];
  const given: Uint8Array[] = [];
  /** Where in the decoder's input the first of the given chunks begins. */
  let start = 0;
  const dropUsed = (): void => {
    for (let [chunk] = given; chunk !== undefined && start + chunk.length <= decoder.bytesWritten; [chunk] = given) {
      start += chunk.length;
      given.shift();
    }
  };
  const feed = (async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = waiting.shift() ?? (await nextOf(chunks));
      if (chunk === undefined) return;
      dropUsed();
      given.push(chunk);
      yield chunk;
    }
  })();
  const input = Readable.from(feed, { objectMode: false });
  input.once('error', (error) => {
    decoder.destroy(error);
  });
  input.pipe(decoder);
  try {
    for await (const chunk of decoder) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } finally {
    input.destroy();
    // A chunk that is on its way is given, too.
    await feed.return(undefined);
  }
  dropUsed();
  const [partly, ...others] = given;
  return partly === undefined ? waiting : [partly.subarray(decoder.bytesWritten - start), ...others, ...waiting];
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const next = await chunks.next();
  return next.done === true ? undefined : next.value;
}

function gzipDecoder(count: number): Decoder {
  // It reads on where another member follows: that it has ended says that none does.
  if (count > 0) throw damaged('gzip', 'something follows after its end');
  return zlib.createGunzip({ chunkSize: 1 << 18 });
}

function zstdDecoder(): Decoder {
  if ('createZstdDecompress' in zlib && typeof zlib.createZstdDecompress === 'function') {
    const decoder: unknown = Reflect.apply(zlib.createZstdDecompress, zlib, []);
    if (isDecoder(decoder)) return decoder;
  }
  throw new Failure(
    'archive-unsupported',
    'The image has a layer that is compressed with zstd, which this VS Code cannot read.',
    'Update VS Code, or pull and build the image on an engine with the classic image store.',
  );
}

function isDecoder(value: unknown): value is Decoder {
  return typeof value === 'object' && value !== null && 'bytesWritten' in value && Symbol.asyncIterator in value;
}

function damaged(kind: 'gzip' | 'zstd', what: string, cause?: unknown): Failure {
  return new Failure('archive-damaged', `The ${kind} data is damaged: ${what}.`, 'Fetch or save it again.', { cause });
}
