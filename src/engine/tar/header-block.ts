/** The size of the blocks that a tar is made of, in bytes. */
export const blockSize = 512;

/** Where a field is in a header, in bytes. */
export type Field = readonly [at: number, length: number];

/** Fields of a header (POSIX.1-2017, “ustar Interchange Format”). */
export const fields = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  target: [157, 100],
} as const satisfies Record<string, Field>;

/** A content with what fills its last block, in bytes. */
export function padded(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}

/** Up to the first zero. */
export function textIn(header: Buffer, [at, length]: Field): Buffer {
  const end = header.indexOf(0, at);
  return header.subarray(at, end < 0 ? at + length : Math.min(end, at + length));
}

/** Octal digits, or, with the first bit set, the bytes of a number (GNU tar); NaN for anything else, 0 for nothing. */
export function numberIn(header: Buffer, [at, length]: Field): number {
  if ((header[at] ?? 0) >= 0x80) {
    const value = BigInt(`0x${header.toString('hex', at, at + length)}`);
    return Number(BigInt.asIntN(length * 8 - 1, value));
  }
  const digits = /^[ \0]*([0-7]*) *(?:\0|$)/.exec(header.toString('latin1', at, at + length))?.[1];
  return digits === '' ? 0 : Number.parseInt(digits ?? '', 8);
}

/** The name with its front, which `ustar` keeps apart. */
export function nameIn(header: Buffer): Buffer {
  const name = textIn(header, fields.name);
  const front = isUstar(header) ? textIn(header, [345, isStar(header) ? 131 : 155]) : Buffer.alloc(0);
  return front.length === 0 ? name : Buffer.concat([front, Buffer.from('/'), name]);
}

/** Removes the front of a name, where there is one: GNU tar has something else there. */
export function dropFront(header: Buffer): void {
  if (isUstar(header)) header.fill(0, 345, isStar(header) ? 476 : 500);
}

export function hasChecksum(header: Buffer): boolean {
  return numberIn(header, fields.checksum) === sumOf(header);
}

export function setChecksum(header: Buffer): void {
  header.write(`${sumOf(header).toString(8).padStart(6, '0')}\0 `, fields.checksum[0], 'latin1');
}

/** Of all bytes, those of the sum itself as spaces. */
function sumOf(header: Buffer): number {
  const [at, length] = fields.checksum;
  let sum = length * 0x20;
  for (let index = 0; index < blockSize; index++) if (index < at || index >= at + length) sum += header[index] ?? 0;
  return sum;
}

function isUstar(header: Buffer): boolean {
  return header.toString('latin1', 257, 263) === 'ustar\0';
}

/** Of Schilling's star, which has times where `ustar` has more of the name. */
function isStar(header: Buffer): boolean {
  return header.toString('latin1', 508, 512) === 'tar\0';
}
