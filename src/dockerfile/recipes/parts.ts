import { shellLine } from '../../host/shell-line.js';
import { commandLabel, dataLabel, outputLabel } from '../../image/own-labels.js';
import { type Project } from '../../project/project.js';
import { mountedData } from './mounted-data.js';
import { type RecipeAnswers } from './recipe.js';

/** Where the project is in the container. */
export const projectFolder = '/project';
/** Who the program runs as, where the base image brings nobody for that. */
export const user = 'researcher';

/** The names of a path without those that mean nothing. */
function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** The container folder that results go to. */
export function outputFolder({ output }: Pick<RecipeAnswers, 'output'>): string {
  return [projectFolder, ...namesIn(output)].join('/');
}

/** Joins the parts of a Dockerfile with an empty line between them; empty parts are left out. */
export function dockerfileOf(...parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What a reader should know first. */
export function header({ name }: Project, kind: string): string {
  return [
    `# The image of ${oneLine(name)}: ${kind}.`,
    '# Written by Research Containers for this project, and yours from now on: nothing writes over it without asking.',
  ].join('\n');
}

/** `2026-11-26` of `20261126`. */
export function isoDay(snapshot: string): string {
  return snapshot.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}

/** Packages of the system, from its archive as it was on one day. Empty without packages. */
export function aptPart(packages: readonly string[], system: 'debian' | 'ubuntu', snapshot: string): string {
  if (packages.length === 0) return '';
  const { expression, files } = archives[system](`${snapshot}T000000Z`);
  return [
    '# Packages of the system, as they were on one day: a build next year installs the same versions.',
    '# The first command makes apt ask an archive that keeps each day; the last one removes what only apt needs.',
    `RUN sed --in-place --regexp-extended '${expression}' ${files} \\`,
    ' && apt-get -o Acquire::Check-Valid-Until=false -o Acquire::Retries=5 update \\',
    ' && apt-get install --yes --no-install-recommends \\',
    ...[...new Set(packages)].sort().map((name) => `      ${name} \\`),
    ' && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log \\',
    '      /var/cache/ldconfig/aux-cache',
  ].join('\n');
}

/**
 * How the archives' addresses become those of their state at a time (https://snapshot.debian.org,
 * https://snapshot.ubuntu.com), in the files that the base images have: Ubuntu before 24.04 and Debian before 12 have only
 * the older one, others only the newer one.
 */
const archives = {
  debian: (time: string) => ({
    expression: `s#http://(deb|security)\\.debian\\.org/(debian|debian-security)/?( |$)#http://snapshot.debian.org/archive/\\2/${time}\\3#`,
    files: '$(ls /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null)',
  }),
  ubuntu: (time: string) => ({
    expression: `s#http://(archive|security|ports)\\.ubuntu\\.com/ubuntu(-ports)?/?( |$)#http://snapshot.ubuntu.com/ubuntu/${time}\\3#`,
    files: '$(ls /etc/apt/sources.list.d/ubuntu.sources /etc/apt/sources.list 2>/dev/null)',
  }),
};

/** A user without special rights, who owns the project's folder and the one for results. */
export function userPart(answers: RecipeAnswers): string {
  return [
    timePart,
    '',
    '# The program runs as a user without special rights, who may write into the folder for results.',
    `RUN useradd --no-log-init --create-home --shell /bin/bash ${user} \\`,
    ` && ${ownFolders(answers, user)}`,
  ].join('\n');
}

/** The time of the commit; late, since all steps behind it are done again when it changes. */
export const timePart = [
  '# The time of the commit that is built, for files that note when they were made.',
  'ARG SOURCE_DATE_EPOCH',
].join('\n');

/** The command that makes the project's folder and all that lead from it to the one for results. */
export function ownFolders({ output }: Pick<RecipeAnswers, 'output'>, owner: string): string {
  const names = namesIn(output);
  const below = names.map((_, index) => [projectFolder, ...names.slice(0, index + 1)].join('/'));
  return `install --directory --owner=${owner} --group=${owner} ${shellLine([projectFolder, ...below])}`;
}

/**
 * The project's own files, behind all that takes long: a change in them builds in seconds.
 *
 * @param install what is still done with them by root
 */
export function sourcePart(install = '', owner = user): string {
  return [
    '# The files of the project; .dockerignore says which are left out.',
    `COPY --chown=${owner}:${owner} . .`,
    ...(install === ''
      ? []
      : ['', install, '', '# Everything from here on is done without special rights, and so is the run.']),
    `USER ${owner}`,
  ].join('\n');
}

/** What image, project and run are called in standard terms, and what runs when nothing else is asked for. */
export function lastPart(project: Project, answers: RecipeAnswers): string {
  const { citation, git } = project;
  const licence = citation?.license;
  const data = mountedData(project, answers).map((folder) => `${projectFolder}/${folder}`);
  const authors = citation?.authors.map((author) =>
    'name' in author ? author.name : [author['given-names'], author['family-names']].filter(Boolean).join(' '),
  );
  const labels: [name: string, value: string | undefined][] = [
    ['org.opencontainers.image.title', oneLine(citation?.title ?? project.name)],
    ['org.opencontainers.image.description', citation?.abstract ?? `The environment and code of ${project.name}`],
    ['org.opencontainers.image.authors', authors?.join(', ')],
    [
      'org.opencontainers.image.source',
      (git.kind === 'commit' ? git.remote : undefined) ?? citation?.['repository-code'],
    ],
    ['org.opencontainers.image.version', citation?.version],
    ['org.opencontainers.image.licenses', typeof licence === 'object' ? licence.join(' OR ') : licence],
    [outputLabel, outputFolder(answers)],
    [commandLabel, answers.command.length === 0 ? undefined : JSON.stringify(answers.command)],
    [dataLabel, data.length === 0 ? undefined : JSON.stringify(data)],
  ];
  const given = labels.filter((label): label is [string, string] => label[1] !== undefined && label[1].trim() !== '');
  return [
    '# What the image is, and where its results go. Commit, date and base image are added by the build.',
    `LABEL ${given.map(([name, value]) => `${name}=${quoted(value)}`).join(' \\\n      ')}`,
    '',
    ...(answers.port === undefined
      ? []
      : ['# The port that it listens on; it can be reached where the run publishes it.', `EXPOSE ${answers.port}`, '']),
    answers.command.length === 0
      ? '# What runs when the container is started: a shell, as no program was named.'
      : '# What runs when the container is started.',
    `CMD ${jsonList(answers.command.length === 0 ? ['bash'] : answers.command)}`,
  ].join('\n');
}

/** The exec form of CMD and others. */
export function jsonList(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}

/** A value of LABEL or ENV: in quotes, on one line, with nothing in it replaced. */
export function quoted(value: string): string {
  return `"${value.replaceAll(/\s*[\r\n]\s*/g, ' ').replaceAll(/["\\$]/g, '\\$&')}"`;
}

/** As a comment has it. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
