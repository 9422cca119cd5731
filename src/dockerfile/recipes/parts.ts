import { shellLine } from '../../host/shell-line.js';
import { commandLabel, outputLabel } from '../../image/own-labels.js';
import { type Project } from '../../project/project.js';
import { type RecipeAnswers } from './recipe.js';

/** Where the project is in the container. */
export const projectFolder = '/project';
/** Who the program runs as, where the base image brings nobody for that. */
export const user = 'researcher';

/** The container folder that results go to. */
export function outputFolder({ output }: Pick<RecipeAnswers, 'output'>): string {
  return `${projectFolder}/${output}`;
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

/** Packages of the system, from its archive as it was on one day. Empty without packages. */
export function aptPart(packages: readonly string[], system: 'debian' | 'ubuntu', snapshot: string): string {
  if (packages.length === 0) return '';
  const replace =
    system === 'debian'
      ? `s|http://deb.debian.org/|http://snapshot.debian.org/archive/|; s|(archive/[a-z-]+)|\\1/${snapshot}T000000Z|`
      : `s|http://(archive\\|security)\\.ubuntu\\.com/ubuntu|http://snapshot.ubuntu.com/ubuntu/${snapshot}T000000Z|`;
  const names = [...packages].sort();
  return [
    '# Packages of the system, as they were on one day: a build next year installs the same versions.',
    `RUN sed --in-place --regexp-extended '${replace}' /etc/apt/sources.list.d/${system}.sources \\`,
    ' && apt-get -o Acquire::Check-Valid-Until=false update \\',
    ` && apt-get install --yes --no-install-recommends \\`,
    ...names.map((name) => `      ${name} \\`),
    ' && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/ldconfig/aux-cache',
  ].join('\n');
}

/** A user without special rights, who owns the project's folder and the one for results. */
export function userPart(answers: RecipeAnswers): string {
  const folders = shellLine([projectFolder, outputFolder(answers)]);
  return [
    '# The time of the commit that is built, for files that note when they were made.',
    'ARG SOURCE_DATE_EPOCH',
    '',
    '# The program runs as a user without special rights, who may write into the folder for results.',
    `RUN useradd --create-home ${user} \\`,
    ` && install --directory --owner=${user} --group=${user} ${folders}`,
  ].join('\n');
}

/** The project's own files, behind all that takes long: a change in them builds in seconds. */
export function sourcePart(): string {
  return [
    '# The files of the project; .dockerignore says which are left out.',
    `COPY --chown=${user}:${user} . .`,
    `USER ${user}`,
  ].join('\n');
}

/** What image, project and run are called in standard terms, and what runs when nothing else is asked for. */
export function lastPart(project: Project, answers: RecipeAnswers): string {
  const { citation, git } = project;
  const licence = citation?.license;
  const authors = citation?.authors.map((author) =>
    'name' in author ? author.name : [author['given-names'], author['family-names']].filter(Boolean).join(' '),
  );
  const labels: [name: string, value: string | undefined][] = [
    ['org.opencontainers.image.title', citation?.title ?? project.name],
    ['org.opencontainers.image.description', citation?.abstract ?? `The environment and code of ${project.name}`],
    ['org.opencontainers.image.authors', authors?.join(', ')],
    ['org.opencontainers.image.source', git.kind === 'commit' ? git.remote : citation?.['repository-code']],
    ['org.opencontainers.image.version', citation?.version],
    ['org.opencontainers.image.licenses', typeof licence === 'object' ? licence.join(' OR ') : licence],
    [outputLabel, outputFolder(answers)],
    [commandLabel, answers.command.length === 0 ? undefined : JSON.stringify(answers.command)],
  ];
  const given = labels.filter((label): label is [string, string] => label[1] !== undefined && label[1].trim() !== '');
  return [
    '# What the image is, and where its results go. Commit, date and base image are added by the build.',
    `LABEL ${given.map(([name, value]) => `${name}=${quoted(value)}`).join(' \\\n      ')}`,
    '',
    answers.command.length === 0
      ? '# What runs when the container is started: a shell, as no program was named.'
      : '# What runs when the container is started.',
    `CMD ${JSON.stringify(answers.command.length === 0 ? ['bash'] : answers.command).replaceAll('","', '", "')}`,
  ].join('\n');
}

/** A value of LABEL or ENV: in quotes, on one line, with nothing in it replaced. */
export function quoted(value: string): string {
  return `"${oneLine(value).replaceAll(/["\\$]/g, '\\$&')}"`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
