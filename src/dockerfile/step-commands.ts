import { type Dockerfile, type Instruction, jsonList, linesOf, logicalLine } from './instructions.js';
import { heredocOf, heredocsIn } from './heredoc.js';
import { commandsOfWords, shellCommands } from './shell-commands.js';
import { type ShellCommand } from './simple-command.js';
import { type Stage } from './stages.js';
import { positionIn, type TextPosition } from './text-edit.js';

/** A simple command of a RUN. */
export interface StepCommand extends ShellCommand {
  instruction: Instruction;
  stage: Stage;
  /** Where a character of the script stands in the file, by its index as `start` and `end` of words have it. */
  at: (index: number) => TextPosition;
}

/**
 * The simple commands of a stage's RUN instructions, heredocs and the JSON form included. None of a step that is given to
 * no POSIX shell: by SHELL, or by a heredoc for another interpreter.
 *
 * @param shell the words of SHELL that the stage inherits; undefined for the default
 */
export function stepCommands(
  text: string,
  dockerfile: Dockerfile,
  stage: Stage,
  shell: readonly string[] | undefined,
): StepCommand[] {
  const lines = linesOf(text);
  let isPosix = isPosixShell(shell);
  return stage.instructions.flatMap((instruction) => {
    if (instruction.keyword === 'SHELL') isPosix = isPosixShell(jsonList(instruction.arguments));
    if (instruction.keyword !== 'RUN') return [];
    return scriptsOf(lines, dockerfile.escape, instruction, isPosix).flatMap(({ commands, at }) =>
      commands.map((command) => ({ ...command, instruction, stage, at })),
    );
  });
}

/** Whether the words of SHELL end in a shell that reads what POSIX describes: `["conda", "run", "bash", "-c"]` does. */
function isPosixShell(words: readonly string[] | undefined): boolean {
  return words === undefined || words.some((word) => isShell(word));
}

function isShell(word: string): boolean {
  return /(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(word);
}

interface Script {
  commands: ShellCommand[];
  at: (index: number) => TextPosition;
}

function scriptsOf(lines: readonly string[], escape: string, instruction: Instruction, isPosix: boolean): Script[] {
  const { text, arguments: rest, startLine, heredocs } = instruction;
  const words = jsonList(rest);
  if (words !== undefined) {
    return [{ commands: commandsOfWords(words), at: () => ({ line: startLine, character: 0 }) }];
  }
  if (!isPosix) return [];
  const { pieces, end } = logicalLine(lines, startLine - 1, escape);
  const offset = text.length - rest.length;
  const at = (index: number): TextPosition => positionIn(pieces, offset + index);
  const commands = shellCommands(rest);
  if (heredocs.length === 0) return [{ commands, at }];
  const bodies = bodiesOf(end, instruction);
  // RUN with nothing but a heredoc runs it; else it is what the command reads.
  if (heredocOf(rest) !== undefined) {
    return bodies.flatMap((body) => (isShellScript(body.content) ? [scriptOf(body)] : []));
  }
  const readers = commands.filter(({ redirections }) => redirections.some(({ operator }) => /^<<-?$/.test(operator)));
  const read = bodies.flatMap((body, index) => {
    const reader = readers[index];
    return reader !== undefined && isShell(reader.program) ? [scriptOf(body)] : [];
  });
  return [{ commands, at }, ...read];
}

/** By its first line: without `#!`, it is one for the shell of the step. */
function isShellScript(content: string): boolean {
  const [, interpreter] = /^#!\s*(.*)/.exec(content) ?? [];
  return interpreter === undefined || interpreter.split(/\s+/).some(isShell);
}

interface Body {
  content: string;
  /** The line of its beginning, counted from 1. */
  line: number;
  stripTabs: boolean;
}

/** @param end the index of the line behind the one that begins the heredocs */
function bodiesOf(end: number, { text, heredocs }: Instruction): Body[] {
  const starts = heredocsIn(text);
  let line = end + 1;
  return heredocs.map(({ content }, index) => {
    const body = { content, line, stripTabs: starts[index]?.stripTabs ?? false };
    line += linesOf(content).length + 1;
    return body;
  });
}

function scriptOf({ content, line, stripTabs }: Body): Script {
  const starts = [0];
  for (let at = content.indexOf('\n'); at >= 0; at = content.indexOf('\n', at + 1)) starts.push(at + 1);
  const at = (index: number): TextPosition => {
    let row = 0;
    let above = starts.length - 1;
    while (row < above) {
      const middle = Math.ceil((row + above) / 2);
      if ((starts[middle] ?? 0) <= index) row = middle;
      else above = middle - 1;
    }
    return { line: line + row, character: index - (starts[row] ?? 0) };
  };
  // Positions behind tabs that were taken out are not certain but for their line.
  return { commands: shellCommands(content), at: stripTabs ? (index) => ({ ...at(index), character: 0 }) : at };
}
