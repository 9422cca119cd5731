import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../../../src/host/failure.js';
import { type AskForDigest, changedLines, digestsFor, pinFile } from '../../../../src/ui/reproducibility/pin-file.js';

const digest = `sha256:${'1'.repeat(64)}`;
const other = `sha256:${'2'.repeat(64)}`;
const known: AskForDigest = (reference) => Promise.resolve(reference.startsWith('python') ? digest : other);
const unreachable = new Failure('registry-unreachable', 'There is no network.', 'Connect to one.');
const nobody: AskForDigest = () => Promise.reject(unreachable);

describe('pinning the images of a Dockerfile', () => {
  let folder: string;
  let file: string;
  const { signal } = new AbortController();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pin-'));
    file = join(folder, 'Dockerfile');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('appends a digest to each, and leaves all else as it is', async () => {
    await writeFile(file, '\uFEFFFROM python:3.12 AS build\r\nFROM debian:12\r\nCOPY --from=build /a /b\r\n# ü');
    await chmod(file, 0o640);
    const { pinned } = await pinFile(file, known, signal);
    assert.deepEqual(pinned, [
      { from: 'python:3.12', to: `python:3.12@${digest}` },
      { from: 'debian:12', to: `debian:12@${other}` },
    ]);
    assert.equal(
      await readFile(file, 'utf8'),
      `\uFEFFFROM python:3.12@${digest} AS build\r\nFROM debian:12@${other}\r\nCOPY --from=build /a /b\r\n# ü`,
    );
    assert.equal((await stat(file)).mode & 0o777, 0o640);
    assert.deepEqual(await readdir(folder), ['Dockerfile']);
  });

  it('follows a link to the Dockerfile', async () => {
    await writeFile(join(folder, 'real'), 'FROM python:3.12\n');
    await symlink('real', file);
    await pinFile(file, known, signal);
    assert.equal(await readFile(join(folder, 'real'), 'utf8'), `FROM python:3.12@${digest}\n`);
  });

  it('writes nothing where all are pinned, or none is named', async () => {
    for (const text of [`FROM python@${digest}\n`, 'FROM scratch\n', 'ARG BASE=python\nFROM $BASE\n', '']) {
      await writeFile(file, text);
      const before = await stat(file);
      const asked: string[] = [];
      const result = await pinFile(file, (reference) => Promise.resolve(asked.push(reference) ? digest : ''), signal);
      assert.deepEqual([result, asked], [{ pinned: [] }, []]);
      const after = await stat(file);
      assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
    }
  });

  it('pins those that somebody knows', async () => {
    await writeFile(file, 'FROM private/base:1 AS base\nFROM python:3.12\n');
    const { pinned } = await pinFile(
      file,
      (reference) => (reference.startsWith('private') ? Promise.reject(unreachable) : Promise.resolve(digest)),
      signal,
    );
    assert.deepEqual(
      pinned.map(({ from }) => from),
      ['python:3.12'],
    );
    assert.equal(await readFile(file, 'utf8'), `FROM private/base:1 AS base\nFROM python:3.12@${digest}\n`);
  });

  it('says why where nobody knows any, and writes nothing', async () => {
    await writeFile(file, 'FROM python:3.12\n');
    await assert.rejects(pinFile(file, nobody, signal), unreachable);
    assert.equal(await readFile(file, 'utf8'), 'FROM python:3.12\n');
  });

  it('keeps what is written into the file while a registry is asked', async () => {
    await writeFile(file, 'FROM python:3.12\n');
    await pinFile(
      file,
      async () => {
        await writeFile(file, '# mine\nFROM python:3.12\n');
        return digest;
      },
      signal,
    );
    assert.equal(await readFile(file, 'utf8'), `# mine\nFROM python:3.12@${digest}\n`);
  });

  it('refuses a file that would be harmed', async () => {
    const bytes = Buffer.from('# M\xFCller\nFROM python:3.12\n', 'latin1');
    await writeFile(file, bytes);
    await assert.rejects(pinFile(file, known, signal), { reason: 'file-unreadable' });
    assert.deepEqual(await readFile(file), bytes);
  });

  it('rejects for a file that is not there', async () => {
    await assert.rejects(pinFile(join(folder, 'other'), known, signal), { reason: 'dockerfile-not-found' });
    await assert.rejects(pinFile(folder, known, signal), { reason: 'dockerfile-not-found' });
  });

  it('stops when it is cancelled', async () => {
    await writeFile(file, 'FROM python:3.12\n');
    const controller = new AbortController();
    const asked = pinFile(
      file,
      () => {
        controller.abort();
        return Promise.resolve(digest);
      },
      controller.signal,
    );
    await assert.rejects(asked, { reason: 'cancelled' });
    assert.equal(await readFile(file, 'utf8'), 'FROM python:3.12\n');
  });
});

describe('the digests of several images', () => {
  it('are asked for at the same time, and those that are missing have a reason', async () => {
    let waiting = 0;
    let begin = (): void => undefined;
    const allAsked = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { digests, failures } = await digestsFor(
      ['a', 'b', 'c'],
      async (reference) => {
        waiting++;
        if (waiting === 3) begin();
        await allAsked;
        if (reference === 'b') throw unreachable;
        return digest;
      },
      new AbortController().signal,
    );
    assert.deepEqual([...digests.keys()].sort(), ['a', 'c']);
    assert.deepEqual([...failures], [['b', unreachable]]);
  });
});

describe('the lines that pinning changes', () => {
  it('are told by their number, without their ends', () => {
    assert.deepEqual(changedLines('a\r\nb\r\n', 'a\r\nb@1\r\n'), [{ line: 1, text: 'b@1' }]);
    assert.deepEqual(changedLines('a\nb', 'a\nb'), []);
  });
});
