import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { inflateRawSync } from 'node:zlib';

interface ZipMember {
  name: string;
  /** `st_mode` in octal. */
  mode: string;
  /** Date and time as DOS has them. */
  time: string;
  content: Buffer;
}

/** The members of a small zip (APPNOTE 6.3), by its central directory, in order. */
export async function readZip(file: string): Promise<ZipMember[]> {
  const zip = await readFile(file);
  const end = zip.length - 22;
  assert.equal(zip.readUInt32LE(end), 0x06054b50, 'a zip ends with its end record');
  const members: ZipMember[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    assert.equal(zip.readUInt32LE(at), 0x02014b50);
    assert.notEqual(zip.readUInt16LE(at + 8) & 0x800, 0, 'names are in UTF-8');
    const [nameLength, extraLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const local = zip.readUInt32LE(at + 42);
    assert.equal(zip.readUInt32LE(local), 0x04034b50);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    assert.equal(content.length, zip.readUInt32LE(at + 24));
    members.push({
      name: zip.toString('utf8', at + 46, at + 46 + nameLength),
      mode: zip.readUInt16LE(at + 40).toString(8),
      time: dosTime(zip.readUInt16LE(at + 14), zip.readUInt16LE(at + 12)),
      content,
    });
    at += 46 + nameLength + extraLength;
  }
  assert.equal(at, end);
  return members;
}

/** The texts of a small zip's members, by their names. */
export async function textsInZip(file: string): Promise<Record<string, string>> {
  return Object.fromEntries((await readZip(file)).map(({ name, content }) => [name, content.toString('utf8')]));
}

function dosTime(date: number, time: number): string {
  const day = [(date >> 9) + 1980, (date >> 5) & 15, date & 31].join('-');
  return `${day} ${[time >> 11, (time >> 5) & 63, (time & 31) * 2].join(':')}`;
}
