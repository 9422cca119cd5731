import assert from 'node:assert/strict';
import { paddingLength, tarFile, tarHeader } from '../../../../src/bundle/archive/tar-format.js';
import { tarEntries } from '../../../../src/engine/saved-image/tar-entries.js';

describe('the headers of the canonical tar', () => {
  it('are read back by another implementation, sizes past 8 GiB included', async () => {
    const large = 9 * 1024 ** 3;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(tarFile('a', Buffer.from('text')));
      yield tarHeader('blobs/', 0, 'folder');
      yield tarHeader('blobs/sha256/large', large);
    };
    const headers: { name: string; size: number; type: string; mode: number }[] = [];
    for await (const { header } of tarEntries(source())) {
      headers.push({ name: header.name, size: header.size, type: header.type, mode: header.mode });
      if (header.size === large) break;
    }
    assert.deepEqual(headers, [
      { name: 'a', size: 4, type: 'file', mode: 0o644 },
      { name: 'blobs/', size: 0, type: 'directory', mode: 0o755 },
      { name: 'blobs/sha256/large', size: large, type: 'file', mode: 0o644 },
    ]);
  });

  it('fill whole blocks', () => {
    assert.deepEqual([0, 1, 511, 512, 513].map(paddingLength), [0, 511, 1, 0, 511]);
    for (const size of [0, 1, 512, 1000]) assert.equal(tarFile('x', Buffer.alloc(size)).length % 512, 0);
  });
});
