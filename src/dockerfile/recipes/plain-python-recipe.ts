import { type Dependency } from '../../project/dependency.js';
import { type DependencySource, type Project } from '../../project/project.js';
import { shellLine } from '../../host/shell-line.js';
import { cudaExtras, gpuVariables, openAccelerators, torchFirst } from './gpu-wheels.js';
import { knownVersion } from './known-versions.js';
import { torchPart } from './pip-recipe.js';
import { isoDay } from './parts.js';
import { pythonBase, pythonVersions } from './python-base.js';
import { type PythonEnvironment, writePython } from './python-environment.js';
import { type Fit, type Recipe, type RecipeAnswers, type Written } from './recipe.js';
import { systemPart } from './system-packages.js';
import { asOf, furtherPart, uvPart, uvRun, uvVariables } from './uv-part.js';

/** Kinds of sources that say what packages of Python a project needs. */
const ofPython: readonly DependencySource['kind'][] = [
  'pip',
  'uv',
  'poetry',
  'pdm',
  'pipenv',
  'setuptools',
  'conda',
  'pixi',
];

/** Python without a file that says what it depends on: the packages that its code imports. */
export const plainPythonRecipe: Recipe = {
  id: 'plain-python',
  title: 'Plain Python',
  summary: 'Python with the packages that the code imports, for a project that does not say what it needs.',
  versionOf: 'Python',
  fit,
  versions: pythonVersions,
  accelerators: (project) => openAccelerators(importedPackages(project), 'the code'),
  write: (project, answers) => writePython(project, answers, plainEnvironment(project, answers)),
};

function fit(project: Project): Fit | undefined {
  const hasCode =
    project.listing.files.some((file) => file.endsWith('.py')) ||
    project.notebooks.some(({ language }) => language === 'python');
  if (!hasCode || project.dependencies.some(({ kind }) => ofPython.includes(kind))) return undefined;
  const names = project.imports.map(({ name }) => name);
  const because =
    names.length === 0
      ? 'its code needs nothing but Python'
      : `its code imports ${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''}`;
  return { degree: 'possible', because };
}

/** The environment of what the code imports, in versions that go together. */
export function plainEnvironment(project: Project, answers: RecipeAnswers): PythonEnvironment {
  const dependencies = importedPackages(project, answers.version);
  const torch = torchFirst(answers.accelerator, dependencies);
  const extras = cudaExtras(answers.accelerator, dependencies);
  const open = dependencies.filter(({ version }) => version === undefined).map(({ name }) => name);
  const plain = dependencies.filter(({ name }) => !extras.some((extra) => extra.startsWith(`${name}[`)));
  const words = [
    ...plain.map(({ name, version }) => (version === undefined ? name : `${name}==${version}`)),
    ...extras,
  ];
  return {
    kind: 'Python with the packages that its code imports',
    begin: pythonBase(answers.version),
    variables: [...(words.length === 0 ? [] : uvVariables), ...gpuVariables(answers.accelerator, dependencies)],
    parts: [
      systemPart(project.listing.files, dependencies, answers.snapshot),
      words.length === 0 ? '' : uvPart,
      torch === undefined ? '' : torchPart(torch),
      words.length === 0
        ? ''
        : [
            `# The packages that the code imports, and what these need, as of ${isoDay(answers.snapshot)}.`,
            ...(open.length === 0
              ? []
              : [
                  `# The newest of that day, as nothing tells which version the code was written with: ${open.join(', ')}.`,
                ]),
            uvRun(
              `uv pip install ${asOf(answers.snapshot)} ${words.map((word) => shellLine([word])).join(' \\\n      ')}`,
            ),
          ].join('\n'),
    ],
    has: new Set(dependencies.map(({ name }) => name)),
    further: (packages, because) =>
      words.length === 0
        ? [uvPart, '', furtherPart(packages, answers.snapshot, because, '--system --compile-bytecode')].join('\n')
        : furtherPart(packages, answers.snapshot, because),
    install: '',
    owner: undefined,
    hints: hintsFor(dependencies, open, answers.snapshot),
    ignored: [],
  };
}

function hintsFor(dependencies: readonly Dependency[], open: readonly string[], snapshot: string): Written['hints'] {
  if (dependencies.length === 0) return [];
  const unknown = open.length === 0 ? '' : ` Those of ${open.join(', ')} are the newest of ${isoDay(snapshot)}.`;
  return [
    {
      message: `Nothing says which versions of its packages the code was written with; the image gets common ones.${unknown} A requirements file says it.`,
      command: 'pip freeze > requirements.txt',
    },
  ];
}

/** What the code imports, with the versions that are known. @param python which they are for; without it no versions */
function importedPackages({ imports }: Project, python?: string): Dependency[] {
  const names = [...new Set(imports.map(({ name }) => name))];
  return names.map((name) => ({
    name,
    version: python === undefined ? undefined : knownVersion(name, python),
    extras: [],
    wheels: undefined,
  }));
}
