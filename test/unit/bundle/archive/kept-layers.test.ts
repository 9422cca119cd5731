import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compressorName } from '../../../../src/bundle/archive/block-compression.js';
import { type ArchiveResult, writeArchive } from '../../../../src/bundle/archive/write-archive.js';
import { failing } from '../../failing.js';
import { sha256, stores, testImage, type TestImage } from './saved-images.js';

const compressor = compressorName('gzip');

describe('an archive that is written again', () => {
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
  const kept = (): string => join(folder, 'layers', compressor);
  const write = async (store: string, file = 'image.tar.gz'): Promise<ArchiveResult> => {
    const saved = (await stores[store]?.(image)) ?? Buffer.alloc(0);
    const source = async function* (): AsyncGenerator<Buffer> {
      yield await Promise.resolve(saved);
    };
    return writeArchive(source(), {
      ...{ tag: 'x:1', file: join(folder, file), compression: 'gzip' },
      layers: { root: join(folder, 'layers'), limit: 1e9 },
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
  };
  const layerFile = (index: number): string => join(kept(), `${sha256(image.layers[index] ?? Buffer.alloc(0))}.gz`);

  for (const store of Object.keys(stores)) {
    it(`has the same bytes from kept layers, saved by ${store}`, async () => {
      const first = await write(store);
      const again = await write(store, 'again.tar.gz');
      assert.deepEqual(again, first);
      assert.ok((await readFile(join(folder, 'again.tar.gz'))).equals(await readFile(join(folder, 'image.tar.gz'))));
      assert.deepEqual((await readdir(folder)).sort(), ['again.tar.gz', 'image.tar.gz', 'layers']);
      assert.deepEqual(await readdir(join(folder, 'layers')), [compressor], 'no spool is left');
      const names = (await readdir(kept())).filter((name) => name.endsWith('.gz'));
      assert.equal(names.length, 3, 'one of the four layers is there twice');
    });
  }

  const damage: [string, (file: string) => Promise<void>][] = [
    [
      'another content of the same length',
      async (file) => {
        const other = Buffer.from(image.layers[0] ?? '');
        other[600] = 0xff;
        const member = gzipSync(other);
        const whole = await readFile(file);
        await writeFile(
          file,
          Buffer.concat([member, Buffer.alloc(Math.max(0, whole.length - member.length))]).subarray(0, whole.length),
        );
      },
    ],
    [
      'a flipped bit',
      async (file) => {
        const bytes = await readFile(file);
        const at = Math.floor(bytes.length / 2);
        bytes[at] = (bytes[at] ?? 0) ^ 4;
        await writeFile(file, bytes);
      },
    ],
    ['less than there was', (file) => truncate(file, 20)],
    ['nothing', (file) => truncate(file, 0)],
  ];
  for (const [what, spoil] of damage) {
    it(`never has a kept layer that holds ${what}, and is whole the next time`, async () => {
      const first = await write('Engine 28');
      await spoil(layerFile(0));
      await assert.rejects(write('Engine 28', 'again.tar.gz'), failing('archive-damaged'));
      assert.ok(!(await readdir(folder)).includes('again.tar.gz'));
      assert.deepEqual(await write('Engine 28', 'again.tar.gz'), first);
    });
  }
});
