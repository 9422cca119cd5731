import assert from 'node:assert/strict';
import { dependencySources } from '../../../src/project/dependency-sources.js';
import { type DependencySource } from '../../../src/project/project.js';
import { projectOf } from './project-texts.js';

function sourcesOf(
  texts: Readonly<Record<string, string>>,
  others: readonly string[] = [],
  binder?: string,
): DependencySource[] {
  return dependencySources(projectOf(texts, others), binder);
}

/** Name and version in one line each. */
function named(source: DependencySource | undefined): string[] {
  return (source?.dependencies ?? []).map(({ name, version }) => `${name} ${version ?? '-'}`);
}

describe('how a project of conda or pixi says what it depends on', () => {
  it('is a lock for Linux before one for all platforms before an environment', () => {
    const [source] = sourcesOf({
      'environment.yml': 'dependencies:\n- python=3.11\n- pip:\n  - tabulate\n',
      'conda-lock.yml': 'version: 1\npackage:\n- name: numpy\n  version: 1.26.4\n  manager: conda\n',
      'conda-linux-64.lock':
        '# platform: linux-64\n@EXPLICIT\nhttps://conda.example/linux-64/numpy-1.26.4-py311_0.conda#0a1b\n',
    });
    assert.ok(source?.kind === 'conda');
    assert.deepEqual(source.files, ['conda-linux-64.lock', 'conda-lock.yml', 'environment.yml']);
    assert.deepEqual(named(source), ['numpy 1.26.4']);
    assert.equal(source.hasPip, true);
  });

  it('is no list for another system', () => {
    assert.deepEqual(
      sourcesOf({ 'explicit.txt': '@EXPLICIT\nhttps://conda.example/osx-arm64/numpy-1.26.4-0.conda\n' }),
      [],
    );
    assert.deepEqual(sourcesOf({ 'explicit.txt': 'my explicit list\n' }), []);
  });

  it('is an environment of another name only where it looks like one', () => {
    const [source] = sourcesOf({ 'env.yml': 'dependencies: [numpy=1.26.4]' });
    assert.ok(source?.kind === 'conda');
    assert.equal(source.environment, 'env.yml');
    assert.deepEqual(sourcesOf({ 'env.yml': 'DATABASE: tides' }), []);
    assert.deepEqual(sourcesOf({ 'environment-dev.yml': 'dependencies: [numpy]' }), []);
  });

  it('has the requirements that an environment of repo2docker includes from outside its folder', () => {
    const [source] = sourcesOf(
      {
        'binder/environment.yml': 'dependencies:\n- numpy=1.26.4\n- pip:\n  - -r ../lists/pip.txt\n',
        'lists/pip.txt': 'tabulate==0.9.0\n',
      },
      [],
      'binder',
    );
    assert.deepEqual(source?.files, ['binder/environment.yml', 'lists/pip.txt']);
    assert.deepEqual(named(source), ['numpy 1.26.4', 'tabulate 0.9.0']);
  });

  it('has the environments of pixi, and what its manifest asks for without a lock', () => {
    const [source] = sourcesOf({
      'pixi.toml':
        '[dependencies]\npython = "3.12.*"\nnumpy = ">=1.26"\n[pypi-dependencies]\ntabulate = { version = "==0.9.0" }\n[environments]\ngpu = ["gpu"]\ndefault = []\n',
    });
    assert.ok(source?.kind === 'pixi');
    assert.deepEqual(source.environments, ['default', 'gpu']);
    assert.equal(source.lock, undefined);
    assert.deepEqual(named(source), ['python 3.12', 'numpy -', 'tabulate 0.9.0']);
  });
});

describe('how a project of R says what it depends on', () => {
  const lock = JSON.stringify({
    R: { Version: '4.3.2', Repositories: [] },
    Packages: { R6: { Package: 'R6', Version: '2.5.1' }, 'data.table': { Package: 'data.table', Version: '1.15.4' } },
  });

  it('is the lock of renv with what restoring it needs', () => {
    const [source, ...others] = sourcesOf({ 'renv.lock': lock, DESCRIPTION: 'Package: x\n' }, [
      '.Rprofile',
      'renv/activate.R',
    ]);
    assert.ok(source?.kind === 'renv');
    assert.deepEqual(source.support, ['.Rprofile', 'renv/activate.R']);
    assert.deepEqual(named(source), ['R6 2.5.1', 'data.table 1.15.4']);
    assert.deepEqual(others, []);
  });

  it('is a DESCRIPTION, whose fields go on in indented lines', () => {
    const [source] = sourcesOf({
      DESCRIPTION:
        'Package: nests\nDepends: R (>= 4.1.0),\n    methods\nImports: dplyr (>= 1.0), R6 (== 2.5.1)\nSuggests: testthat\n',
    });
    assert.ok(source?.kind === 'r');
    assert.deepEqual(named(source), ['methods -', 'dplyr -', 'R6 2.5.1']);
  });

  it('is no other file of that name', () => {
    assert.deepEqual(sourcesOf({ DESCRIPTION: 'A study of reed warblers.\n' }), []);
  });

  it('is a script that installs', () => {
    const [source] = sourcesOf({
      'install.R':
        '# install.packages("not")\ninstall.packages(c("dplyr", \'ggplot2\'), repos = "https://cran.example")\nremotes::install_version("R6", version = "2.5.1")\ninstall.packages("dplyr")\n',
    });
    assert.ok(source?.kind === 'r');
    assert.deepEqual(named(source), ['R6 2.5.1', 'dplyr -', 'ggplot2 -']);
  });
});

describe('how a project of Julia says what it depends on', () => {
  const manifest = '[deps]\nCSV = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"\n';

  it('is its manifest, of the old format and the new one', () => {
    const entry = 'uuid = "336ed68f-0bac-5ca0-87d4-7b16caf5d00b"\nversion = "0.10.14"\n';
    for (const lock of [`manifest_format = "2.0"\n[[deps.CSV]]\n${entry}`, `[[CSV]]\n${entry}`]) {
      const [source] = sourcesOf({ 'Project.toml': manifest, 'Manifest.toml': lock });
      assert.ok(source?.kind === 'julia');
      assert.deepEqual(source.files, ['Manifest.toml', 'Project.toml']);
      assert.deepEqual(named(source), ['CSV 0.10.14']);
    }
  });

  it('is its Project.toml, also of the other name', () => {
    const [source] = sourcesOf({ 'JuliaProject.toml': manifest });
    assert.ok(source?.kind === 'julia');
    assert.equal(source.lock, undefined);
    assert.deepEqual(named(source), ['CSV -']);
  });

  it('is no Project.toml of another tool', () => {
    assert.deepEqual(sourcesOf({ 'Project.toml': '[build]\nbuilder = "heroku"\n' }), []);
  });
});

describe('how a project of CMake says what it depends on', () => {
  it('has programs, packages and CUDA of all lists that are added', () => {
    const [source] = sourcesOf({
      'CMakeLists.txt':
        'PROJECT(waves CXX)\n#[[ find_package(No) ]] # find_package(Neither)\nfind_package(Eigen3 3.4 REQUIRED)\nadd_subdirectory(src)\nif (BUILD_TESTING)\n  add_subdirectory("tests")\nendif()\nadd_executable(${PROJECT_NAME}-tool tool.cpp)\n',
      'src/CMakeLists.txt': 'enable_language(CUDA)\nadd_executable(solver main.cu)\nadd_executable(x IMPORTED)\n',
      'tests/CMakeLists.txt': 'find_package(GTest)\nadd_executable(checks t.cpp)\n',
      'unused/CMakeLists.txt': 'find_package(Boost)\n',
    });
    assert.ok(source?.kind === 'cmake');
    assert.deepEqual(source.programs, ['waves-tool', 'solver']);
    assert.deepEqual(source.packages, ['Eigen3', 'GTest']);
    assert.equal(source.usesCuda, true);
    assert.deepEqual(source.files, ['CMakeLists.txt', 'src/CMakeLists.txt', 'tests/CMakeLists.txt']);
  });

  it('is none where the build of a Python package calls it', () => {
    const texts = {
      'CMakeLists.txt': 'project(fast)\n',
      'pyproject.toml': '[project]\nname = "fast"\n[build-system]\nrequires = ["scikit-build-core"]\n',
    };
    assert.deepEqual(
      sourcesOf(texts).map(({ kind }) => kind),
      ['setuptools'],
    );
  });

  it('takes broken text without an error', () => {
    for (const text of ['add_executable(', ')))', 'project("', '#[[', '${', 'find_package()']) {
      const [source] = sourcesOf({ 'CMakeLists.txt': text });
      assert.equal(source?.kind, 'cmake', text);
    }
  });
});

describe('the order of what a project depends on', () => {
  it('has locks first, then pinned lists, then the rest', () => {
    const texts = {
      'environment.yml': 'dependencies: [numpy]',
      'requirements.txt': 'scipy==1.13.0\n',
      'renv.lock': '{"R": {"Version": "4.3.2"}, "Packages": {}}',
    };
    assert.deepEqual(
      sourcesOf(texts).map(({ kind }) => kind),
      ['renv', 'pip', 'conda'],
    );
  });

  it('takes the folder of repo2docker for the languages of which the project says nothing', () => {
    const texts = {
      'requirements.txt': 'numpy\n',
      'binder/environment.yml': 'dependencies: [scipy]',
      'binder/install.R': 'install.packages("dplyr")',
    };
    assert.deepEqual(
      sourcesOf(texts, [], 'binder').map(({ files }) => files),
      [['requirements.txt'], ['binder/install.R']],
    );
  });
});
