import { type Dockerfile } from './instructions.js';
import { neededStages, type Source, sourcesOf, type Stage, stages } from './stages.js';
import { type BuildChoices } from './variables.js';

export interface BaseImage {
  /** With its variables replaced, else as it is written. */
  reference: string;
  /** The line that names it, counted from 1. */
  line: number;
}

/**
 * The images that a build takes from a registry, in the Dockerfile's order: those of FROM, COPY --from and RUN
 * --mount=from= of the stages that it needs. One that depends on a value that is not known is left out.
 */
export function baseImages(dockerfile: Dockerfile, choices: BuildChoices = {}): BaseImage[] {
  const all = stages(dockerfile, choices);
  return neededStages(dockerfile, choices).flatMap((stage) =>
    sourcesWithLines(stage, all).flatMap(({ source, line }) =>
      source.kind === 'image' ? [{ reference: source.reference, line }] : [],
    ),
  );
}

/** All that a stage takes from stages and images, with the lines. */
export function sourcesWithLines(stage: Stage, all: readonly Stage[]): { source: Source; line: number }[] {
  return [
    { source: stage.base, line: stage.line },
    ...stage.instructions.flatMap((instruction) =>
      sourcesOf(instruction, all).map((source) => ({ source, line: instruction.startLine })),
    ),
  ];
}
