import { type Instruction } from '../instructions.js';
import { type StepCommand } from '../step-commands.js';
import { type Fix, type Observation, type Rule } from './rule.js';
import { endOfLine, lineEnd, linesOfCommand, linesOfInstruction, someOf, type Subject } from './subject.js';
import { frozenArchives, type SystemPackages, systemPackagesOf } from './system-packages.js';

/** What a command asks apt for; undefined for other commands. */
function aptOf(command: StepCommand): SystemPackages | undefined {
  const system = systemPackagesOf(command);
  return system?.manager === 'apt' ? system : undefined;
}

/** The packages that an installation names without a version. */
function looseIn(command: StepCommand): string[] {
  const apt = aptOf(command);
  return apt?.does === 'install' ? apt.packages.filter((name) => !name.includes('=')) : [];
}

export const aptWithoutSnapshot: Rule = {
  id: 'apt-without-snapshot',
  title: 'System packages come from a snapshot, or in a certain version',
  why:
    'Debian and Ubuntu replace packages within a release, and keep the old ones only in their snapshots ' +
    '(https://snapshot.debian.org, https://snapshot.ubuntu.com; Nüst et al. 2020, rule 5).',
  weight: 5,
  needsNetwork: false,
  check: (subject) => {
    const isFrozen = frozenArchives(subject);
    return subject.needed.flatMap((stage): Observation[] => {
      const loose = stage.instructions.flatMap(subject.commandsOf).find((command) => looseIn(command).length > 0);
      if (loose === undefined || isFrozen(stage)) return [];
      const names = looseIn(loose);
      return [
        {
          severity: 'information',
          ...linesOfCommand(loose),
          message: `${someOf(names)} ${names.length === 1 ? 'comes' : 'come'} in the version that the system’s archive has on the day of the build.`,
          remedy:
            'Let apt read from a snapshot (https://snapshot.debian.org, or “apt --snapshot” on Ubuntu 24.04), or name versions, as in “git=1:2.39.5-0+deb12u2”.',
          fix: undefined,
        },
      ];
    });
  },
};

export const aptUpdateAlone: Rule = {
  id: 'apt-update-alone',
  title: 'apt-get update and install are in one step',
  why:
    'A step is cached by its text: an update of its own is not repeated, and later installs ask for packages that are gone ' +
    '(https://docs.docker.com/build/building/best-practices/#apt-get).',
  weight: 5,
  needsNetwork: false,
  check: (subject) =>
    subject.needed.flatMap((stage) => {
      const steps = stage.instructions.map((instruction): [Instruction, string[]] => [
        instruction,
        subject.commandsOf(instruction).flatMap((command) => aptOf(command)?.action.text ?? []),
      ]);
      const using = steps.filter(([, done]) => done.includes('install') || done.includes('update'));
      return using.flatMap(([instruction, done], index): Observation[] => {
        const next = using[index + 1];
        if (!done.includes('update') || done.includes('install') || next?.[1].includes('install') !== true) return [];
        if (next[1].includes('update')) return [];
        return [
          {
            severity: 'warning',
            ...linesOfInstruction(instruction),
            message: `This step updates the list of packages, and line ${next[0].startLine} installs by it: with the cache, by an old one.`,
            remedy: 'Join both steps: RUN apt-get update && apt-get install …',
            fix: joined(subject, instruction, next[0]),
          },
        ];
      });
    }),
};

/** What changes the shell that the second step would get. */
const ofShell = /^(?:cd|pushd|export|set|shopt|umask|exit|exec|trap)$/;

/** Both in one RUN, where the second follows at once, and nothing but words is in them. */
function joined(subject: Subject, first: Instruction, second: Instruction): Fix | undefined {
  const plain = [first, second].every(
    ({ flags, heredocs, arguments: words }) => flags.length === 0 && heredocs.length === 0 && !words.startsWith('['),
  );
  const [keyword] = /^\s*RUN\s+/i.exec(subject.lines[second.startLine - 1] ?? '') ?? [];
  // What is appended to a comment is one, too; and behind “a && b; c”, nobody sees that a failed.
  const isClosed = !/#|[;|&\\]\s*$/.test(first.arguments) && !/;|\|\||(?<!&)&(?!&)/.test(second.arguments);
  const staysHere = !subject.commandsOf(first).some(({ program }) => ofShell.test(program));
  if (!plain || !isClosed || !staysHere || keyword === undefined || second.startLine !== first.endLine + 1)
    return undefined;
  return {
    kind: 'edit',
    title: 'Join both steps',
    edits: [
      {
        start: endOfLine(subject, first.endLine),
        end: { line: second.startLine, character: keyword.length },
        newText: ` ${subject.dockerfile.escape}${lineEnd(subject)} && `,
      },
    ],
  };
}
