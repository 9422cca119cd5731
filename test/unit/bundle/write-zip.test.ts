import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isZipName, writeZip, type ZipEntry } from '../../../src/bundle/write-zip.js';
import { Failure, type Reason } from '../../../src/host/failure.js';
import { failing } from '../failing.js';
import { readZip } from './zip-members.js';

const never = new AbortController().signal;
const text = (name: string, content: string): ZipEntry => ({
  name,
  source: { kind: 'bytes', bytes: Buffer.from(content) },
});

describe('a zip', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zip-'));
    file = join(folder, 'a.zip');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const rejects = async (
    reason: Reason,
    entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
    signal = never,
  ): Promise<void> => {
    await assert.rejects(writeZip(file, entries, signal), failing(reason));
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('.zip')),
      [],
    );
  };

  it('has files, bytes, streams and links in the order given, with one time and plain modes', async () => {
    const big = randomBytes(300_000);
    await writeFile(join(folder, 'big'), big);
    await chmod(join(folder, 'big'), 0o600);
    await writeFile(join(folder, 'program'), '#!');
    await chmod(join(folder, 'program'), 0o4711);
    const stream = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one ');
      yield await Promise.resolve(Buffer.from('two'));
    };
    await writeZip(
      file,
      [
        { name: 'z/größe 結果.csv', source: { kind: 'file', path: join(folder, 'big') } },
        { name: 'a/program', source: { kind: 'file', path: join(folder, 'program') } },
        { ...text('script', 'x'), mode: 0o100775 },
        { name: 'empty', source: { kind: 'bytes', bytes: new Uint8Array() } },
        { name: 'stream', source: { kind: 'stream', content: stream() } },
        { name: 'link', source: { kind: 'link', target: 'a/program' } },
      ],
      never,
    );
    const members = await readZip(file);
    assert.deepEqual(
      members.map(({ name, mode, time }) => [name, mode, time]),
      [
        ['z/größe 結果.csv', '100644', '1980-1-1 12:0:0'],
        ['a/program', process.platform === 'win32' ? '100644' : '100755', '1980-1-1 12:0:0'],
        ['script', '100755', '1980-1-1 12:0:0'],
        ['empty', '100644', '1980-1-1 12:0:0'],
        ['stream', '100644', '1980-1-1 12:0:0'],
        ['link', '120777', '1980-1-1 12:0:0'],
      ],
    );
    const [first, ...others] = members.map(({ content }) => content);
    assert.ok(first?.equals(big));
    assert.deepEqual(others.map(String), ['#!', 'x', '', 'one two', 'a/program']);
    assert.deepEqual((await readdir(folder)).sort(), ['a.zip', 'big', 'program']);
  });

  it('is the same for the same entries, however they come and whatever the time of the files', async () => {
    await writeFile(join(folder, 'source'), 'same');
    await writeZip(file, [{ name: 'source', source: { kind: 'file', path: join(folder, 'source') } }], never);
    const first = await readFile(file);
    const later = async function* (): AsyncGenerator<ZipEntry> {
      yield await Promise.resolve(text('source', 'same'));
    };
    await writeZip(file, later(), never);
    assert.ok(first.equals(await readFile(file)));
    await writeZip(file, [text('source', 'other')], never);
    assert.ok(!first.equals(await readFile(file)));
  });

  it('asks for an entry only when the stream before it was read to its end', async () => {
    const events: string[] = [];
    const content = async function* (name: string): AsyncGenerator<Uint8Array> {
      for (let chunk = 0; chunk < 20; chunk++) yield await Promise.resolve(randomBytes(10_000));
      events.push(`${name} was read`);
    };
    const entries = function* (): Generator<ZipEntry> {
      for (const name of ['a', 'b']) {
        events.push(`${name} was asked for`);
        yield { name, source: { kind: 'stream', content: content(name) } };
      }
    };
    await writeZip(file, entries(), never);
    assert.deepEqual(events, ['a was asked for', 'a was read', 'b was asked for', 'b was read']);
  });

  it('can be without entries', async () => {
    await writeZip(file, [], never);
    assert.deepEqual(await readZip(file), []);
  });

  for (const name of [
    '',
    '/etc/passwd',
    '../x',
    'a/../x',
    'a\\b',
    'C:/x',
    './a',
    'a//b',
    'a/',
    '.',
    'a\0b',
    'a\uFFFDb',
    '\uD800',
  ]) {
    it(`has no entry of the name ${JSON.stringify(name)}`, async () => {
      assert.ok(!isZipName(name));
      await rejects('invalid-argument', [text('fine', ''), text(name, 'x')]);
    });
  }

  it('has entries of odd names that unpack anywhere', () => {
    for (const name of ['..a', 'a..', '...', '-rf', 'a b', '.hidden', 'ä/\u{1F600}']) {
      assert.ok(isZipName(name), name);
    }
    assert.ok(isZipName('é'.repeat(0x7fff)) && !isZipName('é'.repeat(0x8000)));
  });

  it('has no name twice', async () => {
    await rejects('invalid-argument', [text('a', '1'), text('A', '2'), text('a', '3')]);
  });

  it('is not there where a file cannot be read', async () => {
    await rejects('file-unreadable', [
      text('a', '1'),
      { name: 'b', source: { kind: 'file', path: join(folder, 'b') } },
    ]);
    await rejects('file-unreadable', [{ name: 'b', source: { kind: 'file', path: folder } }]);
  });

  it('is not there where its entries fail', async () => {
    const content = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(randomBytes(100_000));
      throw new Failure('sources-changed', 'It changed.', 'Try again.');
    };
    await rejects('sources-changed', [text('a', '1'), { name: 'b', source: { kind: 'stream', content: content() } }]);
    const full = function* (): Generator<ZipEntry> {
      yield text('a', '1');
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    await rejects('disk-full', full());
  });

  it('is not there when it was cancelled, before or while it was written', async () => {
    await rejects('cancelled', [text('a', '1')], AbortSignal.abort());
    const abort = new AbortController();
    let closed = false;
    const content = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield await Promise.resolve(randomBytes(50_000));
          abort.abort();
        }
      } finally {
        closed = true;
      }
    };
    await rejects('cancelled', [{ name: 'endless', source: { kind: 'stream', content: content() } }], abort.signal);
    assert.ok(closed);
  });

  it('leaves the zip that was there when a new one fails', async () => {
    await writeZip(file, [text('a', '1')], never);
    await assert.rejects(writeZip(file, [text('../a', '2')], never));
    assert.deepEqual(await readdir(folder), ['a.zip']);
    assert.equal((await readZip(file))[0]?.name, 'a');
  });

  it('says so where it cannot be written', async function () {
    if (process.platform !== 'linux') this.skip();
    // Everything that is written to this device finds a full disk.
    await symlink('/dev/full', `${file}.partial`);
    await rejects('disk-full', [text('a', 'x'.repeat(1000))]);
  });
});
