import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { ContextDigest } from '../../../src/build/context-digest.js';
import { contextFilter, contextTar } from '../../../src/engine/context-tar.js';
import { failing } from '../failing.js';

const signal = new AbortController().signal;

describe('a build context as a tar', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'context-'));
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const pack = async (
    dockerfile = join(folder, 'Dockerfile'),
  ): Promise<{ names: Map<string, string>; digest: string }> => {
    const observer = new ContextDigest(folder, join(folder, '.research-containers/memory'));
    const context = { path: folder, unseen: '.research-containers', observer };
    const { tar } = contextTar(context, await contextFilter(context, dockerfile), dockerfile, signal);
    const names = new Map<string, string>();
    const reader = extract();
    tar.on('error', (error) => {
      reader.destroy(error);
    });
    tar.pipe(reader);
    for await (const entry of reader) {
      let content = '';
      for await (const chunk of entry) content += String(chunk);
      names.set(entry.header.name, entry.header.type === 'symlink' ? entry.header.linkname : content);
    }
    return { names, digest: (await observer.sum(signal)).digest };
  };

  it('has the Dockerfile even where .dockerignore leaves it out', async () => {
    await writeFile(join(folder, '.dockerignore'), 'Dockerfile\na\n');
    await writeFile(join(folder, 'a'), '');
    const { names } = await pack();
    assert.deepEqual([...names.keys()], ['.dockerignore', 'Dockerfile']);
    assert.equal(names.get('Dockerfile'), 'FROM scratch\n');
  });

  it('has a Dockerfile from elsewhere under a name of its own, which the builder is told to leave out', async () => {
    await writeFile(join(folder, '.dockerignore'), 'a\n');
    const elsewhere = await mkdtemp(join(tmpdir(), 'dockerfile-'));
    try {
      await writeFile(join(elsewhere, 'Dockerfile'), 'FROM busybox\n');
      const { names } = await pack(join(elsewhere, 'Dockerfile'));
      assert.equal(names.get('.research-containers.Dockerfile'), 'FROM busybox\n');
      assert.equal(names.get('.dockerignore'), 'a\n\n.research-containers.Dockerfile\n');
      assert.equal(names.get('Dockerfile'), 'FROM scratch\n');
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  it('prefers <Dockerfile>.dockerignore', async () => {
    await writeFile(join(folder, '.dockerignore'), 'a\n');
    await writeFile(join(folder, 'Dockerfile.dockerignore'), 'b\n');
    await writeFile(join(folder, 'a'), '');
    await writeFile(join(folder, 'b'), '');
    const { names } = await pack();
    assert.ok(names.has('a') && !names.has('b'));
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

  it('says which pattern cannot be read', async () => {
    await writeFile(join(folder, '.dockerignore'), '[\n');
    await assert.rejects(pack(), failing('context-unreadable', /pattern: "\["/));
  });
});
