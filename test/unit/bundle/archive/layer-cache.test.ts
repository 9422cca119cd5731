import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compressorName } from '../../../../src/bundle/archive/block-compression.js';
import { LayerCache } from '../../../../src/bundle/archive/layer-cache.js';

const diffId = (digit: string): string => `sha256:${digit.repeat(64)}`;

const compressor = compressorName('gzip');

describe('layers that are kept', () => {
  let base: string;
  let cache: LayerCache;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'layers-'));
    cache = new LayerCache(join(base, 'kept'), 100);
  });
  afterEach(async () => {
    await rm(base, { recursive: true });
  });
  const keep = async (digit: string, content: string): Promise<void> => {
    const path = join(base, `spooled-${digit}`);
    await writeFile(path, content);
    await cache.keep({ diffId: diffId(digit), size: 1000, members: [content.length] }, path);
  };

  it('are given back by their DiffIDs, as a file of the one who asks', async () => {
    await keep('a', 'content');
    const taken = await cache.take(diffId('a'), join(base, 'mine'));
    assert.deepEqual(taken, { diffId: diffId('a'), size: 1000, members: [7] });
    await rm(join(base, 'kept'), { recursive: true });
    assert.equal(await readFile(join(base, 'mine'), 'utf8'), 'content');
    assert.equal(await cache.take(diffId('a'), join(base, 'again')), undefined);
  });

  it('are none where nothing, or nothing that can be read, is kept', async () => {
    assert.equal(await cache.take(diffId('b'), join(base, 'mine')), undefined);
    await keep('b', 'x');
    await writeFile(join(base, 'kept', compressor, `${'b'.repeat(64)}.gz.json`), '{}');
    assert.equal(await cache.take(diffId('b'), join(base, 'mine')), undefined);
    assert.equal(await cache.blob(diffId('c')), undefined);
    await cache.keepBlob(diffId('c'), { diffId: diffId('b'), size: 3 });
    assert.deepEqual(await cache.blob(diffId('c')), { diffId: diffId('b'), size: 3 });
  });

  it('go when there are too many, the one used longest ago first', async () => {
    for (const [digit, when] of [
      ['a', 3],
      ['b', 1],
      ['c', 2],
    ] as const) {
      await keep(digit, digit.repeat(40));
      await utimes(join(base, 'kept', compressor, `${digit.repeat(64)}.gz`), when, when);
    }
    await cache.take(diffId('b'), join(base, 'used'));
    await cache.prune();
    const names = (await readdir(join(base, 'kept', compressor))).filter((name) => name.endsWith('.gz'));
    assert.deepEqual(names.map((name) => name[0]).sort(), ['a', 'b']);
  });

  it('of another compressor go', async () => {
    await mkdir(join(base, 'kept', 'gzip-1-1m-zlib-0'), { recursive: true });
    await keep('a', 'x');
    await cache.prune();
    assert.deepEqual(await readdir(join(base, 'kept')), [compressor]);
  });
});
