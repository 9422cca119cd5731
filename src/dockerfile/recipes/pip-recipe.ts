import { shellLine } from '../../host/shell-line.js';
import { type DependencySource, type Project } from '../../project/project.js';
import { copyInPlace } from './copy-line.js';
import {
  acceleratorChoice,
  cudaExtras,
  gpuVariables,
  lockedAccelerators,
  openAccelerators,
  torchFirst,
} from './gpu-wheels.js';
import { isoDay } from './parts.js';
import { pythonBase, pythonVersions, timeless } from './python-base.js';
import { pinsCount, type PythonEnvironment, writePython } from './python-environment.js';
import { type Accelerator, type Choice, type Recipe, type RecipeAnswers, type Written } from './recipe.js';
import { systemPart } from './system-packages.js';
import { asOf, furtherPart, uvPart, uvRun, uvVariables } from './uv-part.js';

type PipSource = Extract<DependencySource, { kind: 'pip' }>;

/** pip with requirements files (https://pip.pypa.io/en/stable/reference/requirements-file-format/). */
export const pipRecipe: Recipe = {
  id: 'pip',
  title: 'pip',
  summary: 'Python with the packages of a requirements file.',
  versionOf: 'Python',
  fit: (project) => {
    const [source] = sourcesOf(project);
    if (source === undefined) return undefined;
    const file = source.requirements.join(' and ');
    const count = source.dependencies.length;
    const because =
      source.pins === 'none' ? `${file} says which packages it needs, not all in one version` : pinsCount(file, count);
    return { degree: 'made', because };
  },
  versions: pythonVersions,
  accelerators,
  write: (project, answers) => {
    const [source] = sourcesOf(project);
    if (source === undefined) throw new Error('there is no requirements file');
    return writePython(project, answers, pipEnvironment(project, answers, source));
  },
};

/** The environment that requirements files describe. @param first the source to use where there is only one */
export function pipEnvironment(project: Project, answers: RecipeAnswers, first: PipSource): PythonEnvironment {
  const source = variantFor(project, answers.accelerator) ?? first;
  const { requirements, dependencies, pins } = source;
  const isOpen = pins !== 'hashes';
  const torch = isOpen ? torchFirst(answers.accelerator, dependencies) : undefined;
  const extras = isOpen ? cudaExtras(answers.accelerator, dependencies) : [];
  const usesUv = pins === 'none' && dependencies.every(({ wheels }) => wheels === undefined);
  const local = dependencies.map(({ name }) => name).filter(isLocal);
  const install = usesUv
    ? (words: string) => uvRun(`uv pip install ${asOf(answers.snapshot)} ${words}`)
    : (words: string) => pipRun(`${pins === 'hashes' ? '--require-hashes ' : ''}${words}`);
  const given = shellLine([...requirements.flatMap((file) => ['--requirement', file]), ...extras]);
  return {
    kind: `Python with the packages of ${requirements.join(', ')}`,
    begin: pythonBase(answers.version),
    variables: [...(usesUv ? uvVariables : pipVariables), ...gpuVariables(answers.accelerator, dependencies)],
    parts: [
      systemPart(project.listing.files, dependencies, answers.snapshot),
      usesUv ? uvPart : '',
      torch === undefined ? '' : torchPart(torch),
      [
        ...packagesComment(source, answers, usesUv),
        copyInPlace(copied(source)),
        local.length > 0 ? withoutLocal(requirements, extras, install) : install(given),
      ].join('\n'),
    ],
    has: new Set(dependencies.map(({ name }) => name)),
    further: (packages, because) =>
      usesUv
        ? furtherPart(packages, answers.snapshot, because)
        : [uvPart, '', furtherPart(packages, answers.snapshot, because, '--system --compile-bytecode')].join('\n'),
    install: local.length > 0 ? localPart(local, usesUv ? install : pipRun) : '',
    owner: undefined,
    hints: hintsFor(source, answers),
    ignored: [],
  };
}

/** The step that installs PyTorch for one kind of hardware, before others can ask for it. */
export function torchPart({ index, requirements }: { index: string; requirements: readonly string[] }): string {
  return [
    '# PyTorch, from its own package index, built for the hardware that the program runs on.',
    pipRun(`--index-url ${index} ${shellLine(requirements)}`),
  ].join('\n');
}

const pipVariables = ['PIP_DISABLE_PIP_VERSION_CHECK=1', 'PIP_ROOT_USER_ACTION=ignore'];

function pipRun(words: string): string {
  return `RUN --mount=type=cache,target=/root/.cache/pip \\\n    ${timeless} pip install ${words}`;
}

function packagesComment({ requirements, pins }: PipSource, { snapshot }: RecipeAnswers, usesUv: boolean): string[] {
  const again =
    '# Installed again only when one of these files changes; what is downloaded is kept for that, not in the image.';
  if (usesUv) {
    const names = requirements.join(', ');
    return [`# The packages of ${names}. Not all are pinned, so they are installed as of ${isoDay(snapshot)}.`, again];
  }
  const checked = pins === 'hashes' ? ' Each file that is downloaded is compared with its checksum.' : '';
  return [`# The packages of the project.${checked}`, again];
}

/** Without what a person keeps beside a list that was made from it. */
function copied({ files, requirements }: PipSource): string[] {
  return files.filter((file) => !file.endsWith('.in') || requirements.includes(file));
}

/** Whether a requirement is a folder of the project itself. */
function isLocal(name: string): boolean {
  return /^(?:file:|\.{1,2}(?:\/|\[|$))/.test(name);
}

/** Lines that name folders of the project wait until its files are there. */
function withoutLocal(
  requirements: readonly string[],
  extras: readonly string[],
  install: (words: string) => string,
): string {
  const made = requirements.map((file, index) => ({ file, other: `${file}.packages${index}` }));
  const filters = made.map(
    ({ file, other }) => `sed --regexp-extended '/${localLine}/d' ${shellLine([file])} > ${shellLine([other])}`,
  );
  const words = shellLine([...made.flatMap(({ other }) => ['--requirement', other]), ...extras]);
  return [
    '# Without the lines that name folders of the project, whose files come later.',
    `RUN ${filters.join(' \\\n && ')}`,
    install(words),
  ].join('\n');
}

const localLine = '^ *((-e|--editable)[ =]+)?(file:|\\.)';

function localPart(folders: readonly string[], install: (words: string) => string): string {
  const words = folders.flatMap((name) => (/\.(?:whl|zip|gz)$/.test(name) ? [name] : ['--editable', name]));
  return [
    '# The folders of the project that its requirements name, and what only these need.',
    install(shellLine(words)),
  ].join('\n');
}

function hintsFor({ requirements, pins }: PipSource, { snapshot }: RecipeAnswers): Written['hints'] {
  const [file = 'requirements.txt'] = requirements;
  if (pins !== 'none') return [];
  const message = `${file} does not pin each package to one version. The image gets those of ${isoDay(snapshot)}; a file that pins them says which.`;
  return [{ message, command: `pip freeze > ${shellLine([file.replace(/\.\w+$/, '.lock.txt')])}` }];
}

/** Requirements files for one kind of hardware are called by it. */
const variants = { cuda: /gpu|cuda|\bcu\d/i, rocm: /rocm|amd/i, cpu: /cpu/i };

function variantFor(project: Project, accelerator: Accelerator): PipSource | undefined {
  const sources = sourcesOf(project);
  if (sources.length < 2) return undefined;
  return sources.find(({ requirements }) => requirements.some((file) => variants[accelerator].test(file)));
}

function accelerators(project: Project): readonly Choice<Accelerator>[] {
  const sources = sourcesOf(project);
  const [source] = sources;
  if (source === undefined) return [acceleratorChoice('cpu')];
  const named = (['cpu', 'cuda', 'rocm'] as const).flatMap((value) => {
    const file = variantFor(project, value)?.requirements[0];
    return file === undefined ? [] : [acceleratorChoice(value, `${file} is for it`)];
  });
  if (named.length > 0) return named;
  const { pins, dependencies, requirements } = source;
  const file = requirements[0] ?? 'requirements.txt';
  return pins === 'hashes' ? lockedAccelerators(dependencies, file) : openAccelerators(dependencies, file);
}

function sourcesOf({ dependencies }: Project): PipSource[] {
  return dependencies.filter((source) => source.kind === 'pip');
}
