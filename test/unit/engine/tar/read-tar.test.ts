import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameOfBytes } from '../../../../src/engine/file-names.js';
import { engineTar } from '../../../../src/engine/inside/engine-tar.js';
import { type ReadMember, readTar, type TarFault } from '../../../../src/engine/tar/read-tar.js';
import { renamed, tarEnd, tarHeader } from '../../../../src/engine/tar/write-tar.js';
import { tarMembers } from '../../../../src/engine/volume-tar.js';
import { Failure } from '../../../../src/host/failure.js';
import { failing } from '../../failing.js';
import { inChunks } from '../../chunks.js';
import { altered, packed, tarOf, textOf } from './samples.js';

const long = `${'folder/'.repeat(40)}${'é'.repeat(100)}`;
const plain = { name: 'f', kind: 'file', size: 0, modified: 0, mode: 0, uid: 0, gid: 0, target: '' } as const;

function read(source: AsyncIterable<Uint8Array>): AsyncGenerator<ReadMember> {
  return readTar(source, (fault) => new Failure('archive-damaged', fault, ''));
}

async function all<Member>(members: AsyncIterable<Member>): Promise<Member[]> {
  const list: Member[] = [];
  for await (const member of members) list.push(member);
  return list;
}

describe('the members of a tar', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
    await writeFile(join(folder, 'with'), 'content');
  });
  after(() => rm(folder, { recursive: true }));

  it('are given with their blocks as they are, however the chunks fall', async () => {
    const tar = await packed((add) => {
      add({ name: './', type: 'directory' });
      add({ name: long, type: 'symlink', linkname: long });
      add({ name: 'a', size: 700 }, 'x'.repeat(700));
      add({ name: 'b', size: 0 }, '');
    });
    for (const size of [1, 7, 511, 513, tar.length]) {
      const pieces: Uint8Array[] = [];
      for await (const { raw, filled } of read(inChunks(tar, size))) {
        pieces.push(...raw);
        for await (const chunk of filled) pieces.push(chunk);
      }
      assert.ok(Buffer.concat([...pieces, tarEnd]).equals(tar), `in pieces of ${size} bytes`);
    }
  });

  it('may be left unread, or half read, or read too late', async () => {
    const tar = await packed((add) => {
      add({ name: 'a', size: 5000 }, 'x'.repeat(5000));
      add({ name: 'b', size: 5 }, 'hello');
      add({ name: 'c' });
    });
    const names: string[] = [];
    const late: AsyncIterable<Uint8Array>[] = [];
    for await (const { name, content, filled } of read(inChunks(tar, 600))) {
      names.push(name);
      late.push(filled);
      const first = await content[Symbol.asyncIterator]().next();
      assert.equal(first.done ?? false, name === 'c');
    }
    assert.deepEqual(names, ['a', 'b', 'c']);
    assert.deepEqual(await Promise.all(late.map(textOf)), ['', '', '']);
    assert.equal((await all(read(inChunks(tar, 600)))).length, 3);
  });

  it('end with the source, which is read to its end and closed', async () => {
    const seen: string[] = [];
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* inChunks(tarOf([{ name: 'a' }, { name: 'b' }]), 512);
        yield Buffer.from('behind the end');
        seen.push('end');
      } finally {
        seen.push('closed');
      }
    };
    assert.equal((await all(read(source()))).length, 2);
    assert.deepEqual(seen.splice(0), ['end', 'closed']);
    for await (const { name } of read(source())) {
      assert.equal(name, 'a');
      break;
    }
    assert.deepEqual(seen, ['closed']);
  });

  it('are named as each of the formats has it', async () => {
    const name = `${'d'.repeat(90)}/${'n'.repeat(99)}`;
    for (const format of ['v7', 'ustar', 'gnu', 'posix']) {
      const short = format === 'v7' ? 'n' : name;
      const made = tarBy(folder, [`--format=${format}`, `--transform=s,^with$,${short},`, 'with']);
      const [member] = await all(read(inChunks(made, made.length)));
      assert.equal(member?.name, short, format);
      assert.deepEqual([member.kind, member.size, member.type], ['file', 7, '0']);
    }
  });

  it('are told as another writer says them', async () => {
    const tar = await packed((add) => {
      add({ name: 'a/'.repeat(60) + 'b', size: 3 }, 'abc');
      add({ name: 'device', type: 'character-device', devmajor: 1, devminor: 3 });
      add({ name: 'big', uid: 0o777777 }, 'x');
    });
    const said = [];
    for await (const { member, content } of engineTar(inChunks(tar, 700))) {
      said.push([member.name.length, member.kind, member.uid, await textOf(content)]);
    }
    assert.deepEqual(said, [
      [121, 'file', 0, 'abc'],
      [6, 'other', 0, ''],
      [3, 'file', 0o777777, 'x'],
    ]);
  });

  it('keep bytes of names that are no UTF-8', async () => {
    const header = altered(Buffer.alloc(512), 'caf\xe9', 0);
    const [member] = await all(read(inChunks(Buffer.concat([altered(header, '0', 156), tarEnd]), 512)));
    assert.equal(member?.name, nameOfBytes(Buffer.from('caf\xe9', 'latin1')));
    const [block] = renamed(member, `v/${member.name}`, '');
    assert.ok(block?.subarray(0, 7).equals(Buffer.from('v/caf\xe9\0', 'latin1')));
  });

  it('are of the kind that old and unusual writers mean', async () => {
    const [header, inFolder] = [tarHeader(plain), tarHeader({ ...plain, name: 'f/' })];
    const kinds = [altered(header, '\0', 156), altered(inFolder, '\0', 156), altered(header, '7', 156)];
    const members = await all(read(inChunks(Buffer.concat([...kinds, altered(header, '6', 156), tarEnd]), 512)));
    assert.deepEqual(
      members.map(({ kind, type }) => kind + type),
      ['file0', 'folder5', 'file0', 'other6'],
    );
  });

  it('say sizes beyond what a ustar header holds, times before 1970, and take back what they said', async () => {
    const size = 2 ** 40;
    for await (const member of read(inChunks(tarHeader({ ...plain, size }), 512))) {
      assert.equal(member.size, size);
      break;
    }
    const gnu = Buffer.from(tarHeader(plain));
    gnu.fill(0xff, 136, 148);
    const [old] = await all(read(inChunks(Buffer.concat([altered(gnu, '', 0), tarEnd]), 512)));
    assert.equal(old?.describe().modified, -1000);
    const taken = await all(read(inChunks(described('10 path=a\n8 path=\n'), 512)));
    assert.equal(taken[0]?.name, 'a-file');
  });

  const whole = tarOf([{ name: 'a', content: 'x'.repeat(1000) }]);
  const faults: [string, TarFault, Buffer[]][] = [
    ['is cut off', 'cut-off', [0, 100, 512, 600, 1000, 1024, 1535, 1536].map((end) => whole.subarray(0, end))],
    ['has a block that is none', 'header', [garbled(whole), Buffer.alloc(2048, 'garbage')]],
    [
      'says what cannot be read',
      'description',
      ['99 path=a\n', '0 path=a\n', '-5 path=a\n', 'path=a\n'].map(described),
    ],
    ['says a size that is none', 'size', ['11 size=-1\n', '13 size=1e99\n', '9 size=x\n'].map(described)],
    ['says too much', 'large-description', [altered(tarHeader({ ...plain, size: 2 ** 30 }), 'x', 156)]],
    ['has a number that is none', 'number', [altered(whole, '0000009\0', 124), altered(whole, '\xff', 124)]],
  ];
  for (const [what, fault, tars] of faults) {
    it(`are refused where the tar ${what}`, async () => {
      for (const tar of tars) {
        await assert.rejects(all(read(inChunks(tar, 512))), failing('archive-damaged', new RegExp(`^${fault} `)));
        await assert.rejects(all(engineTar(inChunks(tar, 512))), failing('file-unreadable', /^What the engine sent/));
        await assert.rejects(all(tarMembers(inChunks(tar, 512))), failing('archive-damaged', /^The file is no whole/));
      }
    });
  }

  it('are refused for a time or an owner only by those who ask', async () => {
    for (const tar of [described('13 mtime=NaN\n'), described('9 uid=-1\n'), altered(whole, '9', 100)]) {
      await assert.rejects(all(engineTar(inChunks(tar, 512))), failing('file-unreadable', /a number/));
      assert.equal((await all(tarMembers(inChunks(tar, 512)))).length, 1);
    }
  });

  it('are refused for a volume where they are of a kind that no engine unpacks', async () => {
    const strange = altered(whole, 'S', 156);
    await assert.rejects(all(tarMembers(inChunks(strange, 512))), failing('archive-unsupported'));
    const [only] = await all(engineTar(inChunks(strange, 512)));
    assert.equal(only?.member.kind, 'other');
  });
});

/** A file behind an extended header. */
function described(text: string): Buffer {
  return Buffer.concat([
    altered(tarHeader({ ...plain, size: text.length }), 'x', 156),
    Buffer.from(text.padEnd(512, '\0')),
    tarOf([{ name: 'a-file' }]),
  ]);
}

function garbled(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  copy.write('b');
  return copy;
}

function tarBy(folder: string, words: string[]): Buffer {
  const { stdout, status, stderr } = spawnSync('tar', ['--blocking-factor=1', '-C', folder, '-c', ...words]);
  assert.equal(status, 0, stderr.toString());
  return stdout;
}
