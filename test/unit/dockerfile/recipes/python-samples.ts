import { condaRecipe } from '../../../../src/dockerfile/recipes/conda-recipe.js';
import { minicondaRecipe } from '../../../../src/dockerfile/recipes/miniconda-recipe.js';
import { notebookRecipe } from '../../../../src/dockerfile/recipes/notebook-recipe.js';
import { pdmRecipe } from '../../../../src/dockerfile/recipes/pdm-recipe.js';
import { pipRecipe } from '../../../../src/dockerfile/recipes/pip-recipe.js';
import { pipenvRecipe } from '../../../../src/dockerfile/recipes/pipenv-recipe.js';
import { pixiRecipe } from '../../../../src/dockerfile/recipes/pixi-recipe.js';
import { plainPythonRecipe } from '../../../../src/dockerfile/recipes/plain-python-recipe.js';
import { poetryRecipe } from '../../../../src/dockerfile/recipes/poetry-recipe.js';
import { type Recipe, type RecipeAnswers } from '../../../../src/dockerfile/recipes/recipe.js';
import { setuptoolsRecipe } from '../../../../src/dockerfile/recipes/setuptools-recipe.js';
import { uvRecipe } from '../../../../src/dockerfile/recipes/uv-recipe.js';
import { webAppRecipe } from '../../../../src/dockerfile/recipes/web-app-recipe.js';
import { type DependencySource, type Project } from '../../../../src/project/project.js';
import { sampleAnswers, sampleDependencies, sampleImports, sampleProject, sampleVersion } from './sample-project.js';

/** A project, and what a recipe writes for it: the whole text is in `test/fixtures/dockerfiles/`. */
interface Sample {
  file: string;
  recipe: Recipe;
  project: Project;
  answers: RecipeAnswers;
}

type Of<Kind extends DependencySource['kind']> = Extract<DependencySource, { kind: Kind }>;

/** A requirements file with these lines, of which all are pinned unless something else is said. */
export function pipSample(lines: readonly string[], given: Partial<Of<'pip'>> = {}): Of<'pip'> {
  return {
    kind: 'pip',
    files: ['requirements.txt'],
    requirements: ['requirements.txt'],
    pins: 'versions',
    dependencies: sampleDependencies(...lines),
    ...given,
  };
}

/** A lock file of uv with these packages. */
export function uvSample(lines: readonly string[], given: Partial<Of<'uv'>> = {}): Of<'uv'> {
  return {
    kind: 'uv',
    files: ['uv.lock', 'pyproject.toml'],
    lock: 'uv.lock',
    isPackage: false,
    members: [],
    dependencies: sampleDependencies(...lines),
    ...given,
  };
}

/** An environment of conda without a lock. */
export function condaSample(lines: readonly string[], given: Partial<Of<'conda'>> = {}): Of<'conda'> {
  return {
    kind: 'conda',
    files: ['environment.yml'],
    environment: 'environment.yml',
    explicit: undefined,
    lock: undefined,
    hasPip: false,
    dependencies: sampleDependencies(...lines),
    ...given,
  };
}

/** A project of pixi with a lock. */
export function pixiSample(given: Partial<Of<'pixi'>> = {}): Of<'pixi'> {
  return {
    kind: 'pixi',
    files: ['pixi.lock', 'pixi.toml'],
    manifest: 'pixi.toml',
    lock: 'pixi.lock',
    environments: ['default'],
    dependencies: sampleDependencies('python==3.12.7', 'numpy==2.1.3'),
    ...given,
  };
}

const notebook = { file: 'analysis/figures.ipynb', language: 'python' };

export const samples: readonly Sample[] = [
  {
    file: 'pip',
    recipe: pipRecipe,
    project: sampleProject({
      name: 'tides',
      dependencies: [pipSample(['numpy==2.1.3', 'pandas==2.2.3'])],
      versions: [sampleVersion('python', '3.12.4', '.python-version')],
      files: ['main.py', 'requirements.txt', '.python-version'],
      citation: {
        'cff-version': '1.2.0',
        message: 'Cite it.',
        title: 'Tides at “Norderney” for $5',
        authors: [{ 'given-names': 'Jürgen', 'family-names': 'Müller' }, { name: 'The tide group' }],
        version: '1.0',
        license: 'MIT',
        keywords: [],
      },
      git: { kind: 'commit', commit: 'a'.repeat(40), dirty: false, time: 1, remote: 'https://example.org/tides' },
    }),
    answers: sampleAnswers({ version: '3.12.4' }),
  },
  {
    file: 'pip-hashes',
    recipe: pipRecipe,
    project: sampleProject({ dependencies: [pipSample(['numpy==2.1.3', 'torch==2.6.0'], { pins: 'hashes' })] }),
    answers: sampleAnswers(),
  },
  {
    file: 'pip-unpinned',
    recipe: pipRecipe,
    project: sampleProject({ dependencies: [pipSample(['numpy', 'jax', 'opencv-python'], { pins: 'none' })] }),
    answers: sampleAnswers({ accelerator: 'cuda' }),
  },
  {
    file: 'pip-local',
    recipe: pipRecipe,
    project: sampleProject({
      dependencies: [
        pipSample([], {
          files: ['requirements/main.txt', 'requirements/main.in', 'requirements/base.txt'],
          requirements: ['requirements/main.txt'],
          dependencies: [
            ...sampleDependencies('numpy==2.1.3'),
            { name: '.', version: undefined, extras: [], wheels: undefined },
          ],
        }),
      ],
    }),
    answers: sampleAnswers(),
  },
  {
    file: 'pip-torch-cpu',
    recipe: pipRecipe,
    project: sampleProject({ dependencies: [pipSample(['torch==2.6.0', 'torchvision==0.21.0', 'tqdm==4.67.1'])] }),
    answers: sampleAnswers({ accelerator: 'cpu', command: ['python', 'train.py', '--epochs', '3'] }),
  },
  {
    file: 'pip-torch-rocm',
    recipe: pipRecipe,
    project: sampleProject({ dependencies: [pipSample(['torch==2.6.0', 'tqdm==4.67.1'])] }),
    answers: sampleAnswers({ accelerator: 'rocm', command: ['python', 'train.py'] }),
  },
  {
    file: 'pip-torch-cuda',
    recipe: pipRecipe,
    project: sampleProject({ dependencies: [pipSample(['torch==2.12.0', 'tqdm==4.67.1'])] }),
    answers: sampleAnswers({ accelerator: 'cuda', command: ['python', 'train.py'] }),
  },
  {
    file: 'setuptools',
    recipe: setuptoolsRecipe,
    project: sampleProject({
      dependencies: [
        {
          kind: 'setuptools',
          files: ['pyproject.toml'],
          manifest: 'pyproject.toml',
          dependencies: sampleDependencies('numpy'),
        },
      ],
      files: ['pyproject.toml', 'src/tides/fast.pyx'],
    }),
    answers: sampleAnswers({ command: ['tides'] }),
  },
  {
    file: 'setuptools-dynamic',
    recipe: setuptoolsRecipe,
    project: sampleProject({
      dependencies: [{ kind: 'setuptools', files: ['setup.py'], manifest: 'setup.py', dependencies: [] }],
    }),
    answers: sampleAnswers({ version: '3.9', command: ['tides'] }),
  },
  {
    file: 'uv',
    recipe: uvRecipe,
    project: sampleProject({ dependencies: [uvSample(['numpy==2.1.3', 'jax-cuda12-plugin==0.4.36'])] }),
    answers: sampleAnswers({ accelerator: 'cuda' }),
  },
  {
    file: 'uv-workspace',
    recipe: uvRecipe,
    project: sampleProject({
      dependencies: [uvSample(['numpy==2.1.3'], { isPackage: true, members: ['packages/tides'] })],
    }),
    answers: sampleAnswers({ command: ['uv', 'run', 'tides'] }),
  },
  {
    file: 'uv-without-lock',
    recipe: uvRecipe,
    project: sampleProject({ dependencies: [uvSample(['numpy'], { lock: undefined, isPackage: true })] }),
    answers: sampleAnswers(),
  },
  {
    file: 'poetry',
    recipe: poetryRecipe,
    project: sampleProject({
      dependencies: [
        {
          kind: 'poetry',
          files: ['poetry.lock', 'pyproject.toml'],
          lock: 'poetry.lock',
          isPackage: true,
          dependencies: sampleDependencies('numpy==2.1.3', 'lightgbm==4.6.0'),
        },
      ],
    }),
    answers: sampleAnswers(),
  },
  {
    file: 'pdm',
    recipe: pdmRecipe,
    project: sampleProject({
      dependencies: [
        {
          kind: 'pdm',
          files: ['pdm.lock', 'pyproject.toml'],
          lock: 'pdm.lock',
          isPackage: false,
          dependencies: sampleDependencies('numpy==2.1.3'),
        },
      ],
    }),
    answers: sampleAnswers(),
  },
  {
    file: 'pipenv',
    recipe: pipenvRecipe,
    project: sampleProject({
      dependencies: [
        {
          kind: 'pipenv',
          files: ['Pipfile.lock', 'Pipfile'],
          lock: 'Pipfile.lock',
          dependencies: sampleDependencies('numpy==2.1.3'),
        },
      ],
    }),
    answers: sampleAnswers(),
  },
  {
    file: 'conda',
    recipe: condaRecipe,
    project: sampleProject({
      dependencies: [condaSample(['python=3.11', 'pytorch=2.5.1'], { files: ['environment.yml', 'pip.txt'] })],
    }),
    answers: sampleAnswers({ version: '2.6.2', accelerator: 'cuda' }),
  },
  {
    file: 'conda-lock',
    recipe: condaRecipe,
    project: sampleProject({
      dependencies: [
        condaSample(['python=3.11', 'numpy=2.1.3'], {
          files: ['conda-linux-64.lock', 'environment.yml'],
          explicit: 'conda-linux-64.lock',
        }),
      ],
    }),
    answers: sampleAnswers({ version: '2.6.2' }),
  },
  {
    file: 'pixi',
    recipe: pixiRecipe,
    project: sampleProject({ dependencies: [pixiSample({ environments: ['default', 'prod'] })] }),
    answers: sampleAnswers({ version: '0.73.0' }),
  },
  {
    file: 'pixi-task',
    recipe: pixiRecipe,
    project: sampleProject({
      dependencies: [
        pixiSample({ manifest: 'pyproject.toml', dependencies: sampleDependencies('cuda-version==12.6') }),
      ],
    }),
    answers: sampleAnswers({ version: '0.73.0', accelerator: 'cuda', command: ['pixi', 'run', 'figures'] }),
  },
  {
    file: 'plain-python',
    recipe: plainPythonRecipe,
    project: sampleProject({ files: ['main.py'], imports: sampleImports('jax', 'numpy', 'oddity') }),
    answers: sampleAnswers({ accelerator: 'cuda' }),
  },
  {
    file: 'plain-python-alone',
    recipe: plainPythonRecipe,
    project: sampleProject({ files: ['main.py'] }),
    answers: sampleAnswers({ version: '3.14', command: [] }),
  },
  {
    file: 'notebook',
    recipe: notebookRecipe,
    project: sampleProject({
      dependencies: [pipSample(['numpy==2.1.3'])],
      notebooks: [notebook],
      files: ['requirements.txt', notebook.file],
    }),
    answers: sampleAnswers({ command: [] }),
  },
  {
    file: 'notebook-uv',
    recipe: notebookRecipe,
    project: sampleProject({
      dependencies: [uvSample(['numpy==2.1.3'], { isPackage: true })],
      notebooks: [notebook],
      files: ['uv.lock', notebook.file],
    }),
    answers: sampleAnswers({
      command: ['jupyter', 'nbconvert', '--to', 'notebook', '--execute', '--inplace', notebook.file],
    }),
  },
  {
    file: 'notebook-conda',
    recipe: notebookRecipe,
    project: sampleProject({
      dependencies: [condaSample(['python=3.11', 'numpy=2.1.3'])],
      notebooks: [notebook],
      files: ['environment.yml', notebook.file],
    }),
    answers: sampleAnswers({ version: '2.6.2', command: [] }),
  },
  {
    file: 'web-app',
    recipe: webAppRecipe,
    project: sampleProject({
      dependencies: [pipSample(['flask==3.1.2'])],
      entries: [
        {
          kind: 'web-app',
          command: ['flask', '--app', 'app', 'run', '--host=0.0.0.0'],
          file: 'app.py',
          port: 5000,
          because: 'it is an application of Flask',
        },
      ],
      files: ['requirements.txt', 'app.py'],
    }),
    answers: sampleAnswers({ command: [] }),
  },
  {
    file: 'miniconda',
    recipe: minicondaRecipe,
    project: sampleProject({ dependencies: [pipSample(['jax==0.4.36'])], files: ['requirements.txt', 'run.py'] }),
    answers: sampleAnswers({ version: '24.9.2-0', accelerator: 'cuda', command: ['python', 'run.py'] }),
  },
];
