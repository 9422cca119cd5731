import { type BuildOutcome } from '../engine/buildkit/image-build.js';
import { readSolveError } from '../engine/buildkit/solve-error.js';
import { refusalToFailure } from '../engine/refusal.js';
import { Failure } from '../host/failure.js';
import { type Dockerfile } from '../dockerfile/instructions.js';
import { lineOfBase, lineOfStep } from '../dockerfile/position.js';
import { type StepLog } from './step-log.js';

/**
 * What went wrong in a build, with the line of the Dockerfile where it can be told.
 *
 * @param outcome the engine's words, and the place where it says one
 * @param file absolute path of the Dockerfile
 * @param dockerfile as it is read
 * @param platforms what was built for, as far as it was asked for
 */
export function buildFailure(
  { text, step: id, line: said }: BuildOutcome & { kind: 'failed' },
  file: string,
  dockerfile: Dockerfile,
  log: StepLog,
  platforms: readonly string[],
): Failure {
  const step = log.failedStep(id);
  const platform = step?.platform ?? (platforms.length === 1 ? platforms[0] : undefined);
  const error = readSolveError(text, step);
  const located = (line: number | undefined): { location: { file: string; line: number } } => ({
    location: { file, line: said ?? line ?? 1 },
  });
  if (/exec format error/i.test([step?.error, ...(step?.output ?? [])].join('\n'))) {
    return new Failure(
      'platform-not-available',
      `The engine cannot run programs of ${platform ?? 'this platform'}: its host has no emulation for it.`,
      'Install emulation on the engine’s host (the package qemu-user-static, or the image tonistiigi/binfmt), or leave the platform out.',
      { ...located(step === undefined ? undefined : lineOfStep(dockerfile, step.name)), output: step?.output ?? [] },
    );
  }
  switch (error.kind) {
    case 'base-image': {
      return new Failure(
        'base-image-not-found',
        `The base image ${error.reference} cannot be pulled: ${step?.error ?? text}`,
        'Check its name and tag, the network of the engine’s host, and whether the registry wants a sign-in.',
        located(lineOfBase(dockerfile, error.reference)),
      );
    }
    case 'syntax':
      return new Failure(
        'dockerfile-syntax',
        `The Dockerfile has an error${error.line === undefined ? '' : ` in line ${error.line}`}: ${error.problem}`,
        'Correct it and build again.',
        located(error.line),
      );
    case 'step': {
      const how = error.exitCode === undefined ? `: ${step?.error ?? text}` : ` with exit code ${error.exitCode}.`;
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
      return new Failure('build-failed', `The build failed: ${text}`, 'Correct the Dockerfile and build again.', {
        ...located(undefined),
      });
    }
  }
}

/** `RUN make` of `[linux/arm64 build 2/4] RUN make`. */
function instructionIn(step: string): string {
  return step.replace(/^\[[^\]]*\]\s*/, '');
}
