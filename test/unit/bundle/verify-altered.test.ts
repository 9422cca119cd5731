import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArchiveResult } from '../../../src/bundle/archive/write-archive.js';
import { type Check } from '../../../src/bundle/check.js';
import { checksumsFile } from '../../../src/bundle/checksums.js';
import { descriptionFile } from '../../../src/bundle/description.js';
import { runCommand } from '../../harness/machine/commands.js';
import { membersOf, rawTar } from './archive/raw-tar.js';
import {
  archiveName,
  describeImage,
  rewriteTar,
  smallImage,
  verifyFiles,
  writeImage,
  writeSmallBundle,
  writeSums,
} from './small-bundle.js';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a bundle that was altered', () => {
  let folder: string;
  let original: ArchiveResult;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    original = await writeImage(folder, await smallImage('Welcome'));
    await writeSmallBundle(folder);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const failed = async (): Promise<Check[]> => {
    const { ok, checks } = await verifyFiles(folder);
    const failures = checks.filter(({ state }) => state === 'failed');
    assert.equal(ok, failures.length === 0);
    return failures;
  };
  const idsOf = (checks: readonly Check[]): string[] => checks.map(({ id }) => id).sort();
  const platform = 'linux/arm64/v8';

  it('is found by the DiffID of its layer where every checksum around it was rewritten', async () => {
    const tarSha256 = await rewriteTar(folder, (tar) => {
      const at = tar.indexOf('Welcome');
      tar.write('Goodbye', at);
      return tar;
    });
    await describeImage(folder, { ...original, tarSha256 });
    await writeSums(folder);
    const failures = await failed();
    assert.deepEqual(idsOf(failures), [`archive:${platform}`]);
    assert.ok(failures[0]?.message.includes(`the layer ${original.diffIds[0] ?? ''} has the digest`));
  });

  it('is found by the DiffID of its layer where blob, manifest and index were rewritten too', async () => {
    const tarSha256 = await rewriteTar(folder, (tar) => {
      const members = membersOf(tar);
      const oldHex = (original.diffIds[0] ?? '').replace('sha256:', '');
      const layer = Buffer.from(members.find(({ name }) => String(name).endsWith(oldHex))?.content ?? '');
      layer.write('Goodbye', layer.indexOf('Welcome'));
      const replaced = new Map([[oldHex, sha256(layer)]]);
      const rewrite = (content: Buffer): Buffer => {
        let text = content.toString('latin1');
        for (const [before, after] of replaced) text = text.replaceAll(before, after);
        return Buffer.from(text, 'latin1');
      };
      const manifestHex = original.manifestDigest.replace('sha256:', '');
      const manifest = members.find(({ name }) => String(name).endsWith(manifestHex))?.content ?? Buffer.alloc(0);
      replaced.set(manifestHex, sha256(rewrite(manifest)));
      return rawTar(
        members.map((member) => {
          const name = rewrite(Buffer.from(member.name)).toString();
          const content = member.content ?? Buffer.alloc(0);
          if (String(member.name).endsWith(oldHex)) return { ...member, name, content: layer };
          return name.endsWith(original.configDigest.replace('sha256:', ''))
            ? member
            : { ...member, name, content: rewrite(content) };
        }),
      );
    });
    await describeImage(folder, { ...original, tarSha256 });
    await writeSums(folder);
    const failures = await failed();
    assert.deepEqual(idsOf(failures), [`archive:${platform}`]);
    assert.ok(failures[0]?.message.includes(original.diffIds[0] ?? ''), failures[0]?.message);
  });

  describe('into another image that agrees with itself', () => {
    let other: ArchiveResult;
    beforeEach(async () => {
      other = await writeImage(folder, await smallImage('Goodbye'));
    });

    it('is found where bundle.json was not rewritten', async () => {
      await writeSums(folder);
      assert.deepEqual(idsOf(await failed()), [`identity:${platform}`]);
    });

    for (const kept of ['configDigest', 'manifestDigest', 'diffIds', 'tarSha256'] as const) {
      it(`is found where bundle.json was rewritten but for ${kept}`, async () => {
        await describeImage(folder, { ...other, [kept]: original[kept] });
        await writeSums(folder);
        assert.deepEqual(idsOf(await failed()), [`identity:${platform}`]);
      });
    }

    it('is another bundle where all was rewritten', async () => {
      await describeImage(folder, other);
      await writeSums(folder);
      assert.deepEqual(await failed(), []);
    });
  });

  it('is found where only the configuration differs', async () => {
    const { layers, config } = await smallImage('Welcome');
    const environment = { ...(JSON.parse(config.toString()) as object), config: { Env: ['LD_PRELOAD=/evil.so'] } };
    const other = await writeImage(folder, { layers, config: Buffer.from(JSON.stringify(environment)) });
    assert.deepEqual(other.diffIds, original.diffIds);
    await describeImage(folder, { ...original, tarSha256: other.tarSha256, manifestDigest: other.manifestDigest });
    await writeSums(folder);
    assert.deepEqual(idsOf(await failed()), [`identity:${platform}`]);
  });

  it('is found where bundle.json says another platform, name or length of the image', async () => {
    const changes: Partial<ArchiveResult>[] = [{ platform: 'linux/amd64' }, { tag: 'python:3.12' }, { tarSize: 1 }];
    for (const change of changes) {
      await describeImage(folder, { ...original, ...change });
      await writeSums(folder);
      assert.deepEqual(idsOf(await failed()), [`identity:${change.platform ?? platform}`], JSON.stringify(change));
    }
  });

  it('is found where bundle.json has an image twice', async () => {
    const file = join(folder, descriptionFile);
    const description = JSON.parse(await readFile(file, 'utf8')) as { images: object[] };
    await writeFile(file, JSON.stringify({ ...description, images: [...description.images, ...description.images] }));
    await writeSums(folder);
    assert.deepEqual(idsOf(await failed()), ['description']);
  });

  it('is found where a file has become a link, a pipe or a folder, and nothing is read without an end', async function () {
    if (process.platform === 'win32') this.skip();
    const file = join(folder, 'README.md');
    const kinds: (() => Promise<unknown>)[] = [
      () => symlink('/dev/zero', file),
      () => symlink('/nowhere', file),
      () => mkdir(file),
      () => runCommand(['mkfifo', file]),
    ];
    for (const make of kinds) {
      await rm(file, { recursive: true });
      await make();
      assert.deepEqual(idsOf(await failed()), ['checksum:README.md']);
    }
  });

  const faults: [what: string, change: () => Promise<unknown>, ids: string[]][] = [
    ['a file is missing', () => rm(join(folder, 'README.md')), ['checksum:README.md']],
    ['a file is empty', () => truncate(join(folder, 'source.zip'), 0), ['checksum:source.zip']],
    ['a file was added', () => writeFile(join(folder, 'new.sh'), 'x'), ['extra:new.sh']],
    ['a hidden file was added', () => writeFile(join(folder, '.env'), 'x'), ['extra:.env']],
    [
      'a file has another name',
      () => rename(join(folder, 'README.md'), join(folder, 'readme.md')),
      ['checksum:README.md', 'extra:readme.md'],
    ],
    [
      'two files were swapped',
      async () => {
        const [readme, sources] = [join(folder, 'README.md'), join(folder, 'source.zip')];
        const bytes = await readFile(readme);
        await writeFile(readme, await readFile(sources));
        await writeFile(sources, bytes);
      },
      ['checksum:README.md', 'checksum:source.zip'],
    ],
    ['the archive is missing', () => rm(join(folder, archiveName)), [`archive:${platform}`, `checksum:${archiveName}`]],
    ['there are no checksums', () => rm(join(folder, checksumsFile)), ['checksums']],
    [
      'the checksums are empty',
      () => truncate(join(folder, checksumsFile), 0),
      [`extra:${archiveName}`, 'extra:README.md', 'extra:bundle.json', 'extra:results.zip', 'extra:source.zip'],
    ],
    [
      'the description is no JSON',
      () => writeFile(join(folder, descriptionFile), '{'),
      ['checksum:bundle.json', 'description'],
    ],
  ];
  for (const [what, change, ids] of faults) {
    it(`is found where ${what}`, async () => {
      await change();
      assert.deepEqual(idsOf(await failed()), [...ids].sort());
    });
  }

  it('is found where a line of the checksums leads outside of the bundle', async () => {
    const sums = await readFile(join(folder, checksumsFile), 'utf8');
    for (const name of ['../x', '/etc/passwd', 'a/b', '..', '.']) {
      await writeFile(join(folder, checksumsFile), `${sums}${'a'.repeat(64)}  ${name}\n`);
      const failures = await failed();
      assert.deepEqual(idsOf(failures), ['checksums'], name);
      assert.ok(failures[0]?.message.includes(name), name);
    }
  });
});
