import { parseReference } from '../image/reference.js';
import { type Dockerfile, type Instruction } from './instructions.js';
import { mountsOf } from './mounts.js';
import { expandWord } from './shell-words.js';
import { type BuildChoices, globalVariables } from './variables.js';

/** What a stage begins with, or takes files from. */
export type Source =
  | { kind: 'stage'; index: number }
  | { kind: 'image'; reference: string }
  | { kind: 'scratch' }
  /** It depends on a variable that is not known, or is nothing that BuildKit would take. */
  | { kind: 'unknown' };

export interface Stage {
  /** Counted from 0. */
  index: number;
  /** In lower case, as BuildKit compares it; undefined for a FROM without AS. */
  name: string | undefined;
  /** What FROM names, as written. */
  from: string;
  base: Source;
  /** Whether FROM names an earlier stage. */
  isStage: boolean;
  /** `--platform` as written. */
  platform: string | undefined;
  /** The line of its FROM, counted from 1. */
  line: number;
  /** The line of the FROM that its chain of stages begins with: its own, unless it begins with a stage. */
  baseLine: number;
  /** What follows its FROM. */
  instructions: readonly Instruction[];
}

/** The stages of a Dockerfile in its order. */
export function stages(dockerfile: Dockerfile, choices: BuildChoices = {}): Stage[] {
  const variables = globalVariables(dockerfile, choices);
  const found: Stage[] = [];
  const starts = [...dockerfile.instructions.entries()].filter(([, { keyword }]) => keyword === 'FROM');
  for (const [index, [at, instruction]] of starts.entries()) {
    const [from = '', as, name] = instruction.arguments.split(/\s+/);
    const platform = instruction.flags.find((flag) => flag.name === 'platform')?.value;
    const base = sourceOf(expandWord(from, dockerfile.escape, variables), found);
    found.push({
      index,
      name: as?.toLowerCase() === 'as' ? name?.toLowerCase() : undefined,
      from,
      base,
      isStage: base.kind === 'stage',
      platform: platform === true ? undefined : platform,
      line: instruction.startLine,
      baseLine: (base.kind === 'stage' ? found[base.index]?.baseLine : undefined) ?? instruction.startLine,
      instructions: dockerfile.instructions.slice(at + 1, starts[index + 1]?.[0]),
    });
  }
  return found;
}

/** What an instruction takes from stages or images: COPY --from and RUN --mount=from=, neither of which has variables. */
export function sourcesOf(instruction: Instruction, all: readonly Stage[]): Source[] {
  const names = mountsOf(instruction).flatMap((mount) => mount.get('from') ?? []);
  const mounted = names.map((name) => sourceOf(name, all));
  if (instruction.keyword !== 'COPY') return mounted;
  const from = instruction.flags.find((flag) => flag.name === 'from')?.value;
  if (from === undefined || from === true) return [];
  if (!/^\d+$/.test(from)) return [sourceOf(from, all)];
  return [Number(from) < all.length ? { kind: 'stage', index: Number(from) } : { kind: 'unknown' }];
}

/**
 * The stages that a build needs, in the Dockerfile's order; none where the target is no stage. Where it cannot be told what
 * a needed stage begins with, all before it are taken for needed.
 */
export function neededStages(dockerfile: Dockerfile, choices: BuildChoices = {}): Stage[] {
  const all = stages(dockerfile, choices);
  const target = targetStage(all, choices.target);
  const needed = new Set<number>();
  const open = target === undefined ? [] : [target.index];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const stage = all[index];
    if (stage === undefined || needed.has(index)) continue;
    needed.add(index);
    for (const source of [stage.base, ...stage.instructions.flatMap((instruction) => sourcesOf(instruction, all))]) {
      if (source.kind === 'stage') open.push(source.index);
    }
    if (stage.base.kind === 'unknown') {
      for (const earlier of all.slice(0, index)) open.push(earlier.index);
    }
  }
  return all.filter(({ index }) => needed.has(index));
}

/** The target with the stages that it begins with, the first of them in front. */
export function targetChain(dockerfile: Dockerfile, choices: BuildChoices = {}): Stage[] {
  const all = stages(dockerfile, choices);
  const chain: Stage[] = [];
  let stage = targetStage(all, choices.target);
  while (stage !== undefined) {
    chain.unshift(stage);
    stage = stage.base.kind === 'stage' ? all[stage.base.index] : undefined;
  }
  return chain;
}

function targetStage(all: readonly Stage[], target: string | undefined): Stage | undefined {
  return target === undefined ? all.at(-1) : all.findLast(({ name }) => name === target.toLowerCase());
}

/** @param all the stages that can be named: a later one of the same name hides an earlier one */
function sourceOf(name: string | undefined, all: readonly Stage[]): Source {
  if (name === undefined) return { kind: 'unknown' };
  const stage = all.findLast((candidate) => candidate.name === name.toLowerCase());
  if (stage !== undefined) return { kind: 'stage', index: stage.index };
  if (name === 'scratch') return { kind: 'scratch' };
  return parseReference(name).ok ? { kind: 'image', reference: name } : { kind: 'unknown' };
}
