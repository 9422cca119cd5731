import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from '../../../src/host/failure.js';
import { listProject } from '../../../src/project/listing.js';

describe('the listing of a project', () => {
  let folder: string;

  async function add(...files: readonly string[]): Promise<void> {
    for (const file of files) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), '');
    }
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('has all files, sorted, with names as they are', async () => {
    await add('z.py', 'data/a b.csv', 'data/“ü”.csv', 'src/tides/__init__.py', '.python-version');
    assert.deepEqual(await listProject(folder), {
      folder,
      files: ['.python-version', 'data/a b.csv', 'data/“ü”.csv', 'src/tides/__init__.py', 'z.py'],
      isCut: false,
    });
  });

  it('leaves out git, environments, caches and records, and nothing that only sounds like them', async () => {
    await add('.git/HEAD', 'node_modules/a/index.js', '.venv/bin/python', 'venv/bin/python', '.pixi/envs/x');
    await add('my-env/pyvenv.cfg', 'my-env/lib/site.py', 'conda/conda-meta/history', 'conda/bin/python');
    await add('src/__pycache__/a.pyc', '.snakemake/log', '.Rproj.user/x', '.ipynb_checkpoints/a.ipynb', '.tox/py/a');
    await add('renv/library/R6/DESCRIPTION', '.research-containers/runs/a.json', 'out/CMakeCache.txt', 'out/a.o');
    await add('sub/.git', 'env/settings.py', 'renv/activate.R', 'library/a.R', 'environments/a.yml', '.github/a.yml');
    const { files } = await listProject(folder);
    assert.deepEqual(files, [
      '.github/a.yml',
      'env/settings.py',
      'environments/a.yml',
      'library/a.R',
      'renv/activate.R',
    ]);
  });

  it('keeps a project that CMake has built in its own folder', async () => {
    await add('CMakeCache.txt', 'CMakeLists.txt');
    assert.deepEqual((await listProject(folder)).files, ['CMakeCache.txt', 'CMakeLists.txt']);
  });

  it('follows links to files and none to folders, to nothing or in circles', async () => {
    await add('data/a.csv');
    await symlink('data/a.csv', join(folder, 'link.csv'));
    await symlink('data', join(folder, 'linked'));
    await symlink('..', join(folder, 'data', 'up'));
    await symlink('nothing', join(folder, 'broken.csv'));
    assert.deepEqual((await listProject(folder)).files, ['data/a.csv', 'link.csv']);
  });

  it('is cut at the limit, files further up first, and says so', async () => {
    await add('a/b/c/deep.py', 'a/b/x.py', 'a/y.py', 'z.py');
    assert.deepEqual(await listProject(folder, { limit: 3 }), {
      folder,
      files: ['a/b/x.py', 'a/y.py', 'z.py'],
      isCut: true,
    });
    assert.equal((await listProject(folder, { limit: 4 })).isCut, false);
  });

  it('does without a folder that cannot be listed: its name is no text', async () => {
    await add('b.py');
    const name = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff])]);
    await mkdir(name);
    await writeFile(Buffer.concat([name, Buffer.from('/a.py')]), '');
    assert.deepEqual((await listProject(folder)).files, ['b.py']);
  });

  it('fails with a reason for what is no folder', async () => {
    await add('file');
    await assert.rejects(listProject(join(folder, 'none')), isFailure('file-not-found'));
    await assert.rejects(listProject(join(folder, 'file')), isFailure('not-a-folder'));
  });

  it('stops when it is cancelled', async () => {
    await add('a/b.py');
    await assert.rejects(listProject(folder, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});

function isFailure(reason: string): (error: unknown) => boolean {
  return (error) => error instanceof Failure && error.reason === reason;
}
