import { condaInstalls } from './conda-installs.js';
import { baseName } from './pip-installs.js';
import { type Observation, type Rule } from './rule.js';
import { linesOfCommand, someOf, type Subject } from './subject.js';

export const condaInstallUnpinned: Rule = {
  id: 'conda-install-unpinned',
  title: 'Conda packages are installed in a certain version',
  why:
    'Conda takes the newest versions that go together on the day of the build: “specify software versions” (Nüst et al. ' +
    '2020, https://doi.org/10.1371/journal.pcbi.1008316, rule 5).',
  weight: 12,
  needsNetwork: false,
  check: (subject) =>
    condaInstalls(subject.commands).flatMap(({ command, named }): Observation[] => {
      const packages = named
        .map(({ text }) => text)
        .filter((text) => !/^(?:pip|setuptools|wheel)$/.test(text))
        .filter((text) => /^(?:[\w-]+::)?[A-Za-z][\w.-]*(?:$|[<>=!~ ])/.test(text));
      const loose = packages.filter((text) => !/^[^<>!~]*=/.test(text)).map((text) => text.replace(/[<>=!~ ].*$/, ''));
      if (loose.length === 0) return [];
      return [
        {
          severity: 'warning',
          ...linesOfCommand(command),
          message: `No certain version of ${someOf(loose)} is installed: it is the newest that fits on the day of the build.`,
          remedy: `Add the version that you work with, which “conda list” shows, as in “${loose[0] ?? ''}=1.2.3”; better still, install from a lock file.`,
          fix: undefined,
        },
      ];
    }),
};

/** How files with all packages, builds included, are called. */
const lockName = /lock|explicit|(?:linux|noarch)-(?:32|64|aarch64|ppc64le)|spec-(?:file|list)/i;

export const condaWithoutLock: Rule = {
  id: 'conda-without-lock',
  title: 'Conda environments are made from a lock file',
  why:
    'An environment file names what one asks for, not what is installed for it. A lock file has every package with its ' +
    'build and checksum (https://conda.github.io/conda-lock/; Nüst et al. 2020, rule 5).',
  weight: 6,
  needsNetwork: true,
  check: (subject) =>
    condaInstalls(subject.commands).flatMap(({ command, files }): Observation[] => {
      const loose = files.filter(
        (file) => !lockName.test(baseName(file)) && !file.includes('$') && !isPinnedFile(subject, file),
      );
      if (loose.length === 0) return [];
      return [
        {
          severity: 'information',
          ...linesOfCommand(command),
          message: `${someOf(loose)} says what is wanted, not what is installed for it: conda chooses on the day of the build.`,
          remedy:
            'Write a lock file, with “conda-lock --kind explicit” or “micromamba env export --explicit”, and install from that.',
          fix: undefined,
        },
      ];
    }),
};

/** Whether a file of the project pins all that it names, or is an explicit list under another name. */
function isPinnedFile({ project }: Subject, file: string): boolean {
  const name = baseName(file);
  return (project?.dependencies ?? []).some((source) => {
    if (source.kind === 'pip')
      return source.requirements.some((own) => baseName(own) === name) && source.pins !== 'none';
    if (source.kind !== 'conda') return false;
    if ([source.explicit, source.lock].some((own) => own !== undefined && baseName(own) === name)) return true;
    const isIt = source.environment !== undefined && baseName(source.environment) === name;
    return isIt && source.lock === undefined && source.explicit === undefined && isWhole(source.dependencies);
  });
}

/** More packages than a person writes down, all with their versions: it was exported. */
function isWhole(dependencies: readonly { version: string | undefined }[]): boolean {
  return dependencies.length >= 30 && dependencies.every(({ version }) => version !== undefined);
}
