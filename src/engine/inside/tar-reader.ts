import { Failure } from '../../host/failure.js';
import { nameOfBytes } from './file-names.js';

/** A member of a tar; names keep their bytes (`file-names.ts`). */
export interface TarMember {
  name: string;
  kind: 'file' | 'folder' | 'link' | 'hard-link' | 'other';
  /** Bytes of content; 0 for all but files. */
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
  /** The lowest twelve bits. */
  mode: number;
  uid: number;
  gid: number;
  /** Where a link leads, or the name of the member that a hard link shares its content with. */
  target: string;
}

/** What a tar says before a member of its names and numbers must fit into this, in bytes. */
const longestExtension = 1024 * 1024;
const blockSize = 512;

/**
 * The members of a tar (POSIX ustar and pax, and the long names and large numbers of GNU tar), with names in any bytes. What is not
 * read of a content is skipped. Rejects `file-unreadable` where the tar is damaged, or ends before its
 * end.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ member: TarMember; content: AsyncIterable<Uint8Array> }> {
  const bytes = new ByteSource(source);
  let extension = new Map<string, Buffer>();
  try {
    for (;;) {
      const block = await bytes.take(blockSize);
      if (block.every((byte) => byte === 0)) return;
      requireChecksum(block);
      const type = String.fromCharCode(block[156] ?? 0);
      const size = numberIn(extension.get('size'), block, 124, 12);
      if (/[xgLK]/.test(type)) {
        if (size > longestExtension) throw damaged('a name in the tar is too long');
        const content = await bytes.take(padded(size));
        const records = recordsOf(type, content.subarray(0, size));
        if (type !== 'g') extension = new Map([...extension, ...records]);
        continue;
      }
      const member = memberOf(block, type, size, extension);
      extension = new Map();
      const end = bytes.position + padded(member.size);
      yield { member, content: bytes.upTo(bytes.position + member.size) };
      await bytes.skipTo(end);
    }
  } finally {
    await bytes.close();
  }
}

function memberOf(block: Buffer, type: string, size: number, extension: ReadonlyMap<string, Buffer>): TarMember {
  const isUstar = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isUstar ? textAt(block, 345, 155) : Buffer.alloc(0);
  const shortName = textAt(block, 0, 100);
  const name = prefix.length === 0 ? shortName : Buffer.concat([prefix, Buffer.from('/'), shortName]);
  const kind = kindOf(type);
  return {
    name: nameOfBytes(extension.get('path') ?? name),
    kind,
    size: kind === 'file' || (kind === 'other' && !/[346]/.test(type)) ? size : 0,
    modified: Math.floor(numberIn(extension.get('mtime'), block, 136, 12, -1e12) * 1000),
    mode: numberIn(undefined, block, 100, 8) % 0o10000,
    uid: numberIn(extension.get('uid'), block, 108, 8),
    gid: numberIn(extension.get('gid'), block, 116, 8),
    target: nameOfBytes(extension.get('linkpath') ?? textAt(block, 157, 100)),
  };
}

function kindOf(type: string): TarMember['kind'] {
  switch (type) {
    case '0':
    case '\0':
    case '7':
      return 'file';
    case '5':
      return 'folder';
    case '2':
      return 'link';
    case '1':
      return 'hard-link';
    default:
      return 'other';
  }
}

function recordsOf(type: string, content: Buffer): Map<string, Buffer> {
  if (type === 'L') return new Map([['path', textAt(content, 0, content.length)]]);
  if (type === 'K') return new Map([['linkpath', textAt(content, 0, content.length)]]);
  const records = new Map<string, Buffer>();
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(' ', at);
    const length = Number(content.toString('latin1', at, space));
    const equals = content.indexOf('=', space);
    const end = at + length - 1;
    if (
      space < at ||
      !Number.isSafeInteger(length) ||
      length <= 0 ||
      equals < space ||
      equals > end ||
      end >= content.length
    )
      throw damaged('the tar has an extension that cannot be read');
    records.set(content.toString('latin1', space + 1, equals), content.subarray(equals + 1, end));
    at += length;
  }
  return records;
}

function textAt(block: Buffer, at: number, length: number): Buffer {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end));
}

/** In an extension decimal, else octal, or binary where its first bit is set. */
function numberIn(extension: Buffer | undefined, block: Buffer, at: number, length: number, least = 0): number {
  const field = block.subarray(at, at + length);
  const number =
    extension !== undefined
      ? Number(extension.toString('latin1'))
      : ((field[0] ?? 0) & 0x80) !== 0
        ? binary(field)
        : parseInt(field.toString('latin1').replace(/\0/g, ' ').trim() || '0', 8);
  if (!Number.isFinite(number) || number < least || number > Number.MAX_SAFE_INTEGER)
    throw damaged('the tar has a number that cannot be read');
  return number;
}

function binary(field: Buffer): number {
  const value = BigInt(`0x${field.toString('hex')}`);
  return Number(BigInt.asIntN(field.length * 8 - 1, value));
}

function requireChecksum(block: Buffer): void {
  let sum = 0;
  for (const [at, byte] of block.entries()) sum += at >= 148 && at < 156 ? 32 : byte;
  if (sum !== numberIn(undefined, block, 148, 8)) throw damaged('the tar is damaged');
}

function padded(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}

function damaged(why: string): Failure {
  return new Failure('file-unreadable', `What the engine sent cannot be read: ${why}.`, 'Try again.');
}

/** A stream of chunks that is read in pieces; large ones are handed on as they come. */
class ByteSource {
  /** Bytes that were read. */
  position = 0;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  async take(size: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.upTo(this.position + size)) pieces.push(piece);
    const [first] = pieces;
    return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
  }

  async *upTo(end: number): AsyncGenerator<Buffer> {
    while (this.position < end) {
      if (this.rest.length === 0) await this.fill();
      const piece = this.rest.subarray(0, end - this.position);
      this.rest = this.rest.subarray(piece.length);
      this.position += piece.length;
      yield piece;
    }
  }

  async skipTo(end: number): Promise<void> {
    if (this.position > end) throw new Error('more was read than the member has');
    while (this.position < end) {
      if (this.rest.length === 0) await this.fill();
      const skipped = Math.min(this.rest.length, end - this.position);
      this.rest = this.rest.subarray(skipped);
      this.position += skipped;
    }
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async fill(): Promise<void> {
    const next = await this.chunks.next();
    if (next.done === true) throw damaged('the tar ends before its end');
    this.rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
  }
}
