import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { renamed, tarEnd, type TarMember, tarMembers } from '../../../src/engine/tar-members.js';
import { checkedPaths } from '../../../src/engine/tar-paths.js';
import { tarEntries } from '../../../src/engine/saved-image/tar-entries.js';
import { Failure, type Reason } from '../../../src/host/failure.js';

const long = `${'folder/'.repeat(40)}${'é'.repeat(100)}`;

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
      for await (const { raw, content } of tarMembers(inPieces(tar, size))) {
        pieces.push(...raw);
        for await (const chunk of content) pieces.push(chunk);
      }
      assert.ok(Buffer.concat([...pieces, tarEnd]).equals(tar), `in pieces of ${size} bytes`);
    }
  });

  it('may be left unread, or half read', async () => {
    const tar = await packed((add) => {
      add({ name: 'a', size: 5000 }, 'x'.repeat(5000));
      add({ name: 'b', size: 5 }, 'hello');
    });
    const names: string[] = [];
    for await (const { name, content } of tarMembers(inPieces(tar, 600))) {
      names.push(name);
      for await (const chunk of content) {
        assert.ok(chunk.length > 0);
        break;
      }
    }
    assert.deepEqual(names, ['a', 'b']);
  });

  it('are named as each of the formats has it', async () => {
    const name = `${'d'.repeat(90)}/${'n'.repeat(99)}`;
    for (const format of ['v7', 'ustar', 'gnu', 'posix']) {
      const short = format === 'v7' ? 'n' : name;
      const made = tarOf(folder, [`--format=${format}`, `--transform=s,^with$,${short},`, 'with']);
      const [member] = await all(tarMembers(inPieces(made, made.length)));
      assert.equal(member?.name, short, format);
      assert.equal(member.type, '0');
    }
  });

  it('keep bytes of names that are no UTF-8', async () => {
    const header = Buffer.alloc(512);
    header.write('caf\xe9', 'latin1');
    header.write('0', 156);
    header.write(checksumOf(header), 148);
    const [member] = await all(tarMembers(inPieces(Buffer.concat([header, tarEnd]), 512)));
    assert.equal(member?.name, 'caf\xe9');
    assert.ok(renamed(member, 'v/caf\xe9', '')[0]?.subarray(0, 7).equals(Buffer.from('v/caf\xe9\0', 'latin1')));
  });

  it('can be called otherwise, short, long, and with what else their headers say', async () => {
    const made = tarOf(folder, ['--format=posix', '--pax-option=comment:=kept', 'with']);
    for (const name of ['x', 'y'.repeat(100), 'z'.repeat(101), long]) {
      const pieces: Uint8Array[] = [];
      for await (const member of tarMembers(inPieces(made, 512))) {
        pieces.push(...renamed(member, Buffer.from(name).toString('latin1'), ''));
        for await (const chunk of member.content) pieces.push(chunk);
      }
      const written = Buffer.concat([...pieces, tarEnd]);
      const seen = [];
      for await (const { header, content } of tarEntries(inPieces(written, 512))) {
        const isKept = JSON.stringify(header.pax).includes('"comment":"kept"');
        seen.push({ name: header.name, isKept, text: (await buffer(content)).toString() });
      }
      assert.deepEqual(seen, [{ name, isKept: true, text: 'content' }]);
      assert.equal(spawnSync('tar', ['-t'], { input: written }).status, 0);
    }
  });

  it('end with a refusal where the tar is none, is cut off, or has what no engine unpacks', async () => {
    const tar = await packed((add) => {
      add({ name: 'a', size: 700 }, 'x'.repeat(700));
    });
    for (const end of [0, 100, 512, 600, 1024, 1536]) {
      await rejects(all(tarMembers(inPieces(tar.subarray(0, end), 512))), 'archive-damaged');
    }
    const garbled = Buffer.from(tar);
    garbled.write('b');
    await rejects(all(tarMembers(inPieces(garbled, 512))), 'archive-damaged');
    await rejects(all(tarMembers(inPieces(Buffer.alloc(2048, 'garbage'), 512))), 'archive-damaged');
    const record = await packed((add) => {
      add({ name: 'a', pax: { comment: 'of no length' } });
    });
    record.write('99 ', 512);
    await rejects(all(tarMembers(inPieces(record, 512))), 'archive-damaged');
    const strange = Buffer.from(tar);
    strange.write('S', 156);
    strange.write(checksumOf(strange.subarray(0, 512)), 148);
    await rejects(all(tarMembers(inPieces(strange, 512))), 'archive-unsupported');
  });

  it('are refused where they would get out of their folder', async () => {
    const hostile: [string, ...Parameters<Add>][] = [
      ['by its name', { name: '../a' }],
      ['in the middle of its name', { name: './a/../../b' }],
      ['by an absolute name', { name: '/etc/passwd' }],
      ['by a hard link', { name: 'a', type: 'link', linkname: '../../etc/passwd' }],
      ['by an absolute hard link', { name: 'a', type: 'link', linkname: '/etc/passwd' }],
      ['in the place of the folder', { name: './', type: 'symlink', linkname: '/etc' }],
      ['by a name in an extended header', { name: 'a', pax: { path: '../a' } }],
    ];
    for (const [how, header] of hostile) {
      const tar = await packed((add) => {
        add(header);
      });
      await rejects(all(checkedPaths(tarMembers(inPieces(tar, 512)))), 'archive-damaged', how);
    }
    const through = await packed((add) => {
      add({ name: 'a', type: 'symlink', linkname: '/etc' });
      add({ name: './a/passwd' });
    });
    await rejects(all(checkedPaths(tarMembers(inPieces(through, 512)))), 'archive-damaged');
  });

  it('are taken with links that say what they want, and with a folder in the place of a link', async () => {
    const tar = await packed((add) => {
      add({ name: './', type: 'directory' });
      add({ name: './..a/b..', type: 'symlink', linkname: '../../../etc/passwd' });
      add({ name: './c', type: 'symlink', linkname: '/nowhere' });
      add({ name: './c', type: 'directory' });
      add({ name: './c/d' });
      add({ name: './e', type: 'link', linkname: './c/d' });
    });
    assert.equal((await all(checkedPaths(tarMembers(inPieces(tar, 512))))).length, 6);
  });
});

type Add = (header: Parameters<ReturnType<typeof pack>['entry']>[0], content?: string) => void;

async function packed(fill: (add: Add) => void): Promise<Buffer> {
  const tar = pack();
  fill((header, content) => {
    tar.entry(header, content ?? '');
  });
  tar.finalize();
  return buffer(tar);
}

function tarOf(folder: string, words: string[]): Buffer {
  const { stdout, status, stderr } = spawnSync('tar', ['--blocking-factor=1', '-C', folder, '-c', ...words]);
  assert.equal(status, 0, stderr.toString());
  return stdout;
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* inPieces(data: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

async function all(members: AsyncIterable<TarMember>): Promise<TarMember[]> {
  const list: TarMember[] = [];
  for await (const member of members) list.push(member);
  return list;
}

function checksumOf(header: Buffer): string {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  return `${sum.toString(8).padStart(6, '0')}\0 `;
}

function rejects(work: Promise<unknown>, reason: Reason, message?: string): Promise<void> {
  return assert.rejects(work, (error) => error instanceof Failure && error.reason === reason, message);
}
