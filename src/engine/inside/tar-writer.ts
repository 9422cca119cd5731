import { bytesOfName } from './file-names.js';
import { type TarMember } from './tar-reader.js';

const blockSize = 512;

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
  const records = [
    ...(isShort(name) ? [] : [recordOf('path', name)]),
    ...(isShort(target) ? [] : [recordOf('linkpath', target)]),
    ...numberRecord('size', member.size, 0o77777777777),
    ...numberRecord('mtime', seconds, 0o77777777777),
    ...numberRecord('uid', member.uid, 0o7777777),
    ...numberRecord('gid', member.gid, 0o7777777),
  ];
  const header = headerBlock({ ...member, name, target, seconds }, types[member.kind]);
  if (records.length === 0) return header;
  const content = Buffer.concat(records);
  const plain = { name: Buffer.from('pax'), target: Buffer.alloc(0), seconds: 0, mode: 0o644, uid: 0, gid: 0 };
  return Buffer.concat([
    headerBlock({ ...plain, size: content.length }, 'x'),
    content,
    tarPadding(content.length),
    header,
  ]);
}

/** What comes after a content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

const types = { file: '0', 'hard-link': '1', link: '2', folder: '5', other: '6' } as const;

interface Fields {
  name: Buffer;
  target: Buffer;
  size: number;
  seconds: number;
  mode: number;
  uid: number;
  gid: number;
}

function headerBlock({ name, target, size, seconds, mode, uid, gid }: Fields, type: string): Buffer {
  const block = Buffer.alloc(blockSize);
  name.copy(block, 0, 0, 100);
  octal(block, mode, 100, 8);
  octal(block, uid, 108, 8);
  octal(block, gid, 116, 8);
  octal(block, size, 124, 12);
  octal(block, seconds, 136, 12);
  block.write(type, 156);
  target.copy(block, 157, 0, 100);
  block.write('ustar\0' + '00', 257);
  block.fill(' ', 148, 156);
  octal(
    block,
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

/** What does not fit is in the pax header, too. */
function octal(block: Buffer, value: number, at: number, length: number): void {
  const digits = Math.max(0, value)
    .toString(8)
    .padStart(length - 1, '0');
  block.write(`${digits.length < length ? digits : '0'.repeat(length - 1)}\0`, at);
}

function isShort(bytes: Buffer): boolean {
  return bytes.length <= 100 && bytes.every((byte) => byte < 0x80);
}

function numberRecord(key: string, value: number, most: number): Buffer[] {
  return value >= 0 && value <= most ? [] : [recordOf(key, Buffer.from(String(value)))];
}

/** The length that a record begins with counts its own digits. */
function recordOf(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
