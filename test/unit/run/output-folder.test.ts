import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { listOutputs } from '../../../src/run/list-outputs.js';
import { countEntries, prepareOutputFolder } from '../../../src/run/output-folder.js';
import { failing } from '../failing.js';

const now = new Date('2026-03-04T05:06:07.890Z');

describe('the output folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'output-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is made where it does not exist', async () => {
    const fresh = join(folder, 'a/b');
    assert.equal(await countEntries(fresh), 0);
    const { path, isFresh, modified } = await prepareOutputFolder(fresh, 'fail', now);
    assert.deepEqual([path, isFresh], [fresh, true]);
    assert.deepEqual(await readdir(fresh), []);
    assert.equal(modified, (await stat(fresh, { bigint: true })).mtimeNs);
  });

  it('that is not empty is refused, used, or given a fresh subfolder, as asked', async () => {
    await writeFile(join(folder, 'old'), 'x');
    assert.equal(await countEntries(folder), 1);
    await assert.rejects(prepareOutputFolder(folder, 'fail', now), failing('output-not-empty'));
    const used = await prepareOutputFolder(folder, 'use', now);
    assert.deepEqual([used.path, used.isFresh], [folder, false]);
    const names = [];
    for (let run = 0; run < 3; run++) {
      const { path, isFresh } = await prepareOutputFolder(folder, 'subfolder', now);
      assert.ok(isFresh);
      names.push(basename(path));
    }
    assert.deepEqual(
      names,
      ['2026-03-04T05-06-07Z', '2026-03-04T05-06-07Z-2', '2026-03-04T05-06-07Z-3'],
      'runs of one second, or of a clock that was set back, get folders of their own',
    );
  });

  it('below a file is not writable', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(prepareOutputFolder(join(folder, 'file/x'), 'fail', now), failing('output-not-writable'));
  });

  it('is listed with checksums, without following links', async () => {
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub/b'), 'abc');
    await writeFile(join(folder, 'a'), '');
    await symlink('/etc/passwd', join(folder, 'link'));
    await writeFile(join(folder, 'known'), 'abcd');
    const known = new Map([['known', 'as it was told']]);
    assert.deepEqual(await listOutputs(folder, { signal: new AbortController().signal, known }), [
      { path: 'a', size: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
      { path: 'known', size: 4, sha256: 'as it was told' },
      { path: 'link', link: '/etc/passwd' },
      { path: 'sub/b', size: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
    ]);
  });
});
