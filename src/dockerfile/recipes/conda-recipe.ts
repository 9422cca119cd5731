import { type DependencySource, type Project } from '../../project/project.js';
import { copyInPlace } from './copy-line.js';
import { acceleratorChoice, cudaOf, gpuVariables, lockedAccelerators } from './gpu-wheels.js';
import { ownFolders, timePart } from './parts.js';
import { timeless } from './python-base.js';
import { pinsCount, type PythonEnvironment, writePython } from './python-environment.js';
import { type Accelerator, type Choice, type Recipe, type RecipeAnswers, type Written } from './recipe.js';
import { shellLine } from '../../host/shell-line.js';
import { systemPart } from './system-packages.js';

type CondaSource = Extract<DependencySource, { kind: 'conda' }>;

/** Whoever the image of micromamba brings to run programs as. */
const owner = 'mambauser';

/** What conda calls the platforms of images. */
const condaPlatforms: ReadonlyMap<string, string> = new Map([
  ['linux/amd64', 'linux-64'],
  ['linux/arm64', 'linux-aarch64'],
  ['linux/ppc64le', 'linux-ppc64le'],
]);

/** The CUDA that packages are chosen for where the project names none, such as `12.6`. */
const usualCuda = '12.6';

/** The release of micromamba that environments are made with. */
export const micromambaVersion = '2.6.2';

/** conda's packages by micromamba (https://micromamba-docker.readthedocs.io). */
export const condaRecipe: Recipe = {
  id: 'conda',
  title: 'conda',
  summary: 'The packages of environment.yml, installed by micromamba.',
  versionOf: 'micromamba',
  fit: (project) => {
    const source = sourceOf(project);
    if (source === undefined) return undefined;
    const lock = source.lock ?? source.explicit;
    const because =
      lock === undefined
        ? `${source.environment ?? 'environment.yml'} says which packages it needs`
        : pinsCount(lock, source.dependencies.length);
    return { degree: 'made', because };
  },
  versions: () => [{ value: micromambaVersion, label: `micromamba ${micromambaVersion}`, because: undefined }],
  accelerators,
  write: (project, answers) => {
    const source = sourceOf(project);
    if (source === undefined) throw new Error('there is no environment of conda');
    return writePython(project, answers, condaEnvironment(answers, source));
  },
};

/** The environment that micromamba makes. */
export function condaEnvironment(answers: RecipeAnswers, source: CondaSource): PythonEnvironment {
  const { dependencies, hasPip, environment } = source;
  const file = fileFor(source, answers.platforms);
  const folders = file === environment ? source.folders : undefined;
  return {
    kind: `the packages of ${file}`,
    begin: [
      '# micromamba, which installs packages of conda, on Debian.',
      `FROM mambaorg/micromamba:${answers.version}`,
      '',
      '# root installs what follows, for all users.',
      'USER root',
    ].join('\n'),
    variables: ['PATH="/opt/conda/bin:$PATH"', ...gpuVariables(answers.accelerator, dependencies)],
    parts: [
      // Packages of conda bring what they need; those of pip do not.
      systemPart(
        [],
        hasPip ? dependencies.filter(({ name, from }) => name.startsWith('opencv-') || from === 'git') : [],
        answers.snapshot,
      ),
      [
        `# The packages of ${file}. They are installed again only when it changes; what is downloaded is kept for that.`,
        copyInPlace([file, ...included(source, file)]),
        ...(folders === undefined ? [] : withoutFolders(file, folders)),
        condaRun(
          `install --yes --name base --file ${shellLine([folders === undefined ? file : othersOf(file)])}`,
          source,
          answers,
        ),
      ].join('\n'),
    ],
    has: new Set(dependencies.map(({ name }) => name)),
    further: (packages, because) =>
      [
        `# ${because}.`,
        condaRun(
          `install --yes --name base --channel conda-forge --freeze-installed ${shellLine(packages.map((each) => each.replace('==', '=')))}`,
          source,
          answers,
        ),
      ].join('\n'),
    install: folders === undefined ? '' : foldersPart(folders),
    owner: {
      name: owner,
      part: [
        timePart,
        '',
        '# The program runs as a user without special rights, who may write into the folder for results.',
        `RUN ${ownFolders(answers, owner)}`,
      ].join('\n'),
    },
    hints: hintsFor(source, file, answers.platforms),
    ignored: [],
  };
}

/** Which of the files is installed: a list for one platform serves no other. */
function fileFor({ environment, explicit, lock, files }: CondaSource, platforms: readonly string[]): string {
  const only = platforms.every((platform) => platform === 'linux/amd64') ? explicit : undefined;
  return lock ?? only ?? environment ?? explicit ?? files[0] ?? 'environment.yml';
}

/** Requirements files that an environment's file names in its list for pip. */
function included({ environment, explicit, lock, files }: CondaSource, file: string): string[] {
  if (file !== environment) return [];
  return files.filter((name) => name !== environment && name !== explicit && name !== lock);
}

type Folders = NonNullable<CondaSource['folders']>;

/** An environment's file beside itself, so that what it includes is still found. */
function othersOf(file: string): string {
  return file.replace(/(\.\w+)$/, '.packages$1');
}

/** Lines that name folders of the project wait until its files are there; micromamba takes no empty list for pip. */
function withoutFolders(file: string, { areAll }: Folders): string[] {
  const lines = [`'/${folderLine}/d'`, ...(areAll ? ["'/^ *- *pip: *$/d'"] : [])];
  const expressions = lines.map((line) => `--expression=${line}`).join(' ');
  return [
    '# Without the lines that name folders of the project, whose files come later.',
    `RUN sed --regexp-extended ${expressions} ${shellLine([file])} > ${shellLine([othersOf(file)])}`,
  ];
}

/** As sed reads it, within single quotes. */
const folderLine = String.raw`^ *- *"?((-e|--editable)[ =]*)?"?(file:)?\.{1,2}(["/[ ]|$)`;

function foldersPart({ lines }: Folders): string {
  const words = lines.flatMap((line) => {
    const [, option, folder = ''] = /^((?:-e|--editable)[\s=]*)?["']?(.*?)["']?$/.exec(line) ?? [];
    return option === undefined ? [folder] : ['--editable', folder];
  });
  return [
    '# The folders of the project that its list for pip names.',
    'RUN --mount=type=cache,target=/root/.cache/pip \\',
    `    ${timeless} pip install ${shellLine(words)}`,
  ].join('\n');
}

/** A step with micromamba; what it notes of the time is taken out. */
function condaRun(command: string, { dependencies, hasPip }: CondaSource, { accelerator }: RecipeAnswers): string {
  // A builder has no GPU that packages could be chosen by.
  const cuda = accelerator === 'cuda' ? `CONDA_OVERRIDE_CUDA=${cudaOf(dependencies) ?? usualCuda} ` : '';
  return [
    `RUN --mount=type=cache,target=/opt/conda/pkgs ${hasPip ? '--mount=type=cache,target=/root/.cache/pip ' : ''}\\`,
    `    ${timeless} ${cuda}micromamba ${command} \\`,
    ' && truncate --size=0 /opt/conda/conda-meta/history',
  ].join('\n');
}

function accelerators(project: Project): Choice<Accelerator>[] {
  const source = sourceOf(project);
  if (source === undefined) return [acceleratorChoice('cpu')];
  const file = fileFor(source, ['linux/amd64']);
  const locked = lockedAccelerators(source.dependencies, file);
  const asksForGpu = locked.some(({ value }) => value === 'cuda');
  const isOpen = source.lock === undefined && source.explicit === undefined;
  const hasBoth = source.dependencies.some(({ name }) => ['pytorch', 'jax', 'jaxlib', 'tensorflow'].includes(name));
  if (asksForGpu || !isOpen || !hasBoth) return locked;
  return [...locked, acceleratorChoice('cuda', 'its packages are also built for it')];
}

function hintsFor(
  { environment, lock, explicit }: CondaSource,
  file: string,
  platforms: readonly string[],
): Written['hints'] {
  if (lock !== undefined || file === explicit) return [];
  return [
    {
      message: `${environment ?? file} allows many versions of what it needs, so that each build may get others. A lock file pins all of them.`,
      command: shellLine([
        ...['conda-lock', 'lock', '--file', environment ?? file],
        ...platforms.flatMap((platform) => ['--platform', condaPlatforms.get(platform) ?? 'linux-64']),
      ]),
    },
  ];
}

function sourceOf({ dependencies }: Project): CondaSource | undefined {
  return dependencies.find((source) => source.kind === 'conda');
}
