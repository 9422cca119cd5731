import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GeneratedFiles } from '../../../src/dockerfile/create-dockerfile.js';
import {
  isTaken,
  type PlannedFile,
  planFiles,
  requireFree,
  requireWritableFolder,
  writeGenerated,
} from '../../../src/dockerfile/write-files.js';

const { signal } = new AbortController();
const generated: GeneratedFiles = {
  dockerfile: 'FROM debian:13-slim\n',
  dockerignore: '.git\nresults\n',
  readmeSection: '## How to run\n\n`docker build .`\n',
  hints: [],
  unpinned: [],
};
const names = { dockerfile: 'Dockerfile', dockerignore: '.dockerignore', readme: 'README.md' };
const onlyDockerfile = { ...names, dockerignore: undefined, readme: undefined };

/** Folders of Linux that not even root may write to. */
function readOnlyMounts(): string[] {
  const table = '/proc/self/mounts';
  const mounts = existsSync(table) ? readFileSync(table, 'utf8').trimEnd().split('\n') : [];
  // Of several mounts at one place the last one counts. Spaces in paths are written as numbers.
  const options = new Map(mounts.map((line) => line.split(' ')).map(([, path = '', , set = '']) => [path, set]));
  return [...options]
    .filter(([path, set]) => set.split(',').includes('ro') && existsSync(path) && statSync(path).isDirectory())
    .map(([path]) => path);
}

describe('the files of a project that are generated', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'write-files-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const write = (name: string, text: string | Uint8Array): Promise<void> => writeFile(join(folder, name), text);
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const plan = (): Promise<PlannedFile[]> => planFiles(folder, generated, names);

  it('are written whole, and nothing else stays behind', async () => {
    const written = await writeGenerated(folder, await plan(), 'fail', signal);
    assert.deepEqual(
      written,
      ['Dockerfile', '.dockerignore', 'README.md'].map((name) => join(folder, name)),
    );
    assert.equal(await read('Dockerfile'), generated.dockerfile);
    assert.equal(await read('.dockerignore'), generated.dockerignore);
    assert.match(await read('README.md'), /## How to run/);
    assert.deepEqual((await readdir(folder)).sort(), ['.dockerignore', 'Dockerfile', 'README.md']);
  });

  it('are those that are wanted', async () => {
    const planned = await planFiles(folder, generated, {
      ...names,
      dockerfile: 'Dockerfile.research',
      readme: undefined,
    });
    await writeGenerated(folder, planned, 'fail', signal);
    assert.deepEqual((await readdir(folder)).sort(), ['.dockerignore', 'Dockerfile.research']);
  });

  it('take the place of no Dockerfile, where that was not said, and then nothing is written', async () => {
    await write('Dockerfile', 'FROM mine\n');
    await assert.rejects(writeGenerated(folder, await plan(), 'fail', signal), {
      reason: 'file-exists',
      message: /Dockerfile exists already/,
    });
    assert.equal(await read('Dockerfile'), 'FROM mine\n');
    assert.deepEqual(await readdir(folder), ['Dockerfile']);
  });

  it('take the place of a Dockerfile where that was said, with its permissions', async () => {
    await write('Dockerfile', 'FROM mine\n');
    await chmod(join(folder, 'Dockerfile'), 0o640);
    await writeGenerated(folder, await plan(), 'replace', signal);
    assert.equal(await read('Dockerfile'), generated.dockerfile);
    assert.equal((await stat(join(folder, 'Dockerfile'))).mode & 0o777, 0o640);
  });

  it('add to .dockerignore and README, and take nothing out of them', async () => {
    await write('.dockerignore', '*.tmp\n.git\n');
    await write('README.md', '# Study\n\nText.\n');
    await writeGenerated(folder, await plan(), 'fail', signal);
    const lines = (await read('.dockerignore')).split('\n');
    assert.deepEqual(lines.slice(0, 2), ['*.tmp', '.git']);
    assert.ok(lines.includes('results'));
    assert.equal(lines.filter((line) => line === '.git').length, 1);
    assert.match(await read('README.md'), /^# Study\n\nText\.\n[^]*## How to run/);
  });

  it('are planned from what is there, so that it can be shown before', async () => {
    await write('Dockerfile', 'FROM mine\n');
    const [dockerfile, dockerignore] = await plan();
    assert.deepEqual(dockerfile, {
      name: 'Dockerfile',
      kind: 'whole',
      before: 'FROM mine\n',
      after: generated.dockerfile,
    });
    assert.equal(dockerignore?.before, undefined);
  });

  it('leave the line ends of Windows as they are', async () => {
    await write('README.md', '# Study\r\n\r\nText.\r\n');
    await writeGenerated(folder, await plan(), 'fail', signal);
    assert.equal((await read('README.md')).replaceAll('\r\n', '').includes('\n'), false);
  });

  it('keep the mark that a file begins with', async () => {
    await write('README.md', '\uFEFF# Study\n');
    await writeGenerated(folder, await plan(), 'fail', signal);
    assert.ok((await read('README.md')).startsWith('\uFEFF# Study\n'));
  });

  it('do no harm to a README in another encoding', async () => {
    const latin1 = Buffer.from('# \u00dcbung\n', 'latin1');
    await write('README.md', latin1);
    await assert.rejects(plan(), { reason: 'file-unreadable', message: /README\.md is not UTF-8/ });
    assert.deepEqual(await readFile(join(folder, 'README.md')), latin1);
  });

  it('take the place of a Dockerfile in another encoding, which is not kept', async () => {
    await write('Dockerfile', Buffer.from('# \u00dcbung\nFROM mine\n', 'latin1'));
    await writeGenerated(folder, await planFiles(folder, generated, onlyDockerfile), 'replace', signal);
    assert.equal(await read('Dockerfile'), generated.dockerfile);
  });

  it('go through a link to the file that it leads to', async () => {
    await mkdir(join(folder, 'docs'));
    await write('docs/README.md', '# Study\n');
    await symlink(join('docs', 'README.md'), join(folder, 'README.md'));
    await writeGenerated(folder, await plan(), 'fail', signal);
    assert.match(await read('docs/README.md'), /## How to run/);
    assert.deepEqual(await readdir(join(folder, 'docs')), ['README.md']);
    assert.equal(
      (await readdir(folder, { withFileTypes: true })).find(({ name }) => name === 'README.md')?.isFile(),
      false,
    );
  });

  it('take the place neither of a link that leads nowhere nor of a folder', async () => {
    await symlink('nowhere', join(folder, 'Dockerfile'));
    await assert.rejects(plan(), { reason: 'file-exists', message: /leads nowhere/ });
    await rm(join(folder, 'Dockerfile'));
    await mkdir(join(folder, 'Dockerfile'));
    await assert.rejects(plan(), { reason: 'file-exists', message: /is a folder/ });
  });

  it('are not written over what was changed since they were planned', async () => {
    await write('README.md', '# Study\n');
    const planned = await plan();
    await write('README.md', '# Study\n\nA new line.\n');
    await assert.rejects(writeGenerated(folder, planned, 'replace', signal), {
      reason: 'file-exists',
      message: /README\.md was changed meanwhile/,
    });
    assert.deepEqual(await readdir(folder), ['README.md']);
  });

  it('are not written over what came since they were planned', async () => {
    const planned = await plan();
    await write('Dockerfile', 'FROM mine\n');
    await assert.rejects(writeGenerated(folder, planned, 'fail', signal), { reason: 'file-exists' });
    assert.equal(await read('Dockerfile'), 'FROM mine\n');
  });

  it('are not written by somebody who has cancelled', async () => {
    const controller = new AbortController();
    const planned = await plan();
    controller.abort();
    await assert.rejects(writeGenerated(folder, planned, 'fail', controller.signal), { reason: 'cancelled' });
    assert.deepEqual(await readdir(folder), []);
  });

  it('are all written or none, where one of them cannot be', async () => {
    const [dockerfile] = await plan();
    assert.ok(dockerfile);
    const elsewhere = { ...dockerfile, name: join('missing', 'Dockerfile') };
    await assert.rejects(writeGenerated(folder, [dockerfile, elsewhere], 'fail', signal));
    assert.deepEqual(await readdir(folder), []);
  });
});

describe('a folder that files are written into', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'write-files-'));
  });
  afterEach(async () => {
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  });

  it('has to be there, and be one', async () => {
    await requireWritableFolder(folder);
    await writeFile(join(folder, 'file'), '');
    for (const path of [join(folder, 'missing'), join(folder, 'file')]) {
      await assert.rejects(requireWritableFolder(path), { reason: 'not-a-folder' });
    }
  });

  // Permissions keep nothing from root.
  if (process.getuid?.() !== 0 && process.platform !== 'win32') {
    it('has to be one that may be written to', async () => {
      await chmod(folder, 0o500);
      await assert.rejects(requireWritableFolder(folder), { reason: 'folder-not-writable' });
    });
  }

  for (const path of readOnlyMounts().slice(0, 1)) {
    it('has to be on a file system that may be written to', async () => {
      await assert.rejects(requireWritableFolder(path), { reason: 'folder-not-writable' });
    });
  }

  it('is asked for a name that is free; a link that leads nowhere takes one', async () => {
    await requireFree(folder, 'Dockerfile');
    assert.equal(await isTaken(folder, 'Dockerfile'), false);
    await symlink('nowhere', join(folder, 'Dockerfile'));
    assert.equal(await isTaken(folder, 'Dockerfile'), true);
    await assert.rejects(requireFree(folder, 'Dockerfile'), { reason: 'file-exists' });
  });
});
