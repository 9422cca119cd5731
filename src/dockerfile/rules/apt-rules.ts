import { type Instruction } from '../instructions.js';
import { type StepCommand } from '../step-commands.js';
import { readOptions } from './command-options.js';
import { nameOf } from './known-bases.js';
import { type Fix, type Observation, type Rule } from './rule.js';
import {
  endOfLine,
  imageUnder,
  lineEnd,
  linesOfCommand,
  linesOfInstruction,
  someOf,
  type Subject,
  wordsOfChain,
} from './subject.js';

const valued = new Set(
  '-t --target-release --default-release -o --option -c --config-file -S --snapshot -a'.split(' '),
);

/** The subcommand of apt-get or apt, and its operands; undefined for other programs. */
function aptOf({ program, words }: StepCommand): { action: string; packages: string[] } | undefined {
  if (!/^(?:apt|apt-get|aptitude|apt-fast)$/.test(program)) return undefined;
  const [action, ...packages] = readOptions(words, valued).operands;
  return {
    action: action?.text ?? '',
    packages: packages.filter(({ text, isLiteral }) => isLiteral && !/[/*]|\.deb$/.test(text)).map(({ text }) => text),
  };
}

function installsPackages(command: StepCommand): boolean {
  return aptOf(command)?.action === 'install';
}

/** What makes apt take packages as they were on a day. */
const snapshots =
  /snapshot\.(?:debian\.org|ubuntu\.com)|apt::snapshot|--snapshot|\bapt(?:-get)?\s[^&|;\n]*\s-S\s|repro(?:ducible)?-sources-list|^(?:COPY|ADD)\s.*\s["']?\/etc\/apt\/|--mount=\S*target=\/etc\/apt\//im;

export const aptWithoutSnapshot: Rule = {
  id: 'apt-without-snapshot',
  title: 'System packages come from a snapshot, or in a certain version',
  why:
    'Debian and Ubuntu replace packages within a release, and keep the old ones only in their snapshots ' +
    '(https://snapshot.debian.org, https://snapshot.ubuntu.com; Nüst et al. 2020, rule 5).',
  weight: 5,
  needsNetwork: false,
  check: (subject) =>
    subject.needed.flatMap((stage): Observation[] => {
      const installs = stage.instructions.flatMap(subject.commandsOf).filter(installsPackages);
      const loose = installs.find((command) => aptOf(command)?.packages.some((name) => !name.includes('=')) === true);
      if (loose === undefined || nameOf(imageUnder(subject, stage) ?? '')?.name === 'debian/snapshot') return [];
      // Sources that are replaced by files are not judged: what they say is not known.
      if (snapshots.test(wordsOfChain(subject.chainOf(stage)))) return [];
      const names = aptOf(loose)?.packages.filter((name) => !name.includes('=')) ?? [];
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
    }),
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
        subject.commandsOf(instruction).flatMap((command) => aptOf(command)?.action ?? []),
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

/** Both in one RUN, where the second follows at once, and nothing but words is in them. */
function joined(subject: Subject, first: Instruction, second: Instruction): Fix | undefined {
  const plain = [first, second].every(
    ({ flags, heredocs, arguments: words }) => flags.length === 0 && heredocs.length === 0 && !words.startsWith('['),
  );
  const [keyword] = /^\s*RUN\s+/i.exec(subject.lines[second.startLine - 1] ?? '') ?? [];
  // What is appended to a comment is one, too.
  const isClosed = !/#|[;|&\\]\s*$/.test(first.arguments);
  if (!plain || !isClosed || keyword === undefined || second.startLine !== first.endLine + 1) return undefined;
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
