import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const compress = promisify(gzip);
const uncompress = promisify(gunzip);

/** Bytes of input in one gzip member: fixed, for the same input must give the same output. */
const blockSize = 4 << 20;
/** Blocks worked on at once: zlib's pool has four threads, and each block takes memory. */
export const blocksInFlight = Math.min(4, availableParallelism() + 1);
const level = 6;
/** What the bytes depend on: the same input gives the same output where this is the same. */
export const compressor = `gzip-${level}-${blockSize >> 20}m-zlib-${process.versions.zlib}`;
const osByte = 9;
const osUnknown = 255;

/** One gzip member (RFC 1952) of a buffer: level 6, no name, time 0, no operating system named. */
export async function gzipMember(bytes: Uint8Array): Promise<Buffer> {
  // Room for most answers: with the usual 16 KiB a block would go to the thread pool and back a hundred times.
  const member = await compress(bytes, { level, chunkSize: Math.max(1024, bytes.length >> 1) });
  member[osByte] = osUnknown;
  return member;
}

/** What a member of `gzipBlocks` holds. */
export function gunzipMember(member: Uint8Array): Promise<Buffer> {
  return uncompress(member, { chunkSize: blockSize });
}

/** Compresses a stream as gzip members of fixed blocks, several at once, in order; nothing for an empty stream. */
export async function* gzipBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const pending: Promise<Buffer>[] = [];
  // Used again: of fresh ones the collector of garbage would have more to do than the compressor.
  const free: Buffer[] = [];
  let block: Buffer = Buffer.allocUnsafeSlow(blockSize);
  let filled = 0;
  const start = (whole: Buffer, count: number): void => {
    const member = gzipMember(whole.subarray(0, count)).finally(() => free.push(whole));
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
      start(block, filled);
      filled = 0;
      const first = pending.length >= blocksInFlight ? pending.shift() : undefined;
      if (first !== undefined) yield await first;
      block = free.pop() ?? Buffer.allocUnsafeSlow(blockSize);
    }
  }
  if (filled > 0) start(block, filled);
  for (const member of pending) yield await member;
}
