import { ignoredBy } from '../ignored-paths.js';
import { secretFileName } from '../secret-files.js';
import { copiesOf, isWhole } from './copies.js';
import { type Observation, type Rule } from './rule.js';
import { linesOfInstruction, someOf, type Subject } from './subject.js';

export const contextNotIgnored: Rule = {
  id: 'context-not-ignored',
  title: '.dockerignore keeps out what is no part of the image',
  why:
    'What .dockerignore does not name gets into the image with “COPY . .”: the history of git, data that is to be mounted ' +
    'at run time (Nüst et al. 2020, https://doi.org/10.1371/journal.pcbi.1008316, rule 7), environments, and passwords ' +
    '(https://docs.docker.com/build/concepts/context/#dockerignore-files).',
  weight: 3,
  needsNetwork: false,
  check: (subject) => {
    const copies = subject.needed.flatMap((stage) => copiesOf(subject, stage)).filter(isWhole);
    const [copy] = copies;
    if (copy === undefined) return [];
    const excluded = copy.instruction.flags.flatMap(({ name, value }) =>
      name === 'exclude' && value !== true ? [value] : [],
    );
    const lines = [...(subject.dockerignore ?? '').split(/\r?\n/), ...excluded];
    const isIgnored = ignoredBy(lines);
    const admitted = unwanted(subject).filter(({ path }) => !isIgnored(path));
    const isMissing = subject.dockerignore === undefined && excluded.length === 0;
    if (admitted.length === 0 && !(isMissing && subject.project === undefined)) return [];
    const hasSecret = admitted.some(({ isSecret }) => isSecret);
    const names = admitted.map(({ path }) => path);
    const observation: Observation = {
      severity: hasSecret ? 'error' : 'information',
      ...linesOfInstruction(copy.instruction),
      message:
        names.length === 0
          ? 'All of the folder is copied, and no .dockerignore keeps out .git, data, environments and passwords.'
          : `This copies ${someOf(names)} into the image${isMissing ? ': there is no .dockerignore' : ', which .dockerignore does not keep out'}.`,
      remedy: `Write ${names.length === 0 ? '“.git” and what else is no part of the program' : someOf(names.map((name) => `“${name}”`))} into .dockerignore, a line each.`,
      fix: undefined,
    };
    return [observation];
  },
};

/** What a project has that no image should; without a project, `.git`. */
function unwanted({ project, dockerignore }: Subject): { path: string; isSecret: boolean }[] {
  if (project === undefined) return dockerignore === undefined ? [] : [{ path: '.git', isSecret: false }];
  const secrets = project.listing.files.filter((file) => secretFileName(file) !== undefined);
  return [
    ...secrets.map((path) => ({ path, isSecret: true })),
    ...(project.git.kind === 'commit' ? [{ path: '.git', isSecret: false }] : []),
    ...project.data.map((path) => ({ path, isSecret: false })),
  ];
}
