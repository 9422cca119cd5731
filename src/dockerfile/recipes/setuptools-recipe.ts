import { type DependencySource, type Project } from '../../project/project.js';
import { copyInPlace } from './copy-line.js';
import { gpuVariables, openAccelerators, torchFirst, cudaExtras } from './gpu-wheels.js';
import { torchPart } from './pip-recipe.js';
import { isoDay } from './parts.js';
import { pythonBase, pythonVersions } from './python-base.js';
import { type PythonEnvironment, writePython } from './python-environment.js';
import { type Recipe, type RecipeAnswers } from './recipe.js';
import { shellLine } from '../../host/shell-line.js';
import { systemPart } from './system-packages.js';
import { asOf, furtherPart, uvPart, uvRun, uvVariables } from './uv-part.js';

type SetuptoolsSource = Extract<DependencySource, { kind: 'setuptools' }>;

/** A package of Python that is installed as it is (https://packaging.python.org/en/latest/specifications/pyproject-toml/). */
export const setuptoolsRecipe: Recipe = {
  id: 'setuptools',
  title: 'Python package',
  summary: 'The project as a package of Python, with all that it says it needs.',
  versionOf: 'Python',
  fit: (project) => {
    const source = sourceOf(project);
    return source === undefined ? undefined : { degree: 'made', because: `${source.manifest} makes it a package` };
  },
  versions: pythonVersions,
  accelerators: (project) => {
    const source = sourceOf(project);
    return openAccelerators(source?.dependencies ?? [], source?.manifest ?? '');
  },
  write: (project, answers) => {
    const source = sourceOf(project);
    if (source === undefined) throw new Error('the project is no package');
    return writePython(project, answers, setuptoolsEnvironment(project, answers, source));
  },
};

/** The environment of a package that is installed with what its manifest names. */
export function setuptoolsEnvironment(
  project: Project,
  answers: RecipeAnswers,
  { manifest, dependencies }: SetuptoolsSource,
): PythonEnvironment {
  const torch = torchFirst(answers.accelerator, dependencies);
  const extras = cudaExtras(answers.accelerator, dependencies);
  // What is worked out by code of the project cannot be known before its files are there.
  const isStatic = manifest === 'pyproject.toml' && dependencies.every(({ name }) => !name.includes('dynamic'));
  const date = asOf(answers.snapshot);
  return {
    kind: `a package of Python, as ${manifest} describes it`,
    begin: pythonBase(answers.version),
    variables: [...uvVariables, ...gpuVariables(answers.accelerator, dependencies)],
    parts: [
      systemPart(project.listing.files, dependencies, answers.snapshot),
      uvPart,
      torch === undefined ? '' : torchPart(torch),
      isStatic
        ? [
            `# What ${manifest} says the project needs, as of ${isoDay(answers.snapshot)}.`,
            '# Installed again only when that file changes; what is downloaded is kept for that, not in the image.',
            copyInPlace([manifest]),
            uvRun(`uv pip install ${date} ${shellLine(['--requirement', manifest, ...extras])}`),
          ].join('\n')
        : '',
    ],
    has: new Set(dependencies.map(({ name }) => name)),
    further: (packages, because) => furtherPart(packages, answers.snapshot, because),
    install: [
      isStatic
        ? '# The project itself; what it needs is there already.'
        : `# The project and what it needs, which only its own files say, as of ${isoDay(answers.snapshot)}.`,
      uvRun(`uv pip install ${date} ${isStatic ? '--no-deps .' : shellLine(['.', ...extras])}`),
    ].join('\n'),
    owner: undefined,
    hints: [
      {
        message: `${manifest} allows many versions of what it needs. The image gets those of ${isoDay(answers.snapshot)}; a lock file says which they are.`,
        command: manifest === 'pyproject.toml' ? 'uv lock' : 'pip freeze > requirements.txt',
      },
    ],
    ignored: [],
  };
}

function sourceOf({ dependencies }: Project): SetuptoolsSource | undefined {
  return dependencies.find((source) => source.kind === 'setuptools');
}
