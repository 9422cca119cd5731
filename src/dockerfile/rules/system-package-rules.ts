import { type Instruction } from '../instructions.js';
import { type StepCommand } from '../step-commands.js';
import { type TextEdit } from '../text-edit.js';
import { type Fix, type Observation, type Rule } from './rule.js';
import { linesOfCommand, positionOfWord, someOf, type Subject, wordsOfInstruction } from './subject.js';
import { frozenArchives, type Manager, type SystemPackages, systemPackagesOf } from './system-packages.js';

/** How each manager is told a version. Those of apt have a rule of their own. */
const versions: Readonly<Record<Exclude<Manager, 'apt'>, { isIn: RegExp; remedy: string }>> = {
  apk: {
    isIn: /^[^<>=~]+[=~]/,
    remedy:
      'Name versions, as in “git=2.45.2-r0”. Alpine keeps only the newest of each: to build the same later, archive the image, or begin with Debian, which has snapshots.',
  },
  dnf: {
    isIn: /-(?:\d+:)?\d+\.\d[\w.+~^]*(?:-\d[\w.+~^]*)?$|-(?:\d+:)?\d[\w.+~^]*-\d[\w.+~^]*$/,
    remedy: 'Name versions, as in “git-2.43.5-1.el9”; “rpm -q NAME” shows them.',
  },
  zypper: {
    isIn: /^[^<>=]+=|-\d+\.\d[\w.+~^]*(?:-\d[\w.+~^]*)?$/,
    remedy: 'Name versions, as in “git=2.43.0”; “rpm -q NAME” shows them.',
  },
};

export const systemPackagesUnpinned: Rule = {
  id: 'system-packages-unpinned',
  title: 'Packages of Alpine, Fedora, Red Hat and SUSE are installed in a certain version',
  why:
    'Within a release, a system’s archive replaces packages by newer ones: “specify software versions” (Nüst et al. 2020, ' +
    'https://doi.org/10.1371/journal.pcbi.1008316, rule 5; https://docs.docker.com/build/building/best-practices/).',
  weight: 5,
  needsNetwork: false,
  check: (subject) => {
    const isFrozen = frozenArchives(subject);
    return subject.needed.flatMap((stage) =>
      stage.instructions.flatMap((instruction): Observation[] => {
        // One for a step: its commands are mended together.
        for (const command of subject.commandsOf(instruction)) {
          const found = unpinned(command);
          if (found !== undefined && !isFrozen(stage)) return [found];
        }
        return [];
      }),
    );
  },
};

function unpinned(command: StepCommand): Observation | undefined {
  const system = systemPackagesOf(command);
  if (system?.does !== 'install' || system.manager === 'apt') return undefined;
  const { isIn, remedy } = versions[system.manager];
  const names = system.packages.filter((name) => !isIn.test(name));
  if (names.length === 0) return undefined;
  return {
    severity: 'information',
    ...linesOfCommand(command),
    message: `${someOf(names)} ${names.length === 1 ? 'comes' : 'come'} in the version that the system’s archive has on the day of the build.`,
    remedy,
    fix: undefined,
  };
}

interface Cache {
  /** What stays in the image. */
  what: string;
  /** How a step names its place, to empty it or to mount something there. */
  place: RegExp;
  remedy: string;
}

const caches: Readonly<Record<Manager, Cache>> = {
  apt: {
    what: 'its lists of packages',
    place: /\/var\/lib\/(?:apt|\{)/,
    remedy:
      'Install in this step what is installed by them, and remove them at its end: “&& rm -rf /var/lib/apt/lists/*”.',
  },
  apk: {
    what: 'the index of packages',
    place: /\/var\/cache(?:\/apk|\/?(?:[\s;&*{"')]|$))|\/etc\/apk\/cache/,
    remedy: 'Keep none: “apk add --no-cache …”, without “apk update”.',
  },
  dnf: {
    what: 'what it fetched',
    place: /\/var\/cache(?:\/(?:dnf|yum|tdnf|libdnf\d?)|\/?(?:[\s;&*{"')]|$))/,
    remedy: 'Remove it in the same step: “&& dnf clean all” at its end, or “yum clean all” and “microdnf clean all”.',
  },
  zypper: {
    what: 'what it fetched',
    place: /\/var\/cache(?:\/zypp|\/?(?:[\s;&*{"')]|$))/,
    remedy: 'Remove it in the same step: “&& zypper clean --all” at its end.',
  },
};

export const packageCacheLeft: Rule = {
  id: 'package-cache-left',
  title: 'What package managers only need while they install is not in the image',
  why:
    'Lists and caches are of the day of the build, so that two builds differ by them, and they make the image larger; a ' +
    'later step does not take them out again (https://docs.docker.com/build/building/best-practices/#apt-get).',
  weight: 1,
  needsNetwork: false,
  check: (subject) => {
    const steps = subject.final
      .flatMap(({ instructions }) => instructions)
      .map((instruction) => ({ instruction, used: usedBy(subject, instruction) }))
      .filter(({ used }) => used.length > 0);
    return steps.flatMap(({ instruction, used }): Observation[] => {
      const left = used.find(({ system }) => leavesSomething(system) && !isEmptied(instruction, system, used));
      if (left === undefined) return [];
      const { command, system } = left;
      const { what, remedy } = caches[system.manager];
      return [
        {
          severity: 'information',
          ...linesOfCommand(command),
          message: `“${command.program} ${system.action.text}” leaves ${what} in the image.`,
          remedy,
          fix: system.manager === 'apk' ? withoutCache(subject, used) : undefined,
        },
      ];
    });
  },
};

type Used = readonly { command: StepCommand; system: SystemPackages }[];

/** What a step does with package managers; nothing where it runs a script that is called as if it cleaned up. */
function usedBy(subject: Subject, instruction: Instruction): Used {
  const commands = subject.commandsOf(instruction);
  if (commands.some(({ program }) => /clean/i.test(program))) return [];
  return commands.flatMap((command) => {
    const system = systemPackagesOf(command);
    return system === undefined ? [] : [{ command, system }];
  });
}

function leavesSomething({ manager, does, keepsNothing }: SystemPackages): boolean {
  // The images of Debian and Ubuntu remove each package when it is installed.
  if (manager === 'apt') return does === 'refresh';
  return !keepsNothing && (does === 'install' || does === 'upgrade' || does === 'refresh');
}

function isEmptied(instruction: Instruction, { manager }: SystemPackages, used: Used): boolean {
  const cleans = used.some(({ system }) => system.manager === manager && system.does === 'clean');
  return cleans || caches[manager].place.test(wordsOfInstruction(instruction));
}

/** `--no-cache` behind each `apk add`, where nothing else fetches the index. */
function withoutCache(subject: Subject, used: Used): Fix | undefined {
  const edits: TextEdit[] = [];
  for (const { command, system } of used) {
    if (!leavesSomething(system)) continue;
    const { action } = system;
    const start = positionOfWord(subject, command, action);
    if (system.manager !== 'apk' || system.does === 'refresh' || start === undefined) return undefined;
    const end = { line: start.line, character: start.character + action.text.length };
    edits.push({ start: end, end, newText: ' --no-cache' });
  }
  return { kind: 'edit', title: 'Add --no-cache', edits };
}
