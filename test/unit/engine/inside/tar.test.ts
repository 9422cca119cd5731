import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { nameOfBytes } from '../../../../src/engine/inside/file-names.js';
import { readTar, type TarMember } from '../../../../src/engine/inside/tar-reader.js';
import { tarHeader } from '../../../../src/engine/inside/tar-writer.js';
import { failing, inChunks, tarOf, textOf } from './support.js';

async function membersOf(bytes: Buffer, chunk = 700): Promise<{ member: TarMember; text: string }[]> {
  const members: { member: TarMember; text: string }[] = [];
  for await (const { member, content } of readTar(inChunks(bytes, chunk))) {
    members.push({ member, text: await textOf(content) });
  }
  return members;
}

const latin = nameOfBytes(Buffer.from('caf\xe9', 'latin1'));

describe('a tar that was written', () => {
  it('is read with the same names, targets and numbers, however it is cut', async () => {
    const samples = [
      { name: 'short', content: 'text' },
      { name: `${'deep/'.repeat(40)}name`, content: 'x'.repeat(512) },
      { name: 'ümläut', content: 'x'.repeat(513) },
      { name: latin, content: '' },
      { name: 'line\nend=1 2' },
      { name: 'folder/', kind: 'folder', mode: 0o2755 },
      { name: 'link', kind: 'link', target: latin },
      { name: 'hard', kind: 'hard-link', target: 'short' },
      { name: 'old', modified: -86_400_000 },
      { name: 'late', modified: 1e13, uid: 4_000_000_000, gid: 2_097_152 },
    ] as const;
    for (const chunk of [1, 511, 512, 513, 100_000]) {
      const read = await membersOf(tarOf(samples), chunk);
      for (const [at, sample] of samples.entries()) {
        const content = 'content' in sample ? sample.content : '';
        const { member } = read[at] ?? {};
        assert.deepEqual({ ...member, ...sample, content }, { ...member, content });
        assert.equal(read[at]?.text, content);
      }
      assert.equal(read.length, samples.length);
    }
  });

  it('is read by another reader, too', async () => {
    const reader = extract();
    Readable.from([tarOf([{ name: 'é'.repeat(80), content: 'text', mode: 0o640 }])]).pipe(reader);
    for await (const entry of reader) {
      assert.deepEqual([entry.header.name, entry.header.size, entry.header.mode], ['é'.repeat(80), 4, 0o640]);
      entry.resume();
    }
  });

  it('says sizes beyond what a ustar header holds', async () => {
    const size = 2 ** 40;
    for await (const { member } of readTar(inChunks(tarHeader({ ...plain, size }), 512))) {
      assert.equal(member.size, size);
      break;
    }
  });
});

const plain = { name: 'f', kind: 'file', size: 0, modified: 0, mode: 0, uid: 0, gid: 0, target: '' } as const;

describe('a tar of others', () => {
  it('is read from another writer', async () => {
    const tar = pack();
    tar.entry({ name: 'a/'.repeat(60) + 'b', size: 3 }, 'abc');
    tar.entry({ name: 'device', type: 'character-device', devmajor: 1, devminor: 3 });
    tar.entry({ name: 'big', uid: 0o777777 }, 'x');
    tar.finalize();
    const read = await membersOf(await buffer(tar));
    assert.deepEqual(
      read.map(({ member: { name, kind, uid }, text }) => [name.length, kind, uid, text]),
      [
        [121, 'file', 0, 'abc'],
        [6, 'other', 0, ''],
        [3, 'file', 0o777777, 'x'],
      ],
    );
  });

  it('is skipped where nobody reads', async () => {
    const names: string[] = [];
    const bytes = tarOf([{ name: 'a', content: 'x'.repeat(5000) }, { name: 'b' }]);
    for await (const { member, content } of readTar(inChunks(bytes, 100))) {
      names.push(member.name);
      const first = await content[Symbol.asyncIterator]().next();
      assert.equal(first.done ?? false, member.name === 'b');
    }
    assert.deepEqual(names, ['a', 'b']);
  });

  it('is refused where it is cut off, or damaged', async () => {
    const whole = tarOf([{ name: 'a', content: 'x'.repeat(1000) }]);
    for (const length of [0, 100, 512, 1000, 1535]) {
      await assert.rejects(membersOf(whole.subarray(0, length)), failing('file-unreadable'));
    }
    const damaged = Buffer.from(whole);
    damaged[3] = 1;
    await assert.rejects(membersOf(damaged), failing('file-unreadable', /damaged/));
  });

  it('is refused where its numbers or extensions lie', async () => {
    const extension = (content: string, size = content.length): Buffer => {
      const header = tarHeader({ ...plain, size });
      header.write('x', 156);
      header.fill(' ', 148, 156);
      header.write(
        `${header
          .reduce((sum, byte) => sum + byte, 0)
          .toString(8)
          .padStart(6, '0')}\0`,
        148,
      );
      return Buffer.concat([
        header,
        Buffer.from(content),
        Buffer.alloc(512 - (content.length % 512)),
        tarOf([{ name: 'a' }]),
      ]);
    };
    for (const content of [
      '99 path=a\n',
      '0 path=a\n',
      '-5 path=a\n',
      'path=a\n',
      '11 size=-1\n',
      '12 size=1e99\n',
      '12 mtime=NaN\n',
    ]) {
      await assert.rejects(membersOf(extension(content)), failing('file-unreadable'), content);
    }
    await assert.rejects(membersOf(extension('', 2 ** 30)), failing('file-unreadable', /too long/));
  });
});
