import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { repo2dockerRecipe } from '../../../../src/dockerfile/convert/repo2docker-recipe.js';
import { condaRecipe } from '../../../../src/dockerfile/recipes/conda-recipe.js';
import { pdmRecipe } from '../../../../src/dockerfile/recipes/pdm-recipe.js';
import { pipRecipe } from '../../../../src/dockerfile/recipes/pip-recipe.js';
import { pipenvRecipe } from '../../../../src/dockerfile/recipes/pipenv-recipe.js';
import { pixiRecipe } from '../../../../src/dockerfile/recipes/pixi-recipe.js';
import { poetryRecipe } from '../../../../src/dockerfile/recipes/poetry-recipe.js';
import { type Recipe, type Written } from '../../../../src/dockerfile/recipes/recipe.js';
import { setuptoolsRecipe } from '../../../../src/dockerfile/recipes/setuptools-recipe.js';
import { uvRecipe } from '../../../../src/dockerfile/recipes/uv-recipe.js';
import { type Dependency } from '../../../../src/project/dependency.js';
import { type DependencySource, type Project } from '../../../../src/project/project.js';
import { condaSample, pipSample, pixiSample, uvSample } from './python-samples.js';
import { sampleAnswers, sampleDependencies, sampleProject } from './sample-project.js';

function written(recipe: Recipe, source: DependencySource, given: Partial<Project> = {}): Written {
  return recipe.write(sampleProject({ dependencies: [source], ...given }), sampleAnswers({ version: '3.12' }));
}

function placed(from: Dependency['from'], ...names: readonly string[]): Dependency[] {
  return sampleDependencies(...names).map((each) => (from === undefined ? each : { ...each, from }));
}

describe('packages from repositories', () => {
  const cloned = placed('git', 'tides', 'waves');

  it('bring git into the image, of pip, uv and conda', () => {
    const conda = condaSample([], { hasPip: true, dependencies: cloned });
    for (const { dockerfile } of [
      written(pipRecipe, pipSample([], { dependencies: cloned })),
      written(uvRecipe, uvSample([], { dependencies: cloned })),
      written(condaRecipe, conda),
    ]) {
      assert.match(dockerfile, /^# To get tides, waves from a repository it takes git\.$/m);
      assert.match(dockerfile, /^ {6}git \\$/m);
    }
  });

  it('are not named where they have no name', () => {
    const lines = placed('git', 'git+https://example.org/tides.git');
    const { dockerfile } = written(pipRecipe, pipSample([], { dependencies: lines }));
    assert.match(dockerfile, /^# To get a package from a repository it takes git\.$/m);
  });

  it('bring it into the first stage only, of pixi', () => {
    const { dockerfile } = written(pixiRecipe, pixiSample({ dependencies: cloned }));
    const [first = '', second = ''] = dockerfile.split(/^FROM debian/m);
    assert.match(first, /^ {6}ca-certificates \\\n {6}git \\$/m);
    assert.doesNotMatch(second, /apt-get/);
  });

  it('are the only reason for it', () => {
    const { dockerfile } = written(pipRecipe, pipSample(['tides==1.0']));
    assert.doesNotMatch(dockerfile, /apt-get/);
  });
});

describe('packages that are folders of the project', () => {
  const own = placed('folder', 'lib-of-mine');

  it('are installed by uv behind the others, when their files are there', () => {
    const { dockerfile } = written(uvRecipe, uvSample([], { dependencies: own }));
    const [before = '', after = ''] = dockerfile.split('COPY --chown=researcher:researcher . .');
    assert.match(before, /uv sync --frozen --no-install-project --no-install-package lib-of-mine$/m);
    assert.match(after, /uv sync --locked --inexact$/m);
  });

  it('are installed by uv with all others where no lock file names these', () => {
    const members = ['packages/tides'];
    const { dockerfile } = written(uvRecipe, uvSample(['numpy'], { lock: undefined, members, isPackage: true }));
    const [before = '', after = ''] = dockerfile.split('COPY --chown=researcher:researcher . .');
    assert.match(before, /^RUN uv venv \/opt\/venv$/m);
    assert.doesNotMatch(before, /uv sync|^COPY pyproject/m);
    assert.match(after, /uv sync --exclude-newer 2026-11-26T00:00:00Z --inexact$/m);
  });

  it('are installed by Poetry behind the others', () => {
    for (const [isPackage, last] of [
      [true, ''],
      [false, ' --no-root'],
    ] as const) {
      const { dockerfile } = written(poetryRecipe, {
        kind: 'poetry',
        files: ['poetry.lock', 'pyproject.toml'],
        lock: 'poetry.lock',
        isPackage,
        dependencies: [...sampleDependencies('numpy==2.1.3'), ...own],
      });
      const [before = '', after = ''] = dockerfile.split('COPY --chown=researcher:researcher . .');
      assert.match(before, / poetry install --no-interaction --only main --no-root --no-directory --compile$/m);
      assert.match(after, new RegExp(` poetry install --no-interaction --only main --compile${last}$`, 'm'));
    }
  });

  it('are installed by PDM and Pipenv with the others, which know no other way', () => {
    const tools: [recipe: Recipe, source: DependencySource, all: string][] = [
      [
        pdmRecipe,
        { kind: 'pdm', files: ['pdm.lock'], lock: 'pdm.lock', isPackage: false, dependencies: own },
        'pdm sync --prod --no-self',
      ],
      [
        pdmRecipe,
        { kind: 'pdm', files: ['pdm.lock'], lock: 'pdm.lock', isPackage: true, dependencies: own },
        'pdm sync --prod',
      ],
      [
        pipenvRecipe,
        { kind: 'pipenv', files: ['Pipfile.lock'], lock: 'Pipfile.lock', dependencies: own },
        'pipenv sync',
      ],
    ];
    for (const [recipe, source, all] of tools) {
      const { dockerfile } = written(recipe, source);
      const [before = '', after = ''] = dockerfile.split('COPY --chown=researcher:researcher . .');
      assert.match(before, /^RUN python -m venv --without-pip \/opt\/venv$/m);
      assert.doesNotMatch(before, / sync|^COPY [^-]/m);
      assert.ok(after.includes(`SOURCE_DATE_EPOCH=315532800 ${all}\n`), after);
    }
  });

  it('are installed by pixi behind the others, or with them where no lock file names them', () => {
    const locked = written(pixiRecipe, pixiSample({ dependencies: [...sampleDependencies('numpy'), ...own] }));
    assert.match(
      locked.dockerfile,
      /^COPY pixi\.toml pixi\.lock \.\/$[^]*install --frozen --skip lib-of-mine [^]*^COPY \. \.\nRUN .*\n.* install --locked /m,
    );
    const open = written(pixiRecipe, pixiSample({ lock: undefined, dependencies: own }));
    assert.match(open.dockerfile, /^COPY \. \.\n(?:#.*\n)*RUN .*\n.* pixi install --environment default$/m);
  });

  it('are left to the end of an environment of conda, with the rest of its list for pip', () => {
    const folders = { lines: ['-e "./lib of mine[plots]"', './other'], areAll: false };
    const { dockerfile } = written(condaRecipe, condaSample(['numpy'], { hasPip: true, folders }));
    assert.match(
      dockerfile,
      /^RUN sed --regexp-extended --expression='[^']*' environment\.yml > environment\.packages\.yml$/m,
    );
    assert.match(dockerfile, / pip install --editable '\.\/lib of mine\[plots\]' \.\/other$/m);
  });

  it('are taken out of an environment of conda by sed, and nothing else is', function () {
    if (process.platform === 'win32') this.skip();
    const filtered = (areAll: boolean, lines: readonly string[]): string => {
      const folders = { lines: ['.'], areAll };
      const { dockerfile } = written(condaRecipe, condaSample([], { hasPip: true, folders }));
      const [, expressions = ''] = /^RUN sed --regexp-extended (.*) environment\.yml >/m.exec(dockerfile) ?? [];
      const words = [...expressions.matchAll(/--expression='([^']*)'/g)].flatMap(([, each = '']) => ['-e', each]);
      return execFileSync('sed', ['-E', ...words], { input: lines.join('\n'), encoding: 'utf8' });
    };
    const own = [
      '    - -e .',
      '    - .[plots]',
      '    - --editable=./lib',
      '    - "-e ."',
      '    - file:./lib',
      '    - ../x',
    ];
    const others = ['dependencies:', '  - python=3.12', '  - pip', '  - pip:', '    - a==1.0', '    - -r more.txt'];
    assert.equal(filtered(false, [...others, ...own]), `${others.join('\n')}\n`);
    assert.equal(filtered(true, ['  - pip', '  - pip:', ...own]), '  - pip\n');
  });

  it('do not matter to conda where a lock file is installed', () => {
    const folders = { lines: ['-e .'], areAll: true };
    const source = condaSample(['numpy'], { explicit: 'conda-linux-64.lock', folders });
    assert.doesNotMatch(written(condaRecipe, source).dockerfile, /pip install|sed /);
  });
});

describe('a tool that manages packages', () => {
  it('is installed with what there was when it was released, and told nothing of this machine', () => {
    const source: DependencySource = {
      kind: 'pdm',
      files: ['pdm.lock'],
      lock: 'pdm.lock',
      isPackage: false,
      dependencies: sampleDependencies('numpy==2.1.3'),
    };
    const { dockerfile, ignored } = written(pdmRecipe, source);
    assert.ok(ignored.includes('.pdm-python'));
    // hishel 1.0.0 of 28 October 2025 broke all releases of PDM that there were.
    const [, day = ''] = /uv tool install --exclude-newer (\S+)T00:00:00Z pdm==2\.25\.9$/m.exec(dockerfile) ?? [];
    assert.ok(day > '2025-08-22' && day < '2025-10-28', day);
  });
});

describe('a package whose version only git knows', () => {
  const source: DependencySource = {
    kind: 'setuptools',
    files: ['pyproject.toml'],
    manifest: 'pyproject.toml',
    dependencies: [],
  };
  const citation = (version: string): Pick<Project, 'citation'> => ({
    citation: { 'cff-version': '1.2.0', title: 'Tides', message: 'x', authors: [], keywords: [], version },
  });

  const cases: [tool: string, given: Partial<Project>, line: string, hints: number][] = [
    ['setuptools-scm', citation('v2.1.0'), 'ARG SETUPTOOLS_SCM_PRETEND_VERSION=2.1.0', 0],
    ['hatch-vcs', citation('2024 edition'), 'ARG SETUPTOOLS_SCM_PRETEND_VERSION=0.0.0', 1],
    ['pdm-backend', {}, 'ARG PDM_BUILD_SCM_VERSION=0.0.0', 1],
    ['uv-dynamic-versioning', citation('1.0rc1'), 'ARG UV_DYNAMIC_VERSIONING_BYPASS=1.0rc1', 0],
  ];
  for (const [versionTool, given, line, hints] of cases) {
    it(`is told to ${versionTool} in front of the step that builds it: ${line}`, () => {
      const { dockerfile, hints: all } = written(setuptoolsRecipe, source, { versionTool, ...given });
      const [before = '', after = ''] = dockerfile.split(`${line}\n`);
      assert.match(after, /--no-deps \.$/m);
      assert.doesNotMatch(before, /--no-deps \.$/m);
      assert.equal(all.filter(({ message }) => message.startsWith(versionTool)).length, hints);
    });
  }

  it('is told by what stands for repo2docker, too', () => {
    const files = ['pyproject.toml', 'apt.txt'];
    const { dockerfile } = written(repo2dockerRecipe, source, {
      versionTool: 'setuptools-scm',
      repo2docker: { folder: '', files, texts: new Map() },
    });
    assert.match(dockerfile, /^ARG SETUPTOOLS_SCM_PRETEND_VERSION=0\.0\.0\n\n(?:#.*\n)?RUN [^]*pip install/m);
  });

  it('needs nothing where it is not built', () => {
    const { dockerfile } = written(uvRecipe, uvSample([], { isPackage: false }), { versionTool: 'setuptools-scm' });
    assert.doesNotMatch(dockerfile, /PRETEND_VERSION/);
  });
});
