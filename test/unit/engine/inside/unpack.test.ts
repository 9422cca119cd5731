import assert from 'node:assert/strict';
import { lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackTo } from '../../../../src/engine/inside/download.js';
import { engineTar } from '../../../../src/engine/inside/engine-tar.js';
import { staysInside } from '../../../../src/engine/inside/unpacking.js';
import { failing } from '../../failing.js';
import { inChunks } from '../../chunks.js';
import { type Sample, tarOf } from '../tar/samples.js';

describe('a tar that nobody vouches for', () => {
  let host: string;
  beforeEach(async () => {
    host = await mkdtemp(join(tmpdir(), 'research-containers-unpack-'));
  });
  afterEach(async () => {
    await rm(host, { recursive: true });
  });
  const never = { signal: new AbortController().signal, onBytes: () => undefined };
  const unpack = (bytes: Buffer, isFolder = true): Promise<{ leftOut: string[] }> =>
    unpackTo(engineTar(inChunks(bytes, 1000)), isFolder, join(host, 'to'), never);
  const all = async (below = ''): Promise<string[]> => {
    const found: string[] = [];
    for (const entry of await readdir(join(host, below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      found.push(path, ...(entry.isDirectory() ? await all(path) : []));
    }
    return found.sort();
  };
  const folder: Sample = { name: './', kind: 'folder' };

  it('is unpacked with folders that it does not name, modes and times', async () => {
    await unpack(tarOf([folder, { name: './a/b/c', content: 'text', mode: 0o4555, modified: 1000 }]));
    const { mode, mtimeMs } = await lstat(join(host, 'to/a/b/c'));
    assert.deepEqual([mode & 0o7777, mtimeMs], [0o755, 1000]);
    assert.equal(await readFile(join(host, 'to/a/b/c'), 'utf8'), 'text');
  });

  it('never leads out of the folder', async () => {
    const { leftOut } = await unpack(
      tarOf([
        folder,
        { name: '../evil', content: 'x' },
        { name: './a/../../evil', content: 'x' },
        { name: '/evil', content: 'x' },
        { name: './out', kind: 'link', target: '..' },
        { name: './out/evil', content: 'x' },
        { name: './abs', kind: 'link', target: host },
        { name: './here', kind: 'link', target: '.' },
        { name: './here/evil', content: 'x' },
        { name: './sneaky', kind: 'link', target: 'here/here/../../..' },
        { name: './hard', kind: 'hard-link', target: '../outside' },
        { name: './hard2', kind: 'hard-link', target: 'here' },
        { name: './device', kind: 'other' },
        { name: './good', content: 'x' },
      ]),
    );
    // A folder is made where a link was left out.
    assert.deepEqual(await all(), ['to', 'to/good', 'to/here', 'to/out', 'to/out/evil']);
    assert.equal((await lstat(join(host, 'to/out'))).isDirectory(), true);
    assert.equal(leftOut.length, 10);
  });

  it('does not write twice, nor through what it has made', async () => {
    const { leftOut } = await unpack(
      tarOf([
        folder,
        { name: './f', content: 'first' },
        { name: './f', content: 'second' },
        { name: './f/below', content: 'x' },
        { name: './f', kind: 'folder' },
        { name: './l', kind: 'link', target: 'f' },
        { name: './l', content: 'through' },
        { name: './h', kind: 'hard-link', target: './f' },
        { name: './h', content: 'through' },
      ]),
    );
    assert.deepEqual(leftOut, ['f', 'f/below', 'f', 'l', 'h']);
    assert.equal(await readFile(join(host, 'to/f'), 'utf8'), 'first');
    assert.equal(await readlink(join(host, 'to/l')), 'f');
  });

  it('goes on without a name that the host cannot have', async () => {
    const { leftOut } = await unpack(tarOf([folder, { name: `./${'x'.repeat(300)}`, content: 'x' }, { name: './b' }]));
    assert.equal(leftOut.length, 1);
    assert.deepEqual(await all(), ['to', 'to/b']);
  });

  it('leaves nothing where it is cut off, has nothing in it, or is another thing than was asked for', async () => {
    const whole = tarOf([folder, { name: './a', content: 'x'.repeat(3000) }]);
    await assert.rejects(unpack(whole.subarray(0, 2500)), failing('file-unreadable'));
    await assert.rejects(unpack(tarOf([]), false), failing('file-not-found'));
    await assert.rejects(unpack(tarOf([{ name: 'a', kind: 'link', target: '/etc' }]), false), failing('not-a-file'));
    const two = [{ name: 'a', content: 'x' }, { name: 'b' }];
    await assert.rejects(unpack(tarOf(two), false), failing('not-a-file'));
    assert.deepEqual(await all(), []);
  });

  it('does not replace what came there meanwhile', async () => {
    const bytes = tarOf([folder]);
    const slow = async function* (): AsyncGenerator<Buffer> {
      await writeFile(join(host, 'to'), 'mine');
      yield bytes;
    };
    await assert.rejects(unpackTo(engineTar(slow()), true, join(host, 'to'), never), failing('file-exists'));
    assert.deepEqual(await all(), ['to']);
    assert.equal(await readFile(join(host, 'to'), 'utf8'), 'mine');
  });

  it('tells where the folder to write to is not there', async () => {
    const to = join(host, 'none', 'to');
    await assert.rejects(
      unpackTo(engineTar(inChunks(tarOf([folder]), 99)), true, to, never),
      failing('folder-not-writable'),
    );
  });
});

describe('a link that stays inside', () => {
  it('goes up only before it goes down, and not above the root', () => {
    for (const [target, depth] of [
      ['a/b', 0],
      ['../a', 1],
      ['./.././../a', 2],
      ['..', 1],
    ] as const) {
      assert.equal(staysInside(target, depth), true, target);
    }
    for (const [target, depth] of [
      ['', 0],
      ['/a', 5],
      ['..', 0],
      ['../../a', 1],
      ['a/..', 3],
      ['a/../../b', 3],
      ['C:/a', 3],
      ['..\\..\\a', 1],
    ] as const) {
      assert.equal(staysInside(target, depth), false, target);
    }
  });
});
