import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import {
  defaultAnswers,
  type GeneratedFiles,
  generateFiles,
  type Suggestion,
  suggestRecipes,
} from '../../../src/dockerfile/create-dockerfile.js';
import { type Instruction, parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { referencesToPin } from '../../../src/dockerfile/pin-references.js';
import { recipes } from '../../../src/dockerfile/recipes/recipes.js';
import { judgeDockerfile } from '../../../src/dockerfile/rules/judge.js';
import { Patterns, readIgnoreFile } from '../../../src/host/ignore-patterns.js';
import { lockConflict } from '../../../src/project/ambiguity.js';
import { detectProject } from '../../../src/project/detect-project.js';
import { listProject } from '../../../src/project/listing.js';
import { type Project } from '../../../src/project/project.js';

const forever = new AbortController().signal;
const snapshot = '20261124';
const digest = `sha256:${'0a'.repeat(32)}`;

interface Case {
  /** Of the folder in `test/fixtures/projects/`. */
  name: string;
  /** Of the recipe that is to be proposed first. */
  recipe: string;
  degree?: 'made' | 'possible';
  /** The CMD. */
  command: readonly string[];
  /** Rules that are not kept, since the project has no lock file that would. */
  unpinned?: readonly string[];
  /** What stands in the Dockerfile. */
  has?: readonly RegExp[];
  /** What is advised. */
  hints?: readonly RegExp[];
}

const cases: readonly Case[] = [
  {
    name: 'binder-study',
    recipe: 'repo2docker',
    command: ['jupyter', 'lab', '--ip=0.0.0.0', '--port=8888', '--no-browser'],
    unpinned: ['conda-without-lock'],
    has: [/^FROM buildpack-deps:bookworm@sha256:/m, /^EXPOSE 8888$/m],
    hints: [/A lock file pins each of them/],
  },
  {
    name: 'cmake-study',
    recipe: 'cuda-source',
    command: ['wave-solver'],
    has: [/^FROM nvidia\/cuda:12\.8\.1-devel-ubuntu24\.04@sha256:\S+ AS build$/m],
  },
  {
    name: 'conda-explicit-study',
    recipe: 'conda',
    command: ['python', 'horizons.py'],
    has: [/^COPY conda-linux-64\.lock \.\/$/m, /--file conda-linux-64\.lock/],
  },
  {
    name: 'conda-package-study',
    recipe: 'conda',
    command: ['python', 'peatlands/depths.py'],
    unpinned: ['conda-without-lock'],
    has: [
      /--file environment\.packages\.yml /,
      /^ARG SETUPTOOLS_SCM_PRETEND_VERSION=1\.4\.0\n\n# The folders of the project.*\n.*\n.* pip install --editable \.$/m,
    ],
    hints: [/allows many versions/],
  },
  {
    name: 'conda-study',
    recipe: 'notebook',
    command: ['papermill', '--kernel', 'python3', 'lakes.ipynb', 'figures/lakes.ipynb'],
    unpinned: ['conda-without-lock'],
    hints: [/allows many versions/],
  },
  {
    name: 'cpp-study',
    recipe: 'cmake',
    command: ['ising'],
    has: [/libeigen3-dev/, /^FROM debian:bookworm-slim@sha256:\S+ AS build$/m],
  },
  {
    name: 'git-study',
    recipe: 'pip',
    command: ['python', 'neighbours.py'],
    has: [/^# To get pynndescent from a repository it takes git\.$/m, /^ {6}git \\$/m],
  },
  {
    name: 'jax-study',
    recipe: 'pip',
    command: ['python', 'train.py'],
    has: [/NVIDIA_VISIBLE_DEVICES=all/, /NVIDIA_REQUIRE_CUDA="cuda>=12\.0"/],
  },
  { name: 'julia-study', recipe: 'julia', command: ['julia', '--project=.', 'main.jl'] },
  {
    name: 'misspelt-study',
    recipe: 'plain-python',
    degree: 'possible',
    command: ['python', 'lengths.py'],
    hints: [/A requirements file says it/],
  },
  {
    name: 'notebook-study',
    recipe: 'notebook',
    command: ['papermill', '--kernel', 'python3', 'swell.ipynb', 'figures/swell.ipynb'],
    has: [/papermill==/],
  },
  {
    name: 'package-study',
    recipe: 'setuptools',
    command: ['pollen'],
    has: [/--no-deps \.$/m],
    hints: [/a lock file says which they are/],
  },
  {
    name: 'pdm-study',
    recipe: 'pdm',
    command: ['python', 'count.py'],
    has: [/^COPY pyproject\.toml pdm\.lock \.\/$/m, /pdm sync --prod --no-self$/m],
  },
  { name: 'pip-study', recipe: 'pip', command: ['python', 'main.py'] },
  { name: 'pip-tools-study', recipe: 'pip', command: ['python', 'analyse.py'], has: [/--require-hashes/] },
  {
    name: 'pipenv-study',
    recipe: 'pipenv',
    command: ['python', 'rank.py'],
    has: [/^COPY Pipfile Pipfile\.lock \.\/$/m],
  },
  {
    name: 'pixi-package-study',
    recipe: 'pixi',
    command: ['python', 'src/moraines/survey.py'],
    has: [/^COPY pyproject\.toml pixi\.lock \.\/\n(?:#.*\n)*RUN .*\n.* pixi install --frozen --skip moraines /m],
  },
  { name: 'pixi-study', recipe: 'pixi', command: ['python', 'melt.py'] },
  {
    name: 'plain-study',
    recipe: 'plain-python',
    degree: 'possible',
    command: ['python', 'fit.py'],
    has: [/scikit-learn==/, /output="\/project\/figures"/],
    hints: [/A requirements file says it/],
  },
  { name: 'poetry-study', recipe: 'poetry', command: ['warblers'] },
  {
    name: 'r-study',
    recipe: 'r',
    command: ['Rscript', 'analysis.R'],
    has: [/^FROM rocker\/r-ver:4\.5\.3@sha256:/m],
    hints: [/renv|lock file/],
  },
  {
    name: 'r-scripts-study',
    recipe: 'r',
    degree: 'possible',
    command: ['Rscript', '-e', 'rmarkdown::render("gulls.Rmd", output_dir = "results", intermediates_dir = tempdir())'],
    has: [/ -e 'install\.packages\(c\("dplyr", "ggplot2", "rmarkdown", "tibble"\)\)'/, / pandoc /],
    hints: [/lock file/],
  },
  { name: 'renv-study', recipe: 'renv', command: ['Rscript', 'analysis.R'] },
  {
    name: 'torch-cpu-study',
    recipe: 'pip',
    command: ['python', 'classify.py'],
    has: [/^(?![^]*NVIDIA_)/],
  },
  { name: 'two-locks-study', recipe: 'uv', command: ['python', 'flowers.py'] },
  { name: 'uv-study', recipe: 'uv', command: ['tides'] },
  {
    name: 'versioned-study',
    recipe: 'setuptools',
    command: ['tree-rings'],
    has: [/^ARG SETUPTOOLS_SCM_PRETEND_VERSION=0\.0\.0\n\n# The project itself/m],
    hints: [/a lock file says which they are/, /^setuptools-scm reads the version/],
  },
  {
    name: 'web-study',
    recipe: 'web-app',
    command: ['python', 'app.py'],
    has: [/^EXPOSE 5000$/m],
  },
];

/** What is found in a folder of fixtures. */
async function projectOf(name: string): Promise<Project> {
  return detectProject(await listProject(`test/fixtures/projects/${name}`));
}

/** What is written where all that is asked is answered as proposed, and each image has a digest. */
async function filesFor(project: Project, { recipe }: Pick<Suggestion, 'recipe'>): Promise<GeneratedFiles> {
  const answers = defaultAnswers(project, recipe, {}, snapshot);
  return generateFiles(project, recipe, answers, () => Promise.resolve(digest), forever);
}

/** The rules that are not kept. */
function brokenRules(project: Project, { dockerfile: text, dockerignore }: GeneratedFiles): string[] {
  const platforms = ['linux/amd64'];
  const judged = judgeDockerfile({ text, dockerfile: parseDockerfile(text), platforms, project, dockerignore });
  return judged.findings.map(({ rule }) => rule);
}

/** What the instructions copy from the project. */
function copied(instructions: readonly Instruction[]): string[] {
  return instructions
    .filter(({ keyword, flags }) => keyword === 'COPY' && !flags.some(({ name }) => name === 'from'))
    .flatMap(({ arguments: words }) => words.split(/\s+/).slice(0, -1))
    .map((source) => posix.normalize(source));
}

describe('a Dockerfile for a folder', () => {
  for (const { name, recipe, degree = 'made', command, unpinned = [], has = [], hints = [] } of cases) {
    it(`is right for ${name}`, async () => {
      const project = await projectOf(name);
      const [first] = suggestRecipes(project);
      assert.ok(first !== undefined);
      assert.deepEqual([first.recipe.id, first.fit.degree], [recipe, degree]);
      assert.deepEqual(project.problems, []);

      const files = await filesFor(project, first);
      const { instructions } = parseDockerfile(files.dockerfile);
      assert.deepEqual(
        DockerfileParser.parse(files.dockerfile)
          .getInstructions()
          .map((instruction) => instruction.getKeyword()),
        instructions.map(({ keyword }) => keyword),
      );
      assert.deepEqual([files.unpinned, referencesToPin(files.dockerfile)], [[], []]);
      assert.equal(instructions.at(-1)?.text, `CMD [${command.map((word) => JSON.stringify(word)).join(', ')}]`);
      assert.deepEqual(brokenRules(project, files), unpinned);
      for (const pattern of has) assert.match(files.dockerfile, pattern);
      assert.equal(files.hints.length, hints.length);
      for (const [index, pattern] of hints.entries()) assert.match(files.hints[index]?.message ?? '', pattern);

      const ignored = new Patterns(readIgnoreFile(files.dockerignore));
      const isIgnored = (file: string): boolean => ignored.match(file, undefined).matches;
      const named = copied(instructions).filter((source) => source !== '.');
      for (const file of named) assert.ok(project.listing.files.includes(file) && !isIgnored(file), file);
      // Whatever is run is there, too.
      for (const file of command.filter((word) => project.listing.files.includes(word))) assert.ok(!isIgnored(file));
      for (const folder of ['.git', '.research-containers', '.venv']) assert.ok(isIgnored(`${folder}/file`), folder);
    });
  }

  it('is tried with each recipe', () => {
    const tried = new Set(cases.map(({ recipe }) => recipe));
    const others = recipes.filter(({ id }) => !tried.has(id)).map(({ id }) => id);
    assert.deepEqual(others, ['miniconda']);
  });

  it('can begin with Miniconda, where that is chosen', async () => {
    const project = await projectOf('jax-study');
    const suggestion = suggestRecipes(project).find(({ recipe }) => recipe.id === 'miniconda');
    assert.equal(suggestion?.fit.degree, 'possible');
    const files = await filesFor(project, suggestion);
    assert.match(files.dockerfile, /^FROM continuumio\/miniconda3:[\d.-]+@sha256:/m);
    assert.deepEqual(brokenRules(project, files), []);
    assert.ok(files.hints.some(({ message }) => message.includes('licence')));
  });

  it('is not guessed where a folder holds several projects', async () => {
    const project = await projectOf('monorepo-study');
    assert.deepEqual([project.dependencies, project.subprojects], [[], ['lakes', 'rivers']]);
    const first = async (name: string): Promise<string | undefined> =>
      suggestRecipes(await projectOf(`monorepo-study/${name}`))[0]?.recipe.id;
    assert.deepEqual(await Promise.all(project.subprojects.map(first)), ['pip', 'julia']);
  });

  it('is not guessed where two lock files pin the packages', async () => {
    const conflict = lockConflict(await projectOf('two-locks-study'));
    assert.deepEqual(
      conflict?.map(({ files: [file] }) => file),
      ['uv.lock', 'poetry.lock'],
    );
  });

  it('is preceded by a word on a file whose name is misspelt', async () => {
    const { misspelt } = await projectOf('misspelt-study');
    assert.deepEqual(misspelt, [{ file: 'requirments.txt', meant: 'requirements.txt' }]);
  });
});
