import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BuildRecord } from '../../../src/build/record.js';
import { writeSources } from '../../../src/bundle/source-files.js';
import { failing } from '../failing.js';
import { readZip, textsInZip } from './zip-members.js';

const never = new AbortController().signal;

const built: BuildRecord = {
  ...{ $schema: 'https://research-containers.org/schema/build-record-1.json', created: '2026-03-04T05:06:07Z' },
  dockerfile: { path: 'Dockerfile', sha256: 'a'.repeat(64) },
  context: { path: '.', digest: `sha256:${'b'.repeat(64)}`, files: 1, bytes: 1 },
  ...{ buildArguments: {}, omittedArguments: [], secrets: [], noCache: false, baseImages: [], labels: {}, images: [] },
  engine: { version: '28.0.1', platform: 'linux/amd64', store: 'classic' },
  ...{ builder: 'buildkit', seconds: 1 },
};

type Sources = Awaited<ReturnType<typeof writeSources>>;

describe('the sources of a bundle', () => {
  let root: string;
  let project: string;
  let bundle: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sources-'));
    project = join(root, 'project');
    bundle = join(root, 'bundle');
    await mkdir(project);
    await mkdir(bundle);
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const put = async (files: Record<string, string | Uint8Array>): Promise<void> => {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(project, name)), { recursive: true });
      await writeFile(join(project, name), content);
    }
  };
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'core.autocrlf=false', ...args], {
      cwd: project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const commitAll = (): string => {
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'one');
    return git('rev-parse', 'HEAD');
  };
  const write = (record?: BuildRecord, folder = project): Promise<Sources> =>
    writeSources(
      { project: folder, record, recordFile: record && join(folder, '.research-containers/builds/r.json') },
      bundle,
      never,
    );
  const zipped = (): Promise<Record<string, string>> => textsInZip(join(bundle, 'source.zip'));
  const withGit = (commit: string, more: Partial<BuildRecord['git']> = {}): BuildRecord => ({
    ...built,
    git: { commit, dirty: false, untracked: [], ...more },
  });

  it('are the files of the commit, with their bits and links, without our records', async function () {
    if (process.platform === 'win32') this.skip();
    await put({ 'run.py': 'print(1)\n', 'sub dir/größe': 'x', leer: '', '.research-containers/runs/a.json': '{}' });
    await put({ 'sub dir/.research-containers/builds/b.json': '{}', big: 'y'.repeat(200_000) });
    await chmod(join(project, 'run.py'), 0o755);
    await symlink('../outside', join(project, 'link'));
    const commit = commitAll();
    const sources = await write(withGit(commit));
    assert.deepEqual(sources, {
      written: [{ name: 'source.zip', what: `the files of commit ${commit}` }],
      ...{ missing: [], notes: [], commit },
      names: ['big', 'leer', 'link', 'run.py', 'sub dir/größe'],
    });
    const members = await readZip(join(bundle, 'source.zip'));
    assert.deepEqual(
      members.map(({ name, mode, content }) => [name, mode, content.length]),
      [
        ['big', '100644', 200_000],
        ['leer', '100644', 0],
        ['link', '120777', 10],
        ['run.py', '100755', 9],
        ['sub dir/größe', '100644', 1],
      ],
    );
    assert.deepEqual(await readdir(bundle), ['source.zip']);
  });

  it('are those of the commit that the record names, whatever has changed since', async () => {
    await put({ a: 'built' });
    const commit = commitAll();
    await put({ a: 'later', b: 'new' });
    git('commit', '--quiet', '--all', '--message', 'two');
    await put({ a: 'today' });
    assert.equal((await write(withGit(commit))).commit, commit);
    assert.deepEqual(await zipped(), { a: 'built' });
    assert.deepEqual(await readdir(bundle), ['source.zip']);
    const first = await readFile(join(bundle, 'source.zip'));
    await write(withGit(commit));
    assert.ok(first.equals(await readFile(join(bundle, 'source.zip'))));
  });

  it('are as git keeps them, whatever a checkout or an archive would make of them', async () => {
    await put({ '.gitattributes': 'a text eol=crlf\nhidden export-ignore\nid export-subst\nb filter=shout\n' });
    await put({ a: '1\n2\n', hidden: 'x', id: '$Format:%H$', b: 'quiet' });
    git('init', '--quiet');
    git('config', 'filter.shout.smudge', 'tr a-z A-Z');
    commitAll();
    await write();
    const { a, hidden, id, b } = await zipped();
    assert.deepEqual([a, hidden, id, b], ['1\n2\n', 'x', '$Format:%H$', 'quiet']);
  });

  for (const [title, record, note] of [
    ['there is no record', undefined, /^No build record says what/],
    ['the record names no commit', built, /^The build record names no commit/],
    ['the commit is gone', withGit('1'.repeat(40)), /not have the commit .* 1{40}: source.zip has .* [0-9a-f]{40}\.$/],
    ['the record has an option of git', withGit('--output=x'), /^The repository does not have the commit/],
    ['the record has an expression of git', withGit('HEAD~1'), /^The repository does not have the commit/],
  ] as const) {
    it(`are the newest commit where ${title}, and a note says so`, async () => {
      await put({ a: '1' });
      const commit = commitAll();
      const sources = await write(record);
      assert.deepEqual([sources.commit, sources.missing, sources.notes.length], [commit, [], 1]);
      assert.match(sources.notes[0] ?? '', note);
      assert.deepEqual(await zipped(), { a: '1' });
      assert.deepEqual((await readdir(project)).sort(), ['.git', 'a']);
    });
  }

  it('are the folder of the project, where the repository is larger', async () => {
    await put({ 'papers/one/a': '1\n', 'papers/two/b': '2', c: '3' });
    commitAll();
    const one = join(project, 'papers', 'one');
    await put({ 'papers/one/a': 'changed\n' });
    const sources = await write(undefined, one);
    assert.deepEqual(await zipped(), { a: '1\n' });
    assert.match(sources.notes[1] ?? '', /“git apply -p3”/);
    // What the note says is what works.
    const unpacked = join(root, 'unpacked');
    await mkdir(unpacked);
    await writeFile(join(unpacked, 'a'), '1\n');
    execFileSync('git', ['apply', '-p3', join(bundle, 'uncommitted.patch')], { cwd: unpacked });
    assert.equal(await readFile(join(unpacked, 'a'), 'utf8'), 'changed\n');
  });

  it('come with the changes of today where nothing says what was built', async () => {
    await put({ a: '1\n' });
    commitAll();
    await put({ a: '2\n', new: 'x', 'more/b': 'y' });
    const sources = await write();
    assert.match(await readFile(join(bundle, 'uncommitted.patch'), 'utf8'), /^-1\n\+2\n/m);
    assert.deepEqual(sources.written[1], {
      name: 'uncommitted.patch',
      what: 'the changes that were not committed when the bundle was exported',
    });
    assert.ok(sources.notes.includes('New files that are not committed are not in source.zip: “more/b”, “new”.'));
    assert.deepEqual(await zipped(), { a: '1\n' });
  });

  it('have no empty patch where only new files are not committed', async () => {
    await put({ a: '1' });
    commitAll();
    await put(Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`new-${index}`, ''])));
    const sources = await write();
    assert.match(sources.notes[1] ?? '', /“new-0”, .* and 2 more\.$/);
    assert.deepEqual([await readdir(bundle), sources.missing], [['source.zip'], []]);
  });

  describe('with the patch of the build', () => {
    const patch = Buffer.from('diff --git a/a b/a\n-caf\u00e9\n', 'latin1');
    const sha256 = createHash('sha256').update(patch).digest('hex');
    let commit: string;
    beforeEach(async () => {
      await put({ a: '1', '.research-containers/builds/r.patch': patch, 'secret.patch': patch });
      commit = commitAll();
      await put({ a: 'today' });
    });

    it('have it byte for byte, and not the changes of today', async () => {
      const record = withGit(commit, { dirty: true, patch: { file: 'r.patch', sha256 }, untracked: ['new'] });
      const sources = await write(record);
      assert.ok(patch.equals(await readFile(join(bundle, 'uncommitted.patch'))));
      assert.deepEqual(sources.written[1], {
        name: 'uncommitted.patch',
        what: 'the changes that were not committed when the image was built',
      });
      assert.deepEqual(sources.notes, ['New files that are not committed are not in source.zip: “new”.']);
    });

    for (const [title, kept, why] of [
      ['is gone', { file: 'gone.patch', sha256 }, /cannot be read/],
      ['is not beside the record', { file: '../../secret.patch', sha256 }, /cannot be read/],
      ['has changed', { file: 'r.patch', sha256: '0'.repeat(64) }, /has changed since the build/],
      ['was not kept', undefined, /does not keep/],
    ] as const) {
      it(`say so where it ${title}`, async () => {
        const sources = await write(withGit(commit, { dirty: true, ...(kept && { patch: kept }) }));
        assert.deepEqual(await readdir(bundle), ['source.zip']);
        assert.equal(sources.missing[0]?.name, 'uncommitted.patch');
        assert.match(sources.missing[0].why, why);
      });
    }
  });

  it('say what they do not have: submodules, and the content of Git LFS', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'c'.repeat(64)}\nsize 12345\n`;
    await put({ 'weights.bin': pointer, 'about.md': 'See version https://git-lfs.github.com/spec/' });
    git('init', '--quiet');
    git('remote', 'add', 'origin', 'https://marie:radium@example.org/lab/project.git');
    git('update-index', '--add', '--cacheinfo', `160000,${'d'.repeat(40)},libs/solver`);
    git('add', 'weights.bin', 'about.md');
    git('commit', '--quiet', '--message', 'one');
    const { notes } = await write(withGit(git('rev-parse', 'HEAD')));
    assert.deepEqual(Object.keys(await zipped()), ['about.md', 'weights.bin']);
    assert.equal(notes.length, 2);
    assert.match(
      notes[0] ?? '',
      /^The submodule libs\/solver .* d{40} .* in a clone of https:\/\/example\.org\/lab\/project\.$/,
    );
    assert.match(notes[1] ?? '', /^Git LFS keeps the content of “weights\.bin”, /);
  });

  it('leave out what not every system can unpack, and say so', async function () {
    if (process.platform === 'win32') this.skip();
    await put({ 'a\\b': 'x', 'new\nline': 'y', fine: 'z' });
    commitAll();
    const { notes } = await write();
    assert.deepEqual(await zipped(), { fine: 'z', 'new\nline': 'y' });
    assert.match(notes[1] ?? '', /leaves out .*“a\\b”\.$/);
  });

  it('are not there where the repository lacks a content', async () => {
    await put({ a: '1', b: '2' });
    commitAll();
    const object = git('rev-parse', 'HEAD:b');
    await rm(join(project, '.git/objects', object.slice(0, 2)), { recursive: true, force: true });
    await assert.rejects(write(), failing('file-unreadable', / b:/));
    assert.deepEqual(await readdir(bundle), []);
  });

  it('are not there when they were cancelled', async () => {
    await put({ a: '1' });
    commitAll();
    await assert.rejects(
      writeSources({ project, record: undefined, recordFile: undefined }, bundle, AbortSignal.abort()),
      failing('cancelled'),
    );
    assert.deepEqual(await readdir(bundle), []);
  });

  describe('without git', () => {
    it('are the build context, without what .dockerignore, git and we leave out', async function () {
      if (process.platform === 'win32') this.skip();
      await put({
        '.dockerignore': 'data\n*.log\n',
        Dockerfile: 'FROM x',
        'src/a': '1',
        'data/large': 'x',
        'b.log': '',
      });
      await put({ '.research-containers/builds/r.json': '{}', '.git/config': 'secret' });
      await symlink('src/a', join(project, 'link'));
      await link(join(project, 'src/a'), join(project, 'src/second'));
      const sources = await write(built);
      assert.deepEqual(await zipped(), {
        ...{ '.dockerignore': 'data\n*.log\n', Dockerfile: 'FROM x', link: 'src/a', 'src/a': '1', 'src/second': '1' },
      });
      assert.deepEqual(sources.written, [{ name: 'source.zip', what: 'the files of the build context' }]);
      assert.deepEqual([sources.commit, sources.missing, sources.notes.length], [undefined, [], 1]);
    });

    it('are nothing where nothing says what the image was built from', async () => {
      await put({ a: '1' });
      const { written, missing } = await write();
      assert.deepEqual([written, missing.map(({ name }) => name)], [[], ['source.zip']]);
      assert.match(missing[0]?.why ?? '', /no build record/);
    });

    it('are nothing where the build context is gone', async () => {
      const { written, missing } = await write({ ...built, context: { ...built.context, path: 'gone' } });
      assert.deepEqual([written, missing.length, await readdir(bundle)], [[], 1, []]);
    });
  });
});
