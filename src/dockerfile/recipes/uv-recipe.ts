import { type DependencySource, type Project } from '../../project/project.js';
import { shellLine } from '../../host/shell-line.js';
import { copyInPlace } from './copy-line.js';
import { gpuVariables, lockedAccelerators } from './gpu-wheels.js';
import { isoDay } from './parts.js';
import { pythonBase, pythonVersions } from './python-base.js';
import { pinsCount, type PythonEnvironment, writePython } from './python-environment.js';
import { type Recipe, type RecipeAnswers } from './recipe.js';
import { systemPart } from './system-packages.js';
import { asOf, furtherPart, uvPart, uvRun } from './uv-part.js';

type UvSource = Extract<DependencySource, { kind: 'uv' }>;

/** uv with its lock file (https://docs.astral.sh/uv/guides/integration/docker/). */
export const uvRecipe: Recipe = {
  id: 'uv',
  title: 'uv',
  summary: 'Python with exactly the packages that uv.lock names.',
  versionOf: 'Python',
  fit: (project) => {
    const source = sourceOf(project);
    if (source === undefined) return undefined;
    const because =
      source.lock === undefined ? 'pyproject.toml is one of uv' : pinsCount(source.lock, source.dependencies.length);
    return { degree: 'made', because };
  },
  versions: pythonVersions,
  accelerators: (project) => {
    const source = sourceOf(project);
    return lockedAccelerators(source?.dependencies ?? [], source?.lock ?? 'pyproject.toml');
  },
  write: (project, answers) => {
    const source = sourceOf(project);
    if (source === undefined) throw new Error('the project is not one of uv');
    return writePython(project, answers, uvEnvironment(project, answers, source));
  },
};

const variables = [
  'UV_PYTHON=/usr/local/bin/python',
  'UV_PYTHON_DOWNLOADS=never',
  'UV_PROJECT_ENVIRONMENT=/opt/venv',
  'UV_COMPILE_BYTECODE=1',
  'UV_LINK_MODE=copy',
  'UV_NO_DEV=1',
  'UV_NO_SYNC=1',
  'VIRTUAL_ENV=/opt/venv',
  'PATH="/opt/venv/bin:$PATH"',
];

/** The environment that uv makes. */
export function uvEnvironment(project: Project, answers: RecipeAnswers, source: UvSource): PythonEnvironment {
  const { lock, members, dependencies } = source;
  // PyTorch's own indexes do not say when their files were published; uv would leave out all of them.
  const undated = dependencies.filter(({ wheels }) => wheels !== undefined).map(({ name }) => name);
  const date = [asOf(answers.snapshot), ...undated.map((name) => `--exclude-newer-package ${name}=false`)].join(' ');
  // The files of members and other folders, without which a lock cannot be compared with what they ask for, come later.
  const folders = dependencies.filter(({ from }) => from === 'folder').map(({ name }) => name);
  const hasFolders = members.length > 0 || folders.length > 0;
  const early = lock === undefined ? date : hasFolders ? '--frozen' : '--locked';
  const late = lock === undefined ? date : '--locked';
  const without = [
    members.length > 0 ? '--no-install-workspace' : '--no-install-project',
    ...folders.map((name) => `--no-install-package ${shellLine([name])}`),
  ].join(' ');
  const needsOwn = source.isPackage || hasFolders;
  // Nothing says what the members of a workspace need before their files are there.
  const isOpen = lock === undefined && hasFolders;
  return {
    kind: `Python with the packages of ${lock ?? 'pyproject.toml'}`,
    begin: pythonBase(answers.version),
    variables: [...variables, ...gpuVariables(answers.accelerator, dependencies)],
    parts: [
      systemPart(project.listing.files, dependencies, answers.snapshot),
      uvPart,
      isOpen
        ? '# An environment for the packages of the project.\nRUN uv venv /opt/venv'
        : [
            lock === undefined
              ? `# The packages of the project, as of ${isoDay(answers.snapshot)}.`
              : `# The packages of ${lock}, each compared with its checksum.`,
            '# Installed again only when one of these files changes; what is downloaded is kept for that, not in the image.',
            copyInPlace(lock === undefined ? ['pyproject.toml'] : ['pyproject.toml', lock]),
            uvRun(`uv sync ${early} ${without}`),
          ].join('\n'),
    ],
    has: new Set(dependencies.map(({ name }) => name)),
    further: (packages, because) => furtherPart(packages, answers.snapshot, because, '--python /opt/venv'),
    install: needsOwn
      ? [
          isOpen
            ? `# The packages of the project, as of ${isoDay(answers.snapshot)}, and the project itself.`
            : '# The project itself, which its own code imports as a package.',
          uvRun(`uv sync ${late} --inexact`),
        ].join('\n')
      : '',
    owner: undefined,
    hints:
      lock === undefined
        ? [
            {
              message: `There is no uv.lock. The image gets the versions of ${isoDay(answers.snapshot)}; a lock file says which they are.`,
              command: 'uv lock',
            },
          ]
        : [],
    ignored: [],
  };
}

function sourceOf({ dependencies }: Project): UvSource | undefined {
  return dependencies.find((source) => source.kind === 'uv');
}
