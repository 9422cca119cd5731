import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { bytesOfMember, withZip, type ZipMember } from '../../../src/bundle/read-zip.js';
import { writeZip } from '../../../src/bundle/write-zip.js';
import { Failure } from '../../../src/host/failure.js';
import { assertRefused, readAll } from './zip-reading.js';
import { type RawEntry, zipOf } from './zip-samples.js';

const never = new AbortController().signal;

describe('a zip that is damaged or lies', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'read-zip-'));
    file = join(folder, 'a.zip');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  describe('of a bad name', () => {
    const names: readonly (readonly [name: string | Buffer, shown?: RegExp])[] = [
      ['../x'],
      ['a/../../x'],
      ['..'],
      ['/etc/passwd'],
      ['a\\b'],
      ['..\\x'],
      ['C:/x'],
      ['c:x'],
      ['./a'],
      ['a//b'],
      [''],
      ['/'],
      ['a\0b'],
      [Buffer.from([0x61, 0xff])],
    ];
    for (const [name] of names) {
      it(`is refused: ${JSON.stringify(name.toString())}`, async () => {
        await writeFile(file, zipOf([{ name: 'fine' }, { name }]));
        await assertRefused(file, 'archive-damaged', /name|path/i);
      });
    }
  });

  it('does not believe a name that another field has in its place', async () => {
    const zip = zipOf([{ name: 'fine', content: 'x', localName: '../x' }]);
    await writeFile(file, zip);
    await assertRefused(file, 'archive-damaged', /two names/);
  });

  const bomb = deflateRawSync(Buffer.alloc(20_000_000));
  const one: RawEntry = { name: 'a', content: 'abc' };
  const damages: readonly (readonly [title: string, zip: Buffer, says: RegExp])[] = [
    ['is empty', Buffer.alloc(0), /not a zip/i],
    ['is something else', Buffer.from('x'.repeat(100)), /not a zip/i],
    ['has a name twice', zipOf([one, { ...one, content: 'abd' }]), /twice/],
    ['says that a content is larger', zipOf([{ ...one, claims: { size: 4 } }]), /not enough bytes/],
    ['says that a content is smaller', zipOf([{ ...one, claims: { size: 2 } }]), /too many bytes/],
    ['unpacks to more than it says', zipOf([{ name: 'a', packed: bomb, claims: { size: 3 } }]), /too many bytes/],
    ['has another sum of a content', zipOf([{ ...one, claims: { crc: 1 } }]), /CRC-32/],
    ['has another sum of a stored content', zipOf([{ ...one, method: 0, claims: { crc: 1 } }]), /CRC-32/],
    ['has a content that is nothing packed', zipOf([{ ...one, packed: Buffer.from('\u0007nonsense') }]), /invalid/],
    [
      'has half of a content',
      zipOf([
        { name: 'a', content: '0123456789'.repeat(9), packed: deflateRawSync('0123456789'.repeat(9)).subarray(0, 8) },
      ]),
      /end of file/,
    ],
    ['says another size of a stored content', zipOf([{ ...one, method: 0, claims: { size: 4 } }]), /mismatch/],
    ['packs in an unknown way', zipOf([{ ...one, method: 14 }]), /unknown way/],
    ['is encrypted', zipOf([{ ...one, claims: { flags: 0x801 } }]), /encrypted/],
    [
      'has two entries of one content',
      zipOf([one, { ...one, name: 'b', claims: { offset: 0 }, isOnlyListed: true }]),
      /shares/,
    ],
    [
      'has an entry in another one',
      zipOf([one, { ...one, name: 'b', claims: { offset: 33 }, isOnlyListed: true }]),
      /shares/,
    ],
    [
      'has an entry that goes on into the next one',
      zipOf([{ ...one, claims: { packedSize: 36 } }, { name: 'b' }]),
      /shares/,
    ],
    ['has a content that begins in the next one', zipOf([{ ...one, localExtra: 5 }, { name: 'b' }]), /shares/],
    ['has an entry beyond its end', zipOf([{ ...one, claims: { offset: 1e6 } }]), /shares/],
    [
      'has an entry where there is none',
      zipOf([
        { ...one, claims: { offset: 1 } },
        { name: 'b', content: randomBytes(50) },
      ]),
      /signature/,
    ],
    ['has a directory beyond its end', zipOf([one], { directory: 1_000_000n }), /ends too early/],
    [
      'has a directory beyond all numbers',
      zipOf([one], { zip64: true, directory: 0xffff_ffff_ffff_fff0n }),
      /ends too early/,
    ],
    ['has a directory elsewhere', zipOf([one], { directory: 0n }), /signature/],
    ['lists less than it says', zipOf([one], { count: 2 }), /signature|early/],
    ['says a length of its comment that is none', zipOf([one], { comment: 'PK\u0005\u0006'.padEnd(30) }), /comment/i],
  ];
  for (const [title, zip, says] of damages) {
    it(`is refused when it ${title}`, async () => {
      await writeFile(file, zip);
      await assertRefused(file, 'archive-damaged', says);
    });
  }

  it('is refused when the place of the end that it names is beyond all numbers', async () => {
    const zip = zipOf([one], { zip64: true });
    zip.writeBigUInt64LE(0xffff_ffff_ffff_ff00n, zip.length - 22 - 20 + 8);
    await writeFile(file, zip);
    await assertRefused(file, 'archive-damaged', /ends too early/);
  });

  it('is refused wherever it was cut off', async () => {
    await writeZip(
      file,
      ['a', 'b', 'c'].map((name) => ({ name, source: { kind: 'bytes', bytes: randomBytes(100) } })),
      never,
    );
    const whole = await readFile(file);
    for (let size = 0; size < whole.length; size += 29) {
      await writeFile(file, whole);
      await truncate(file, size);
      await assertRefused(file, 'archive-damaged', /./);
    }
  });

  it('never gives out another content than was written, wherever a byte is wrong', async () => {
    const texts = { a: 'first first first', b: 'second' };
    await writeZip(
      file,
      Object.entries(texts).map(([name, text]) => ({ name, source: { kind: 'bytes', bytes: Buffer.from(text) } })),
      never,
    );
    const whole = await readFile(file);
    let refused = 0;
    for (let at = 0; at < whole.length; at += 3) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ 0x15;
      await writeFile(file, broken);
      try {
        const found = await withZip(file, never, readAll);
        assert.deepEqual(Object.values(found), Object.values(texts), `byte ${at}`);
      } catch (error) {
        assert.ok(error instanceof Failure && error.reason === 'archive-damaged', `byte ${at}: ${String(error)}`);
        refused++;
      }
    }
    assert.ok(refused > whole.length / 9);
  });

  it('is refused when it claims to hold too much, before anything of it is read', async () => {
    const limits = { entries: 3, bytes: 1000 };
    const use = (): Promise<never> => Promise.reject(new Error('It was used.'));
    await writeFile(file, zipOf([one], { count: 0xffff_ffff, zip64: true }));
    await assertRefused(file, 'archive-damaged', /more than 300000 entries/, { use });
    await writeFile(file, zipOf(['a', 'b', 'c', 'd'].map((name) => ({ name }))));
    await assertRefused(file, 'archive-damaged', /more than 3 entries/, { use, limits });
    await writeFile(file, zipOf(['a', 'b'].map((name) => ({ name, content: Buffer.alloc(501) }))));
    await assertRefused(file, 'archive-damaged', /more than 1000 bytes/, { use, limits });
  });

  it('says so where a member is too large to be read at once', async () => {
    await writeFile(file, zipOf([{ name: 'a', content: Buffer.alloc(11) }]));
    const use = async (members: ReadonlyMap<string, ZipMember>): Promise<void> => {
      for (const member of members.values()) await bytesOfMember(member, 10);
    };
    await assertRefused(file, 'archive-damaged', /11 bytes/, { use });
  });
});
