import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** Bytes of input in one gzip member: fixed, for the same input must give the same output. */
const blockSize = 4 << 20;
/** Blocks compressed at once, in zlib's thread pool. */
const blocksInFlight = 4;
const osByte = 9;
const osUnknown = 255;

/** One gzip member (RFC 1952) of a buffer: level 6, no name, time 0, no operating system named. */
export async function gzipMember(bytes: Uint8Array): Promise<Buffer> {
  // Room for the whole answer: with the usual 16 KiB a block would go to the thread pool and back a hundred times.
  const member = await compress(bytes, { level: 6, chunkSize: Math.max(1024, bytes.length) });
  member[osByte] = osUnknown;
  return member;
}

/** Compresses a stream as gzip members of fixed blocks, several at once, in order; nothing for an empty stream. */
export async function* gzipBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const pending: Promise<Buffer>[] = [];
  let block = Buffer.allocUnsafe(blockSize);
  let filled = 0;
  const start = (bytes: Buffer): void => {
    const member = gzipMember(bytes);
    // It is awaited in order; until then its failure must not be unhandled.
    member.catch(() => undefined);
    pending.push(member);
  };
  for await (const chunk of source) {
    let at = 0;
    while (at < chunk.length) {
      const count = Math.min(chunk.length - at, blockSize - filled);
      block.set(chunk.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled < blockSize) continue;
      start(block);
      block = Buffer.allocUnsafe(blockSize);
      filled = 0;
      const first = pending.length >= blocksInFlight ? pending.shift() : undefined;
      if (first !== undefined) yield await first;
    }
  }
  if (filled > 0) start(block.subarray(0, filled));
  for (const member of pending) yield await member;
}
