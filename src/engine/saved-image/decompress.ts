import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { errorCode, Failure } from '../../host/failure.js';
import { peek } from './peek.js';
import { NotZstdError, zstdFrames } from './zstd-frames.js';

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
    if (kind === 'gzip') yield* throughDecoder(content, zlib.createGunzip({ chunkSize: 1 << 18 }));
    else for await (const frame of zstdFrames(content)) yield* throughDecoder(frame, zstdDecoder());
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isDecoders = error instanceof NotZstdError || /^Z(?:STD)?_/i.test(errorCode(error) ?? '');
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

/** What a decoder makes of a stream. Rejects `archive-damaged` where it ends before the stream does: gzip's, where a zero follows. */
async function* throughDecoder(source: AsyncIterable<Uint8Array>, decoder: Decoder): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  let given = 0;
  const feed = (async function* (): AsyncGenerator<Uint8Array> {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      given += next.value.length;
      yield next.value;
    }
  })();
  const input = Readable.from(feed, { objectMode: false });
  input.once('error', (error) => {
    decoder.destroy(error);
  });
  input.pipe(decoder);
  try {
    for await (const chunk of decoder) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const isAtEnd = given <= decoder.bytesWritten && (await chunks.next()).done === true;
    if (!isAtEnd) throw damaged('gzip', 'something follows after its end');
  } finally {
    input.destroy();
    // A chunk that is on its way is given, too.
    await feed.return(undefined);
    await chunks.return?.();
  }
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
