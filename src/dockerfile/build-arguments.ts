import { type Dockerfile, type Instruction } from './instructions.js';
import { readShell } from './shell-words.js';
import { stages } from './stages.js';
import { declarationsOf, globalInstructions, isPredefined } from './variables.js';

export interface BuildArgument {
  name: string;
  /** Without quotes, with variables as they are written; undefined where no ARG of this name has one. */
  defaultValue: string | undefined;
  /** The line of its first ARG, counted from 1. */
  line: number;
  /** Where its first ARG is: the stage's name, or `stage-N` as BuildKit calls one without; undefined before all stages. */
  stage: string | undefined;
}

/** The ARGs that a build can be given, each name once; without those that are predefined. */
export function buildArguments(dockerfile: Dockerfile): BuildArgument[] {
  const found = new Map<string, BuildArgument>();
  const add = (instruction: Instruction, stage: string | undefined): void => {
    for (const { name, value } of declarationsOf(instruction, dockerfile.escape)) {
      if (name === '' || isPredefined(name)) continue;
      const defaultValue = value === undefined ? undefined : plain(value, dockerfile.escape);
      const known = found.get(name);
      if (known === undefined) found.set(name, { name, defaultValue, line: instruction.startLine, stage });
      else known.defaultValue ??= defaultValue;
    }
  };
  for (const instruction of globalInstructions(dockerfile)) add(instruction, undefined);
  for (const { index, name, instructions } of stages(dockerfile)) {
    for (const instruction of instructions) {
      if (instruction.keyword === 'ARG') add(instruction, name ?? `stage-${index}`);
    }
  }
  return [...found.values()];
}

function plain(value: string, escape: string): string {
  return readShell(value, { escape, variables: new Map(), keepUnset: true })?.text ?? value;
}
