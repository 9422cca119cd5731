import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitDifference, gitState, publicUrl } from '../../../src/project/git.js';

describe('what git knows of a project', () => {
  let folder: string;
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'git-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is nothing outside of a repository and before the first commit', async () => {
    assert.deepEqual(await gitState(folder), { kind: 'none' });
    git('init', '--quiet');
    assert.deepEqual(await gitState(folder), { kind: 'none' });
  });

  it('is the commit, and whether anything but our own records differs from it', async () => {
    git('init', '--quiet');
    await writeFile(join(folder, 'a'), '1');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    const commit = git('rev-parse', 'HEAD').trim();
    const clean = await gitState(folder);
    assert.ok(clean.kind === 'commit');
    assert.deepEqual([clean.commit, clean.dirty], [commit, false]);
    await mkdir(join(folder, '.research-containers/runs'), { recursive: true });
    await writeFile(join(folder, '.research-containers/runs/x.json'), '{}');
    const withRecord = await gitState(folder);
    assert.ok(withRecord.kind === 'commit' && !withRecord.dirty);
    await writeFile(join(folder, 'new'), '');
    const dirty = await gitState(folder);
    assert.ok(dirty.kind === 'commit' && dirty.dirty);
  });

  it('is how the files differ, and which are new', async () => {
    git('init', '--quiet');
    await writeFile(join(folder, 'a'), '1\n');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    await writeFile(join(folder, 'a'), '2\n');
    await writeFile(join(folder, 'new one'), '');
    const { patch, untracked } = await gitDifference(folder);
    assert.match(patch.toString(), /^diff --git a\/a b\/a[^]*-1\n\+2\n$/);
    assert.deepEqual(untracked, ['new one']);
  });

  it('is how the files differ in whatever encoding they are', async () => {
    git('init', '--quiet');
    await writeFile(join(folder, 'a'), 'plain\n');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    const latin1 = Buffer.from('caf\u00e9\n', 'latin1');
    await writeFile(join(folder, 'a'), latin1);
    const { patch } = await gitDifference(folder);
    assert.ok(patch.includes(latin1));
  });

  for (const [remote, expected] of [
    ['https://user:token@example.org/group/name.git', 'https://example.org/group/name'],
    ['git@example.org:group/name.git', 'https://example.org/group/name'],
    ['ssh://git@example.org:2222/group/name', 'https://example.org/group/name'],
    ['http://localhost:3000/name', 'http://localhost:3000/name'],
    ['/srv/git/name.git', undefined],
    ['file:///srv/git/name', undefined],
    ['C:\\git\\name', undefined],
    ['', undefined],
  ] as const) {
    it(`reads the remote ${remote} as ${expected ?? 'none'}`, () => {
      assert.equal(publicUrl(remote), expected);
    });
  }
});
