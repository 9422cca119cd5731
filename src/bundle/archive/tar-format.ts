const blockSize = 512;
const largestOctalSize = 0o77777777777;

/** What ends a tar: two blocks of zeros. */
export const tarEnd = Buffer.alloc(2 * blockSize);

/** How many zero bytes follow a file of that many bytes. */
export function paddingLength(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

/**
 * A header of the canonical tar: POSIX ustar with owner 0:0, no names, time 0, files 0644 and folders 0755. A size past
 * ustar's 8 GiB goes into a PAX record in front (POSIX.1-2001).
 *
 * @param size bytes
 */
export function tarHeader(name: string, size: number, type: 'file' | 'folder' = 'file'): Buffer {
  if (size <= largestOctalSize) return header(name, size, type === 'folder' ? '5' : '0');
  const record = paxRecord('size', String(size));
  const paxName = `PaxHeaders.0/${name.slice(name.lastIndexOf('/') + 1)}`.slice(0, 100);
  return Buffer.concat([
    header(paxName, record.length, 'x'),
    record,
    Buffer.alloc(paddingLength(record.length)),
    header(name, 0, '0'),
  ]);
}

/** A file of the canonical tar: header, content and padding. */
export function tarFile(name: string, content: Buffer): Buffer {
  return Buffer.concat([tarHeader(name, content.length), content, Buffer.alloc(paddingLength(content.length))]);
}

function header(name: string, size: number, type: '0' | '5' | 'x'): Buffer {
  const bytes = Buffer.alloc(blockSize);
  bytes.write(name, 0, 100, 'utf8');
  bytes.write(type === '5' ? '0000755' : '0000644', 100, 'latin1');
  bytes.write('0000000', 108, 'latin1');
  bytes.write('0000000', 116, 'latin1');
  bytes.write(size.toString(8).padStart(11, '0'), 124, 'latin1');
  bytes.write('00000000000', 136, 'latin1');
  bytes.write('        ', 148, 'latin1');
  bytes.write(type, 156, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.write('0000000', 329, 'latin1');
  bytes.write('0000000', 337, 'latin1');
  const checksum = bytes.reduce((sum, byte) => sum + byte, 0);
  bytes.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

/** `<length> <key>=<value>\n`, whose length counts its own digits. */
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.from(`${length}${rest}`);
}
