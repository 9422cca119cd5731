import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Failure } from '../../../src/host/failure.js';
import { listOutputs, prepareOutputFolder } from '../../../src/run/output-folder.js';

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
    assert.equal(await prepareOutputFolder(fresh, 'fail', now), fresh);
    assert.deepEqual(await readdir(fresh), []);
  });

  it('that is not empty is refused, used, or given a fresh subfolder, as asked', async () => {
    await writeFile(join(folder, 'old'), 'x');
    await assert.rejects(
      prepareOutputFolder(folder, 'fail', now),
      (error) => error instanceof Failure && error.reason === 'output-not-empty',
    );
    assert.equal(await prepareOutputFolder(folder, 'use', now), folder);
    const fresh = await prepareOutputFolder(folder, 'subfolder', now);
    assert.equal(basename(fresh), '2026-03-04T05-06-07Z');
    await assert.rejects(
      prepareOutputFolder(folder, 'subfolder', now),
      (error) => error instanceof Failure && error.reason === 'output-not-writable',
    );
  });

  it('below a file is not writable', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(
      prepareOutputFolder(join(folder, 'file/x'), 'fail', now),
      (error) => error instanceof Failure && error.reason === 'output-not-writable',
    );
  });

  it('is listed with checksums, without following links', async () => {
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub/b'), 'abc');
    await writeFile(join(folder, 'a'), '');
    await symlink('/etc/passwd', join(folder, 'link'));
    assert.deepEqual(await listOutputs(folder, new AbortController().signal), [
      { path: 'a', size: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
      { path: 'sub/b', size: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
    ]);
  });
});
