import { normalReference, parseReference, type Reference } from '../image/reference.js';
import { sourcesWithLines } from './base-images.js';
import { type Dockerfile, type Instruction } from './instructions.js';
import { type Stage, stages } from './stages.js';
import { isStepOf } from './step-text.js';
import { type BuildChoices } from './variables.js';

/**
 * The line, counted from 1, that names a base image: a FROM, a COPY --from or a RUN --mount=from=. Where none names it, the
 * only one whose image cannot be told from the file.
 *
 * @param reference as BuildKit writes it, with registry, tag and perhaps digest
 */
export function lineOfBase(dockerfile: Dockerfile, reference: string, choices: BuildChoices = {}): number | undefined {
  const all = stages(dockerfile, choices);
  const sources = all.flatMap((stage) => sourcesWithLines(stage, all));
  const wanted = parseReference(reference);
  const named = sources.find(({ source }) => {
    if (source.kind !== 'image' || !wanted.ok) return false;
    const written = parseReference(source.reference);
    return written.ok && isSame(written.reference, wanted.reference);
  });
  if (named !== undefined) return named.line;
  const [unknown, ...others] = sources.filter(({ source }) => source.kind === 'unknown');
  return others.length === 0 ? unknown?.line : undefined;
}

/** A tag or a digest that only one of the two has does not tell them apart. */
function isSame(written: Reference, wanted: Reference): boolean {
  const one = normalReference(written);
  const other = normalReference(wanted);
  const agrees = (a: string | undefined, b: string | undefined): boolean =>
    a === undefined || b === undefined || a === b;
  return (
    one.domain === other.domain &&
    one.path === other.path &&
    agrees(one.tag, other.tag) &&
    agrees(one.digest, other.digest)
  );
}

/**
 * The line, counted from 1, of the instruction that a step of BuildKit was made from: `[linux/arm64 build 2/4] RUN make`.
 * Stage and number lead to it, and the text confirms it or leads to the nearest that it fits. For a trigger of the base
 * image it is the FROM. Undefined for steps of BuildKit's own.
 */
export function lineOfStep(dockerfile: Dockerfile, vertexName: string, choices: BuildChoices = {}): number | undefined {
  const step = readStep(vertexName);
  const { base, position, text } = step;
  const found = position === undefined ? [] : stagesCalled(stages(dockerfile, choices), position.stage);
  const [stage, ...others] = found;
  const isCertain = stage !== undefined && others.length === 0;
  if (step.isTrigger) return isCertain ? stage.line : undefined;
  if (base !== undefined) return isCertain ? stage.line : lineOfBase(dockerfile, base, choices);
  if (position !== undefined) {
    const numbered = found.flatMap((candidate) => distances(candidate, position));
    const fitting = numbered.filter(({ instruction }) => isStepOf(dockerfile, instruction, text));
    const [nearest] = fitting.sort((a, b) => a.distance - b.distance);
    if (nearest !== undefined) return nearest.instruction.startLine;
    const there = isCertain ? numbered.find(({ distance }) => distance === 0)?.instruction : undefined;
    if (there !== undefined && text.startsWith(`${there.keyword} `)) return there.startLine;
  }
  return dockerfile.instructions.find((instruction) => isStepOf(dockerfile, instruction, text))?.startLine;
}

interface Position {
  stage: string | undefined;
  number: number;
  total: number;
}

interface Step {
  position: Position | undefined;
  /** Whether it is an ONBUILD of the base image. */
  isTrigger: boolean;
  text: string;
  /** The image that the step is about. */
  base: string | undefined;
}

const positioned =
  /^\[(?:[^\s\]]*\/[^\s\]]* )?(?:(?<stage>[^\s\]]+) )? *(?<number>\d+)\/(?<total>\d+)\] (?<trigger>ONBUILD )?(?:LINK )?(?<text>.*)$/s;

function readStep(vertexName: string): Step {
  const { stage, number, total, trigger, text = vertexName } = positioned.exec(vertexName)?.groups ?? {};
  const [, metadata] = /^\[(?:\S+ )?internal\] load metadata for (\S+)$/.exec(vertexName) ?? [];
  return {
    position: number === undefined ? undefined : { stage, number: Number(number), total: Number(total) },
    isTrigger: trigger !== undefined,
    text,
    base: metadata ?? /^FROM (\S+)$/.exec(text)?.[1],
  };
}

/** The stages that BuildKit may mean by a name; all where it gives none, or one that is not there. */
function stagesCalled(all: readonly Stage[], name: string | undefined): readonly Stage[] {
  const named = all.filter((stage) => stage.name === name);
  if (name === undefined) return all;
  if (named.length > 0) return named;
  const [, index] = /^stage-(\d+)$/.exec(name) ?? [];
  const counted = all.filter((stage) => index !== undefined && stage.index === Number(index));
  return counted.length > 0 ? counted : all;
}

/**
 * The numbered instructions of a stage, and how far each is from where a step should be. Counted from the end: whether
 * FROM and the triggers of its image are numbered changes only the front.
 */
function distances(
  { instructions }: Stage,
  { number, total }: Position,
): { instruction: Instruction; distance: number }[] {
  const counted = instructions.filter(({ keyword }) => ['RUN', 'COPY', 'ADD', 'WORKDIR'].includes(keyword));
  // WORKDIR / makes no folder: BuildKit has it in the total, but gives it no number.
  const steps = counted.filter(({ keyword, arguments: rest }) => keyword !== 'WORKDIR' || !/^["']?\/["']?$/.test(rest));
  const last = total - (counted.length - steps.length);
  const expected = steps.length - 1 - (last - number);
  return steps.map((instruction, index) => ({ instruction, distance: Math.abs(index - expected) }));
}
