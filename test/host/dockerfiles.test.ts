import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Api } from '../../src/ui/register-commands.js';
import { api, failsWith, hostData } from './support.js';

const image = 'busybox:stand-in';

describe('Dockerfiles, from code, as an unprivileged user', function () {
  this.timeout(120_000);
  const { scratch, registry } = hostData();
  let commands: Api;
  before(async () => {
    assert.notEqual(process.getuid?.(), 0, 'these tests do not run as root');
    commands = await api();
  });
  const project = async (name: string, files: Record<string, string>): Promise<string> => {
    const folder = join(scratch, 'dockerfiles', name);
    await mkdir(folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return folder;
  };
  const read = (folder: string, name: string): Promise<string> => readFile(join(folder, name), 'utf8');

  describe('that are created', () => {
    it('build, and run with their results on the host, whatever the names are', async () => {
      const script = `it's my "run".py`;
      const folder = await project(`it's a "study"`, {
        [script]:
          'import os, pathlib\nout = pathlib.Path("my results")\nout.mkdir(exist_ok=True)\n' +
          '(out / "it\'s.txt").write_text(f"{os.getuid() != 0} {sorted(os.listdir())}\\n")\n',
        '.env': 'TOKEN=geheim\n',
        'kaggle.json': '{"key": "geheim"}\n',
      });
      const { files, recipe } = await commands.execute('createDockerfile', {
        folder,
        answers: { version: '3.11', command: ['python', script], output: './my results/' },
      });
      assert.deepEqual(
        files,
        ['Dockerfile', '.dockerignore'].map((name) => join(folder, name)),
      );
      assert.equal(recipe, 'plain-python');
      const dockerfile = join(folder, 'Dockerfile');
      assert.match(await read(folder, 'Dockerfile'), /^FROM python:3\.11-slim-bookworm/m);

      const { findings } = await commands.execute('checkReproducibility', { dockerfile });
      const rules = findings.map(({ rule }) => rule).filter((rule) => rule !== 'base-without-digest');
      assert.deepEqual(rules, [], 'what is written keeps all rules that need no network');

      await commands.execute('buildImage', { dockerfile, tag: 'test-host:created' });
      const output = join(scratch, 'created results');
      const run = await commands.execute('runImage', { image: 'test-host:created', output, keep: false });
      assert.equal(run.exitCode, 0);
      assert.deepEqual(run.outputs, [join(output, "it's.txt")]);
      const told = await read(output, "it's.txt");
      assert.match(told, /^True /, 'the program is not root');
      assert.ok(told.includes('my results') && told.includes('run'), told);
      assert.doesNotMatch(told, /\.env|kaggle/, 'secrets are not in the image');
    });

    it('take the place of others only where that is said', async () => {
      const folder = await project('replaced', { 'main.py': 'print(1)\n', Dockerfile: 'FROM mine\n' });
      await writeFile(join(folder, '.dockerignore'), '# mine\n*.tmp\n');
      await assert.rejects(commands.execute('createDockerfile', { folder }), failsWith('file-exists'));
      assert.equal(await read(folder, 'Dockerfile'), 'FROM mine\n');
      assert.deepEqual((await readdir(folder)).sort(), ['.dockerignore', 'Dockerfile', 'main.py']);
      const { files } = await commands.execute('createDockerfile', { folder, existing: 'replace' });
      assert.equal(files.length, 2);
      assert.match(await read(folder, 'Dockerfile'), /^FROM python:/m);
      assert.match(await read(folder, '.dockerignore'), /^# mine\n\*\.tmp\n[^]*^\*\*\/\.env$/m);
      const again = await commands.execute('createDockerfile', { folder, existing: 'replace' });
      assert.deepEqual(again.files, [join(folder, 'Dockerfile')], 'nothing is missing in .dockerignore any more');
    });

    it('are made of what was named where the project says two things', async () => {
      const pinned = '[[package]]\nname = "tabulate"\nversion = "0.9.0"\n';
      const folder = await project('two-locks', {
        'main.py': 'import tabulate\n',
        'pyproject.toml': '[project]\nname = "x"\nversion = "1"\ndependencies = ["tabulate"]\n',
        'uv.lock': `version = 1\nrequires-python = ">=3.11"\n\n${pinned}source = { registry = "https://pypi.org/simple" }\n`,
        'poetry.lock': `${pinned}optional = false\nfiles = []\n\n[metadata]\nlock-version = "2.1"\npython-versions = ">=3.11"\n`,
      });
      await assert.rejects(commands.execute('createDockerfile', { folder }), (error: unknown) => {
        assert.ok(error instanceof Error && /uv\.lock.*poetry\.lock|poetry\.lock.*uv\.lock/.test(error.message));
        return failsWith('ambiguous-project')(error);
      });
      assert.ok(!(await readdir(folder)).includes('Dockerfile'));
      assert.equal((await commands.execute('createDockerfile', { folder, recipe: 'poetry' })).recipe, 'poetry');
    });

    it('are not made of several projects at once', async () => {
      const folder = await project('several', {
        'one/requirements.txt': 'numpy==1.26.4\n',
        'one/a.py': '',
        'two/requirements.txt': 'numpy==1.26.4\n',
        'two/b.py': '',
      });
      await assert.rejects(commands.execute('createDockerfile', { folder }), failsWith('ambiguous-project'));
      await commands.execute('createDockerfile', { folder: join(folder, 'two'), recipe: 'pip' });
      assert.deepEqual((await readdir(join(folder, 'two'))).sort(), [
        '.dockerignore',
        'Dockerfile',
        'b.py',
        'requirements.txt',
      ]);
    });

    it('are refused where a person has to decide or to mend something', async () => {
      const misspelt = await project('misspelt', { 'main.py': '', 'requirments.txt': 'numpy\n' });
      await assert.rejects(commands.execute('createDockerfile', { folder: misspelt }), failsWith('misspelt-file'));
      const folder = await project('refused', { 'main.py': '' });
      const locked = await project('read-only', { 'main.py': '' });
      await chmod(locked, 0o555);
      const refused: [argument: Parameters<Api['execute']>[1], reason: Parameters<typeof failsWith>[0]][] = [
        [{ folder, recipe: 'cobol' }, 'invalid-argument'],
        [{ folder, recipe: 'renv' }, 'invalid-argument'],
        [{ folder, answers: { version: '2.7' } }, 'invalid-argument'],
        [{ folder, answers: { output: '../elsewhere' } }, 'invalid-argument'],
        [{ folder, answers: { platforms: ['windows/amd64'] } }, 'invalid-argument'],
        [{ folder, answers: { port: 0 } }, 'invalid-argument'],
        [{ folder: 'relative' }, 'invalid-argument'],
        [{ folder: join(folder, 'nothing') }, 'not-a-folder'],
        [{ folder: join(folder, 'main.py') }, 'not-a-folder'],
        [{ folder: await project('empty', {}) }, 'invalid-argument'],
        [{ folder: locked }, 'folder-not-writable'],
      ];
      for (const [argument, reason] of refused) {
        await assert.rejects(commands.execute('createDockerfile', argument as { folder: string }), failsWith(reason));
      }
      assert.deepEqual([await readdir(folder), await readdir(locked)], [['main.py'], ['main.py']]);
    });

    it('are not written by somebody who has cancelled', async () => {
      const folder = await project('cancelled', { 'main.py': '' });
      const abort = new AbortController();
      const options = {
        signal: abort.signal,
        onProgress: () => {
          abort.abort();
        },
      };
      await assert.rejects(commands.execute('createDockerfile', { folder }, options), failsWith('cancelled'));
      assert.deepEqual(await readdir(folder), ['main.py']);
    });
  });

  it('are judged by the rules', async () => {
    const folder = await project('judged', {
      Dockerfile: 'FROM python:latest\nCOPY . .\nRUN pip install numpy\nENV API_KEY=abc123\n',
      'main.py': '',
      '.env': 'TOKEN=geheim\n',
    });
    const dockerfile = join(folder, 'Dockerfile');
    const { score, findings } = await commands.execute('checkReproducibility', { dockerfile });
    assert.ok(score >= 0 && score < 60, String(score));
    const lineOf = (rule: string): number | undefined => findings.find((finding) => finding.rule === rule)?.line;
    assert.deepEqual(
      ['base-without-version', 'context-not-ignored', 'pip-install-unpinned', 'secret-in-image'].map(lineOf),
      [1, 2, 3, 4],
    );
    assert.ok(findings.find(({ rule }) => rule === 'context-not-ignored')?.fixable);
    assert.doesNotMatch(JSON.stringify(findings), /abc123/);
    await writeFile(dockerfile, '');
    const empty = await commands.execute('checkReproducibility', { dockerfile });
    assert.deepEqual(empty, { score: 0, findings: [] }, 'nothing can be built from it');
    await assert.rejects(
      commands.execute('checkReproducibility', { dockerfile: join(folder, 'nothing') }),
      failsWith('dockerfile-not-found'),
    );
  });

  describe('whose base images are pinned', () => {
    it('stay as they are where no registry says a digest', async () => {
      const text = 'FROM 127.0.0.1:1/nothing:here\n';
      const folder = await project('unpinnable', { Dockerfile: text });
      await assert.rejects(
        commands.execute('pinBaseImages', { dockerfile: join(folder, 'Dockerfile') }),
        failsWith('registry-unreachable'),
      );
      assert.equal(await read(folder, 'Dockerfile'), text);
      await assert.rejects(
        commands.execute('pinBaseImages', { dockerfile: join(folder, 'nothing') }),
        failsWith('dockerfile-not-found'),
      );
    });

    if (registry !== undefined) {
      it('get the digests that the registry says, and build from them', async () => {
        const reference = `${registry}/test-host/base:1`;
        const source = await project('base', { Dockerfile: `FROM ${image}\nLABEL of=test\n` });
        await commands.execute('buildImage', { dockerfile: join(source, 'Dockerfile'), tag: reference });
        const { digest } = await commands.execute('pushImage', { reference });

        const lines = [`FROM --platform=$TARGETPLATFORM ${reference} AS base`, 'FROM base', 'RUN echo built > /x', ''];
        const folder = await project('pinned', { Dockerfile: lines.join('\r\n') });
        const dockerfile = join(folder, 'Dockerfile');
        const { pinned } = await commands.execute('pinBaseImages', { dockerfile });
        assert.deepEqual(pinned, [{ from: reference, to: `${reference}@${digest}` }]);
        const expected = lines.join('\r\n').replace(reference, `${reference}@${digest}`);
        assert.equal(await read(folder, 'Dockerfile'), expected);
        assert.deepEqual(await commands.execute('pinBaseImages', { dockerfile }), { pinned: [] });
        await commands.execute('buildImage', { dockerfile, tag: 'test-host:pinned' });
      });
    }
  });
});
