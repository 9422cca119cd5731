import { type Project, type Repo2docker } from '../../project/project.js';
import { argument } from '../recipes/copy-line.js';
import {
  dockerfileOf,
  header,
  jsonList,
  lastPart,
  ownFolders,
  projectFolder,
  quoted,
  timePart,
  user,
} from '../recipes/parts.js';
import { type Recipe, type RecipeAnswers, type Written } from '../recipes/recipe.js';
import { unattendedAptPart } from '../recipes/unattended.js';
import { type Environment, environmentOf } from './repo2docker-environments.js';
import { aptPackages, buildpackOf, buildpackVersions, pathIn } from './repo2docker-files.js';
import { versionHints, withVersion } from '../recipes/version-part.js';
import { workFolderPart } from '../recipes/work-folder.js';

const jupyterPort = 8888;
const serve = ['jupyter', 'lab', '--ip=0.0.0.0', `--port=${jupyterPort}`, '--no-browser'];

/**
 * A Dockerfile that does what repo2docker does with the same files (https://repo2docker.readthedocs.io), with versions that
 * do not change from one build to the next.
 */
export const repo2dockerRecipe: Recipe = {
  id: 'repo2docker',
  title: 'Binder (repo2docker)',
  summary: 'What mybinder.org makes of the project’s files, as a Dockerfile of its own: with Jupyter, and pinned.',
  versionOf: 'Python, R or Julia',
  fit,
  versions: (project) => (project.repo2docker === undefined ? [] : buildpackVersions(project, project.repo2docker)),
  accelerators: () => [{ value: 'cpu', label: 'CPU', because: undefined }],
  command: ({ notebooks }) => (notebooks.length === 0 ? undefined : { command: serve, port: jupyterPort }),
  write,
};

/** Locks that repo2docker does not know: who has one builds with it. */
const unknownToIt: readonly string[] = ['uv', 'poetry', 'pdm', 'pixi', 'renv'];

/** In the project's own folder, a `runtime.txt` that names Python is also for others. */
function isMeant({ files, texts }: Repo2docker): boolean {
  const ofItsOwn = ['apt.txt', 'postBuild', 'start'].some((name) => files.includes(name));
  return ofItsOwn || /^\s*r-/.test(texts.get('runtime.txt') ?? '');
}

function fit({ repo2docker, dependencies }: Project): ReturnType<Recipe['fit']> {
  if (repo2docker === undefined) return undefined;
  const { folder, files } = repo2docker;
  const because =
    folder === '' ? `${files.join(', ')} are there for repo2docker` : `the folder ${folder} is there for repo2docker`;
  const isAside =
    files.includes('Dockerfile') ||
    (folder === '' && (!isMeant(repo2docker) || dependencies.some(({ kind }) => unknownToIt.includes(kind))));
  return { degree: isAside ? 'possible' : 'made', because };
}

function write(project: Project, given: RecipeAnswers): Written {
  const files = project.repo2docker;
  if (files === undefined) throw new Error('there is nothing for repo2docker');
  const answers: RecipeAnswers = {
    ...given,
    port: given.port ?? (given.command[0] === 'jupyter' && given.command[1] === 'lab' ? jupyterPort : undefined),
  };
  const environment = environmentOf(buildpackOf(files), { project, files, answers });
  const apt = aptPackages(files);
  return {
    dockerfile: dockerfileOf(
      header(project, 'what repo2docker makes of its files'),
      [`# ${environment.system}.`, `FROM ${environment.image}`].join('\n'),
      unattendedAptPart([...environment.packages, ...apt.packages], environment.family, answers.snapshot),
      workFolderPart,
      environment.asRoot,
      earlyUserPart(environment, answers),
      environment.install,
      timePart,
      ['# The files of the project; .dockerignore says which are left out.', `COPY --chown=${user}:${user} . .`].join(
        '\n',
      ),
      assemblePart(project, environment, files),
      entryPart(environment, files),
      lastPart(project, answers),
    ),
    ignored: [],
    hints: [...hintsFor(project, files, apt.unknown), ...(environment.assemble === '' ? [] : versionHints(project))],
  };
}

/** The user is there before anything is installed: what a postBuild changes has to be theirs. */
function earlyUserPart({ folders, variables }: Environment, answers: RecipeAnswers): string {
  const all = { REPO_DIR: projectFolder, NB_USER: user, ...variables };
  const owned = folders.length === 0 ? '' : `install --directory --owner=${user} --group=${user} ${folders.join(' ')}`;
  return [
    '# A user without special rights, who owns the environment, the project and the folder for results.',
    `RUN useradd --no-log-init --create-home --shell /bin/bash --uid 1000 ${user} \\`,
    ` && ${ownFolders(answers, user)}${owned === '' ? '' : ` \\\n && ${owned}`}`,
    '',
    '# Where things are: scripts that are written for repo2docker rely on these variables.',
    `ENV ${Object.entries(all)
      .map(([name, value]) => `${name}=${name === 'PATH' ? value : quoted(value)}`)
      .join(' \\\n    ')}`,
    `USER ${user}`,
  ].join('\n');
}

function assemblePart(project: Project, { assemble, wrapper }: Environment, files: Repo2docker): string {
  const postBuild = pathIn(files, 'postBuild');
  return [
    ...(assemble === ''
      ? []
      : [
          withVersion(
            project,
            ['# What needs the files of the project to be installed.', `RUN ${assemble}`].join('\n'),
          ),
        ]),
    ...(files.files.includes('postBuild')
      ? [
          ...(assemble === '' ? [] : ['']),
          '# The project’s own last steps.',
          `RUN chmod +x ${argument(postBuild)} \\`,
          ` && ${[...wrapper, argument(`./${postBuild}`)].join(' ')}`,
        ]
      : []),
  ].join('\n');
}

function entryPart({ wrapper }: Environment, files: Repo2docker): string {
  const hasStart = files.files.includes('start');
  if (!hasStart && wrapper.length === 0) return '';
  const start = pathIn(files, 'start');
  return [
    hasStart ? '# The project’s own script prepares what is run.' : '# Programs are run in the environment.',
    ...(hasStart ? [`RUN chmod +x ${argument(start)}`] : []),
    `ENTRYPOINT ${jsonList([...wrapper, ...(hasStart ? [`${projectFolder}/${start}`] : [])])}`,
  ].join('\n');
}

function hintsFor({ dependencies }: Project, files: Repo2docker, unknown: readonly string[]): Written['hints'] {
  const { files: names } = files;
  const buildpack = buildpackOf(files);
  const hints: { message: string; command: string | undefined }[] = [];
  const add = (message: string, command?: string): void => void hints.push({ message, command });
  for (const line of unknown) add(`${pathIn(files, 'apt.txt')} has “${line}”, which is no name of a package.`);
  if (names.includes('Dockerfile')) {
    add(
      `repo2docker itself would build ${pathIn(files, 'Dockerfile')} and nothing else: build that one, or remove it.`,
    );
  }
  if (names.includes('REQUIRE')) {
    add(`${pathIn(files, 'REQUIRE')} is of Julia 0.6, which is not installed. Project.toml says the same today.`);
  }
  if (buildpack === 'r') add('repo2docker also installs RStudio, which is left out here: rocker/rstudio has it.');
  const unpinned = dependencies.find((source) => source.kind === 'pip' && source.pins === 'none')?.files[0];
  if (unpinned !== undefined && buildpack !== 'conda') {
    add(`${unpinned} allows many versions of its packages.`, `pip freeze > ${argument(unpinned)}`);
  }
  if (buildpack === 'conda') {
    add(
      `${pathIn(files, 'environment.yml')} allows many versions of its packages. A lock file pins each of them.`,
      `conda-lock --file ${argument(pathIn(files, 'environment.yml'))} --platform linux-64`,
    );
  }
  return hints;
}
