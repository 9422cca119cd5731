// Not a part of `npm test`, for it takes minutes: `npm run test:large`.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyArchive } from '../../src/bundle/archive/verify-archive.js';
import { writeArchive } from '../../src/bundle/archive/write-archive.js';
import { decompress } from '../../src/engine/saved-image/decompress.js';
import { tarEntries } from '../../src/engine/saved-image/tar-entries.js';
import { paxHeader, rawMember } from '../unit/bundle/archive/raw-tar.js';

const signal = new AbortController().signal;
const gibibyte = 2 ** 30;
const fileSize = 9 * gibibyte;
const mostMemory = 300 * 2 ** 20;
const zeros = Buffer.alloc(1 << 20);
const tarEnd = Buffer.alloc(1024);

/** A member past ustar's 8 GiB, without its content: the size is in a PAX record, as Go writes it. */
const largeHeader = (name: string, size: number): Buffer =>
  Buffer.concat([rawMember(paxHeader({ size: String(size) })), rawMember({ name, size: 0 })]);

/** A layer with one file of zeros. */
async function* layer(): AsyncGenerator<Buffer> {
  yield await Promise.resolve(largeHeader('zeros', fileSize));
  for (let at = 0; at < fileSize; at += zeros.length) yield zeros;
  yield tarEnd;
}
const layerSize = largeHeader('zeros', fileSize).length + fileSize + tarEnd.length;

/** What an engine saves of an image of that layer; its DiffID is known when it has passed. */
async function* savedImage(): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  yield largeHeader('layer/layer.tar', layerSize);
  for await (const chunk of layer()) {
    hash.update(chunk);
    yield chunk;
  }
  const rootfs = { type: 'layers', diff_ids: [`sha256:${hash.digest('hex')}`] };
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs }));
  const name = `${createHash('sha256').update(config).digest('hex')}.json`;
  yield rawMember({ name, content: config });
  const manifest = [{ Config: name, RepoTags: ['large:1'], Layers: ['layer/layer.tar'] }];
  yield rawMember({ name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) });
  yield tarEnd;
}

/** How much more memory than now the process has had at most until it is asked, in bytes. */
function watchMemory(): () => number {
  const before = process.memoryUsage().rss;
  let most = before;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  const timer = setInterval(look, 50);
  return () => {
    clearInterval(timer);
    look();
    return most - before;
  };
}

describe('an archive with a layer of 9 GiB', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'large-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  it('is written, has its size in PAX, and is verified, within 300 MB of memory', async function () {
    this.timeout(30 * 60_000);
    const file = join(folder, 'image.tar.gz');
    const growth = watchMemory();
    const written = await writeArchive(savedImage(), {
      ...{ tag: 'large:1', file, compression: 'gzip' },
      ...{ signal, onProgress: () => undefined },
    });
    const [diffId = ''] = written.diffIds;
    const verified = await verifyArchive(file, { signal });
    const grown = growth();
    assert.equal(verified.tarSha256, written.tarSha256);
    assert.deepEqual(verified.diffIds, [diffId]);
    assert.equal(written.diffIds.length, 1);
    assert.ok(written.tarSize > layerSize);

    for await (const { header } of tarEntries(decompress(createReadStream(file)))) {
      if (header.name !== `blobs/${diffId.replace(':', '/')}`) continue;
      assert.equal(header.size, layerSize);
      assert.deepEqual({ ...(header.pax ?? {}) }, { size: String(layerSize) });
      assert.ok(grown < mostMemory, `memory grew by ${Math.round(grown / 2 ** 20)} MiB`);
      return;
    }
    assert.fail('the layer is not in the archive');
  });
});
