import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ArchiveResult, writeArchive } from '../../../../src/bundle/archive/write-archive.js';
import { readSaved, type SavedImage } from '../../../../src/engine/saved-image/read-saved.js';
import { Failure } from '../../../../src/host/failure.js';
import { inChunks } from '../../chunks.js';
import { paxHeader, type RawMember, rawMember, rawTar } from './raw-tar.js';
import { imageOf, ociTar, sha256, stores, testImage, type TestImage } from './saved-images.js';
import { seeded, spoilt } from './seeded.js';

const signal = new AbortController().signal;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const isDamaged =
  (what: string, why: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof Failure, `${what}: ${String(error)}`);
    assert.match(error.message, why, what);
    // What Node says of a wrong argument is no sentence for a person.
    assert.doesNotMatch(error.message, /argument|undefined|null|not a function|Cannot read/, what);
    assert.equal(error.reason, 'archive-damaged', what);
    return true;
  };

/** Reads what is saved, and lets the layers pass. */
function read(source: AsyncIterable<Uint8Array>): Promise<SavedImage> {
  return readSaved(source, async (content) => {
    const iterator = content[Symbol.asyncIterator]();
    while ((await iterator.next()).done !== true);
    return () => Promise.resolve();
  });
}

describe('a saved image that is not what it should be', () => {
  const layer = rawTar([{ name: 'x', content: Buffer.from('text') }]);
  const { config } = imageOf([layer]);
  const configName = `${sha256(config)}.json`;
  const manifest = { Config: configName, RepoTags: ['x:1'], Layers: ['a/layer.tar'] };
  const good: RawMember[] = [
    { name: 'a/layer.tar', content: layer },
    { name: configName, content: config },
    { name: 'manifest.json', content: json([manifest]) },
  ];
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const write = async (saved: Buffer): Promise<ArchiveResult> => {
    const file = join(folder, 'image');
    return writeArchive(inChunks(saved, 1500), {
      tag: 'x:1',
      file,
      compression: 'none',
      signal,
      onProgress: () => undefined,
    });
  };
  async function refuses(what: string, saved: Buffer, why: RegExp): Promise<void> {
    await assert.rejects(write(saved), isDamaged(what, why));
    assert.deepEqual(await readdir(folder), [], what);
  }
  const withMember = (name: string, change: Partial<RawMember>): Buffer =>
    rawTar(good.map((member) => (member.name === name ? { ...member, ...change } : member)));
  const withManifest = (content: unknown): Buffer => withMember('manifest.json', { content: json(content) });

  it('is told from one that is', async () => {
    assert.deepEqual((await write(rawTar(good))).diffIds, [`sha256:${sha256(layer)}`]);
  });

  it('has members that lead outside', async () => {
    const outside = /leads to no file in it/;
    for (const name of [
      '../x',
      '../../etc/passwd',
      '/etc/passwd',
      '/manifest.json',
      'a/../../x',
      '..',
      '',
      'a/..',
      './',
    ]) {
      for (const type of ['0', '7', '1', '2']) {
        const member = { name, type, linkTo: 'manifest.json' };
        // A file whose name ends as a folder's does is one, and folders are not looked at.
        if (type === '0' && name.endsWith('/')) continue;
        await assert.rejects(read(inChunks(rawTar([member, ...good]), 1500)), isDamaged(`${type} ${name}`, outside));
      }
    }
    const long = rawTar([paxHeader({ path: 'x/'.repeat(3000) + 'x' }), ...good]);
    await assert.rejects(read(inChunks(long, 1500)), isDamaged('a long name', outside));
  });

  it('has links that lead outside, in circles, or to nothing', async () => {
    const outside = /leads to no file in it/;
    for (const [type, linkTo] of [
      ['2', '../../layer.tar'],
      ['2', '/etc/passwd'],
      ['2', '/a/layer.tar'],
      ['2', '../..'],
      ['2', '..'],
      ['1', '../layer.tar'],
      ['1', '/etc/passwd'],
      ['1', '.'],
    ] as const) {
      await refuses(
        `${type} ${linkTo}`,
        withMember('a/layer.tar', { type, linkTo, content: Buffer.alloc(0) }),
        outside,
      );
    }
    for (const type of ['1', '2']) {
      await refuses('empty', withMember('a/layer.tar', { type, content: Buffer.alloc(0) }), /a link leads to nothing/);
    }
    const links = (...pairs: [string, string][]): RawMember[] =>
      pairs.map(([name, linkTo]) => ({ name, type: '2', linkTo }));
    const circles = [
      links(['a/layer.tar', 'layer.tar']),
      links(['a/layer.tar', '../b/layer.tar'], ['b/layer.tar', '../a/layer.tar']),
      links(['a/layer.tar', '../b'], ['b', 'c'], ['c', 'a/layer.tar']),
    ];
    for (const circle of circles) await refuses('circle', rawTar([...circle, ...good.slice(1)]), /leads in a circle/);
    const nowhere = links(['a/layer.tar', 'missing']);
    await refuses('to nothing', rawTar([...nowhere, ...good.slice(1)]), /layer 1 is missing/);
  });

  it('has sizes that lie', async () => {
    const base256 = (first: number, size: number): Buffer => {
      const field = Buffer.alloc(12);
      field[0] = first;
      field.writeUInt32BE(size, 8);
      return field;
    };
    const none = /no readable size|Invalid header/;
    const lies: [string, number | Buffer, RegExp][] = [
      ['bigger', layer.length + 512, /./],
      ['smaller', layer.length - 512, /./],
      ['nothing', 0, /./],
      ['8 GiB', Buffer.from('77777777777'), /Unexpected end of data/],
      ['negative', Buffer.from('-0000001000'), none],
      ['no number', Buffer.from('zzzzzzzzzzz'), none],
      ['base 256, negative', base256(0xff, layer.length), none],
      ['base 256, of no kind', base256(0x81, layer.length), none],
      ['base 256, of 2^88', Buffer.from([0x80, ...Buffer.alloc(11, 0xff)]), none],
      ['base 256, bigger', base256(0x80, 1 << 30), /Unexpected end of data/],
    ];
    for (const [what, size, why] of lies) await refuses(what, withMember('a/layer.tar', { size }), why);
    for (const size of ['-1', 'x', '9'.repeat(400), '1e3', '0x200', '100000000']) {
      const saved = rawTar([paxHeader({ size }), ...good]);
      await refuses(`PAX ${size.slice(0, 9)}`, saved, /./);
    }
    const truth = withMember('a/layer.tar', { size: base256(0x80, layer.length) });
    assert.equal((await write(truth)).diffIds.length, 1, 'the truth in base 256 is no lie');
  });

  it('has documents of a hundred megabytes, which are not read', async () => {
    const zeros = Buffer.alloc(1 << 20);
    for (const name of ['VERSION', 'oci-layout', 'repositories', 'index.json', 'manifest.json', 'a/json', configName]) {
      let pulled = 0;
      const source = async function* (): AsyncGenerator<Buffer> {
        yield await Promise.resolve(rawMember({ name, size: 100 << 20 }));
        for (; pulled < 100; pulled++) yield zeros;
      };
      await assert.rejects(read(source()), isDamaged(name, /is larger than any document/));
      assert.ok(pulled < 10, `${name}: ${pulled} MB were read`);
    }
    await refuses(
      'compressed',
      withMember('manifest.json', { content: Buffer.concat(Array.from({ length: 100 }, () => gzipSync(zeros))) }),
      /no manifest.json that can be read/,
    );
  });

  it('has too many documents', async () => {
    const many = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < 10_100; at++) yield await Promise.resolve(rawMember({ name: `${at}` }));
    };
    await assert.rejects(read(many()), isDamaged('many', /more files than any image has/));
    const piece = Buffer.alloc(1 << 20, '[');
    const large = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < 9; at++) {
        yield await Promise.resolve(rawMember({ name: `${at}.json`, size: 8 << 20 }));
        for (let mega = 0; mega < 8; mega++) yield piece;
      }
    };
    await assert.rejects(read(large()), isDamaged('large', /more JSON than any image has/));
  });

  it('has members twice', async () => {
    for (const member of good) {
      await refuses(String(member.name), rawTar([...good, member]), /twice/);
      await refuses('otherwise written', rawTar([...good, { ...member, name: `./${String(member.name)}` }]), /twice/);
      const link = { name: member.name, type: '2', linkTo: 'x' };
      await refuses('as a link', rawTar([link, ...good]), /twice/);
    }
  });

  it('names two images, none, or what is not there', async () => {
    const notOne = /does not name exactly one image|no manifest.json that can be read/;
    for (const content of [[], [manifest, manifest], {}, [{}], [null], 5, [{ ...manifest, Layers: [5] }]]) {
      await refuses(JSON.stringify(content), withManifest(content), notOne);
    }
    for (const content of [
      Buffer.alloc(0),
      Buffer.from('['),
      Buffer.from('['.repeat(1e6)),
      Buffer.from('[\xff]', 'latin1'),
    ]) {
      await refuses('no JSON', withMember('manifest.json', { content }), notOne);
    }
    const outside = [
      '../a/layer.tar',
      '/a/layer.tar',
      '../../../etc/passwd',
      '/etc/passwd',
      '',
      'manifest.json',
      '__proto__',
    ];
    for (const path of outside) {
      await refuses(path, withManifest([{ ...manifest, Layers: [path] }]), /layer 1 is missing/);
      const config = path === 'manifest.json' ? 'a/layer.tar' : path;
      await refuses(path, withManifest([{ ...manifest, Config: config }]), /the configuration .* is missing/);
    }
    await refuses(
      'more',
      withManifest([{ ...manifest, Layers: ['a/layer.tar', 'a/layer.tar'] }]),
      /lists 2 layers for 1/,
    );
    await refuses('fewer', withManifest([{ ...manifest, Layers: [] }]), /lists 0 layers for 1/);
  });

  it('goes on after its end', async () => {
    const saved = rawTar(good);
    await refuses('a byte', Buffer.concat([saved, Buffer.from('x')]), /Unexpected end of data/);
    await refuses('text', Buffer.concat([saved, Buffer.alloc(512, 'x')]), /Invalid tar header/);
    await refuses('the same again', Buffer.concat([saved, saved]), /twice/);
    const plain = await write(saved);
    const hidden = rawTar([{ name: 'hidden', content: Buffer.from('x') }]);
    assert.deepEqual(await write(Buffer.concat([saved, hidden])), plain, 'what is hidden is not archived');
  });

  it('has a compressed layer with more in it', async () => {
    const hidden = gzipSync(Buffer.from('hidden'));
    const cases: [string, Buffer, RegExp][] = [
      ['text', Buffer.from('text'), /incorrect header check/],
      ['a zero', Buffer.alloc(1), /something follows after its end/],
      ['zeros and a gzip', Buffer.concat([Buffer.alloc(8), hidden]), /something follows after its end/],
      ['a gzip', hidden, /layer 1 is sha256:\w+ instead of/],
      ['half a gzip', hidden.subarray(0, 15), /unexpected end of file/],
    ];
    for (const [what, more, why] of cases) {
      await refuses(what, await ociTar(config, [layer], (plain) => Buffer.concat([gzipSync(plain), more])), why);
    }
    await refuses(
      'nothing',
      await ociTar(config, [layer], (plain) => gzipSync(plain).subarray(0, -1)),
      /unexpected end/,
    );
  });

  for (const [store, save] of Object.entries(stores)) {
    it(`is refused, or is the same image, whatever is wrong with it, saved by ${store}`, async function () {
      this.timeout(30_000);
      const image: TestImage = await testImage();
      const saved = await save(image);
      const { tarSha256 } = await write(saved);
      let refused = 0;
      for (let seed = 1; seed <= 100; seed++) {
        const { bytes, what } = spoilt(saved, seeded(seed));
        await write(bytes).then(
          (result) => {
            assert.equal(result.tarSha256, tarSha256, `seed ${seed}: ${what}`);
          },
          (error: unknown) => {
            refused++;
            isDamaged(`seed ${seed}: ${what}`, /./)(error);
          },
        );
      }
      assert.ok(refused > 50, `${refused} of 100 were refused`);
    });
  }
});
