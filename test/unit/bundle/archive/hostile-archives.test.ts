import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { canonicalLayout, layerHeader } from '../../../../src/bundle/archive/layout.js';
import { verifyArchive } from '../../../../src/bundle/archive/verify-archive.js';
import { writeArchive } from '../../../../src/bundle/archive/write-archive.js';
import { Failure } from '../../../../src/host/failure.js';
import { membersOf, paxHeader, type RawMember, rawTar } from './raw-tar.js';
import { sha256, stores, tarOf, testImage, type TestImage } from './saved-images.js';
import { seeded, spoilt } from './seeded.js';

const signal = new AbortController().signal;
const base256 = (first: number, size: number): Buffer => {
  const field = Buffer.alloc(12);
  field[0] = first;
  field.writeUInt32BE(size, 8);
  return field;
};
const zeros = Buffer.alloc(4 << 20);

describe('an archive that is not what it should be', () => {
  let image: TestImage;
  let folder: string;
  let tar: Buffer;
  let members: RawMember[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hostile-'));
    image = await testImage();
    const saved = (await stores['Engine 28']?.(image)) ?? Buffer.alloc(0);
    const source = async function* (): AsyncGenerator<Buffer> {
      yield await Promise.resolve(saved);
    };
    const file = join(folder, 'image.tar');
    await writeArchive(source(), { tag: 'x:1', file, compression: 'none', signal, onProgress: () => undefined });
    tar = await readFile(file);
    members = membersOf(tar);
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  const verify = async (bytes: Buffer): ReturnType<typeof verifyArchive> => {
    const file = join(folder, 'hostile');
    await writeFile(file, bytes);
    return verifyArchive(file, { signal });
  };
  async function refuses(what: string, bytes: Buffer, why: RegExp): Promise<void> {
    await assert.rejects(verify(bytes), (error) => {
      assert.ok(error instanceof Failure, `${what}: ${String(error)}`);
      assert.match(error.message, why, what);
      assert.equal(error.reason, 'archive-damaged', what);
      return true;
    });
  }
  const withMember = (name: string, change: Partial<RawMember>): Buffer =>
    rawTar(members.map((member) => (member.name === name ? { ...member, ...change } : member)));
  const lastLayer = (): RawMember => members.at(-1) ?? { name: '' };
  const withManifest = (manifest: unknown): Buffer =>
    withMember('manifest.json', {
      content: Buffer.from(typeof manifest === 'string' ? manifest : JSON.stringify(manifest)),
    });
  const disagree = /do not agree/;

  it('is told from one that is, whose members are the same', async () => {
    assert.ok(rawTar(members).equals(tar));
    const { diffIds } = await verify(rawTar(members));
    assert.equal(diffIds.length, 4);
    assert.deepEqual(await verify(gzipSync(tar)), await verify(tar));
  });

  it('has members that lead elsewhere', async () => {
    for (const name of ['../manifest.json', '/manifest.json', './manifest.json', 'blobs/../manifest.json']) {
      await refuses(name, withMember('manifest.json', { name }), disagree);
    }
    const { name } = lastLayer();
    for (const other of ['../../etc/passwd', '/etc/passwd']) {
      await refuses(other, withMember(String(name), { name: other }), /the header of the layer/);
    }
  });

  it('has links', async () => {
    const name = String(lastLayer().name);
    for (const type of ['1', '2']) {
      for (const linkTo of ['../../../etc/passwd', '/etc/passwd', name, '']) {
        await refuses(linkTo, withMember(name, { type, linkTo, content: Buffer.alloc(0) }), /the header of the layer/);
        await refuses(linkTo, withMember('index.json', { type, linkTo }), disagree);
      }
    }
  });

  it('has members that it should not have', async () => {
    const extra: RawMember[] = [
      { name: '../../evil', content: Buffer.from('x') },
      { name: 'manifest.json', content: Buffer.from('[]') },
      { name: 'x', type: '2', linkTo: '/' },
      paxHeader({ size: '1' }),
    ];
    for (const member of extra) {
      await refuses(
        'first',
        rawTar([member, ...members]),
        /has no believable|do not agree|does not name|cannot be read/,
      );
      await refuses('last', rawTar([...members, member]), /does not end where it should/);
      for (let at = 1; at < members.length; at++) {
        await refuses(`at ${at}`, rawTar(members.toSpliced(at, 0, member)), /./);
      }
    }
    for (const [at, member] of members.entries()) {
      await refuses(`${at} twice`, rawTar(members.toSpliced(at, 0, member)), /./);
      await refuses(`no ${at}`, rawTar(members.toSpliced(at, 1)), /./);
    }
  });

  it('has thousands of documents', async () => {
    const documents = Array.from({ length: 3000 }, (_, at) => ({ name: `${at}.json`, content: Buffer.from('{}') }));
    await refuses('first', rawTar([...documents, ...members]), /does not name one image/);
    await refuses('in the middle', rawTar(members.toSpliced(7, 0, ...documents)), /the header of the layer/);
  });

  it('has sizes that lie', async () => {
    const size = members.find(({ name }) => name === 'index.json')?.content?.length ?? 0;
    const lies: [string, number | Buffer, RegExp][] = [
      ['bigger', size + 1, disagree],
      ['a block more', size + 512, /./],
      ['smaller', size - 1, disagree],
      ['nothing', 0, /./],
      ['negative', Buffer.from('-0000000001'), /./],
      ['base 256', base256(0x80, size), /no believable size/],
      ['base 256, negative', base256(0xff, size), /no believable size/],
      ['base 256, of no kind', base256(0xc1, size), /no believable size/],
      ['8 GiB', Buffer.from('77777777777'), /no believable size/],
      ['no number', Buffer.from('zzzzzzzzzzz'), /no believable size/],
      ['the true one, otherwise written', Buffer.from(size.toString(8).padStart(11, ' ')), disagree],
    ];
    for (const [what, lie, why] of lies) await refuses(what, withMember('index.json', { size: lie }), why);
    const { name, content = Buffer.alloc(0) } = lastLayer();
    for (const lie of [content.length + 512, content.length - 512, base256(0x80, content.length)]) {
      await refuses('of a layer', withMember(String(name), { size: lie }), /the header of the layer/);
    }
  });

  /** What the layout makes of false sizes, so that all but the layer's content agrees. */
  const withLayerSize = (change: (size: number) => number): Buffer => {
    const layers = new Map(image.layers.map((layer) => [`sha256:${sha256(layer)}`, layer]));
    const sizes = new Map([...layers].map(([diffId, layer]) => [diffId, change(layer.length)]));
    const layout = canonicalLayout(image.config, sizes, 'x:1');
    return Buffer.concat([
      layout.head,
      ...layout.layers.flatMap((layer) => [layerHeader(layer), layers.get(layer.diffId) ?? Buffer.alloc(0)]),
      Buffer.alloc(1024),
    ]);
  };

  it('has sizes that lie the same everywhere', async () => {
    assert.equal((await verify(withLayerSize((size) => size))).diffIds.length, 4);
    await refuses(
      'bigger',
      withLayerSize((size) => size + 1),
      /has the digest/,
    );
    await refuses(
      'smaller',
      withLayerSize((size) => size - 1),
      /has the digest/,
    );
    await refuses(
      'nothing',
      withLayerSize(() => 0),
      /has the digest/,
    );
    await refuses(
      '9 GiB',
      withLayerSize(() => 9 * 2 ** 30),
      /it is cut off/,
    );
    await refuses(
      'negative',
      withLayerSize(() => -1),
      /the manifest cannot be read/,
    );
    await refuses(
      'no safe integer',
      withLayerSize(() => 2 ** 60),
      /the manifest cannot be read/,
    );
    await refuses(
      'a fraction',
      withLayerSize((size) => size + 0.5),
      /the manifest cannot be read/,
    );
  });

  it('names two images, none, or something else', async () => {
    const [entry] = JSON.parse(String(members.find(({ name }) => name === 'manifest.json')?.content)) as [object];
    const notOne = /does not name one image with one tag/;
    for (const manifest of [
      [entry, entry],
      [],
      {},
      null,
      5,
      'x',
      '',
      '[',
      [null],
      [[]],
      `${'['.repeat(1e5)}${']'.repeat(1e5)}`,
    ]) {
      await refuses(JSON.stringify(manifest).slice(0, 20), withManifest(manifest), notOne);
    }
    for (const tags of [[], ['x:1', 'y:1'], null, ['']]) {
      await refuses(String(tags), withManifest([{ ...entry, RepoTags: tags }]), notOne);
    }
    for (const tag of ['x', '../x:1', 'X:1', 'x:1 y', '--privileged', `x:1@sha256:${'a'.repeat(64)}`, 'x:\u0000']) {
      await refuses(tag, withManifest([{ ...entry, RepoTags: [tag] }]), notOne);
    }
    for (const change of [
      { Layers: ['../../../etc/passwd'] },
      { Layers: [] },
      { Config: '/etc/passwd' },
      { More: 1 },
    ]) {
      await refuses(JSON.stringify(change), withManifest([{ ...entry, ...change }]), disagree);
    }
  });

  it('has a configuration of forty thousand layers', async () => {
    const diffIds = Array.from({ length: 40_000 }, (_, at) => `sha256:${at.toString(16).padStart(64, '0')}`);
    const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: diffIds } };
    const sizes = new Map(diffIds.map((diffId) => [diffId, 0]));
    const { head } = canonicalLayout(Buffer.from(JSON.stringify(config)), sizes, 'x:1');
    await refuses('without layers', head, /it is cut off/);
  });

  it('goes on after its end', async () => {
    const zipped = gzipSync(tar);
    const hidden = gzipSync(await tarOf([{ name: 'hidden', content: Buffer.from('x') }]));
    const follows = /something follows after/;
    for (const [what, more] of [
      ['a byte', Buffer.from('x')],
      ['a zero', Buffer.alloc(1)],
      ['blocks of zeros', Buffer.alloc(1024)],
      ['another tar', tar],
    ] as const) {
      await refuses(what, Buffer.concat([tar, more]), follows);
      await refuses(what, Buffer.concat([zipped, gzipSync(more)]), follows);
    }
    await refuses('text', Buffer.concat([zipped, Buffer.from('text')]), /incorrect header check/);
    await refuses('zeros', Buffer.concat([zipped, Buffer.alloc(512)]), follows);
    await refuses('zeros and a gzip', Buffer.concat([zipped, Buffer.alloc(1), hidden]), follows);
    await refuses('zeros and a lot', Buffer.concat([zipped, Buffer.alloc(3 << 20)]), follows);
    await refuses('a gzip', Buffer.concat([zipped, hidden]), follows);
    await refuses('half a gzip', Buffer.concat([zipped, hidden.subarray(0, 15)]), /unexpected end|something follows/);
  });

  it('is cut off', async () => {
    const zipped = gzipSync(tar);
    for (const end of [0, 1, 2, 4, 10, 18, zipped.length - 9, zipped.length - 8, zipped.length - 1]) {
      await refuses(`gzip at ${end}`, zipped.subarray(0, end), /cut off|unexpected end/);
    }
    for (const end of [1, 511, 512, tar.length - 1024, tar.length - 1]) {
      await refuses(`tar at ${end}`, tar.subarray(0, end), /cut off|no believable size/);
    }
  });

  it('is a bomb', async () => {
    const bomb = Array.from({ length: 25 }, () => gzipSync(zeros));
    const before = (name: string): Buffer => tar.subarray(0, tar.indexOf(name));
    const header = (name: string): Buffer => rawTar([{ name, size: 100 << 20 }]).subarray(0, 512);
    for (const name of ['index.json', 'manifest.json']) {
      const bytes = Buffer.concat([gzipSync(Buffer.concat([before(name), header(name)])), ...bomb]);
      await refuses(name, bytes, /no believable size/);
    }
    const layer = tar.subarray(0, tar.lastIndexOf(String(lastLayer().name)) + 512);
    await refuses('a layer', Buffer.concat([gzipSync(layer), ...bomb]), /has the digest/);
    await refuses('after the end', Buffer.concat([gzipSync(tar), ...bomb]), /something follows/);
    await refuses('a gzip of a gzip', gzipSync(gzipSync(tar)), /has no believable|cut off|does not name/);
  });

  it('is never taken for whole, whatever is wrong with it', async function () {
    this.timeout(20_000);
    for (let seed = 1; seed <= 300; seed++) {
      const { bytes, what } = spoilt(tar, seeded(seed));
      if (bytes.equals(tar)) continue;
      await refuses(`seed ${seed}: ${what}`, bytes, /./);
    }
  });
});
