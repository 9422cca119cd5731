import { type Project } from '../../project/project.js';
import { dockerfileOf, header, lastPart, projectFolder, sourcePart, userPart } from './parts.js';
import { type RecipeAnswers, type Written } from './recipe.js';
import { versionHints, withVersion } from './version-part.js';

/** How one tool makes the environment that a project's code in Python runs in. */
export interface PythonEnvironment {
  /** What is in it, as the file's first line says. */
  kind: string;
  /** The base image, and the stages before it. */
  begin: string;
  /** Variables of the image besides those that all have. */
  variables: readonly string[];
  /** What leads to all that the project depends on. */
  parts: readonly string[];
  /** The packages that it has, as far as they are known, by name. */
  has: ReadonlySet<string>;
  /** Undefined where nothing else can be installed. Installs further packages (`papermill==2.6.0`) beside the project's own. */
  further: ((requirements: readonly string[], because: string) => string) | undefined;
  /** What root still does with the project's own files; empty for nothing. */
  install: string;
  /** Whoever the base image brings to run programs as; undefined where a user has to be made. */
  owner: { name: string; part: string } | undefined;
  hints: Written['hints'];
  ignored: readonly string[];
}

/** Writes the whole file. @param further parts between the packages and the project's files */
export function writePython(
  project: Project,
  answers: RecipeAnswers,
  environment: PythonEnvironment,
  further: readonly string[] = [],
): Written {
  const { kind, begin, variables, parts, install, owner, ignored } = environment;
  const hints = [...environment.hints, ...versionHints(project)];
  const text = dockerfileOf(
    header(project, kind),
    begin,
    environmentPart(variables),
    ['# Where the project is in the image; relative names below begin there.', `WORKDIR ${projectFolder}`].join('\n'),
    ...parts,
    ...further,
    owner?.part ?? userPart(answers),
    sourcePart(install === '' ? '' : withVersion(project, install), owner?.name),
    lastPart(project, answers),
  );
  return {
    dockerfile: withTimeExplained(text),
    ignored: ['**/*.egg-info', 'dist', ...ignored],
    hints: answers.accelerator === 'rocm' ? [...hints, rocmHint] : hints,
  };
}

/** Says what the first step has that sets the time of compiled files; most steps do. */
function withTimeExplained(text: string): string {
  const comment = '# SOURCE_DATE_EPOCH makes compiled files the same whenever they are installed.';
  return text.replace(/^RUN (?=(?:(?:--mount=\S+ )+\\\n *)?SOURCE_DATE_EPOCH=\d)/m, `${comment}\nRUN `);
}

/** The engine gives no AMD GPU by itself (https://rocm.docs.amd.com). */
const rocmHint = {
  message:
    'A container gets an AMD GPU by “--device /dev/kfd --device /dev/dri --group-add video”, added to “docker run”.',
  command: undefined,
};

/** What variables are for, by how they begin. */
const explained: readonly [prefix: string, comment: string][] = [
  ['PYTHON', 'What the program prints is seen at once, and running it leaves no compiled files behind.'],
  ['PIP_', 'pip says nothing of newer versions of itself, or of being run by root.'],
  ['UV_', 'uv uses the Python that is here, and copies what it installs out of its cache.'],
  ['PATH=', 'Programs of the environment are found by their names.'],
  ['NVIDIA_', 'The engine gives the program a GPU, and refuses where its driver is too old.'],
];

/** What all programs of the image are told. */
function environmentPart(variables: readonly string[]): string {
  const all = ['PYTHONUNBUFFERED=1', 'PYTHONDONTWRITEBYTECODE=1', ...variables];
  const comments = explained.filter(([prefix]) => all.some((variable) => variable.startsWith(prefix)));
  return [...comments.map(([, comment]) => `# ${comment}`), `ENV ${all.join(' \\\n    ')}`].join('\n');
}

/** “uv.lock pins 43 packages”. */
export function pinsCount(file: string, count: number): string {
  if (count === 0) return `${file} says which packages it needs`;
  return `${file} pins ${count} package${count === 1 ? '' : 's'}`;
}
