import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parserFor } from '../../../src/project/dependency-formats.js';
import { readDependencies } from '../../../src/project/dependencies.js';

/** Name, version, extras and wheels in one line each. */
function read(file: string, text: string): string[] {
  const format = parserFor(file);
  assert.ok(format !== undefined);
  return format
    .parse(text)
    .map(({ name, version, extras, wheels }) =>
      [
        name,
        version ?? '-',
        ...(extras.length > 0 ? [`[${extras.join()}]`] : []),
        ...(wheels === undefined ? [] : [wheels]),
      ].join(' '),
    );
}

describe('the dependencies of a project', () => {
  const formats: [file: string, text: string, expected: string[]][] = [
    [
      'requirements.txt',
      '# comment\n--index-url https://download.pytorch.org/whl/cu126\nTorch == 2.6.0\nnumpy>=1.26\njax[cuda12]==0.5.3 ; python_version >= "3.10"\n-r other.txt\n./local\nscikit_learn==1.6.1 \\\n    --hash=sha256:abc\n',
      [
        'torch 2.6.0 cu126',
        'numpy - cu126',
        'jax 0.5.3 [cuda12] cu126',
        'other.txt -',
        './local -',
        'scikit-learn 1.6.1 cu126',
      ],
    ],
    ['requirements-gpu.txt', 'torch==2.6.0+cu118\n', ['torch 2.6.0+cu118 cu118']],
    [
      'uv.lock',
      'version = 1\n[[package]]\nname = "torch"\nversion = "2.6.0+cu126"\nsource = { registry = "https://download.pytorch.org/whl/cu126" }\n[[package]]\nname = "numpy"\nversion = "2.2.4"\nsource = { registry = "https://pypi.org/simple" }\n',
      ['torch 2.6.0+cu126 cu126', 'numpy 2.2.4'],
    ],
    ['poetry.lock', '[[package]]\nname = "Jax.Cuda12_Plugin"\nversion = "0.5.3"\n', ['jax-cuda12-plugin 0.5.3']],
    ['pylock.toml', 'lock-version = "1.0"\n[[packages]]\nname = "torch"\nversion = "2.6.0"\n', ['torch 2.6.0']],
    [
      'Pipfile.lock',
      '{"default": {"tensorflow": {"version": "==2.18.0", "extras": ["and-cuda"]}}}',
      ['tensorflow 2.18.0 [and-cuda]'],
    ],
    [
      'pixi.lock',
      'version: 6\npackages:\n- conda: https://conda.example/conda-forge/linux-64/pytorch-2.5.1-cuda126_py312h1763f6d_309.conda\n  sha256: x\n- pypi: https://files.example/torch-2.6.0.whl\n  name: torch\n  version: 2.6.0\n',
      ['pytorch 2.5.1 cu126', 'torch 2.6.0'],
    ],
    [
      'conda-lock.yml',
      'package:\n- name: pytorch\n  version: 2.5.1\n  url: https://conda.example/linux-64/pytorch-2.5.1-cpu_generic_py312_1.conda\n- name: cuda-version\n  version: "12.6"\n',
      ['pytorch 2.5.1 cpu', 'cuda-version 12.6'],
    ],
    [
      'environment.yml',
      'name: x\ndependencies:\n- python=3.12\n- pytorch::pytorch-cuda=12.1\n- pip:\n  - torch==2.6.0+cu124\n',
      ['python 3.12', 'pytorch-cuda 12.1', 'torch 2.6.0+cu124 cu124'],
    ],
    [
      'pyproject.toml',
      '[project]\ndependencies = ["torch>=2.6", "numpy==2.2.4"]\n[project.optional-dependencies]\ngpu = ["jax[cuda13]"]\n',
      ['torch -', 'numpy 2.2.4', 'jax - [cuda13]'],
    ],
    [
      'pyproject.toml',
      '[tool.poetry.dependencies]\npython = "^3.12"\ntorch = "2.6.0"\njax = { version = "0.5.3", extras = ["cuda12"] }\n',
      ['python -', 'torch 2.6.0', 'jax 0.5.3 [cuda12]'],
    ],
    ['pyproject.toml', '[project]\nname = "x"\ndynamic = ["dependencies"]\n', ['its dynamic dependencies -']],
    [
      'environment.yml',
      'dependencies:\n- pytorch=2.5.1=*cuda126*\n- pytorch=2.5.1=cpu*\n',
      ['pytorch 2.5.1 cu126', 'pytorch 2.5.1 cpu'],
    ],
    [
      'pixi.lock',
      'version: 6\npackages:\n- conda: https://conda.example/linux-64/pytorch-2.5.1-cpu_generic_py312_1.conda\n- conda: https://conda.example/win-64/pytorch-2.5.1-cuda126_py312_2.conda\n',
      ['pytorch 2.5.1 cpu'],
    ],
    [
      'pixi.lock',
      'version: 5\npackages:\n- kind: conda\n  name: pytorch\n  version: 2.5.1\n  subdir: linux-64\n  url: https://conda.example/linux-64/pytorch-2.5.1-cuda126_py312h1763f6d_309.conda\n- kind: conda\n  name: pytorch\n  version: 2.5.1\n  subdir: win-64\n  url: https://conda.example/win-64/pytorch-2.5.1-cpu_py312_2.conda\n- kind: pypi\n  name: torch\n  version: 2.6.0\n  url: https://files.example/torch-2.6.0.whl\n',
      ['pytorch 2.5.1 cu126', 'torch 2.6.0'],
    ],
  ];
  for (const [file, text, expected] of formats) {
    it(`are read from ${file}`, () => {
      assert.deepEqual(read(file, text), expected);
    });
  }

  const places: [file: string, text: string, expected: Record<string, 'git' | 'folder' | undefined>][] = [
    [
      'requirements.txt',
      'a==1\nb @ git+https://example.org/b.git@0a1b\ngit+ssh://git@example.org/c.git\nd @ https://example.org/git+d.zip\n-e git+https://example.org/e.git#egg=e\n',
      { a: undefined, b: 'git', git: 'git', d: undefined, 'git+https://example.org/e.git#egg=e': 'git' },
    ],
    [
      'uv.lock',
      '[[package]]\nname = "a"\nsource = { git = "https://example.org/a?rev=1#1" }\n[[package]]\nname = "b"\nsource = { editable = "libs/b" }\n[[package]]\nname = "c"\nsource = { registry = "https://pypi.org/simple" }\n',
      { a: 'git', b: 'folder', c: undefined },
    ],
    [
      'poetry.lock',
      '[[package]]\nname = "a"\n[package.source]\ntype = "git"\nurl = "x"\n[[package]]\nname = "b"\n[package.source]\ntype = "directory"\nurl = "b"\n',
      { a: 'git', b: 'folder' },
    ],
    ['pdm.lock', '[[package]]\nname = "a"\ngit = "https://example.org/a.git"\nrevision = "1"\n', { a: 'git' }],
    ['pylock.toml', '[[packages]]\nname = "a"\n[packages.vcs]\ntype = "git"\n', { a: 'git' }],
    [
      'Pipfile.lock',
      '{"default": {"a": {"git": "https://example.org/a.git", "ref": "1"}, "b": {}}}',
      { a: 'git', b: undefined },
    ],
    [
      'pixi.lock',
      'packages:\n- pypi: git+https://example.org/a@1#1\n  name: a\n- pypi: ./\n  name: b\n- conda: .\n  name: c\n- pypi: https://example.org/d-1-py3-none-any.whl\n  name: d\n',
      { a: 'git', b: 'folder', c: 'folder', d: undefined },
    ],
    [
      'pixi.lock',
      'version: 5\npackages:\n- kind: conda\n  name: a\n  url: https://conda.example/linux-64/a-1-0.conda\n- kind: pypi\n  name: b\n  path: ./\n',
      { a: undefined, b: 'folder' },
    ],
    [
      'pyproject.toml',
      '[tool.poetry.dependencies]\na = { git = "https://example.org/a.git" }\nb = "1"\n',
      { a: 'git', b: undefined },
    ],
    [
      'environment.yml',
      'dependencies:\n- a=1\n- pip:\n  - b @ git+https://example.org/b.git\n',
      { a: undefined, b: 'git' },
    ],
  ];
  for (const [file, text, expected] of places) {
    it(`say where they come from in ${file}`, () => {
      const found = parserFor(file)?.parse(text) ?? [];
      assert.deepEqual(Object.fromEntries(found.map(({ name, from }) => [name, from])), expected);
    });
  }

  const placed: [file: string, text: string, expected: [name: string, from: string | undefined][]][] = [
    [
      'pdm.lock',
      '[[package]]\nname = "a"\nversion = "1"\npath = "./libs/a"\n\n[[package]]\nname = "b"\nversion = "1"\ngit = "https://example.org/b"\n',
      [
        ['a', 'folder'],
        ['b', 'git'],
      ],
    ],
    [
      'pylock.toml',
      '[[packages]]\nname = "a"\ndirectory = {path = "libs/a"}\n\n[[packages]]\nname = "b"\nversion = "1"\n',
      [
        ['a', 'folder'],
        ['b', undefined],
      ],
    ],
    [
      'Pipfile.lock',
      '{"default": {"a": {"path": "./a", "editable": true}, "b": {"version": "==1"}}}',
      [
        ['a', 'folder'],
        ['b', undefined],
      ],
    ],
    [
      'pyproject.toml',
      '[project]\ndependencies = ["a", "b", "C_d", "e"]\n[tool.uv.sources]\na = {path = "libs/a"}\nb = {workspace = true}\nc-d = {git = "https://example.org/c"}\ne = [{index = "x"}]\n',
      [
        ['a', 'folder'],
        ['b', 'folder'],
        ['c-d', 'git'],
        ['e', undefined],
      ],
    ],
  ];
  for (const [file, text, expected] of placed) {
    it(`are known by their place in ${file}`, () => {
      const found = parserFor(file)
        ?.parse(text)
        .map(({ name, from }) => [name, from]);
      assert.deepEqual(found, expected);
    });
  }

  it('come with the wheels of the index that uv takes them from', () => {
    const index = '[[tool.uv.index]]\nname = "torch"\nurl = "https://download.pytorch.org/whl/cu126"\n';
    const text = `[project]\ndependencies = ["torch>=2"]\n[tool.uv.sources]\ntorch = {index = "torch"}\n${index}`;
    assert.deepEqual(read('pyproject.toml', text), ['torch - cu126']);
  });

  it('are read from a lock file that is larger than 1 MB, and from one of a Windows editor', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
    try {
      const wheels = `wheels = [\n${'    { hash = "sha256:00" },\n'.repeat(40_000)}]\n`;
      await writeFile(join(folder, 'uv.lock'), `[[package]]\nname = "torch"\nversion = "2.6.0"\n${wheels}`);
      await writeFile(join(folder, 'pylock.toml'), '');
      await truncate(join(folder, 'pylock.toml'), 100_000_000);
      await writeFile(join(folder, 'requirements.txt'), '\uFEFFtorch==2.6.0\r\n');
      const files = await readDependencies(folder);
      assert.deepEqual(
        files.map(({ file, dependencies, problem }) => [file, dependencies.map(({ name }) => name), problem]),
        [
          ['pylock.toml', [], 'it is larger than 64 MB'],
          ['uv.lock', ['torch'], undefined],
          ['requirements.txt', ['torch'], undefined],
        ],
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('come with what cannot be read, lock files first, other files left alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
    try {
      await writeFile(join(folder, 'requirements.txt'), 'numpy\n');
      await writeFile(join(folder, 'uv.lock'), '[[package\n');
      await writeFile(join(folder, 'poetry.toml'), '[virtualenvs]\nin-project = true\n');
      await writeFile(join(folder, 'notes.txt'), 'torch==2.6.0\n');
      const files = await readDependencies(folder);
      assert.deepEqual(
        files.map(({ file, kind, dependencies }) => [file, kind, dependencies.length]),
        [
          ['uv.lock', 'lock', 0],
          ['requirements.txt', 'manifest', 1],
        ],
      );
      assert.notEqual(files[0]?.problem, undefined);
      assert.deepEqual(await readDependencies(join(folder, 'none')), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
