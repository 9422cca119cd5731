const blockSize = 512;

/** A member of a tar as its bytes are to be, whether they make sense or not; text is written as UTF-8. */
export interface RawMember {
  name: string | Buffer;
  /** Type flag; `0`, a file, where undefined. */
  type?: string;
  content?: Buffer;
  /** What the header says of the size, in bytes or as the field itself; the truth where undefined. */
  size?: number | Buffer;
  linkTo?: string | Buffer;
  /** Whether the header is GNU's; POSIX's where undefined. */
  gnu?: boolean;
  /** What else is in the header, by its place. */
  fields?: Record<number, Buffer>;
}

/** A member with its padding. */
export function rawMember(member: RawMember): Buffer {
  const { name, type = '0', content = Buffer.alloc(0), linkTo = '', fields = {} } = member;
  const size = member.size ?? content.length;
  const header = Buffer.alloc(blockSize);
  const set = (at: number, value: string | Buffer): void => {
    header.set(Buffer.from(value), at);
  };
  set(0, Buffer.from(name).subarray(0, 100));
  set(100, '0000644\0' + '0000000\0' + '0000000\0');
  set(124, typeof size === 'number' ? size.toString(8).padStart(11, '0') : size);
  set(136, '00000000000\0');
  set(156, type);
  set(157, Buffer.from(linkTo).subarray(0, 100));
  set(257, member.gnu === true ? 'ustar  \0' : 'ustar\x0000');
  set(329, '0000000\0' + '0000000\0');
  for (const [at, value] of Object.entries(fields)) set(Number(at), value);
  return padded(withChecksum(header), content);
}

/** A header with the checksum that it should have. */
export function withChecksum(header: Buffer): Buffer {
  const whole = Buffer.from(header);
  whole.fill(' ', 148, 156);
  const sum = whole.reduce((total, byte) => total + byte, 0);
  whole.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return whole;
}

/** A tar of the members, with its end. */
export function rawTar(members: readonly RawMember[]): Buffer {
  return Buffer.concat([...members.map(rawMember), Buffer.alloc(2 * blockSize)]);
}

/** A PAX header for the member that follows it. */
export function paxHeader(records: Record<string, string | Buffer>): RawMember {
  const content = Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
      const digits = [1, 2, 3, 4, 5, 6].find((count) => String(rest.length + count).length === count) ?? 0;
      return Buffer.concat([Buffer.from(String(rest.length + digits)), rest]);
    }),
  );
  return { name: 'PaxHeaders.0/x', type: 'x', content };
}

/** The members of a tar that has nothing but files and folders in ustar headers. */
export function membersOf(tar: Buffer): RawMember[] {
  const members: RawMember[] = [];
  let at = 0;
  while (tar[at] !== 0) {
    const name = tar.toString('utf8', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    const content = tar.subarray(at + blockSize, at + blockSize + size);
    const type = String.fromCharCode(tar[at + 156] ?? 0);
    const mode = tar.subarray(at + 100, at + 108);
    members.push({ name, type, content, fields: { 100: mode } });
    at += blockSize + Math.ceil(size / blockSize) * blockSize;
  }
  return members;
}

function padded(...parts: Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([bytes, Buffer.alloc((blockSize - (bytes.length % blockSize)) % blockSize)]);
}
