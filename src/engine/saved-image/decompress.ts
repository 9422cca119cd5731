import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { Failure } from '../../host/failure.js';
import { peek } from './peek.js';

/**
 * A stream without its compression, told by its first bytes: gzip (RFC 1952), zstd (RFC 8878) or none. Rejects
 * `archive-unsupported` for zstd where this Node has none.
 */
export async function* decompress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { start, content } = await peek(source, 4);
  const decoder = compressionOf(start);
  if (decoder === undefined) yield* content;
  else yield* throughDecoder(content, decoder);
}

type Decoder = NodeJS.ReadWriteStream & AsyncIterable<Uint8Array>;

/** How a stream is compressed, told by its first bytes. */
export function compressionOf(start: Buffer): 'gzip' | 'zstd' | undefined {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  return start.length >= 4 && start.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : undefined;
}

async function* throughDecoder(source: AsyncIterable<Uint8Array>, kind: 'gzip' | 'zstd'): AsyncGenerator<Uint8Array> {
  const decoder = kind === 'gzip' ? zlib.createGunzip({ chunkSize: 1 << 18 }) : zstdDecoder();
  const input = Readable.from(source, { objectMode: false });
  input.once('error', (error) => {
    if ('destroy' in decoder && typeof decoder.destroy === 'function') decoder.destroy(error);
  });
  input.pipe(decoder);
  try {
    for await (const chunk of decoder) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure('archive-damaged', `The ${kind} data is damaged: ${message}`, 'Fetch or save it again.', {
      cause: error,
    });
  } finally {
    input.destroy();
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
  return typeof value === 'object' && value !== null && 'pipe' in value && Symbol.asyncIterator in value;
}
