import { baseName, isPinned, nameIn } from './pip-installs.js';
import { type StepCommand } from '../step-commands.js';
import { type Observation, type Rule } from './rule.js';
import { linesOfCommand, someOf } from './subject.js';
import { frozenArchives, systemPackagesOf } from './system-packages.js';

const why =
  'What is installed without a version is the newest of the day: missing pins are the most frequent cause of Dockerfiles ' +
  'that do not build any more (Cito et al. 2017, https://doi.org/10.1109/MSR.2017.67), and rule 5 of Nüst et al. 2020 is ' +
  'to specify versions.';

export const pipInstallUnpinned: Rule = {
  id: 'pip-install-unpinned',
  title: 'Python packages are installed in a certain version',
  why,
  weight: 12,
  needsNetwork: false,
  check: (subject) =>
    subject.pipInstalls.flatMap(({ command, named, upgrades, isConstrained }) => {
      const loose = named.filter(({ text }) => !isPinned(text));
      if (loose.length === 0 || upgrades || isConstrained) return [];
      const names = loose.map(({ text }) => nameIn(text));
      return [
        {
          severity: severityOf(names),
          ...linesOfCommand(command),
          message: `No certain version of ${someOf(names)} is installed: it is the newest that fits on the day of the build.`,
          remedy: `Add the version that you work with, which “pip list” shows, as in “${names[0] ?? ''}==1.2.3”; better still, install from a lock file.`,
          fix: undefined,
        },
      ];
    }),
};

/** The tools that install: which version of them is there seldom changes what is installed. */
const installers = new Set(['pip', 'setuptools', 'wheel']);

function severityOf(names: readonly string[]): 'information' | 'warning' {
  return names.every((name) => installers.has(name)) ? 'information' : 'warning';
}

export const upgradeToNewest: Rule = {
  id: 'upgrade-to-newest',
  title: 'Nothing is upgraded to whatever is newest',
  why: `An upgrade takes the newest version on purpose. ${why}`,
  weight: 6,
  needsNetwork: false,
  check: (subject) => {
    const isFrozen = frozenArchives(subject);
    return [
      ...subject.pipInstalls.flatMap(({ command, named, upgrades, isConstrained }) => {
        const loose = named.filter(({ text }) => !isPinned(text)).map(({ text }) => nameIn(text));
        if (loose.length === 0 || !upgrades || isConstrained) return [];
        return [
          {
            severity: severityOf(loose),
            ...linesOfCommand(command),
            message: `${someOf(loose)} ${new Set(loose).size === 1 ? 'is' : 'are'} upgraded to the newest version on the day of the build.`,
            remedy:
              'Leave “--upgrade” out and name the version, as in “==1.2.3”; the base image already brings a pip that works.',
            fix: undefined,
          },
        ];
      }),
      ...subject.commands.flatMap((command): Observation[] => {
        const action = upgradeOf(command);
        if (action === undefined || isFrozen(command.stage)) return [];
        return [
          {
            severity: 'information',
            ...linesOfCommand(command),
            message: `“${command.program} ${action}” brings what is newest on the day of the build.`,
            remedy: 'Leave it out, and take a newer base image, by its digest, when you want its updates.',
            fix: undefined,
          },
        ];
      }),
    ];
  },
};

/** The subcommand by which a package manager upgrades what is there; undefined for other commands. */
function upgradeOf(command: StepCommand): string | undefined {
  const system = systemPackagesOf(command);
  if (system !== undefined) return system.does === 'upgrade' ? system.action.text : undefined;
  if (!/^(?:conda|mamba|micromamba)$/.test(command.program)) return undefined;
  const [action = '', ...others] = command.words.map(({ text }) => text);
  return /^(?:update|upgrade)$/.test(action) && !others.some((word) => /^[^-].*=/.test(word)) ? action : undefined;
}

export const requirementsUnpinned: Rule = {
  id: 'requirements-unpinned',
  title: 'Requirements files pin versions',
  why,
  weight: 12,
  needsNetwork: false,
  check: (subject) =>
    subject.pipInstalls.flatMap(({ command, files, isConstrained }) => {
      const sources = subject.project?.dependencies ?? [];
      const loose = files.filter((file) =>
        sources.some(
          (source) =>
            source.kind === 'pip' &&
            source.pins === 'none' &&
            source.requirements.some((name) => baseName(name) === baseName(file)),
        ),
      );
      if (loose.length === 0 || isConstrained) return [];
      return [
        {
          severity: 'warning',
          ...linesOfCommand(command),
          message: `${someOf(loose)} has packages without a certain version (“==”): they are the newest that fit on the day of the build.`,
          remedy:
            'Write all versions down, dependencies of dependencies included: “pip freeze > requirements.txt” where it works, or “uv pip compile”.',
          fix: undefined,
        },
      ];
    }),
};
