import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checklistOf } from '../../../src/bundle/checklist.js';
import { formatCrate } from '../../../src/bundle/crate.js';
import { formatDescription } from '../../../src/bundle/description.js';
import { checklistPartsOf } from '../../../src/bundle/read-bundle.js';
import { writeZip, type ZipEntry } from '../../../src/bundle/write-zip.js';
import { lost, record as sampleRun } from '../run/record-samples.js';
import { failing } from '../failing.js';
import { arm, build, commit, good, image, metadata, type Parts, run, verified } from './checklist/checklist-samples.js';
import { zipOf } from './zip-samples.js';

const never = new AbortController().signal;
// In two parts, so that nobody finds a secret in this file.
const token = ['ghp', 'a1B2'.repeat(9)].join('_');

describe('reading a bundle', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bundle-'));
    await put('bundle.json', description([image]));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const description = (images: Parts['images']): string =>
    formatDescription({
      ...{ created: '2026-03-04T05:06:07Z', images: [...images], missing: [], commit },
      engine: { version: '28', platform: 'linux/amd64', store: 'overlay2' },
    });
  const put = (name: string, content: string | Buffer): Promise<void> => writeFile(join(folder, name), content);
  const zip = async (name: string, contents: Record<string, string | Buffer>): Promise<void> => {
    const entries = Object.entries(contents).map(([entry, content]): ZipEntry => ({
      name: entry,
      source: { kind: 'bytes', bytes: Buffer.from(content) },
    }));
    await writeZip(join(folder, name), entries, never);
  };
  const read = (verification: Parts['verification'] = [], secrets: Parts['secrets'] = []): Promise<Parts> =>
    checklistPartsOf(folder, { verification, secrets }, never);

  it('finds all that an export judged, so that the checklist passes again', async () => {
    await put('.zenodo.json', JSON.stringify(metadata));
    await put('README.md', good.readme);
    await put('build-record.json', JSON.stringify(build));
    await put('Dockerfile', good.dockerfile ?? '');
    const licence = 'MIT License\n\nPermission is hereby granted, free of charge, to any person';
    await put('LICENSE', licence);
    await put('CITATION.cff', good.citation ?? '');
    await put(image.file, 'an archive');
    await put('SHA256SUMS', 'sums');
    await put(
      'ro-crate-metadata.json',
      formatCrate({ ...{ metadata, created: '2026-03-04', images: [image], runs: [] }, files: [], doi: good.doi }),
    );
    await zip('source.zip', Object.fromEntries(good.sourceNames.map((name) => [name, 'x'])));
    await zip('results.zip', { 'run-1/record.json': JSON.stringify(run), 'run-1/outputs/a.csv': '1\n' });
    const parts = await read(good.verification);
    const { files, ...others } = parts;
    const images = build.images.map(({ platform, reference, configDigest, imageId, diffIds }) => ({
      ...{ platform, reference, configDigest, imageId, diffIds },
    }));
    assert.deepEqual({ ...others, files: good.files }, { ...good, build: { ...build, images }, licenceText: licence });
    assert.deepEqual(
      files.map(({ name }) => name),
      [
        ...[
          '.zenodo.json',
          'CITATION.cff',
          'Dockerfile',
          'LICENSE',
          'README.md',
          'SHA256SUMS',
          'build-record.json',
          'bundle.json',
        ],
        ...[image.file, 'results.zip', 'ro-crate-metadata.json', 'source.zip'],
      ],
    );
    assert.equal(files.find(({ name }) => name === image.file)?.size, 10);
    assert.deepEqual(
      checklistOf(parts).filter(({ state }) => state !== 'passed'),
      [],
    );
  });

  it('invents nothing where next to nothing is there', async () => {
    assert.deepEqual((await read()).secrets, [], 'the images were searched, and there are no sources');
    const parts = await read([], 'not-searched');
    const { files, ...others } = parts;
    assert.deepEqual(others, {
      ...{ images: [image], metadata: { title: '', creators: [] }, readme: '', build: undefined, runs: [] },
      ...{ dockerfile: undefined, sourceNames: [], secrets: 'not-searched', verification: [], doi: undefined },
      ...{ sourceCommit: commit, licenceText: undefined, citation: undefined },
    });
    assert.deepEqual(
      files.map(({ name }) => name),
      ['bundle.json'],
    );
    assert.equal(checklistOf(parts).length, 17);
  });

  it('invents nothing where all is damaged, and does not fail', async () => {
    const names = [
      '.zenodo.json',
      'build-record.json',
      'source.zip',
      'results.zip',
      'ro-crate-metadata.json',
      'CITATION.cff',
    ];
    for (const content of ['', '\u0000\u00ff{"title', '[]', '{}', 'null']) {
      for (const name of names) await put(name, content);
      await put('bundle.json', content);
      const { images, metadata: found, build: record, runs, sourceNames, secrets, doi } = await read();
      assert.deepEqual(
        { images, metadata: found, build: record, runs, sourceNames, secrets, doi },
        {
          ...{ images: [], metadata: { title: '', creators: [] }, build: undefined, runs: [], sourceNames: [] },
          ...{ secrets: 'not-searched', doi: undefined },
        },
      );
    }
  });

  it('takes folders in the places of files for nothing', async () => {
    const names = ['.zenodo.json', 'README.md', 'Dockerfile', 'build-record.json', 'source.zip', 'results.zip'];
    for (const name of names) await mkdir(join(folder, name));
    const parts = await read();
    assert.deepEqual([parts.readme, parts.dockerfile, parts.build, parts.runs], ['', undefined, undefined, []]);
    assert.deepEqual(
      parts.files.map(({ name }) => name),
      ['bundle.json'],
    );
  });

  it('counts what is in the folder now, but for what verifying and running left there', async () => {
    await mkdir(join(folder, 'output'));
    for (const name of ['verification.json', '.verification.json.partial', 'image-linux-amd64.sif'])
      await put(name, 'x');
    await put('notes.txt', '');
    assert.deepEqual((await read()).files.slice(1), [{ name: 'notes.txt', size: 0 }]);
  });

  it('passes the checks of a verification on', async () => {
    const checks = verified('failed', 'checksum:README.md');
    assert.equal((await read(checks)).verification, checks);
  });

  it('has the images of all platforms', async () => {
    await put('bundle.json', description([image, arm]));
    assert.deepEqual((await read()).images, [image, arm]);
  });

  it('has finished runs by their numbers, and leaves out records that are damaged', async () => {
    const record = (command: string): string => JSON.stringify({ ...sampleRun, command: [command] });
    await zip('results.zip', {
      'run-10/record.json': record('ten'),
      'run-2/record.json': record('two'),
      'run-3/record.json': '{"state":"finished"}',
      'run-4/record.json': JSON.stringify(lost),
      'run-1/record.json': record('one'),
      'run-5/outputs/record.json': record('no record'),
      'other/record.json': record('no record'),
    });
    assert.deepEqual(
      (await read()).runs.map(({ command }) => command[0]),
      ['one', 'two', 'ten'],
    );
    const entry = (name: string): { name: string; content: string } => ({ name, content: record(name) });
    const [bad, fine] = [{ ...entry('run-1/record.json'), claims: { crc: 1 } }, entry('run-2/record.json')];
    await put('results.zip', zipOf([bad, fine]));
    assert.deepEqual(
      (await read()).runs.map(({ command }) => command[0]),
      ['run-2/record.json'],
    );
  });

  describe('for secrets', () => {
    const secretsWith = async (sources: Record<string, string | Buffer>): Promise<Parts['secrets']> => {
      await zip('source.zip', sources);
      return (await read()).secrets;
    };

    it('finds none where there are none', async () => {
      assert.deepEqual(await secretsWith({ 'run.py': 'print(1)\n' }), []);
    });

    it('finds them in the names and texts of the sources', async () => {
      assert.deepEqual(await secretsWith({ 'a/.netrc': '', 'run.py': `\ntoken = "${token}"\n` }), [
        { where: 'source.zip: a/.netrc', what: 'passwords for servers' },
        { where: 'run.py, line 2', what: 'GitHub Token' },
      ]);
    });

    it('does not look into what is no text, nor into a link', async () => {
      assert.deepEqual(await secretsWith({ a: `\u0000${token}`, large: `${token}\n${'x'.repeat(1_000_000)}` }), []);
      await writeZip(join(folder, 'source.zip'), [{ name: 'a', source: { kind: 'link', target: token } }], never);
      assert.deepEqual((await read()).secrets, []);
    });

    it('finds them in the Dockerfile and in the patch, and tells each once', async () => {
      await put('Dockerfile', `FROM x\nENV A=${token}\n`);
      await put('uncommitted.patch', `+${token}\n`);
      const expected = [
        { where: 'Dockerfile, line 2', what: 'GitHub Token' },
        { where: 'uncommitted.patch, line 1', what: 'GitHub Token' },
      ];
      assert.deepEqual((await read()).secrets, expected);
      assert.deepEqual(await secretsWith({ Dockerfile: `FROM x\nENV A=${token}\n` }), expected);
      await put('source.zip', 'nonsense');
      assert.deepEqual((await read()).secrets, expected);
    });

    it('counts as not searched what could not be read', async () => {
      await put('Dockerfile', 'FROM x\n');
      assert.deepEqual((await read()).secrets, []);
      await put('source.zip', zipOf([{ name: 'a' }, { name: 'b', content: 'x', claims: { crc: 1 } }]));
      const damaged = await read();
      assert.deepEqual([damaged.secrets, damaged.sourceNames], ['not-searched', ['a', 'b']]);
      await put('source.zip', zipOf([{ name: '../a' }]));
      const hostile = await read();
      assert.deepEqual([hostile.secrets, hostile.sourceNames], ['not-searched', []]);
      await put(
        'source.zip',
        zipOf([
          { name: 'a', content: token },
          { name: 'b', content: 'x', claims: { crc: 1 } },
        ]),
      );
      assert.deepEqual((await read()).secrets, [{ where: 'a, line 1', what: 'GitHub Token' }]);
    });
  });

  it('has the DOI that the crate has, and no other identifier', async () => {
    const doiOf = async (identifier: unknown): Promise<string | undefined> => {
      await put(
        'ro-crate-metadata.json',
        JSON.stringify({
          '@graph': [
            { '@id': 'x', identifier: 'https://doi.org/10.1/x' },
            { '@id': './', identifier },
          ],
        }),
      );
      return (await read()).doi;
    };
    assert.equal(await doiOf('https://doi.org/10.5281/zenodo.42'), '10.5281/zenodo.42');
    for (const other of [undefined, 7, 'https://example.org/10.5281/zenodo.42', { '@id': '#doi' }]) {
      assert.equal(await doiOf(other), undefined);
    }
  });

  it('does not read without an end what is no file', async function () {
    if (process.platform === 'win32') this.skip();
    await symlink('/dev/zero', join(folder, 'README.md'));
    await symlink('/dev/zero', join(folder, 'source.zip'));
    const parts = await read([], 'not-searched');
    assert.deepEqual([parts.readme, parts.sourceNames, parts.secrets], ['', [], 'not-searched']);
  });

  it('changes nothing', async () => {
    await put('.zenodo.json', JSON.stringify(metadata));
    const before = await readFile(join(folder, '.zenodo.json'));
    await read();
    assert.ok(before.equals(await readFile(join(folder, '.zenodo.json'))));
  });

  it('is refused where there is no bundle', async () => {
    await rm(join(folder, 'bundle.json'));
    await assert.rejects(read(), failing('bundle-not-found'));
    await assert.rejects(
      checklistPartsOf(join(folder, 'nowhere'), { verification: [], secrets: [] }, never),
      failing('bundle-not-found'),
    );
  });

  it('stops when it is cancelled, before or while it reads', async () => {
    await zip('source.zip', { a: 'x' });
    const rejects = (signal: AbortSignal): Promise<void> =>
      assert.rejects(checklistPartsOf(folder, { verification: [], secrets: [] }, signal), failing('cancelled'));
    await rejects(AbortSignal.abort());
    const abort = new AbortController();
    const reading = rejects(abort.signal);
    setImmediate(() => {
      abort.abort();
    });
    await reading;
  });
});
