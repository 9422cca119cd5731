import { type DependencySource, type Project } from '../../project/project.js';
import { copyInPlace } from './copy-line.js';
import { gpuVariables, lockedAccelerators } from './gpu-wheels.js';
import { pythonBase, pythonVersions, timeless } from './python-base.js';
import { pinsCount, type PythonEnvironment, writePython } from './python-environment.js';
import { type Recipe, type RecipeAnswers } from './recipe.js';
import { systemPart } from './system-packages.js';
import { furtherPart, toolPart, uvPart } from './uv-part.js';

type ToolSource = Extract<DependencySource, { kind: 'poetry' | 'pdm' | 'pipenv' }>;

/** A tool that installs what its own lock file names, into the environment that is active. */
export interface Tool<Source extends ToolSource> {
  kind: Source['kind'];
  title: string;
  /** Pinned: `poetry==2.2.1`. */
  requirement: string;
  /**
   * The day whose packages it is installed with, as `20251015`: soon after its release, for it allows any later version of
   * what it needs, also one that it does not work with (https://github.com/pdm-project/pdm/issues/3657).
   */
  day: string;
  manifest: string;
  lockName: string;
  /** Where it keeps downloads. */
  cache: string;
  /** Installs the packages, and not the project. */
  packages(source: Source): string;
  /** Installs the project; undefined where that is nothing that it does. */
  project(source: Source): string | undefined;
  /**
   * For a project with folders of its own among its packages. `others` installs all besides these, before they are there;
   * undefined where it cannot do that. `all` installs everything, behind that.
   */
  withFolders(source: Source): { others: string | undefined; all: string };
  /** The command that makes the lock file. */
  locking: string;
  /** What it leaves in the project’s folder, as patterns for `.dockerignore`. */
  ignored: readonly string[];
}

/** The recipe of a project that such a tool manages. */
export function recipeOf<Source extends ToolSource>(
  tool: Tool<Source>,
  sourceOf: (project: Project) => Source | undefined,
): Recipe {
  return {
    id: tool.kind,
    title: tool.title,
    summary: `Python with exactly the packages that ${tool.lockName} names.`,
    versionOf: 'Python',
    fit: (project) => {
      const source = sourceOf(project);
      if (source === undefined) return undefined;
      const { lock, dependencies } = source;
      return {
        degree: 'made',
        because: lock === undefined ? `${tool.manifest} is one of ${tool.title}` : pinsCount(lock, dependencies.length),
      };
    },
    versions: pythonVersions,
    accelerators: (project) => {
      const source = sourceOf(project);
      return lockedAccelerators(source?.dependencies ?? [], source?.lock ?? tool.manifest);
    },
    write: (project, answers) => {
      const source = sourceOf(project);
      if (source === undefined) throw new Error(`the project is not one of ${tool.title}`);
      return writePython(project, answers, toolEnvironment(project, answers, tool, source));
    },
  };
}

/** The environment that such a tool makes, in a folder of its own. */
export function toolEnvironment<Source extends ToolSource>(
  project: Project,
  answers: RecipeAnswers,
  tool: Tool<Source>,
  source: Source,
): PythonEnvironment {
  const { lock, dependencies } = source;
  const run = (command: string) => `RUN --mount=type=cache,target=${tool.cache} \\\n    ${timeless} ${command}`;
  const file = lock ?? tool.manifest;
  const hasFolders = dependencies.some(({ from }) => from === 'folder');
  const steps = hasFolders
    ? { early: tool.withFolders(source).others, late: tool.withFolders(source).all }
    : { early: tool.packages(source), late: tool.project(source) };
  return {
    kind: `Python with the packages of ${file}`,
    begin: pythonBase(answers.version),
    variables: [
      'UV_PYTHON_DOWNLOADS=never',
      'UV_LINK_MODE=copy',
      'VIRTUAL_ENV=/opt/venv',
      'PATH="/opt/venv/bin:$PATH"',
      ...gpuVariables(answers.accelerator, dependencies),
    ],
    parts: [
      systemPart(project.listing.files, dependencies, answers.snapshot),
      uvPart,
      toolPart(tool.requirement, tool.day),
      steps.early === undefined
        ? `# An environment for the packages of ${file}.\n${makeEnvironment}`
        : [
            lock === undefined
              ? '# The packages of the project, in an environment of their own.'
              : `# The packages of ${lock}, each compared with its checksum, in an environment of their own.`,
            '# Installed again only when one of these files changes; what is downloaded is kept for that, not in the image.',
            copyInPlace(lock === undefined ? [tool.manifest] : [tool.manifest, lock]),
            makeEnvironment,
            run(steps.early),
          ].join('\n'),
    ],
    has: new Set(dependencies.map(({ name }) => name)),
    further: (packages, because) => furtherPart(packages, answers.snapshot, because),
    install: steps.late === undefined ? '' : [lateComment(file, steps.early, hasFolders), run(steps.late)].join('\n'),
    owner: undefined,
    hints:
      lock === undefined
        ? [
            {
              message: `There is no ${tool.lockName}: each build may get other versions. A lock file pins them.`,
              command: tool.locking,
            },
          ]
        : [],
    ignored: tool.ignored,
  };
}

const makeEnvironment = 'RUN python -m venv --without-pip /opt/venv';

function lateComment(file: string, early: string | undefined, hasFolders: boolean): string {
  if (early === undefined)
    return `# The packages of ${file}: some are folders of the project, so that its files are needed.`;
  return hasFolders
    ? '# The folders of the project that are among its packages.'
    : '# The project itself, which its own code imports as a package.';
}
