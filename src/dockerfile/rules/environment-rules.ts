import { type Instruction, logicalLine } from '../instructions.js';
import { type StepCommand } from '../step-commands.js';
import { positionIn } from '../text-edit.js';
import { splitWords } from '../words.js';
import { type Fix, type Observation, type Rule } from './rule.js';
import { endOfLine, linesOfInstruction, type Subject } from './subject.js';

/** What changes only the shell that runs it. */
const ofShell = /^(?:export|cd|source|\.|alias|umask|ulimit|set|shopt|unset|pushd)$/;

export const exportWithoutEffect: Rule = {
  id: 'export-without-effect',
  title: 'Variables and folders are set by ENV and WORKDIR',
  why:
    'Each RUN is a shell of its own: what it exports, and where it changes to, is gone with it ' +
    '(https://docs.docker.com/build/building/best-practices/#env).',
  weight: 4,
  needsNetwork: false,
  check: (subject) => {
    const steps = new Set(subject.commands.map(({ instruction }) => instruction));
    return [...steps].flatMap((instruction): Observation[] => {
      const commands = subject.commandsOf(instruction);
      const [first, ...others] = commands;
      const isLost = commands.every(
        ({ program, words, assignments, redirections }) =>
          redirections.length === 0 &&
          (ofShell.test(program) ||
            (program === '' && words.length === 0 && assignments.length > 0) ||
            (/^(?:conda|mamba|micromamba)$/.test(program) && words[0]?.text === 'activate')),
      );
      const told = commands.find(({ program }) => !/^(?:set|shopt|unset|umask|ulimit)$/.test(program));
      if (first === undefined || !isLost || told === undefined) return [];
      const what = told.program === 'cd' || told.program === 'pushd' ? 'WORKDIR' : 'ENV';
      const isActivation = /^(?:source|\.|conda|mamba|micromamba)$/.test(told.program);
      return [
        {
          severity: 'warning',
          ...linesOfInstruction(instruction),
          message: `This RUN has no effect: what “${shown(told)}” changes is gone when the step ends.`,
          remedy: isActivation
            ? 'Put the environment’s folder of programs in front: ENV PATH="/opt/env/bin:$PATH".'
            : `Use ${what === 'ENV' ? 'ENV NAME=value' : 'WORKDIR /folder'}, which holds for all that follows.`,
          fix: others.length === 0 ? lasting(subject, instruction, first) : undefined,
        },
      ];
    });
  },
};

function shown({ program, words }: StepCommand): string {
  if (program === '') return 'NAME=value';
  return words[0]?.text === 'activate' ? `${program} activate` : program;
}

/** Variables that a shell has, and a Dockerfile does not. */
const ofShellOnly = /\$\{?(?:(?:HOME|USER|LOGNAME|PWD|OLDPWD|SHELL|HOSTNAME|UID|RANDOM)\b|[\d?!@*#$-])/;

/** `ENV` for one `export` of plain values, `WORKDIR` for one `cd` to a plain folder. */
function lasting(subject: Subject, instruction: Instruction, { program, words }: StepCommand): Fix | undefined {
  const { heredocs, flags, startLine, endLine, arguments: rest } = instruction;
  if (heredocs.length > 0 || flags.length > 0 || startLine !== endLine || rest.startsWith('[')) return undefined;
  const written = rest.slice(program.length).trim();
  const plain = /^[\w./:@,+%=$ {}"-]+$/.test(written) && !ofShellOnly.test(written);
  const isExport = program === 'export' && words.length > 0 && words.every(({ text }) => /^[A-Za-z_]\w*=/.test(text));
  const isFolder = program === 'cd' && words.length === 1 && !written.includes(' ') && !/^[-~]/.test(written);
  if (!plain || !rest.startsWith(program) || !(isExport || isFolder)) return undefined;
  const keyword = isExport ? 'ENV' : 'WORKDIR';
  const indent = /^\s*/.exec(subject.lines[startLine - 1] ?? '')?.[0].length ?? 0;
  return {
    kind: 'edit',
    title: `Use ${keyword}`,
    edits: [
      {
        start: { line: startLine, character: indent },
        end: endOfLine(subject, endLine),
        newText: `${keyword} ${written}`,
      },
    ],
  };
}

export const pathOverwritten: Rule = {
  id: 'path-overwritten',
  title: 'PATH is added to, not replaced',
  why: 'Without the folders of the base image, nothing of it is found any more: not even a shell.',
  weight: 8,
  needsNetwork: false,
  check: (subject) =>
    subject.needed
      // What is begun with nothing has no programs elsewhere.
      .filter((stage) => subject.chainOf(stage)[0]?.base.kind !== 'scratch')
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword }) => keyword === 'ENV')
      .flatMap((instruction): Observation[] => {
        const words = splitWords(instruction.arguments, subject.dockerfile.escape);
        const isOld = words[0]?.includes('=') !== true;
        const word = isOld ? instruction.arguments : words.find((each) => each.startsWith('PATH='));
        const value = isOld ? word?.slice(words[0]?.length ?? 0).trim() : word?.slice('PATH='.length);
        if (word === undefined || (isOld && words[0] !== 'PATH') || value === undefined || keepsPath(value)) return [];
        return [
          {
            severity: 'error',
            ...linesOfInstruction(instruction),
            message: `PATH is replaced by ${value}: the programs of the base image are not found any more.`,
            remedy: 'Keep what is there: ENV PATH="/folder/bin:$PATH".',
            fix: extended(subject, instruction, word, value),
          },
        ];
      }),
};

/** Whether a value has the folders of the system in it, or a variable that may. */
function keepsPath(value: string): boolean {
  const folders = value.replaceAll(/["']/g, '').split(':');
  if (value === '' || /\$\{?\w*PATH/i.test(value)) return true;
  return folders.some((folder) => /^\/(?:usr\/)?bin$|^\$(?:\w+|\{[^}]*\})$/.test(folder));
}

function extended(subject: Subject, instruction: Instruction, word: string, value: string): Fix | undefined {
  const [before] = ` ${instruction.text}`.split(` ${word}`, 1);
  const at = (before ?? '').length + word.length - value.length;
  if (instruction.text.slice(at, at + value.length) !== value || value.includes("'")) return undefined;
  const { pieces } = logicalLine(subject.lines, instruction.startLine - 1, subject.dockerfile.escape);
  const last = positionIn(pieces, at + value.length - 1);
  const end = { line: last.line, character: last.character + (value.endsWith('"') ? 0 : 1) };
  return { kind: 'edit', title: 'Keep the folders that are in it', edits: [{ start: end, end, newText: ':$PATH' }] };
}
