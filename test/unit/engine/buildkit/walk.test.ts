import assert from 'node:assert/strict';
import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { followLinks } from '../../../../src/engine/buildkit/file-sync/follow-links.js';
import { Patterns } from '../../../../src/host/ignore-patterns.js';
import { type Entry, walk } from '../../../../src/engine/buildkit/file-sync/walk.js';

describe('a folder that BuildKit asks for', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'walk-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const write = async (...names: string[]): Promise<void> => {
    for (const name of names) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), name);
    }
  };
  const entries = async (include?: string[], exclude?: string[]): Promise<Entry[]> => {
    const filter = {
      include: include && new Patterns(include),
      exclude: exclude && new Patterns(exclude),
      unseen: '.research-containers',
    };
    const found: Entry[] = [];
    for await (const group of walk(folder, filter)) found.push(...group);
    return found;
  };
  const paths = async (include?: string[], exclude?: string[]): Promise<string[]> =>
    (await entries(include, exclude)).map(({ path }) => path);

  it('is told in the order of bytes, each folder before what is in it', async () => {
    await write('b', 'a/z', 'a.txt', 'a/ü', 'Z', 'a/y/1', 'é', '0');
    assert.deepEqual(await paths(), ['0', 'Z', 'a', 'a/y', 'a/y/1', 'a/z', 'a/ü', 'a.txt', 'b', 'é']);
  });

  it('leaves out what is excluded, our own records and sockets, and tells the folders of what is let in again', async () => {
    await write('data/raw/big', 'data/keep', '.research-containers/runs/x', 'sub/.research-containers/y', 'sub/a');
    const server = createServer().listen(join(folder, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    assert.deepEqual(await paths(undefined, ['data', '!data/keep']), ['data', 'data/keep', 'sub', 'sub/a']);
    await new Promise((resolve) => server.close(resolve));
  });

  it('has only what is included', async () => {
    await write('src/a.py', 'src/b.txt', 'data/c.py', 'top.py');
    assert.deepEqual(await paths(['src']), ['src', 'src/a.py', 'src/b.txt']);
    assert.deepEqual(await paths(['*.py']), ['top.py']);
    assert.deepEqual(await paths(['**/*.py'], ['data']), ['src', 'src/a.py', 'top.py']);
  });

  it('names where links lead, and second names of a file', async () => {
    await write('first');
    await link(join(folder, 'first'), join(folder, 'second'));
    await symlink('../elsewhere', join(folder, 'sym'));
    assert.deepEqual(
      (await entries()).map(({ path, link: target }) => [path, target]),
      [
        ['first', ''],
        ['second', 'first'],
        ['sym', '../elsewhere'],
      ],
    );
  });

  it('is empty where there is none', async () => {
    folder = join(folder, 'none');
    assert.deepEqual(await paths(), []);
    folder = dirname(folder);
  });

  it('follows links to what is needed, and ends in a circle of them', async () => {
    await write('real/file', 'other');
    await symlink('real', join(folder, 'alias'));
    await symlink('/real/file', join(folder, 'absolute'));
    await symlink('b', join(folder, 'a'));
    await symlink('a', join(folder, 'b'));
    assert.deepEqual(await followLinks(folder, ['alias/file']), ['alias', 'real/file']);
    assert.deepEqual(await followLinks(folder, ['absolute']), ['absolute', 'real/file']);
    assert.deepEqual(await followLinks(folder, ['a']), ['a', 'b']);
    assert.deepEqual(await followLinks(folder, ['al*']), ['al*', 'real']);
    assert.deepEqual(await followLinks(folder, ['none']), ['none']);
    assert.deepEqual(await followLinks(folder, ['real', 'real/file']), ['real']);
    assert.equal(await followLinks(folder, ['/']), undefined);
  });
});
