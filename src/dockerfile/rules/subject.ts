import { type Instruction, jsonList, linesOf } from '../instructions.js';
import { neededStages, type Stage, stages, targetChain } from '../stages.js';
import { type ShellWord } from '../simple-command.js';
import { type StepCommand, stepCommands } from '../step-commands.js';
import { type TextPosition } from '../text-edit.js';
import { type BuildChoices } from '../variables.js';
import { type Download, downloads } from './downloads.js';
import { type PipInstall, pipInstalls } from './pip-installs.js';
import { type RuleContext } from './rule.js';

/** A Dockerfile with all that rules look at. */
export interface Subject extends RuleContext {
  /** With their ends. */
  lines: readonly string[];
  stages: readonly Stage[];
  /** The stages that the last one needs; rules say nothing of the others. */
  needed: readonly Stage[];
  /** The last stage with those that it begins with, the first of them in front. */
  final: readonly Stage[];
  /** Of the needed stages, in the file's order. */
  commands: readonly StepCommand[];
  /** Of one RUN. */
  commandsOf: (instruction: Instruction) => readonly StepCommand[];
  /** What of these installs Python packages. */
  pipInstalls: readonly PipInstall[];
  /** What the needed stages fetch. */
  downloads: readonly Download[];
  /** The stages that a stage begins with, the first of them in front, and itself. */
  chainOf: (stage: Stage) => readonly Stage[];
}

export function subjectOf(context: RuleContext): Subject {
  const { text, dockerfile, platforms } = context;
  const choices: BuildChoices = { platform: platforms.length === 1 ? platforms[0] : undefined };
  const all = stages(dockerfile, choices);
  // The same objects everywhere, so that they can be compared.
  const same = (of: readonly Stage[]): Stage[] => of.flatMap(({ index }) => all[index] ?? []);
  const needed = same(neededStages(dockerfile, choices));
  const chains = new Map<number, readonly Stage[]>();
  const shells = new Map<number, readonly string[] | undefined>();
  for (const stage of all) {
    const { index, base, instructions } = stage;
    const above = base.kind === 'stage' ? base.index : -1;
    chains.set(index, [...(chains.get(above) ?? []), stage]);
    const own = instructions.findLast(({ keyword }) => keyword === 'SHELL');
    shells.set(index, own === undefined ? shells.get(above) : jsonList(own.arguments));
  }
  const inherited = ({ base }: Stage): readonly string[] | undefined =>
    base.kind === 'stage' ? shells.get(base.index) : undefined;
  const commands = needed.flatMap((stage) => stepCommands(text, dockerfile, stage, inherited(stage)));
  const steps = new Map<Instruction, StepCommand[]>();
  for (const command of commands) {
    const step = steps.get(command.instruction);
    if (step === undefined) steps.set(command.instruction, [command]);
    else step.push(command);
  }
  return {
    ...context,
    lines: linesOf(text),
    stages: all,
    needed,
    final: same(targetChain(dockerfile, choices)),
    commands,
    commandsOf: (instruction) => steps.get(instruction) ?? [],
    pipInstalls: pipInstalls(commands),
    downloads: downloads(needed, commands, dockerfile.escape),
    chainOf: ({ index }) => chains.get(index) ?? [],
  };
}

/** The reference of the image that a stage begins with in the end; undefined where that is none, or not known. */
export function imageUnder(subject: Subject, stage: Stage): string | undefined {
  const base = subject.chainOf(stage)[0]?.base;
  return base?.kind === 'image' ? base.reference : undefined;
}

/** What stands in a stage and in those that it begins with, heredocs included. */
export function wordsOfChain(chain: readonly Stage[]): string {
  return chain
    .flatMap(({ instructions }) => instructions)
    .map(wordsOfInstruction)
    .join('\n');
}

export function wordsOfInstruction({ text, heredocs }: Instruction): string {
  return [text, ...heredocs.map(({ content }) => content)].join('\n');
}

/** Where a word of a command begins in the file; undefined where it is not written there as it reads, in one piece. */
export function positionOfWord(
  { lines }: Subject,
  command: StepCommand,
  { text, start, end }: ShellWord,
): TextPosition | undefined {
  if (end - start !== text.length) return undefined;
  const position = command.at(start);
  return lines[position.line - 1]?.startsWith(text, position.character) === true ? position : undefined;
}

/** The lines of a command. */
export function linesOfCommand({ at, start, words }: StepCommand): { line: number; endLine: number } {
  const last = words.at(-1);
  const { line } = at(start);
  return { line, endLine: last === undefined ? line : Math.max(line, at(Math.max(start, last.end - 1)).line) };
}

export function linesOfInstruction({ startLine, endLine }: Instruction): { line: number; endLine: number } {
  return { line: startLine, endLine };
}

/** The position behind the last character of a line, counted from 1. */
export function endOfLine({ lines }: Subject, line: number): TextPosition {
  return { line, character: (lines[line - 1] ?? '').replace(/[\r\n]+$/, '').length };
}

/** How the lines of the file end. */
export function lineEnd({ text }: Subject): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** “a”, “a and b”, “a, b and 3 more”. */
export function someOf(names: readonly string[]): string {
  const unique = [...new Set(names)];
  const shown = unique.length > 4 ? unique.slice(0, 3) : unique;
  const rest = unique.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
