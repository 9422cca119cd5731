import assert from 'node:assert/strict';
import { type ReadMember } from '../../../src/engine/tar/read-tar.js';
import { checkedPaths } from '../../../src/engine/tar-paths.js';
import { tarMembers } from '../../../src/engine/volume-tar.js';
import { failing } from '../failing.js';
import { inChunks } from '../chunks.js';
import { packed } from './tar/samples.js';

describe('the members of a tar for a volume', () => {
  it('are refused where they would get out of their folder', async () => {
    type Header = Parameters<Parameters<Parameters<typeof packed>[0]>[0]>[0];
    const hostile: [string, Header][] = [
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
      await assert.rejects(all(tar), failing('archive-damaged', /leads out of the volume/), how);
    }
    const through = await packed((add) => {
      add({ name: 'é', type: 'symlink', linkname: '/etc' });
      add({ name: './é/passwd' });
    });
    await assert.rejects(all(through), failing('archive-damaged', /"\.\/é\/passwd"/));
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
    assert.equal((await all(tar)).length, 6);
  });
});

async function all(tar: Buffer): Promise<ReadMember[]> {
  const list: ReadMember[] = [];
  for await (const member of checkedPaths(tarMembers(inChunks(tar, 512)))) list.push(member);
  return list;
}
