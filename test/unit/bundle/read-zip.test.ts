import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOfMember, withZip, type ZipMember } from '../../../src/bundle/read-zip.js';
import { writeZip, type ZipEntry } from '../../../src/bundle/write-zip.js';
import { failing } from '../failing.js';
import { assertClosed, assertRefused, readAll } from './zip-reading.js';
import { zipOf } from './zip-samples.js';

type Members = ReadonlyMap<string, ZipMember>;

const never = new AbortController().signal;

describe('reading a zip', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'read-zip-'));
    file = join(folder, 'a.zip');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('gives back what was written, in any order and at once', async () => {
    const big = randomBytes(300_000);
    const entries: ZipEntry[] = [
      { name: 'z/größe 結果.csv', source: { kind: 'bytes', bytes: Buffer.from('1,2\n') } },
      { name: 'big', source: { kind: 'bytes', bytes: big } },
      { name: 'empty', source: { kind: 'bytes', bytes: new Uint8Array() } },
      { name: 'link', source: { kind: 'link', target: 'z/größe 結果.csv' } },
    ];
    await writeZip(file, entries, never);
    await withZip(file, never, async (members) => {
      assert.deepEqual(
        [...members.values()].map(({ name, kind, size }) => [name, kind, size]),
        [
          ['z/größe 結果.csv', 'file', 4],
          ['big', 'file', 300_000],
          ['empty', 'file', 0],
          ['link', 'link', 20],
        ],
      );
      const contents = await Promise.all(
        ['link', 'big', 'empty', 'z/größe 結果.csv', 'big'].map((name) => {
          const member = members.get(name);
          assert.ok(member);
          return bytesOfMember(member, 1e6);
        }),
      );
      assert.deepEqual(
        contents.map((bytes) => (bytes.length > 100 ? bytes.equals(big) : bytes.toString())),
        ['z/größe 結果.csv', true, '', '1,2\n', true],
      );
    });
    await assertClosed(file);
  });

  it('reads what is stored as it is, zip64, and leaves folders out', async () => {
    const stored = { name: 'd/a', method: 0, content: 'abc' };
    await writeFile(file, zipOf([{ name: 'd/', method: 0 }, stored, { name: 'b', content: 'x' }], { zip64: true }));
    assert.deepEqual(await withZip(file, never, readAll), { 'd/a': 'abc', b: 'x' });
    await writeFile(file, zipOf([]));
    assert.deepEqual(await withZip(file, never, readAll), {});
  });

  it('reads what other programs write', async function () {
    try {
      execFileSync('git', ['init', '--quiet', folder], { stdio: 'ignore' });
    } catch {
      this.skip();
    }
    await writeFile(join(folder, 'a.txt'), 'x'.repeat(1000));
    const git = (...args: string[]): unknown =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder });
    git('add', 'a.txt');
    git('commit', '--quiet', '--message', 'one');
    git('archive', '--format=zip', '--prefix=sub/', '--output', file, 'HEAD');
    assert.deepEqual(await withZip(file, never, readAll), { 'sub/a.txt': 'x'.repeat(1000) });
  });

  it('takes as a link only what Unix wrote as one', async () => {
    const link = { content: 'a', mode: 0o120777 };
    await writeFile(
      file,
      zipOf([
        { name: 'a', ...link },
        { name: 'b', ...link, claims: { madeBy: 0 } },
      ]),
    );
    await withZip(file, never, (members) => {
      assert.deepEqual(
        [...members.values()].map(({ kind }) => kind),
        ['link', 'file'],
      );
      return Promise.resolve();
    });
  });

  it('has 10,000 entries', async () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => ({
      name: `f/${index}`,
      method: 0,
      content: `${index}`,
    }));
    await writeFile(file, zipOf(entries));
    await withZip(file, never, async (members) => {
      assert.equal(members.size, 10_000);
      const last = members.get('f/9999');
      assert.ok(last);
      assert.equal((await bytesOfMember(last, 10)).toString(), '9999');
    });
  });

  it('is closed when it was cancelled, before, while or after its directory was read', async () => {
    await writeFile(file, zipOf([{ name: 'a', content: Buffer.alloc(5_000_000) }]));
    await assertRefused(file, 'cancelled', /./, { signal: AbortSignal.abort() });
    const early = new AbortController();
    const opened = assertRefused(file, 'cancelled', /./, { signal: early.signal });
    early.abort();
    await opened;
    const late = new AbortController();
    let read = 0;
    const use = async (members: Members): Promise<void> => {
      for await (const chunk of members.get('a')?.content() ?? []) {
        read += chunk.length;
        late.abort();
      }
    };
    await assertRefused(file, 'cancelled', /./, { signal: late.signal, use });
    assert.ok(read > 0 && read < 5_000_000);
  });

  it('is closed when whoever uses it stops in the middle, or fails', async () => {
    await writeFile(file, zipOf([{ name: 'a', method: 0, content: Buffer.alloc(5_000_000) }]));
    const first = await withZip(file, never, async (members) => {
      for await (const chunk of members.get('a')?.content() ?? []) return chunk.length;
      return 0;
    });
    assert.ok(first > 0 && first < 5_000_000);
    await assertClosed(file);
    const error = new Error('not ours');
    await assert.rejects(
      withZip(file, never, () => Promise.reject(error)),
      (found) => found === error,
    );
    await assertClosed(file);
  });

  it('has no contents any more when it was closed', async () => {
    await writeFile(file, zipOf([{ name: 'a', content: 'abc' }]));
    const members = await withZip(file, never, (open) => Promise.resolve(open));
    const member = members.get('a');
    assert.ok(member);
    await assert.rejects(bytesOfMember(member, 10), failing('archive-damaged'));
  });

  it('says so where there is no file', async () => {
    await assertRefused(file, 'file-unreadable', /ENOENT/);
    file = folder;
    await assertRefused(file, 'file-unreadable', /not a file/);
    if (process.platform === 'win32') return;
    file = join(folder, 'pipe');
    execFileSync('mkfifo', [file]);
    await assertRefused(file, 'file-unreadable', /not a file/);
  });
});
