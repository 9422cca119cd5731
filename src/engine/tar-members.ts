import { Failure } from '../host/failure.js';

/** A member of a tar with the bytes of its names, which need not be UTF-8. Its content is read, or skipped, before the next one comes. */
export interface TarMember {
  /** All blocks in front of the content, as they are in the tar. */
  raw: readonly Buffer[];
  /** The last one of them: the member's own header. */
  header: Buffer;
  /** What stands in its extended header (pax), one character a byte. */
  records: ReadonlyMap<string, string>;
  /** `0` a file, `1` a hard link, `2` a symbolic link, `3` and `4` devices, `5` a folder, `6` a FIFO. */
  type: string;
  /** One character a byte. */
  name: string;
  /** What a link leads to, one character a byte. */
  link: string;
  /** With what fills its last block. */
  content: AsyncIterable<Uint8Array>;
}

const block = 512;
/** Of headers that describe others, in bytes: as much as engines take. */
const largestDescription = 1 << 20;
/** The end of a tar. */
export const tarEnd = Buffer.alloc(2 * block);

const fields = { name: [0, 100], size: [124, 12], checksum: [148, 8], link: [157, 100] } as const;
type Field = readonly [at: number, length: number];

/**
 * The members of a tar, one after the other: POSIX.1-2017, “ustar” and “pax Interchange Format”, and GNU tar's long names.
 * Global extended headers are left out, as engines do. Rejects `archive-damaged` where it is no tar or has no end,
 * `archive-unsupported` for kinds of members that engines do not unpack, and with the source's own error.
 */
export async function* tarMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const bytes = new BlockReader(source);
  try {
    for (let next = await nextMember(bytes); next !== undefined; next = await nextMember(bytes)) {
      yield next;
      await bytes.skipRest();
    }
    await bytes.drain();
  } finally {
    await bytes.close();
  }
}

async function nextMember(bytes: BlockReader): Promise<TarMember | undefined> {
  const raw: Buffer[] = [];
  let records = new Map<string, string>();
  let longName: string | undefined;
  let longLink: string | undefined;
  for (;;) {
    const header = await bytes.take(block);
    if (header.equals(tarEnd.subarray(0, block))) return undefined;
    requireChecksum(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = numberIn(header, fields.size);
    if (/[gxLK]/.test(type)) {
      if (size > largestDescription) throw damaged('a header is larger than any');
      const data = await bytes.take(padded(size));
      if (type === 'g') continue;
      raw.push(header, data);
      const content = data.subarray(0, size);
      if (type === 'x') records = recordsIn(content);
      else if (type === 'L') longName = untilZero(content);
      else longLink = untilZero(content);
      continue;
    }
    const name = records.get('GNU.sparse.name') ?? longName ?? records.get('path') ?? nameIn(header);
    const kind = kindOf(type, name);
    const length = kind === '0' ? sizeOf(records, size) : 0;
    return {
      raw: [...raw, header],
      header,
      records,
      type: kind,
      name,
      link: longLink ?? records.get('linkpath') ?? textIn(header, fields.link),
      content: bytes.stream(padded(length)),
    };
  }
}

/** In tars from before POSIX a folder is told by its name. */
function kindOf(type: string, name: string): string {
  if (type === '\0') return name.endsWith('/') ? '5' : '0';
  if (type === '7') return '0';
  if (!/[0-6]/.test(type)) throw unsupported();
  return type;
}

/** The blocks in front of a member's content when it is called otherwise; names have one character a byte. */
export function renamed(member: TarMember, name: string, link: string): Buffer[] {
  const header = Buffer.from(member.header);
  const records = new Map(member.records);
  if (records.has('GNU.sparse.name')) records.set('GNU.sparse.name', name);
  header.write(member.type, 156, 'latin1');
  setName(header, fields.name, name, records, 'path');
  setName(header, fields.link, link, records, 'linkpath');
  // The front of a name in `ustar`; GNU tar has something else there.
  if (isUstar(header)) header.fill(0, 345, isStar(header) ? 476 : 500);
  setChecksum(header);
  return records.size === 0 ? [header] : [...extendedHeader(records), header];
}

function setName(
  header: Buffer,
  [at, length]: Field,
  name: string,
  records: Map<string, string>,
  record: 'path' | 'linkpath',
): void {
  header.fill(0, at, at + length);
  header.write(name.slice(0, length), at, 'latin1');
  if (name.length > length) records.set(record, name);
  else records.delete(record);
}

function extendedHeader(records: ReadonlyMap<string, string>): Buffer[] {
  const text = [...records].map(([key, value]) => recordText(key, value)).join('');
  const data = Buffer.alloc(padded(text.length));
  data.write(text, 'latin1');
  const header = Buffer.alloc(block);
  header.write('PaxHeaders/0', 'latin1');
  header.write('0000644\0' + '0000000\0'.repeat(2), 100, 'latin1');
  header.write(`${text.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0`, 124, 'latin1');
  header.write('x', 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  setChecksum(header);
  return [header, data];
}

/** With its own length in front, which counts itself. */
function recordText(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

function recordsIn(data: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(' ', at);
    const length = Number(data.toString('latin1', at, space));
    const record = data.toString('latin1', space + 1, at + length);
    const equals = record.indexOf('=');
    const isWhole = space > at && Number.isSafeInteger(length) && at + length <= data.length && record.endsWith('\n');
    if (!isWhole || equals < 1) throw damaged('an extended header cannot be read');
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1, -1)];
    // An empty value takes back what was said before.
    if (value === '') records.delete(key);
    else records.set(key, value);
    at += length;
  }
  return records;
}

function sizeOf(records: ReadonlyMap<string, string>, size: number): number {
  const record = records.get('size');
  if (record === undefined) return size;
  const told = /^\d+$/.test(record) ? Number(record) : NaN;
  if (!Number.isSafeInteger(told)) throw damaged('a member has no readable size');
  return told;
}

function nameIn(header: Buffer): string {
  const name = textIn(header, fields.name);
  const front = isUstar(header) ? textIn(header, [345, isStar(header) ? 131 : 155]) : '';
  return front === '' ? name : `${front}/${name}`;
}

function isUstar(header: Buffer): boolean {
  return header.toString('latin1', 257, 263) === 'ustar\0';
}

/** Of Schilling's star, which has times where `ustar` has more of the name. */
function isStar(header: Buffer): boolean {
  return header.toString('latin1', 508, 512) === 'tar\0';
}

function textIn(header: Buffer, [at, length]: Field): string {
  return untilZero(header.subarray(at, at + length));
}

function untilZero(data: Buffer): string {
  const end = data.indexOf(0);
  return data.toString('latin1', 0, end < 0 ? data.length : end);
}

/** Octal digits, or, with the first bit set, the bytes of a number (GNU tar). */
function numberIn(header: Buffer, [at, length]: Field): number {
  const first = header[at] ?? 0;
  let value: number;
  if (first >= 0x80) {
    const digits = Buffer.from(header.subarray(at, at + length));
    digits[0] = first & 0x7f;
    value = Number(BigInt(`0x${digits.toString('hex')}`));
  } else {
    const text = textIn(header, [at, length]).trim();
    value = text === '' ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : NaN;
  }
  if (!Number.isSafeInteger(value)) throw damaged('a number in a header cannot be read');
  return value;
}

function sumOf(header: Buffer): number {
  const [at, length] = fields.checksum;
  let sum = length * 0x20;
  for (let index = 0; index < block; index++) if (index < at || index >= at + length) sum += header[index] ?? 0;
  return sum;
}

function requireChecksum(header: Buffer): void {
  const text = textIn(header, fields.checksum).trim();
  if (!/^[0-7]+$/.test(text) || Number.parseInt(text, 8) !== sumOf(header)) throw damaged('a header is none');
}

function setChecksum(header: Buffer): void {
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, fields.checksum[0], 'latin1');
}

function padded(size: number): number {
  return Math.ceil(size / block) * block;
}

function damaged(what: string): Failure {
  return new Failure(
    'archive-damaged',
    `The file is no whole tar: ${what}.`,
    'Fetch or make it again, as a tar that is not compressed, or compressed with gzip or zstd.',
  );
}

function unsupported(): Failure {
  return new Failure(
    'archive-unsupported',
    'The tar has members of a kind that engines do not unpack, such as files with holes.',
    'Make it again without --sparse, or in the format of POSIX (tar --format=posix).',
  );
}

/** Reads counted bytes from a stream. */
class BlockReader {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);
  private unread = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    if (this.rest.length >= count) {
      const taken = this.rest.subarray(0, count);
      this.rest = this.rest.subarray(count);
      return Buffer.from(taken.buffer, taken.byteOffset, count);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.stream(count)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  /** The next bytes, of which as many may be left unread. */
  stream(count: number): AsyncIterable<Uint8Array> {
    this.unread = count;
    return this.chunks();
  }

  async skipRest(): Promise<void> {
    while (this.unread > 0) await this.next();
  }

  /** To the end of the source, whatever is there. */
  async drain(): Promise<void> {
    for (this.rest = new Uint8Array(0); (await this.iterator.next()).done !== true;);
  }

  async close(): Promise<void> {
    await this.iterator.return?.();
  }

  private async *chunks(): AsyncGenerator<Uint8Array> {
    while (this.unread > 0) yield await this.next();
  }

  private async next(): Promise<Uint8Array> {
    while (this.rest.length === 0) {
      const next = await this.iterator.next();
      if (next.done === true) throw damaged('it breaks off');
      this.rest = next.value;
    }
    const chunk = this.rest.subarray(0, this.unread);
    this.rest = this.rest.subarray(chunk.length);
    this.unread -= chunk.length;
    return chunk;
  }
}
