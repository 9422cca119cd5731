import { type Failure } from '../../host/failure.js';
import { nameOfBytes } from '../file-names.js';
import { ByteSource } from './byte-source.js';
import { blockSize, type Field, fields, hasChecksum, nameIn, numberIn, padded, textIn } from './header-block.js';
import { readRecords } from './pax-records.js';

/** What a tar says of a member; names keep their bytes (`file-names.ts`). */
export interface TarMember {
  name: string;
  kind: 'file' | 'folder' | 'link' | 'hard-link' | 'other';
  /** Bytes of content; 0 for folders, links and devices. */
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

/** A member of a tar that is read. Its content is read, or skipped, before the next one comes. */
export interface ReadMember extends Pick<TarMember, 'name' | 'kind' | 'size' | 'target'> {
  /** `0` a file, `1` a hard link, `2` a symbolic link, `3` and `4` devices, `5` a folder, `6` a FIFO; others are no POSIX. */
  type: string;
  /** All that is said of it. Throws the failure of an unreadable number. */
  describe(): TarMember;
  /** All blocks in front of the content, as they are in the tar. */
  raw: readonly Buffer[];
  /** The last one of them: the member's own header. */
  header: Buffer;
  /** What stands in its extended header (pax), one character a byte. */
  records: ReadonlyMap<string, string>;
  content: AsyncIterable<Buffer>;
  /** The content with what fills its last block; to be read in place of it. */
  filled: AsyncIterable<Buffer>;
}

/**
 * What is wrong with a tar: a block is no `header`; it is `cut-off` before its end; a description of a member, such as a long name, is
 * larger than engines take, or cannot be read; nor can the size of a member in it, or another number.
 */
export type TarFault = 'header' | 'cut-off' | 'large-description' | 'description' | 'size' | 'number';

type FailureOf = (fault: TarFault) => Failure;

/** Of headers that describe others, in bytes: as much as engines take. */
const largestDescription = 1 << 20;
const zeros = Buffer.alloc(blockSize);

/**
 * The members of a tar, one after the other: POSIX.1-2017, “ustar” and “pax Interchange Format”, and the long names and large numbers
 * of GNU tar. Global extended headers are left out, as engines do. Rejects with the failure of what is wrong with it, and with the
 * source's own error; the source is read to its end.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>, failureOf: FailureOf): AsyncGenerator<ReadMember> {
  const bytes = new ByteSource(source, () => failureOf('cut-off'));
  try {
    for (;;) {
      const member = await nextMember(bytes, failureOf);
      if (member === undefined) break;
      const end = bytes.position + padded(member.size);
      yield member;
      await bytes.skipTo(end);
    }
    await bytes.drain();
  } finally {
    await bytes.close();
  }
}

async function nextMember(bytes: ByteSource, failureOf: FailureOf): Promise<ReadMember | undefined> {
  const raw: Buffer[] = [];
  let records: ReadonlyMap<string, string> = new Map();
  let longName: Buffer | undefined;
  let longTarget: Buffer | undefined;
  for (;;) {
    const header = await bytes.take(blockSize);
    if (header.equals(zeros)) return undefined;
    if (!hasChecksum(header)) throw failureOf('header');
    const type = String.fromCharCode(header[fields.type[0]] ?? 0);
    const size = numberIn(header, fields.size);
    if (!(size >= 0 && size <= Number.MAX_SAFE_INTEGER)) throw failureOf('number');
    if (!/[gxLK]/.test(type)) {
      return memberOf(bytes, { raw: [...raw, header], header, type, size, records, longName, longTarget }, failureOf);
    }
    if (size > largestDescription) throw failureOf('large-description');
    const data = await bytes.take(padded(size));
    if (type === 'g') continue;
    raw.push(header, data);
    const content = data.subarray(0, size);
    if (type === 'L') longName = textIn(content, [0, size]);
    else if (type === 'K') longTarget = textIn(content, [0, size]);
    else {
      const read = readRecords(content);
      if (read === undefined) throw failureOf('description');
      records = read;
    }
  }
}

interface Described {
  raw: readonly Buffer[];
  header: Buffer;
  type: string;
  size: number;
  records: ReadonlyMap<string, string>;
  longName: Buffer | undefined;
  longTarget: Buffer | undefined;
}

function memberOf(bytes: ByteSource, described: Described, failureOf: FailureOf): ReadMember {
  const { raw, header, records } = described;
  const bytesOf = (key: string): Buffer | undefined => {
    const value = records.get(key);
    return value === undefined ? undefined : Buffer.from(value, 'latin1');
  };
  const name = nameOfBytes(bytesOf('GNU.sparse.name') ?? described.longName ?? bytesOf('path') ?? nameIn(header));
  const target = nameOfBytes(described.longTarget ?? bytesOf('linkpath') ?? textIn(header, fields.target));
  const type = typeOf(described.type, name);
  const kind = kinds.get(type) ?? 'other';
  const size = /[1-6]/.test(type) ? 0 : sizeOf(records.get('size'), described.size, failureOf);
  const number = (key: string | undefined, field: Field, least = 0): number => {
    const record = key === undefined ? undefined : records.get(key);
    const value = record === undefined ? numberIn(header, field) : decimal(record);
    if (!(value >= least && value <= Number.MAX_SAFE_INTEGER)) throw failureOf('number');
    return value;
  };
  return {
    ...{ raw, header, records, name, kind, size, target, type },
    describe: () => ({
      ...{ name, kind, size, target },
      modified: Math.floor(number('mtime', fields.modified, -1e12) * 1000),
      mode: number(undefined, fields.mode) % 0o10000,
      uid: number('uid', fields.uid),
      gid: number('gid', fields.gid),
    }),
    content: bytes.upTo(bytes.position + size),
    filled: bytes.upTo(bytes.position + padded(size)),
  };
}

const kinds: ReadonlyMap<string, TarMember['kind']> = new Map([
  ['0', 'file'],
  ['1', 'hard-link'],
  ['2', 'link'],
  ['5', 'folder'],
]);

/** In tars from before POSIX a folder is told by its name; `7` is a file that was to lie in one piece. */
function typeOf(type: string, name: string): string {
  if (type === '\0') return name.endsWith('/') ? '5' : '0';
  return type === '7' ? '0' : type;
}

function sizeOf(record: string | undefined, size: number, failureOf: FailureOf): number {
  if (record === undefined) return size;
  const said = decimal(record);
  if (!Number.isSafeInteger(said) || said < 0) throw failureOf('size');
  return said;
}

/** NaN for what is no number. */
function decimal(record: string): number {
  return /^-?\d+(?:\.\d*)?$/.test(record) ? Number(record) : NaN;
}
