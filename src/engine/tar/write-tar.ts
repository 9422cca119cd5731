import { bytesOfName } from '../file-names.js';
import { blockSize, dropFront, type Field, fields, padded, setChecksum } from './header-block.js';
import { recordsOf } from './pax-records.js';
import { type ReadMember, type TarMember } from './read-tar.js';

/** The end of a tar. */
export const tarEnd: Uint8Array = Buffer.alloc(2 * blockSize);

/**
 * The blocks that come before a member's content: a ustar header as POSIX has it, after a pax one where something does not fit or
 * is no ASCII.
 */
export function tarHeader(member: TarMember): Buffer {
  const name = bytesOfName(member.name);
  const target = bytesOfName(member.target);
  const seconds = Math.floor(member.modified / 1000);
  const records = new Map<string, string>();
  if (!isShort(name)) records.set('path', name.toString('latin1'));
  if (!isShort(target)) records.set('linkpath', target.toString('latin1'));
  for (const [key, value, most] of [
    ['size', member.size, 0o77777777777],
    ['mtime', seconds, 0o77777777777],
    ['uid', member.uid, 0o7777777],
    ['gid', member.gid, 0o7777777],
  ] as const) {
    if (value < 0 || value > most) records.set(key, String(value));
  }
  return Buffer.concat([
    ...extendedHeader(records),
    headerBlock({ ...member, name, target, seconds }, types[member.kind]),
  ]);
}

/** What comes after a content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc(padded(size) - size);
}

/** The blocks in front of a member's content when it is called otherwise, with what else they say. */
export function renamed(member: ReadMember, name: string, target: string): Buffer[] {
  const header = Buffer.from(member.header);
  const records = new Map(member.records);
  const bytes = bytesOfName(name);
  if (records.has('GNU.sparse.name')) records.set('GNU.sparse.name', bytes.toString('latin1'));
  header.write(member.type, fields.type[0], 'latin1');
  setName(header, fields.name, bytes, records, 'path');
  setName(header, fields.target, bytesOfName(target), records, 'linkpath');
  dropFront(header);
  setChecksum(header);
  return [...extendedHeader(records), header];
}

function setName(
  header: Buffer,
  [at, length]: Field,
  name: Buffer,
  records: Map<string, string>,
  record: 'path' | 'linkpath',
): void {
  header.fill(0, at, at + length);
  name.copy(header, at, 0, length);
  if (name.length > length) records.set(record, name.toString('latin1'));
  else records.delete(record);
}

/** None where it would say nothing. */
function extendedHeader(records: ReadonlyMap<string, string>): Buffer[] {
  if (records.size === 0) return [];
  const data = recordsOf(records);
  const name = Buffer.from('PaxHeaders/0');
  const plain = { target: Buffer.alloc(0), seconds: 0, mode: 0o644, uid: 0, gid: 0 };
  return [headerBlock({ ...plain, name, size: data.length }, 'x'), data, tarPadding(data.length)];
}

const types = { file: '0', 'hard-link': '1', link: '2', folder: '5', other: '6' } as const;

interface Said {
  name: Buffer;
  target: Buffer;
  size: number;
  seconds: number;
  mode: number;
  uid: number;
  gid: number;
}

function headerBlock({ name, target, size, seconds, mode, uid, gid }: Said, type: string): Buffer {
  const header = Buffer.alloc(blockSize);
  name.copy(header, fields.name[0], 0, fields.name[1]);
  setOctal(header, fields.mode, mode);
  setOctal(header, fields.uid, uid);
  setOctal(header, fields.gid, gid);
  setOctal(header, fields.size, size);
  setOctal(header, fields.modified, seconds);
  header.write(type, fields.type[0]);
  target.copy(header, fields.target[0], 0, fields.target[1]);
  header.write('ustar\0' + '00', 257);
  setChecksum(header);
  return header;
}

/** What does not fit is in the pax header, too. */
function setOctal(header: Buffer, [at, length]: Field, value: number): void {
  const digits = Math.max(0, value)
    .toString(8)
    .padStart(length - 1, '0');
  header.write(`${digits.length < length ? digits : '0'.repeat(length - 1)}\0`, at);
}

function isShort(bytes: Buffer): boolean {
  return bytes.length <= fields.name[1] && bytes.every((byte) => byte < 0x80);
}
