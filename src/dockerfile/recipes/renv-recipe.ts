import { type DependencySource, type Project } from '../../project/project.js';
import { argument, copyInPlace } from './copy-line.js';
import { dockerfileOf, header, lastPart, sourcePart, user, userPart } from './parts.js';
import { datedCranPart, rImage, rVersions } from './r-images.js';
import { rSystemPackages } from './r-system-packages.js';
import { renderedInto, renderingCommand } from './rendered-document.js';
import { type Recipe, type RecipeAnswers, type Written } from './recipe.js';
import { unattendedAptPart } from './unattended.js';
import { workFolderPart } from './work-folder.js';

type RenvSource = Extract<DependencySource, { kind: 'renv' }>;

/** R with the packages of `renv.lock` (https://rstudio.github.io/renv/articles/docker.html). */
export const renvRecipe: Recipe = {
  id: 'renv',
  title: 'R with renv',
  summary: 'R in the version of renv.lock, and exactly the packages that it names.',
  versionOf: 'R',
  fit: (project) => {
    const source = sourceOf(project);
    if (source === undefined) return undefined;
    return { degree: 'made', because: `${source.lock} pins ${count(source.dependencies.length, 'package')}` };
  },
  versions: rVersions,
  accelerators: () => [{ value: 'cpu', label: 'CPU', because: undefined }],
  command: renderingCommand,
  write,
};

function write(project: Project, answers: RecipeAnswers): Written {
  const source = sourceOf(project);
  if (source === undefined) throw new Error('there is no renv.lock');
  return {
    dockerfile: dockerfileOf(
      header(project, 'R with the packages of renv.lock'),
      [`# R ${answers.version}, compiled on Ubuntu.`, `FROM ${rImage(answers.version)}`].join('\n'),
      unattendedAptPart(rSystemPackages(source.dependencies), 'ubuntu', answers.snapshot),
      workFolderPart,
      restorePart(source, answers),
      userPart(answers),
      sourcePart(isActivated(source) ? ownFolder : ''),
      lastPart(project, { ...answers, command: renderedInto(answers.command, answers.output) }),
    ),
    ignored: [
      ...['renv/library', 'renv/staging', 'renv/local', 'renv/python', 'renv/sandbox'],
      ...['.Rproj.user', '.Rhistory', '.RData'],
    ],
    hints: [],
  };
}

/** Whether R finds the packages of the lock by what is in the project itself. */
function isActivated({ support }: RenvSource): boolean {
  return ['.Rprofile', 'renv/activate.R'].every((name) => support.includes(name));
}

/** The folder was made by root, with the files that packages are restored by. */
const ownFolder = ['# renv may write into its own folder.', `RUN chown ${user}:${user} renv`].join('\n');

function restorePart(source: RenvSource, answers: RecipeAnswers): string {
  const lock = JSON.stringify(source.lock);
  const mount = 'RUN --mount=type=cache,target=/var/cache/renv,sharing=locked \\';
  if (isActivated(source)) {
    return [
      '# renv keeps its packages outside of the project, as copies and not as links into its cache.',
      'ENV RENV_PATHS_LIBRARY=/opt/renv/library \\',
      '    RENV_PATHS_CACHE=/var/cache/renv \\',
      '    RENV_CONFIG_CACHE_SYMLINKS=FALSE \\',
      '    RENV_CONFIG_SANDBOX_ENABLED=FALSE',
      '',
      '# The packages of the lock file. They are installed again only when it changes, not with every change of the code.',
      copyInPlace([source.lock, ...source.support]),
      mount,
      "    Rscript -e 'renv::restore(prompt = FALSE)'",
    ].join('\n');
  }
  return [
    datedCranPart(answers.snapshot),
    '',
    '# renv keeps what it has built for the next build; what it installs is whole and not a link to that.',
    'ENV RENV_PATHS_CACHE=/var/cache/renv \\',
    '    RENV_CONFIG_CACHE_SYMLINKS=FALSE',
    '',
    '# The packages of the lock file, for every user. They are installed again only when it changes.',
    copyInPlace([source.lock, ...source.support]),
    mount,
    `    Rscript --no-init-file -e 'options(warn = 2)' -e 'install.packages("renv")' \\`,
    `      -e ${argument(`renv::restore(lockfile = ${lock}, library = .Library.site[1], prompt = FALSE)`)}`,
  ].join('\n');
}

function sourceOf({ dependencies }: Project): RenvSource | undefined {
  return dependencies.find((source) => source.kind === 'renv');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
