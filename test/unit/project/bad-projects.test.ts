import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { detectProject } from '../../../src/project/detect-project.js';
import { listProject } from '../../../src/project/listing.js';
import { type Project } from '../../../src/project/project.js';

describe('a project with bad files', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function detect(files: Readonly<Record<string, string | Buffer>>): Promise<Project> {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), content);
    }
    return detectProject(await listProject(folder));
  }

  /** Each problem in one line, without what a parser says. */
  function placesOf({ problems }: Project): string[] {
    return problems.map(({ file, line }) => `${file}:${line ?? '-'}`).sort();
  }

  it('may be empty', async () => {
    const { name, git, citation, repo2docker, listing, ...rest } = await detect({});
    assert.equal(name, folder.slice(folder.lastIndexOf('/') + 1));
    assert.deepEqual([git, citation, repo2docker, listing.files], [{ kind: 'none' }, undefined, undefined, []]);
    assert.deepEqual(
      Object.entries(rest).filter(([, value]) => typeof value !== 'string' && value.length > 0),
      [],
    );
  });

  it('has each broken file among its problems, with the line', async () => {
    const project = await detect({
      'pyproject.toml': '[project]\nname = "tides\n',
      'uv.lock': 'version = 1\n\n[[package]\n',
      'environment.yml': 'name: x\ndependencies:\n  - numpy\n - scipy: [\n',
      'renv.lock': '{\n  "R": {\n    "Version": 4.3,,\n  }\n}\n',
      'pixi.toml': 'a = 1\na = 2\n',
      'Pipfile.lock': '{',
      'Project.toml': '= "Dunes"\n',
      'CITATION.cff': 'title: [',
    });
    assert.deepEqual(placesOf(project), [
      'CITATION.cff:1',
      'Pipfile.lock:1',
      'Project.toml:1',
      'environment.yml:4',
      'pixi.toml:2',
      'pyproject.toml:2',
      'renv.lock:3',
      'uv.lock:3',
    ]);
    assert.deepEqual(
      project.dependencies.map(({ kind, dependencies }) => [kind, dependencies.length]),
      [
        ['uv', 0],
        ['pipenv', 0],
        ['renv', 0],
        ['pixi', 0],
        ['conda', 0],
      ],
    );
    assert.ok(project.problems.every(({ message }) => /^It .*\.$/.test(message) && !message.includes(folder)));
  });

  it('lists a source whose lock file is of the future, and says so', async () => {
    const project = await detect({
      'uv.lock': 'version = 99\n[[package]]\nname = "numpy"\nversion = "1"\n',
      'poetry.lock': '[[package]]\nname = "numpy"\nversion = "1"\n\n[metadata]\nlock-version = "9.0"\n',
      'pixi.toml': '[dependencies]\n',
      'pixi.lock': 'version: 99\npackages: []\n',
      'Project.toml': '[deps]\n',
      'Manifest.toml': 'manifest_format = "3.0"\n',
    });
    assert.deepEqual(
      project.dependencies.map(({ kind, dependencies }) => [kind, dependencies.length]),
      [
        ['uv', 0],
        ['poetry', 0],
        ['pixi', 0],
        ['julia', 0],
      ],
    );
    assert.deepEqual(
      project.problems.map(({ file, message }) => `${file}: ${/version \d+/.exec(message)?.[0] ?? message}`).sort(),
      ['Manifest.toml: version 3', 'pixi.lock: version 99', 'poetry.lock: version 9', 'uv.lock: version 99'],
    );
  });

  it('takes files of the wrong shape for what they are', async () => {
    const project = await detect({
      'pyproject.toml': 'project = 1\ntool = [1]\n',
      'environment.yml': '- a\n- b\n',
      'renv.lock': '[]',
      'pixi.toml': 'environments = 3\ntasks = "x"\n',
      'Pipfile.lock': 'null',
      'setup.cfg': '\0\0',
      DESCRIPTION: 'Imports\n',
    });
    assert.deepEqual(placesOf(project), ['Pipfile.lock:-', 'environment.yml:-', 'renv.lock:-']);
  });

  it('may have byte order marks, the line ends of Windows, Latin-1 and PowerShell’s UTF-16', async () => {
    const project = await detect({
      'requirements.txt': Buffer.from('\uFEFFnumpy==1.26.4\r\n-r more.txt\r\n', 'utf16le'),
      'more.txt': Buffer.from('# für später\r\nscipy==1.13.0\r\n', 'latin1'),
      'pyproject.toml': '\uFEFF[project]\r\nname = "gezeiten"\r\nrequires-python = ">=3.10"\r\n',
      '.python-version': '\uFEFF3.12\r\n',
    });
    assert.deepEqual(project.problems, []);
    assert.equal(project.name, 'gezeiten');
    assert.deepEqual(
      project.versions.map(({ wanted, line }) => [wanted, line]),
      [
        ['3.12', 1],
        ['>=3.10', 3],
      ],
    );
    assert.deepEqual(
      project.dependencies[0]?.dependencies.map(({ name, version }) => [name, version]),
      [
        ['numpy', '1.26.4'],
        ['scipy', '1.13.0'],
      ],
    );
  });

  it('may have folders that are called like files', async () => {
    const project = await detect({ 'requirements.txt/a.md': '', 'environment.yml/b.md': '', 'CITATION.cff/c.md': '' });
    assert.deepEqual(project.dependencies, []);
    assert.deepEqual(placesOf(project), ['environment.yml:-', 'requirements.txt:-']);
  });

  it('reads nothing that is too large, and says so', async () => {
    await detect({ 'requirements.txt': '', 'uv.lock': '', 'CITATION.cff': '' });
    await truncate(join(folder, 'requirements.txt'), 10 ** 10);
    await truncate(join(folder, 'uv.lock'), 10 ** 10);
    await truncate(join(folder, 'CITATION.cff'), 10 ** 10);
    const project = await detectProject(await listProject(folder));
    assert.deepEqual(placesOf(project), ['CITATION.cff:-', 'requirements.txt:-', 'uv.lock:-']);
    assert.deepEqual(
      project.dependencies.map(({ kind, dependencies }) => [kind, dependencies.length]),
      [['uv', 0]],
    );
  });

  it('says which file is gone since it was listed', async () => {
    await detect({ 'requirements.txt': 'numpy', 'main.py': '' });
    const listing = await listProject(folder);
    await rm(join(folder, 'requirements.txt'));
    assert.deepEqual(placesOf(await detectProject(listing)), ['requirements.txt:-']);
  });

  it('may include itself in a circle, or what lies elsewhere', async () => {
    await symlink('/etc/hostname', join(folder, 'link.txt'));
    const project = await detect({
      'requirements.txt': '-r requirements.txt\n-r ../other.txt\n-r /etc/passwd\nnumpy\n',
    });
    assert.deepEqual(placesOf(project), ['requirements.txt:2', 'requirements.txt:3']);
    assert.deepEqual(project.dependencies[0]?.files, ['requirements.txt']);
  });

  it('may have names with spaces, quotes and letters of any language', async () => {
    const project = await detect({
      'requirements.txt': '-r "my lists/base ü.txt"\n',
      'my lists/base ü.txt': 'numpy==1.26.4\n',
      "data/it's.csv": '1',
    });
    assert.deepEqual(project.problems, []);
    assert.deepEqual(project.dependencies[0]?.files, ['requirements.txt', 'my lists/base ü.txt']);
    assert.deepEqual(project.data, ['data']);
  });

  it('has several projects below where it says nothing itself', async () => {
    const files = { 'one/uv.lock': 'version = 1\n', 'two/renv.lock': '{}', 'three/notes.md': '' };
    assert.deepEqual((await detect(files)).subprojects, ['one', 'two']);
    assert.deepEqual((await detect({ 'requirements.txt': 'numpy' })).subprojects, []);
  });

  it('may not have both folders of repo2docker', async () => {
    const project = await detect({ 'binder/environment.yml': 'dependencies: [numpy]', '.binder/apt.txt': 'git\n' });
    assert.deepEqual(placesOf(project), ['binder:-']);
  });

  it('says of a misspelt name what is meant', async () => {
    const project = await detect({ 'requirments.txt': 'numpy' });
    assert.deepEqual(project.misspelt, [{ file: 'requirments.txt', meant: 'requirements.txt' }]);
    assert.deepEqual(project.dependencies, []);
  });

  it('stops when it is cancelled', async () => {
    await detect({ 'requirements.txt': 'numpy' });
    const listing = await listProject(folder);
    await assert.rejects(detectProject(listing, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });
});
