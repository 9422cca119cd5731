import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Repo2docker } from '../../../src/project/project.js';
import { readRepo2docker } from '../../../src/project/repo2docker.js';

describe('files for repo2docker', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repo2docker-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function read(files: Readonly<Record<string, string>>): Promise<Repo2docker | undefined> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return readRepo2docker({ folder, files: Object.keys(files).sort(), isCut: false });
  }

  it('are read from their folder, with what they say', async () => {
    const found = await read({
      'binder/apt.txt': '\uFEFFgcc\r\ngit\r\n',
      'binder/postBuild': '#!/bin/bash\n',
      'binder/requirements.txt': 'numpy\n',
      'binder/notes.md': '',
      'runtime.txt': 'python-3.9',
    });
    assert.deepEqual(found, {
      folder: 'binder',
      files: ['requirements.txt', 'apt.txt', 'postBuild'],
      texts: new Map([
        ['apt.txt', 'gcc\ngit\n'],
        ['postBuild', '#!/bin/bash\n'],
      ]),
    });
  });

  it('are read from .binder as well, and from the project’s own folder where nothing else explains them', async () => {
    assert.equal((await read({ '.binder/environment.yml': '', 'environment.yml': '' }))?.folder, '.binder');
    assert.equal((await read({ 'apt.txt': 'gcc', 'environment.yml': '' }))?.folder, '');
  });

  it('are none where only files of other tools are', async () => {
    assert.equal(await read({ 'requirements.txt': '', 'environment.yml': '', 'binder/readme.md': '' }), undefined);
    assert.equal(await read({}), undefined);
  });

  it('have no text where it cannot be read', async () => {
    await mkdir(join(folder, 'start'));
    const found = await readRepo2docker({ folder, files: ['postBuild', 'start'], isCut: false });
    assert.deepEqual(found, { folder: '', files: ['postBuild', 'start'], texts: new Map() });
  });

  it('are read to a limit', async () => {
    const found = await read({ postBuild: '#'.repeat(1_000_000) });
    assert.equal(found?.texts.get('postBuild')?.length, 65_536);
  });

  it('are not read when that is cancelled', async () => {
    const cancelled = readRepo2docker({ folder, files: ['postBuild'], isCut: false }, AbortSignal.abort());
    await assert.rejects(cancelled, { name: 'AbortError' });
  });
});
