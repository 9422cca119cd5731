import { type DependencySource } from '../../project/project.js';
import { baseName, nameIn, type PipInstall } from './pip-installs.js';
import { type Observation, type Rule } from './rule.js';
import { linesOfCommand, wordsOfChain } from './subject.js';

export const lockFileUnused: Rule = {
  id: 'lock-file-unused',
  title: 'What is installed comes from the lock file that the project has',
  why:
    'The lock file has the versions that the work was done with; installed in another way, they are others (Nüst et al. ' +
    '2020, https://doi.org/10.1371/journal.pcbi.1008316, rule 5).',
  weight: 8,
  needsNetwork: false,
  check: (subject) => {
    const sources = subject.project?.dependencies ?? [];
    const words = wordsOfChain(subject.needed);
    const locked = sources.flatMap((source) => {
      const lock = lockOf(source);
      return lock === undefined ? [] : [{ source, lock }];
    });
    const python = locked.filter(({ source }) => installers.has(source.kind));
    // One lock that is used is enough: which of several is the right one, nobody knows.
    if (python.length === 0 || python.some((each) => isUsed(each, words))) return [];
    const [first] = python;
    const installs = subject.pipInstalls.filter((install) => installsElse(install, sources));
    const [install] = installs;
    if (first === undefined || install === undefined) return [];
    return [
      {
        severity: 'warning',
        ...linesOfCommand(install.command),
        message: `The project has ${first.lock}, but the image is built without it: its packages may be others than those in the lock file.`,
        remedy: `Copy ${first.lock} into the image and install from it: ${installers.get(first.source.kind) ?? ''}.`,
        fix: undefined,
      } satisfies Observation,
    ];
  },
};

/** How each tool installs what its lock file has. */
const installers: ReadonlyMap<DependencySource['kind'], string> = new Map([
  ['uv', '“uv sync --locked”'],
  ['poetry', '“poetry install --only main”'],
  ['pdm', '“pdm sync --prod”'],
  ['pipenv', '“pipenv sync --system”'],
  ['pixi', '“pixi install --locked”'],
  ['conda', '“micromamba install --file LOCK”, or “conda-lock install”'],
]);

/** Commands that read a lock file without naming it. */
const readers: ReadonlyMap<DependencySource['kind'], RegExp> = new Map([
  ['uv', /\buv\s[^&|;\n]*\b(?:sync|export|run)\b/],
  ['poetry', /\bpoetry\s[^&|;\n]*\b(?:install|sync|export|run)\b/],
  ['pdm', /\bpdm\s[^&|;\n]*\b(?:sync|install|export)\b/],
  ['pipenv', /\bpipenv\s[^&|;\n]*\b(?:sync|install|requirements|lock)\b/],
  ['pixi', /\bpixi\s[^&|;\n]*\b(?:install|run|shell-hook|global)\b/],
  ['conda', /\bconda-lock\b/],
]);

function lockOf(source: DependencySource): string | undefined {
  switch (source.kind) {
    case 'uv':
    case 'poetry':
    case 'pdm':
    case 'pipenv':
    case 'pixi':
      return source.lock;
    case 'conda':
      return source.explicit ?? source.lock;
    default:
      return undefined;
  }
}

function isUsed({ source, lock }: { source: DependencySource; lock: string }, words: string): boolean {
  return words.includes(baseName(lock)) || readers.get(source.kind)?.test(words) === true;
}

const tools =
  /^(?:pip|setuptools|wheel|uv|poetry|pdm|pipenv|pixi|conda-lock|pip-tools|build|hatch(?:ling)?|poetry-.*)$/i;

/** Whether a command installs the project's packages; a list that was exported from the lock file is no source of its own. */
function installsElse({ named, files, installsProject }: PipInstall, sources: readonly DependencySource[]): boolean {
  const isNamed = named.some(({ text }) => !tools.test(nameIn(text)));
  const isListed = files.some((file) =>
    sources.some(({ kind, files: own }) => kind === 'pip' && own.some((name) => baseName(name) === baseName(file))),
  );
  return isNamed || isListed || installsProject;
}
