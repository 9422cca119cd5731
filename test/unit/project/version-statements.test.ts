import assert from 'node:assert/strict';
import { dependencySources } from '../../../src/project/dependency-sources.js';
import { versionStatements } from '../../../src/project/version-statements.js';
import { projectOf } from './project-texts.js';

/** Language, what is wanted, the exact version, file and line in one text each. */
function statementsOf(texts: Readonly<Record<string, string>>, binder?: string): string[] {
  const files = projectOf(texts);
  return versionStatements(files, dependencySources(files, binder), binder).map(
    ({ language, wanted, exact, file, line }) => `${language} ${wanted} (${exact ?? '-'}) ${file}:${line ?? '-'}`,
  );
}

describe('which version of a language a project asks for', () => {
  const cases: [file: string, text: string, expected: string[]][] = [
    ['.python-version', '# ours\n3.12.4\n3.11\n', ['python 3.12.4 (3.12.4) .python-version:2']],
    ['.python-version', 'cpython-3.12.4-linux-x86_64-gnu\n', ['python 3.12.4 (3.12.4) .python-version:1']],
    ['.python-version', '3\n', ['python 3 (-) .python-version:1']],
    ['.python-version', 'my-environment\n', []],
    ['.python-version', 'pypy3.9-7.3.11\n', []],
    ['runtime.txt', 'python-3.10\n', ['python 3.10 (3.10) runtime.txt:1']],
    ['runtime.txt', 'r-4.3-2024-05-01\n', ['r 4.3 (4.3) runtime.txt:1']],
    ['runtime.txt', 'three hours\n', []],
    [
      '.tool-versions',
      'nodejs 20.1.0\npython 3.12.1 3.11\njulia 1.10.4\n',
      ['python 3.12.1 (3.12.1) .tool-versions:2', 'julia 1.10.4 (1.10.4) .tool-versions:3'],
    ],
    [
      'pyproject.toml',
      '[project]\nname = "x"\nrequires-python = ">=3.10,<3.13"\n',
      ['python >=3.10,<3.13 (-) pyproject.toml:3'],
    ],
    ['pyproject.toml', '[tool.poetry.dependencies]\npython = "~3.11"\n', ['python ~3.11 (-) pyproject.toml:2']],
    ['pyproject.toml', '[tool.poetry.dependencies]\npython = "3.11"\n', ['python 3.11 (3.11.0) pyproject.toml:2']],
    ['setup.cfg', '[options]\npython_requires = >=3.8\n', ['python >=3.8 (-) setup.cfg:2']],
    ['setup.py', 'setup(\n    python_requires=">=3.8",\n)\n', ['python >=3.8 (-) setup.py:2']],
    ['uv.lock', 'version = 1\nrequires-python = ">=3.12"\n', ['python >=3.12 (-) uv.lock:2']],
    [
      'poetry.lock',
      '[[package]]\nname = "a"\nversion = "1"\npython-versions = ">=3.7"\n\n[metadata]\nlock-version = "2.1"\npython-versions = "^3.10"\n',
      ['python ^3.10 (-) poetry.lock:8'],
    ],
    ['Pipfile', '[requires]\npython_version = "3.11"\n', ['python 3.11 (3.11) Pipfile:2']],
    [
      'environment.yml',
      'dependencies:\n  - python =3.11\n  - conda-forge::r-base>=4.2,<4.4\n  - python-dateutil=2.9\n',
      ['python =3.11 (3.11) environment.yml:2', 'r >=4.2,<4.4 (-) environment.yml:3'],
    ],
    ['environment.yml', 'dependencies: ["python=3.9.7=h12debd9_1"]\n', ['python =3.9.7 (3.9.7) environment.yml:-']],
    ['environment.yml', 'dependencies: [python]\n', []],
    ['pixi.toml', '[dependencies]\npython = "3.12.*"\n', ['python 3.12.* (3.12) pixi.toml:2']],
    ['renv.lock', '{\n  "R": {\n    "Version": "4.3.2"\n  },\n  "Packages": {}\n}\n', ['r 4.3.2 (4.3.2) renv.lock:3']],
    ['DESCRIPTION', 'Package: x\nDepends:\n    methods,\n    R (>= 4.1.0)\n', ['r >=4.1.0 (-) DESCRIPTION:4']],
    ['Project.toml', '[deps]\n[compat]\njulia = "1.10"\n', ['julia 1.10 (-) Project.toml:3']],
  ];
  for (const [file, text, expected] of cases) {
    it(`stands in ${file}: ${JSON.stringify(text.slice(0, 40))}`, () => {
      assert.deepEqual(statementsOf({ [file]: text }), expected);
    });
  }

  it('is what Julia has locked before what is compatible', () => {
    assert.deepEqual(
      statementsOf({
        'Project.toml': '[deps]\n[compat]\njulia = "1.9"\n',
        'Manifest.toml': 'julia_version = "1.10.4"\nmanifest_format = "2.0"\n',
      }),
      ['julia 1.10.4 (1.10.4) Manifest.toml:1', 'julia 1.9 (-) Project.toml:3'],
    );
  });

  it('is what a lock of conda has, unless its platforms or environments differ', () => {
    const lock = (...versions: string[]): string =>
      `version: 6\npackages:\n${versions.map((version) => `- conda: https://conda.example/linux-64/python-${version}-h1_0.conda\n`).join('')}`;
    assert.deepEqual(statementsOf({ 'pixi.toml': '', 'pixi.lock': lock('3.12.7', '3.12.7') }), [
      'python 3.12.7 (3.12.7) pixi.lock:-',
    ]);
    assert.deepEqual(statementsOf({ 'pixi.toml': '', 'pixi.lock': lock('3.12.7', '3.11.1') }), []);
  });

  it('is also what the folder of repo2docker says, before all that names no single version', () => {
    assert.deepEqual(
      statementsOf(
        { 'binder/runtime.txt': 'python-3.10', 'pyproject.toml': '[project]\nrequires-python = ">=3.9"' },
        'binder',
      ),
      ['python 3.10 (3.10) binder/runtime.txt:1', 'python >=3.9 (-) pyproject.toml:2'],
    );
  });
});
