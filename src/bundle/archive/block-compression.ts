import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Failure } from '../../host/failure.js';

/** How an archive is compressed. Every engine loads `gzip`; `zstd` is smaller and needs Docker Engine 23 or newer. */
export type Compression = 'gzip' | 'zstd' | 'none';

/** What makes one member of a block, and the block of a member; members that follow each other are one stream. */
export interface Compressor {
  /** What the bytes depend on: the same input gives the same output where this is the same. */
  name: string;
  compress: (block: Uint8Array) => Promise<Uint8Array>;
  uncompress: (member: Uint8Array) => Promise<Uint8Array>;
}

/** Bytes of input in one member: fixed, for the same input must give the same output. */
const blockSize = 4 << 20;
/** Blocks worked on at once: zlib's pool has four threads, and each block takes memory. */
const blocksInFlight = Math.min(4, availableParallelism() + 1);

/** What ends the names of archives that are compressed so. */
export const archiveExtension: Record<Compression, string> = { gzip: '.tar.gz', zstd: '.tar.zst', none: '.tar' };

/** Throws `archive-unsupported` for zstd where this Node has none (before 22.15). */
export function compressorFor(compression: Exclude<Compression, 'none'>): Compressor {
  return compression === 'gzip' ? gzip : zstd();
}

/** The compressor's name as `bundle.json` has it. */
export function compressorName(compression: Compression): string {
  return compression === 'none' ? compression : compressorFor(compression).name;
}

const gzipBlock = promisify(zlib.gzip);
const gunzipBlock = promisify(zlib.gunzip);
const osByte = 9;
const osUnknown = 255;
/**
 * Of zlib's own settings, the quickest that stay within 2 % of the size that gzip -6 leaves. A small memory level ends deflate's
 * blocks sooner, so that their codes fit better, which makes up for the shorter search of level 5.
 */
const gzipSettings = { level: 5, memLevel: 7 };

/** Members of RFC 1952 without name, with time 0 and no operating system named. */
const gzip: Compressor = {
  name: `gzip-${gzipSettings.level}-${gzipSettings.memLevel}-${blockSize >> 20}m-zlib-${process.versions.zlib}`,
  compress: async (block) => {
    // Room for most answers: with the usual 16 KiB a block would go to the thread pool and back a hundred times.
    const member = await gzipBlock(block, { ...gzipSettings, chunkSize: Math.max(1024, block.length >> 1) });
    member[osByte] = osUnknown;
    return member;
  },
  // A little more than there is: where a chunk is filled to its end, zlib makes a second one.
  uncompress: (member) => gunzipBlock(member, { chunkSize: blockSize + 64 }),
};

/** The checksum of a block's content at the end of its gzip member (RFC 1952, CRC32). */
export function crcOfMember(member: Buffer): number {
  return member.readUInt32LE(member.length - 8);
}

/** The checksums that a layer's gzip members have, of the layer itself, with its padding. */
export async function crcsOfBlocks(content: AsyncIterable<Uint8Array>): Promise<number[]> {
  const crcs: number[] = [];
  let [crc, filled] = [0, 0];
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(chunk.length - at, blockSize - filled);
      crc = zlib.crc32(chunk.subarray(at, at + count), crc);
      filled += count;
      at += count;
      if (filled < blockSize) continue;
      crcs.push(crc);
      [crc, filled] = [0, 0];
    }
  }
  if (filled > 0) crcs.push(crc);
  return crcs;
}

type Block = (block: Uint8Array, options: object, callback: (error: Error | null, result: Buffer) => void) => void;

/** Smaller than gzip at its best, and as quick. */
const zstdLevel = 10;
/** `ZSTD_c_compressionLevel` and `ZSTD_c_checksumFlag` of zstd.h. */
const zstdParameters = { 100: zstdLevel, 201: 1 };

/** Frames of RFC 8878, each with the checksum of its content. */
function zstd(): Compressor {
  const [compress, uncompress] = [blockFunction('zstdCompress'), blockFunction('zstdDecompress')];
  if (compress === undefined || uncompress === undefined) {
    throw new Failure(
      'archive-unsupported',
      'This VS Code cannot compress with zstd.',
      'Update VS Code, or export with gzip, which every engine loads.',
    );
  }
  return {
    name: `zstd-${zstdLevel}-${blockSize >> 20}m-zstd-${process.versions['zstd'] ?? 'unknown'}`,
    compress: (block) => promisify(compress)(block, { params: zstdParameters }),
    uncompress: (member) => promisify(uncompress)(member, { chunkSize: blockSize + 64 }),
  };
}

function blockFunction(name: string): Block | undefined {
  const found: unknown = Reflect.get(zlib, name);
  return isBlockFunction(found) ? found : undefined;
}

function isBlockFunction(value: unknown): value is Block {
  return typeof value === 'function';
}

/** Compresses a stream as members of fixed blocks, several at once, in order; nothing for an empty stream. */
export async function* compressedBlocks(
  source: AsyncIterable<Uint8Array>,
  { compress }: Compressor,
): AsyncGenerator<Uint8Array> {
  const pending: Promise<Uint8Array>[] = [];
  // Used again: of fresh ones the collector of garbage would have more to do than the compressor.
  const free: Buffer[] = [];
  let block: Buffer = Buffer.allocUnsafeSlow(blockSize);
  let filled = 0;
  const start = (whole: Buffer, count: number): void => {
    const member = compress(whole.subarray(0, count)).finally(() => free.push(whole));
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
