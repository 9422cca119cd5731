import { type BuildOutcome } from '../engine/buildkit/image-build.js';
import { plainWords, readSolveError } from '../engine/buildkit/solve-error.js';
import { registryRefusal } from '../engine/registry/registry-refusal.js';
import { refusalToFailure } from '../engine/refusal.js';
import { Failure } from '../host/failure.js';
import { type Dockerfile } from '../dockerfile/instructions.js';
import { lineOfBase, lineOfStep } from '../dockerfile/position.js';
import { stages } from '../dockerfile/stages.js';
import { type FailedStep, type StepLog } from './step-log.js';

/**
 * What went wrong in a build, with the line of the Dockerfile where it can be told.
 *
 * @param outcome the engine's words, and the place where it says one
 * @param file absolute path of the Dockerfile
 * @param dockerfile as it is read
 * @param platforms what was built for, as far as it was asked for
 */
export function buildFailure(
  { text, step: id, line: named }: BuildOutcome & { kind: 'failed' },
  file: string,
  dockerfile: Dockerfile,
  log: StepLog,
  platforms: readonly string[],
): Failure {
  const step = log.failedStep(id);
  const platform = step?.platform ?? (platforms.length === 1 ? platforms[0] : undefined);
  const error = readSolveError(text, step);
  const located = (line: number | undefined): { location: { file: string; line: number } } => ({
    location: { file, line: named ?? line ?? 1 },
  });
  const said = [text, step?.error, ...(step?.output ?? [])].join('\n');
  if (/no space left on device/i.test(said)) return diskFull(step, file, dockerfile);
  if (/exec format error/i.test(said)) {
    return new Failure(
      'platform-not-available',
      `The engine cannot run programs of ${platform ?? 'this platform'}: its host has no emulation for it.`,
      'Install emulation on the engine’s host (the package qemu-user-static, or the image tonistiigi/binfmt), or leave the platform out.',
      { ...located(step === undefined ? undefined : lineOfStep(dockerfile, step.name)), output: step?.output ?? [] },
    );
  }
  switch (error.kind) {
    case 'target': {
      const names = stages(dockerfile).flatMap(({ name }) => name ?? []);
      return new Failure(
        'invalid-argument',
        `The Dockerfile has no stage “${error.name}”.`,
        names.length === 0 ? 'Its stages have no names: build the last one.' : `It has ${names.join(', ')}.`,
        located(undefined),
      );
    }
    case 'base-image': {
      const where = platform === undefined ? '' : ` for ${platform}`;
      const why = plainWords(step?.error ?? text);
      const place = located(lineOfBase(dockerfile, error.reference));
      const refusal = registryRefusal(why);
      const hasReason = refusal.reason === 'registry-denied' || refusal.reason === 'registry-busy';
      return new Failure(
        hasReason ? refusal.reason : 'base-image-not-found',
        `The base image ${error.reference} cannot be pulled${where}: ${why}`,
        hasReason
          ? refusal.remedy
          : 'Check its name and tag, the network of the engine’s host, and whether the registry wants a sign-in. If it is meant to be a stage, the Dockerfile has none of that name.',
        place,
      );
    }
    case 'syntax': {
      const line = error.line ?? named;
      return new Failure(
        'dockerfile-syntax',
        `The Dockerfile has an error${line === undefined ? '' : ` in line ${line}`}: ${error.problem}`,
        isInHereDocument(dockerfile, line)
          ? 'This engine’s built-in frontend knows no here-documents: begin the file with “# syntax=docker/dockerfile:1”, or use a newer engine.'
          : 'Correct it and build again.',
        located(line),
      );
    }
    case 'step': {
      const how =
        error.exitCode === undefined ? `: ${plainWords(step?.error ?? text)}` : ` with exit code ${error.exitCode}.`;
      const where = platform === undefined ? '' : ` for ${platform}`;
      return new Failure(
        'build-step-failed',
        `The step “${instructionIn(step?.name ?? '')}” failed${where}${how}`,
        'Correct the Dockerfile and build again; the log has the whole output.',
        {
          ...located(step === undefined ? undefined : lineOfStep(dockerfile, step.name)),
          output: step?.output ?? [],
        },
      );
    }
    case 'other': {
      const refusal = refusalToFailure({ status: 200, text });
      if (refusal.reason !== 'engine-refused') return refusal;
      const problem = plainWords(text);
      // With no step and a line it is the frontend that found it.
      return named === undefined
        ? new Failure(
            'build-failed',
            `The build failed: ${problem}`,
            'The log has the whole of it.',
            located(undefined),
          )
        : new Failure(
            'dockerfile-syntax',
            `The Dockerfile has an error in line ${named}: ${problem}`,
            'Correct it and build again.',
            located(named),
          );
    }
  }
}

/** Of the step of an instruction its line; sending the context has none. */
function diskFull(step: FailedStep | undefined, file: string, dockerfile: Dockerfile): Failure {
  const line = step === undefined ? undefined : lineOfStep(dockerfile, step.name);
  const what = step === undefined ? 'The build' : `The step “${instructionIn(step.name)}”`;
  return new Failure(
    'disk-full',
    `${what} failed: the disk of the engine’s host is full.`,
    'Remove images, containers or build cache that you no longer need, then build again.',
    { ...(line === undefined ? {} : { location: { file, line } }), output: step?.output ?? [] },
  );
}

/** A frontend without here-documents takes their lines for instructions. */
function isInHereDocument(dockerfile: Dockerfile, line: number | undefined): boolean {
  if (line === undefined) return false;
  return dockerfile.instructions.some(
    ({ heredocs, startLine, endLine }) => heredocs.length > 0 && line > startLine && line <= endLine,
  );
}

/** `RUN make` of `[linux/arm64 build 2/4] RUN make`. */
function instructionIn(step: string): string {
  return step.replace(/^\[[^\]]*\]\s*/, '');
}
