import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { retagArchive } from '../../../../src/bundle/archive/retag.js';
import { verifyArchive } from '../../../../src/bundle/archive/verify-archive.js';
import { type ArchiveOptions, type ArchiveResult, writeArchive } from '../../../../src/bundle/archive/write-archive.js';
import { Failure } from '../../../../src/host/failure.js';
import { failing } from '../../failing.js';
import { inChunks } from '../../chunks.js';
import { sha256, stores, tarOf, testImage, type TestImage } from './saved-images.js';

const never = new AbortController().signal;
describe('the canonical archive', () => {
  let image: TestImage;
  let folder: string;
  before(async () => {
    image = await testImage();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archive-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const write = (saved: Buffer, options: Partial<ArchiveOptions> = {}): Promise<ArchiveResult> =>
    writeArchive(inChunks(saved), {
      tag: 'x:1',
      file: join(folder, 'image.tar.gz'),
      compression: 'gzip',
      signal: never,
      onProgress: () => undefined,
      ...options,
    });
  const verify = (file = 'image.tar.gz'): ReturnType<typeof verifyArchive> =>
    verifyArchive(join(folder, file), { signal: never });

  it('has the same bytes, whichever store saved the image', async () => {
    const archives = new Map<string, Buffer>();
    for (const [store, save] of Object.entries(stores)) {
      await write(await save(image));
      archives.set(store, await readFile(join(folder, 'image.tar.gz')));
    }
    const [first, ...others] = archives.values();
    for (const other of others) assert.ok(first?.equals(other));
    assert.equal(archives.size, 4);
  });

  it('is, uncompressed, what is inside of the compressed one, and both name it by the same digests', async () => {
    const saved = await stores['Engine 28']?.(image);
    assert.ok(saved);
    const zipped = await write(saved);
    const plain = await write(saved, { file: join(folder, 'image.tar'), compression: 'none' });
    const tar = await readFile(join(folder, 'image.tar'));
    assert.ok(zlib.gunzipSync(await readFile(join(folder, 'image.tar.gz'))).equals(tar));
    assert.equal(zipped.tarSha256, sha256(tar));
    assert.equal(plain.sha256, zipped.tarSha256);
    assert.equal(plain.size, zipped.tarSize);
    assert.equal(zipped.configDigest, `sha256:${sha256(image.config)}`);
    assert.deepEqual(
      zipped.diffIds,
      image.layers.map((layer) => `sha256:${sha256(layer)}`),
    );
    assert.equal(zipped.platform, 'linux/arm64/v8');
    const verified = await verify();
    assert.deepEqual(verified, await verify('image.tar'));
    assert.equal(verified.manifestDigest, zipped.manifestDigest);
    assert.deepEqual(await readdir(folder), ['image.tar', 'image.tar.gz'], 'no spool is left');
  });

  it('refuses what is damaged, and leaves nothing', async () => {
    const saved = await stores['Engine 28']?.(image);
    assert.ok(saved);
    const cases: [string, Buffer][] = [
      ['cut off', saved.subarray(0, saved.length / 2)],
      ['no tar', Buffer.from('<html>'.repeat(500))],
      ['nothing', Buffer.alloc(0)],
      ['without manifest.json', await tarOf([{ name: 'x', content: Buffer.from('{}') }])],
    ];
    const layer = image.layers[2] ?? Buffer.alloc(0);
    const changed = Buffer.from(saved);
    changed[changed.indexOf(layer) + 600] = 0xff;
    cases.push(['a layer with another byte', changed]);
    for (const [what, bytes] of cases) {
      await assert.rejects(write(bytes), failing('archive-damaged'), what);
      assert.deepEqual(await readdir(folder), [], what);
    }
  });

  it('is not written of another image than the one that is wanted', async () => {
    const saved = (await stores['Engine 28']?.(image)) ?? Buffer.alloc(0);
    const diffIds = image.layers.map((layer) => `sha256:${sha256(layer)}`);
    await write(saved, { diffIds });
    await rm(join(folder, 'image.tar.gz'));
    await assert.rejects(write(saved, { diffIds: diffIds.slice(1) }), failing('image-changed'));
    assert.deepEqual(await readdir(folder), []);
  });

  it('tells how much has been read, and how much of the whole is written', async () => {
    const saved = (await stores['Engine 28']?.(image)) ?? Buffer.alloc(0);
    const told: Parameters<ArchiveOptions['onProgress']>[0][] = [];
    await write(saved, { onProgress: (progress) => told.push(progress) });
    const reading = told.filter(({ doing }) => doing === 'reading').map(({ bytes }) => bytes);
    assert.equal(reading.at(-1), saved.length);
    const last = told.at(-1);
    // Head, headers and padding come on top of the layers.
    assert.ok(last?.doing === 'writing' && last.bytes > last.of && last.bytes < last.of + 20_000);
    const bytes = told.slice(reading.length).map((each) => each.bytes);
    assert.deepEqual(
      bytes,
      [...bytes].sort((left, right) => left - right),
    );
  });

  it('has the same tar inside whatever compresses it', async () => {
    const saved = (await stores['Engine 28']?.(image)) ?? Buffer.alloc(0);
    const { tarSha256 } = await write(saved);
    if (!('zstdCompress' in zlib)) {
      const file = join(folder, 'image.tar.zst');
      await assert.rejects(write(saved, { file, compression: 'zstd' }), failing('archive-unsupported'));
      return;
    }
    for (const compression of ['zstd', 'none'] as const) {
      const file = `image.${compression}`;
      const written = await write(saved, { file: join(folder, file), compression });
      assert.equal(written.tarSha256, tarSha256);
      assert.equal((await verify(file)).tarSha256, tarSha256);
    }
  });

  it('is not there after a cancel in the middle', async () => {
    const saved = await stores['Engine 20.10']?.(image);
    assert.ok(saved);
    const abort = new AbortController();
    const onProgress: ArchiveOptions['onProgress'] = ({ bytes }) => {
      if (bytes > saved.length / 2) abort.abort();
    };
    await assert.rejects(write(saved, { signal: abort.signal, onProgress }), failing('cancelled'));
    assert.deepEqual(await readdir(folder), []);
  });

  it('shows every flipped bit of its tar', async () => {
    await write((await stores['Engine 28']?.(image)) ?? Buffer.alloc(0), {
      file: join(folder, 'image.tar'),
      compression: 'none',
    });
    const tar = await readFile(join(folder, 'image.tar'));
    let state = 12345;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state % below;
    };
    for (let flip = 0; flip < 40; flip++) {
      const at = random(tar.length);
      const bit = 1 << random(8);
      const damaged = Buffer.from(tar);
      damaged[at] = (damaged[at] ?? 0) ^ bit;
      await writeFile(join(folder, 'damaged.tar'), damaged);
      await assert.rejects(verify('damaged.tar'), (error) => error instanceof Failure, `bit ${bit} of byte ${at}`);
    }
    await writeFile(join(folder, 'longer.tar'), Buffer.concat([tar, Buffer.from('x')]));
    await assert.rejects(verify('longer.tar'), failing('archive-damaged'));
    await writeFile(join(folder, 'shorter.tar'), tar.subarray(0, -512));
    await assert.rejects(verify('shorter.tar'), failing('archive-damaged'));
  });

  it('shows a layer that was altered with every checksum around it rewritten', async () => {
    const layers = [...image.layers];
    layers[0] = await tarOf([{ name: 'evil', content: Buffer.from('x') }]);
    const saved = await stores['Engine 28']?.({ layers, config: image.config });
    assert.ok(saved);
    await assert.rejects(write(saved), failing('archive-damaged'));
  });

  it('brings back another tag when it is retagged, and the same layers', async () => {
    const saved = await stores['Engine 28']?.(image);
    assert.ok(saved);
    const before = await write(saved);
    const retagged: Uint8Array[] = [];
    for await (const chunk of retagArchive(createReadStream(join(folder, 'image.tar.gz')), 'scratch:2'))
      retagged.push(chunk);
    const after = await write(Buffer.concat(retagged), { tag: 'scratch:2' });
    assert.deepEqual(after.diffIds, before.diffIds);
    assert.equal(after.configDigest, before.configDigest);
    assert.equal((await verify()).tag, 'scratch:2');
    const text = Buffer.concat(retagged).toString('latin1');
    assert.ok(text.includes('"RepoTags":["scratch:2"]') && text.includes('docker.io/library/scratch:2'));
    assert.ok(!text.includes('"x:1"') && !text.includes('library/x:1'));
  });
});
