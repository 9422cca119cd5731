import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { retagArchive } from '../../../../src/bundle/archive/retag.js';
import { decompress } from '../../../../src/engine/saved-image/decompress.js';
import { readSaved } from '../../../../src/engine/saved-image/read-saved.js';
import { tarEntries } from '../../../../src/engine/saved-image/tar-entries.js';
import { Failure } from '../../../../src/host/failure.js';
import { rawTar } from './raw-tar.js';
import { stores, testImage } from './saved-images.js';
import { seeded } from './seeded.js';

/** A stream that tells how it ended, and fails at its end where it is given an error. */
class Source implements AsyncIterable<Buffer> {
  private end: (how: 'read' | 'closed') => void = () => undefined;
  readonly ended = new Promise<'read' | 'closed'>((resolve) => {
    this.end = resolve;
  });

  constructor(
    private readonly bytes: Buffer,
    private readonly size: number,
    private readonly error?: Error,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (let at = 0; at < this.bytes.length; at += this.size) {
        yield await Promise.resolve(this.bytes.subarray(at, at + this.size));
      }
      this.end('read');
      if (this.error !== undefined) throw this.error;
    } finally {
      this.end('closed');
    }
  }
}

async function lengthOf(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of stream) length += chunk.length;
  return length;
}
const loss = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
const sizes = [1, 511, 1500, 1 << 20];

describe('a stream without its compression', () => {
  const zipped = gzipSync(Buffer.alloc(10_000, 'text '));

  it('is all that several gzip members hold', async () => {
    const members = Buffer.concat([zipped, gzipSync(''), zipped]);
    for (const size of sizes) assert.equal(await lengthOf(decompress(new Source(members, size))), 20_000);
  });

  it('fails where gzip is cut off, or something else follows', async () => {
    const cases: [Buffer, RegExp][] = [
      [zipped.subarray(0, -1), /unexpected end of file/],
      [zipped.subarray(0, 3), /unexpected end of file/],
      [Buffer.concat([zipped, Buffer.from('text')]), /incorrect header check/],
      [Buffer.concat([zipped, Buffer.alloc(1)]), /something follows after its end/],
      [Buffer.concat([zipped, Buffer.alloc(1000), zipped]), /something follows after its end/],
    ];
    for (const [bytes, why] of cases) {
      for (const size of sizes) {
        await assert.rejects(lengthOf(decompress(new Source(bytes, size))), (error) => {
          assert.ok(error instanceof Failure && error.reason === 'archive-damaged', String(error));
          assert.match(error.message, why);
          return true;
        });
      }
    }
  });

  it('fails with the error of what it reads', async () => {
    for (const bytes of [zipped.subarray(0, 100), zipped, Buffer.from('plain text'), Buffer.alloc(0)]) {
      for (const size of sizes) {
        await assert.rejects(lengthOf(decompress(new Source(bytes, size, loss))), (error) => error === loss);
      }
    }
  });

  it('closes what it reads when it is not read to its end', async () => {
    const random = seeded(1);
    const bytes = Buffer.from(Array.from({ length: 1 << 20 }, () => random(256)));
    for (const stream of [bytes, gzipSync(bytes)]) {
      const source = new Source(stream, 1000);
      for await (const chunk of decompress(source)) if (chunk.length > 0) break;
      assert.equal(await source.ended, 'closed');
    }
  });
});

describe('the members of a tar', () => {
  const members = [
    { name: 'a', content: Buffer.alloc(100_000, 'x') },
    { name: 'b', content: Buffer.alloc(3000, 'x') },
    { name: 'c' },
    { name: 'd', content: Buffer.alloc(50_000, 'x') },
  ];
  const tar = rawTar(members);
  const ways: Record<string, (content: AsyncIterable<Uint8Array>) => Promise<unknown>> = {
    'not read': () => Promise.resolve(),
    'looked into': (content) => content[Symbol.asyncIterator]().next(),
    'read in part': async (content) => {
      for await (const chunk of content) if (chunk.length > 0) break;
    },
    'read as a whole': lengthOf,
  };

  for (const [way, take] of Object.entries(ways)) {
    it(`all come where their contents are ${way}`, async () => {
      for (const size of sizes.slice(1)) {
        const names: string[] = [];
        for await (const { header, content } of tarEntries(new Source(tar, size))) {
          names.push(header.name);
          await take(content);
        }
        assert.deepEqual(names, ['a', 'b', 'c', 'd'], String(size));
      }
    });
  }

  it('end with what is wrong with the tar, however slowly they are read', async () => {
    const slow = async function* (content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of content) {
        await new Promise((resolve) => setImmediate(resolve));
        yield chunk;
      }
    };
    for (const end of [100, 700, 60_000, 101_000, 102_000, tar.length - 1500]) {
      for (const size of sizes.slice(1)) {
        const reading = (async () => {
          for await (const { content } of tarEntries(new Source(tar.subarray(0, end), size)))
            await lengthOf(slow(content));
        })();
        await assert.rejects(reading, /Unexpected end of data/, `${end} in pieces of ${size}`);
      }
    }
  });

  for (const [store, save] of Object.entries(stores)) {
    it(`of an image fail with the loss of the engine, saved by ${store}`, async () => {
      const saved = await save(await testImage());
      for (let end = 0; end < saved.length; end += saved.length / 20) {
        const reading = readSaved(new Source(saved.subarray(0, end), 1500, loss), async (content) => {
          await lengthOf(content);
          return () => Promise.resolve();
        });
        await assert.rejects(reading, (error) => error === loss, `after ${end} bytes`);
      }
    });
  }
});

describe('an archive with another tag', () => {
  let folder: string;
  let file: string;
  const archive = rawTar([
    { name: 'manifest.json', content: Buffer.from('[{}]') },
    { name: 'blobs/x', content: Buffer.alloc(1 << 20, 'x') },
  ]);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'retag-'));
    file = join(folder, 'image.tar');
    await writeFile(file, archive);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('fails where the archive is cut off, wherever that is', async () => {
    for (let end = 1; end < archive.length - 1024; end += 70_001) {
      await assert.rejects(
        lengthOf(retagArchive(new Source(archive.subarray(0, end), 10_000), 'x:2')),
        Error,
        `${end}`,
      );
    }
  });

  it('fails with the error of what it reads', async () => {
    for (const end of [0, 600, 2000, 500_000]) {
      const source = new Source(archive.subarray(0, end), 10_000, loss);
      await assert.rejects(lengthOf(retagArchive(source, 'x:2')), (error) => error === loss, `${end}`);
    }
  });

  it('closes the file when nobody reads on', async () => {
    const stream = createReadStream(file);
    // Where it is not read to its end, it closes with an error that tells so.
    const closed = new Promise<void>((resolve) => {
      stream.once('close', () => {
        resolve();
      });
    });
    for await (const chunk of retagArchive(stream, 'x:2')) if (chunk.length > 512) break;
    await closed;
  });
});
