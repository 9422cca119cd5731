import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { nameOfBytes } from '../../../../src/engine/file-names.js';
import { engineTar } from '../../../../src/engine/inside/engine-tar.js';
import { tarEntries } from '../../../../src/engine/saved-image/tar-entries.js';
import { renamed, tarEnd } from '../../../../src/engine/tar/write-tar.js';
import { tarMembers } from '../../../../src/engine/volume-tar.js';
import { inChunks } from '../../chunks.js';
import { packed, tarOf, textOf } from './samples.js';

const latin = nameOfBytes(Buffer.from('caf\xe9', 'latin1'));
const long = `${'folder/'.repeat(40)}${'é'.repeat(100)}`;

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
      let at = 0;
      for await (const { member, content } of engineTar(inChunks(tarOf(samples), chunk))) {
        const sample = samples[at++];
        assert.deepEqual({ ...member, content: '', ...sample }, { ...member, content: await textOf(content) });
      }
      assert.equal(at, samples.length);
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

  it('may call members otherwise, short, long, and with what else their headers say', async () => {
    const made = await packed((add) => {
      add({ name: 'with', type: 'file', pax: { comment: 'kept' } }, 'content');
      add({ name: 'hard', type: 'link', linkname: 'with' });
    });
    for (const name of ['x', 'y'.repeat(100), 'z'.repeat(101), long, latin]) {
      const pieces: Uint8Array[] = [];
      for await (const member of tarMembers(inChunks(made, 512))) {
        const isFile = member.kind === 'file';
        pieces.push(...renamed(member, isFile ? name : 'hard', isFile ? '' : name));
        for await (const chunk of member.filled) pieces.push(chunk);
      }
      const written = Buffer.concat([...pieces, tarEnd]);
      const read = [];
      for await (const { member, content } of engineTar(inChunks(written, 512))) {
        read.push([member.name, member.kind, member.target, await textOf(content)]);
      }
      assert.deepEqual(read, [
        [name, 'file', '', 'content'],
        ['hard', 'hard-link', name, ''],
      ]);
      assert.equal(spawnSync('tar', ['-t'], { input: written }).status, 0);
      if (name === latin) continue;
      const seen = [];
      for await (const { header, content } of tarEntries(inChunks(written, 512))) {
        const isKept = JSON.stringify(header.pax).includes('"comment":"kept"');
        seen.push({ name: header.name, isKept, text: await textOf(content) });
      }
      assert.deepEqual(seen[0], { name, isKept: true, text: 'content' });
    }
  });
});
