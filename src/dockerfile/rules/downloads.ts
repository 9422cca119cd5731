import { type Stage } from '../stages.js';
import { type StepCommand } from '../step-commands.js';
import { type ShellCommand } from '../simple-command.js';
import { splitWords } from '../words.js';
import { type Instruction, jsonList } from '../instructions.js';

/** A file that a command or an ADD fetches. */
export interface Download {
  url: string;
  /** Counted from 1. */
  line: number;
  instruction: Instruction;
  stage: Stage;
  /** Undefined for ADD. */
  command: StepCommand | undefined;
  /** Whether it is run instead of kept: `curl … | sh`, `sh -c "$(curl …)"`, `bash <(curl …)`. */
  isRun: boolean;
}

/** All that is fetched from addresses that are written out, in the file's order; nothing of git. */
export function downloads(needed: readonly Stage[], commands: readonly StepCommand[], escape: string): Download[] {
  const added = needed.flatMap((stage) =>
    stage.instructions
      .filter(({ keyword }) => keyword === 'ADD')
      .flatMap((instruction) => {
        const words = jsonList(instruction.arguments) ?? splitWords(instruction.arguments, escape);
        const urls = words.slice(0, -1).map((word) => word.replaceAll(/["']/g, ''));
        return urls
          .filter((url) => isWeb(url) && !isGit(url))
          .map((url) => ({ url, instruction, stage, line: instruction.startLine, command: undefined, isRun: false }));
      }),
  );
  const run = commandsThatAreRun(commands);
  const fetched = commands.flatMap((command) =>
    urlsOf(command).map(({ url, index }) => ({
      ...{ url, instruction: command.instruction, stage: command.stage, line: command.at(index).line },
      ...{ command, isRun: run.has(command) },
    })),
  );
  return [...added, ...fetched].sort((a, b) => a.line - b.line);
}

/** Whether ADD clones an address instead of fetching it. */
export function isGit(url: string): boolean {
  return /^(?:git@|git:\/\/|ssh:\/\/)/.test(url) || /^https?:\/\/[^#?]*\.git(?:[#?]|$)/.test(url);
}

function isWeb(text: string): boolean {
  return /^(?:https?|ftp):\/\//.test(text);
}

function urlsOf(command: ShellCommand): { url: string; index: number }[] {
  if (!/^(?:curl|wget|wget2|aria2c|axel)$/.test(command.program)) return [];
  const texts = command.words.map(({ text }) => text);
  // It asks something, or sends something, rather than to fetch a file.
  const asks = /^(?:-[a-zA-Z]*[IdFT]|--(?:head|spider|data.*|form|request|upload-file|post-.*))$/;
  if (texts.some((text, index) => asks.test(text) || (text === '-X' && texts[index + 1] !== 'GET'))) return [];
  return command.words
    .filter(
      ({ text }, index) =>
        isWeb(text) &&
        !/^-(?:[a-zA-Z]*[HuexA]|-(?:header|user|proxy|referer|user-agent))$/.test(texts[index - 1] ?? ''),
    )
    .map(({ text, start }) => ({ url: text, index: start }))
    .filter(({ url }) => !/^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|host\.docker)/.test(url));
}

const interpreters = /^(?:(?:ba|da|z|k|a)?sh|python[\d.]*|perl|ruby|node|Rscript|php)$/;

/** The commands whose output an interpreter reads: behind a pipe, or by a substitution. */
function commandsThatAreRun(commands: readonly StepCommand[]): Set<StepCommand> {
  const run = new Set<StepCommand>();
  let step: StepCommand[] = [];
  const pipelines = new Map<number, StepCommand[]>();
  const inserted = new Map<number, StepCommand>();
  for (const command of commands) {
    if (command.instruction !== step[0]?.instruction) {
      step = [];
      pipelines.clear();
      inserted.clear();
    }
    step.push(command);
    const before = pipelines.get(command.pipeline) ?? [];
    const texts = command.words.map(({ text }) => text);
    const isInterpreter = interpreters.test(command.program);
    if (isInterpreter && before.length > 0 && readsInput(texts)) {
      for (const each of before.splice(0)) run.add(each);
    }
    if (isInterpreter || ['eval', 'source', '.'].includes(command.program)) {
      for (const { start } of command.words.flatMap(({ substitutions }) => substitutions)) {
        const inner = inserted.get(start);
        if (inner !== undefined) run.add(inner);
      }
    }
    before.push(command);
    pipelines.set(command.pipeline, before);
    inserted.set(command.start, command);
  }
  return run;
}

/** Whether an interpreter with these words runs what it reads: it does without a file or a text to run. */
function readsInput(words: readonly string[]): boolean {
  const dashes = words.indexOf('--');
  const own = dashes < 0 ? words : words.slice(0, dashes);
  if (own.some((word) => /^-[a-z]*[cem]$/.test(word))) return false;
  return (
    own.includes('-') ||
    own.some((word) => /^-[a-z]*s$/.test(word)) ||
    own.every((word) => word.startsWith('-') || word.startsWith('/dev/stdin'))
  );
}
