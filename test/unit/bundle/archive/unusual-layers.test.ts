import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { verifyArchive } from '../../../../src/bundle/archive/verify-archive.js';
import { type ArchiveResult, writeArchive } from '../../../../src/bundle/archive/write-archive.js';
import { Failure, type Reason } from '../../../../src/host/failure.js';
import { membersOf, paxHeader, rawTar } from './raw-tar.js';
import { imageOf, ociTar, sha256, stores, tarOf, type TestImage } from './saved-images.js';

const signal = new AbortController().signal;
const text = Buffer.from('text\n');
const long = (length: number): string => 'long-name/'.repeat(Math.ceil(length / 10)).slice(0, length - 1) + 'x';
const base256 = (...last: number[]): Buffer =>
  Buffer.concat([Buffer.from([0x80]), Buffer.alloc(11 - last.length), Buffer.from(last)]);

/** What a tool that reads a layer and writes it again would change, or stumble over. */
const kinds: Record<string, Buffer> = {
  'hard links': rawTar([
    { name: 'a', content: text },
    { name: 'b', type: '1', linkTo: 'a' },
    { name: 'c', type: '1', linkTo: 'missing' },
  ]),
  'extended attributes': rawTar([
    paxHeader({
      'SCHILY.xattr.security.capability': Buffer.from([1, 0, 0, 2, 0, 0x20, 0, 0, 0xff, 10]),
      'SCHILY.xattr.user.empty': '',
      'LIBARCHIVE.xattr.user.x': 'eA',
    }),
    { name: 'bin/ping', content: text },
  ]),
  'devices and a FIFO': rawTar([
    { name: 'dev/null', type: '3', fields: { 329: Buffer.from('0000001\0' + '0000003\0') } },
    { name: 'dev/loop0', type: '4', fields: { 329: Buffer.from('0000007\0' + '0000000\0') } },
    { name: 'run/initctl', type: '6' },
  ]),
  'names in Latin-1': rawTar([
    { name: Buffer.from('caf\xe9', 'latin1'), content: text },
    { name: 'link', type: '2', linkTo: Buffer.from('caf\xe9', 'latin1') },
  ]),
  'names in bytes that are no text': rawTar([
    { name: Buffer.from([0xff, 0xfe, 0x01, 0x0a, 0x5c, 0x80]), content: text },
    paxHeader({ path: Buffer.from([0xc3, 0x28, 0xff]), hdrcharset: 'BINARY' }),
    { name: 'x', content: text },
  ]),
  'names that begin as compressed data or JSON does': rawTar([
    { name: Buffer.from([0x1f, 0x8b, 0x08, 0x08]), content: text },
    { name: '{"a', content: text },
  ]),
  'a first name that begins as zstd does': rawTar([{ name: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), content: text }]),
  'a first name that begins as JSON does': rawTar([{ name: '[{"layers":', content: text }]),
  'a name of more than 100 bytes in ustar': rawTar([
    { name: long(90), content: text, fields: { 345: Buffer.from(long(140)) } },
  ]),
  'a name of more than 255 bytes in PAX': rawTar([
    paxHeader({ path: long(300), linkpath: long(280) }),
    { name: 'x', type: '2', linkTo: 'y' },
  ]),
  'a name of more than 255 bytes in GNU': rawTar([
    { name: '././@LongLink', type: 'L', content: Buffer.from(`${long(1000)}\0`), gnu: true },
    { name: 'x', content: text, gnu: true },
  ]),
  whiteouts: rawTar([
    { name: 'etc/.wh.passwd' },
    { name: 'var/.wh..wh..opq' },
    { name: '.wh..wh.plnk/', type: '5' },
    { name: 'etc/passwd', content: text },
  ]),
  'a sparse file in GNU': rawTar([
    {
      name: 'sparse',
      type: 'S',
      content: Buffer.alloc(512, 'x'),
      gnu: true,
      fields: {
        386: Buffer.from('00000100000\0' + '00000001000\0' + '00001000000\0' + '00000000000\0'),
        483: Buffer.from('00001000000\0'),
      },
    },
  ]),
  'a sparse file in PAX': rawTar([
    paxHeader({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '1048576' }),
    { name: 'GNUSparseFile.0/sparse', content: Buffer.concat([Buffer.from('1\n4096\n4\n'), Buffer.alloc(503), text]) },
  ]),
  'owners, times and sizes in base 256': rawTar([
    {
      name: 'x',
      content: text,
      size: base256(text.length),
      gnu: true,
      fields: { 108: Buffer.from([0x80, 0, 0, 0, 0, 0xff, 0xff, 0xff]), 136: Buffer.alloc(12, 0xff) },
    },
  ]),
  'a global PAX header and an unknown type': rawTar([
    { ...paxHeader({ comment: 'all' }), type: 'g' },
    { name: 'x', type: 'Z', content: text },
  ]),
  'no end, and not of whole blocks': rawTar([{ name: 'x', content: text }]).subarray(0, 512 + text.length),
  'an end of many blocks': Buffer.concat([rawTar([{ name: 'x', content: text }]), Buffer.alloc(20 * 512)]),
  'nothing but an end': rawTar([]),
  'no bytes at all': Buffer.alloc(0),
};

describe('layers of every kind', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layers-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const write = (saved: Buffer, compression: 'gzip' | 'none' = 'gzip'): Promise<ArchiveResult> => {
    const source = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < saved.length; at += 1500) yield await Promise.resolve(saved.subarray(at, at + 1500));
    };
    const file = join(folder, compression);
    return writeArchive(source(), { tag: 'x:1', file, compression, signal, onProgress: () => undefined });
  };

  type Way = [store: string, compression: 'gzip' | 'none'];
  const shortWays: Way[] = [
    ['Engine 28', 'gzip'],
    ['the containerd store', 'none'],
  ];
  const allWays = Object.keys(stores).flatMap((store): Way[] => [
    [store, 'gzip'],
    [store, 'none'],
  ]);

  /** Writes what the stores save, and compares what is in the archive with the layers, byte for byte. */
  async function keeps(image: TestImage, ways = shortWays): Promise<void> {
    const diffIds = image.layers.map((layer) => `sha256:${sha256(layer)}`);
    const unique = [...new Map(image.layers.map((layer) => [sha256(layer), layer]))];
    for (const [store, compression] of ways) {
      const what = `${store}, ${compression}`;
      const written = await write((await stores[store]?.(image)) ?? Buffer.alloc(0), compression);
      assert.deepEqual(written.diffIds, diffIds, what);
      const file = join(folder, compression);
      const verified = await verifyArchive(file, { signal });
      assert.deepEqual(verified.diffIds, diffIds, what);
      assert.equal(verified.tarSha256, written.tarSha256, what);
      const bytes = await readFile(file);
      const members = membersOf(compression === 'gzip' ? gunzipSync(bytes) : bytes);
      const blobs = unique.length === 0 ? [] : members.slice(-unique.length);
      assert.deepEqual(
        blobs.map(({ name }) => name),
        unique.map(([hex]) => `blobs/sha256/${hex}`),
        what,
      );
      for (const [index, [hex, layer]] of unique.entries()) {
        assert.ok(blobs[index]?.content?.equals(layer), `${what}: ${hex}`);
      }
      assert.equal(members.length, 7 + unique.length, what);
    }
  }

  for (const [kind, layer] of Object.entries(kinds)) {
    it(`are kept byte for byte: ${kind}`, () => keeps(imageOf([layer])));
  }

  it('are kept byte for byte, all in one image, whichever store saved it', async function () {
    this.timeout(10_000);
    await keeps(imageOf(Object.values(kinds)), allWays);
  });

  it('are kept once where one is there several times', async () => {
    const [one, other] = [rawTar([{ name: 'one' }]), rawTar([{ name: 'other' }])];
    await keeps(imageOf([one, other, one, one]), allWays);
  });

  it('are kept in their order where there are 127', async function () {
    this.timeout(10_000);
    await keeps(imageOf(Array.from({ length: 127 }, (_, at) => rawTar([{ name: `layer-${at}` }]))));
  });

  it('need not be there', () => keeps(imageOf([]), allWays));

  for (const [how, rootfs] of [
    ['null', { type: 'layers', diff_ids: null }],
    ['nothing', { type: 'layers' }],
  ] as const) {
    it(`need not be there, with ${how} for diff_ids as Go writes it`, async () => {
      await keeps({ layers: [], config: Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs })) });
    });
  }

  it('are kept however they are compressed', async () => {
    const layer = rawTar([{ name: 'x', content: Buffer.alloc(20_000, 'text ') }]);
    const image = imageOf([layer]);
    const half = layer.length / 2;
    const compressions: ((plain: Buffer) => Buffer)[] = [
      (plain) => gzipSync(plain, { level: 0 }),
      (plain) => gzipSync(plain, { level: 9 }),
      (plain) => Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half)), gzipSync('')]),
    ];
    const sums = new Set<string>();
    for (const compress of compressions) sums.add((await write(await ociTar(image.config, [layer], compress))).sha256);
    assert.equal(sums.size, 1);
  });

  it('are found where the configuration begins with white space', async () => {
    const image = imageOf([rawTar([{ name: 'x' }])]);
    const config = Buffer.concat([Buffer.from('\n\t '), image.config]);
    const written = await write((await stores['Engine 28']?.({ ...image, config })) ?? Buffer.alloc(0));
    assert.equal(written.configDigest, `sha256:${sha256(config)}`);
  });
});

describe('a layer that must not be distributed', () => {
  const layer = gzipSync(rawTar([{ name: 'Files/' }]));
  const digest = `sha256:${sha256(layer)}`;
  const path = `blobs/sha256/${sha256(layer)}`;
  const { config } = imageOf([rawTar([{ name: 'Files/' }])]);
  const foreign = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
  const nonDistributable = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';
  const usual = 'application/vnd.oci.image.layer.v1.tar+gzip';
  const source = 'https://example.org/layer';
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layers-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function write(descriptor: object, blobs: { name: string; content: Buffer }[]): Promise<ArchiveResult> {
    const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, layers: [{ digest, size: 1, ...descriptor }] }));
    const configPath = `blobs/sha256/${sha256(config)}`;
    const saved = await tarOf([
      ...blobs,
      { name: configPath, content: config },
      { name: `blobs/sha256/${sha256(manifest)}`, content: manifest },
      { name: 'manifest.json', content: Buffer.from(JSON.stringify([{ Config: configPath, Layers: [path] }])) },
    ]);
    const stream = async function* (): AsyncGenerator<Buffer> {
      yield await Promise.resolve(saved);
    };
    const file = join(folder, 'image');
    return writeArchive(stream(), { tag: 'x:1', file, compression: 'none', signal, onProgress: () => undefined });
  }
  const failsWith =
    (reason: Reason, ...words: string[]) =>
    (error: unknown): boolean => {
      if (!(error instanceof Failure)) throw error;
      for (const word of words) assert.ok(error.message.includes(word), error.message);
      return error.reason === reason;
    };

  it('is named where it is not in the image, with the place that it comes from', async () => {
    for (const mediaType of [foreign, nonDistributable, usual]) {
      const failure = failsWith('archive-unsupported', digest, 'is not in the image', source);
      await assert.rejects(write({ mediaType, urls: [source] }, []), failure, mediaType);
    }
    await assert.rejects(write({ mediaType: foreign }, []), failsWith('archive-unsupported', 'is not in the image'));
  });

  it('is kept where it is in the image', async () => {
    const written = await write({ mediaType: foreign, urls: [source] }, [{ name: path, content: layer }]);
    assert.equal(written.diffIds.length, 1);
  });

  it('is not taken for one that is merely missing', async () => {
    await assert.rejects(write({ mediaType: usual }, []), failsWith('archive-damaged', 'layer 1 is missing'));
  });
});
