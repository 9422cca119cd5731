import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { listContext, packContext } from '../../../src/build/context.js';
import { Failure } from '../../../src/host/failure.js';

const signal = new AbortController().signal;

describe('a build context', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'context-'));
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const paths = async (dockerfile = 'Dockerfile'): Promise<string[]> =>
    (await listContext(folder, join(folder, dockerfile), signal)).entries.map((entry) => entry.path);

  const pack = async (): Promise<{ names: Map<string, string>; digest: string }> => {
    const { tar, digest } = packContext(await listContext(folder, join(folder, 'Dockerfile'), signal), signal);
    const names = new Map<string, string>();
    const reader = extract();
    tar.pipe(reader);
    for await (const entry of reader) {
      let content = '';
      for await (const chunk of entry) content += String(chunk);
      names.set(entry.header.name, entry.header.type === 'symlink' ? entry.header.linkname : content);
    }
    return { names, digest: await digest };
  };

  it('leaves out what .dockerignore names and our own records, but never the Dockerfile', async () => {
    await mkdir(join(folder, '.research-containers/runs'), { recursive: true });
    await writeFile(join(folder, '.research-containers/runs/x.json'), '{}');
    await mkdir(join(folder, 'data/raw'), { recursive: true });
    await writeFile(join(folder, 'data/raw/big'), 'x');
    await writeFile(join(folder, 'data/keep'), 'x');
    await writeFile(join(folder, '.dockerignore'), 'data\n!data/keep\nDockerfile\n');
    assert.deepEqual(await paths(), ['.dockerignore', 'data/keep', 'Dockerfile']);
  });

  it('prefers <Dockerfile>.dockerignore', async () => {
    await writeFile(join(folder, '.dockerignore'), 'a\n');
    await writeFile(join(folder, 'Dockerfile.dockerignore'), 'b\n');
    await writeFile(join(folder, 'a'), '');
    await writeFile(join(folder, 'b'), '');
    assert.deepEqual(await paths(), ['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'a']);
  });

  it('carries contents, links and names in any script', async () => {
    await writeFile(join(folder, 'данные 1.txt'), 'числа');
    await symlink('данные 1.txt', join(folder, 'link'));
    await writeFile(join(folder, 'empty'), '');
    const { names } = await pack();
    assert.equal(names.get('данные 1.txt'), 'числа');
    assert.equal(names.get('link'), 'данные 1.txt');
    assert.equal(names.get('empty'), '');
  });

  it('has a digest of contents, names and executable bits, whatever the times', async () => {
    await writeFile(join(folder, 'a'), 'one');
    const { digest } = await pack();
    await rm(join(folder, 'a'));
    await writeFile(join(folder, 'a'), 'one');
    assert.equal((await pack()).digest, digest);
    await chmod(join(folder, 'a'), 0o755);
    const executable = (await pack()).digest;
    assert.notEqual(executable, digest);
    await writeFile(join(folder, 'a'), 'two');
    assert.notEqual((await pack()).digest, executable);
  });

  it('refuses a Dockerfile outside of it', async () => {
    await assert.rejects(
      listContext(join(folder, 'sub'), join(folder, 'Dockerfile'), signal),
      (error) => error instanceof Failure && error.reason === 'invalid-argument',
    );
  });

  it('says which file went away', async () => {
    await writeFile(join(folder, 'gone'), 'x');
    const context = await listContext(folder, join(folder, 'Dockerfile'), signal);
    await rm(join(folder, 'gone'));
    const { tar, digest } = packContext(context, signal);
    const saysWhich = (error: unknown): boolean =>
      error instanceof Failure && error.reason === 'context-unreadable' && error.message.includes('gone');
    // The writing fails before anybody reads.
    await assert.rejects(digest, saysWhich);
    await assert.rejects(tar.toArray(), saysWhich);
  });
});
