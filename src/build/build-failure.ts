import { readSolveError } from '../engine/buildkit/solve-error.js';
import { refusalToFailure } from '../engine/refusal.js';
import { Failure } from '../host/failure.js';
import { lineOfBase, lineOfStep } from './dockerfile-position.js';
import { type StepLog } from './step-log.js';

/**
 * What went wrong in a build, with the line of the Dockerfile where it can be told.
 *
 * @param text the engine's words
 * @param file absolute path of the Dockerfile
 * @param dockerfile its text
 */
export function buildFailure(text: string, file: string, dockerfile: string, log: StepLog): Failure {
  const step = log.failedStep();
  const error = readSolveError(text, step);
  switch (error.kind) {
    case 'base-image': {
      const line = lineOfBase(dockerfile, error.reference) ?? 1;
      return new Failure(
        'base-image-not-found',
        `The base image ${error.reference} cannot be pulled: ${step?.error ?? text}`,
        'Check its name and tag, the network of the engine’s host, and whether the registry wants a sign-in.',
        { location: { file, line } },
      );
    }
    case 'syntax':
      return new Failure(
        'dockerfile-syntax',
        `The Dockerfile has an error${error.line === undefined ? '' : ` in line ${error.line}`}: ${error.problem}`,
        'Correct it and build again.',
        { location: { file, line: error.line ?? 1 } },
      );
    case 'step': {
      const how = error.exitCode === undefined ? `: ${step?.error ?? text}` : ` with exit code ${error.exitCode}.`;
      const line = step === undefined ? undefined : lineOfStep(dockerfile, step.name);
      return new Failure(
        'build-step-failed',
        `The step “${step?.name ?? ''}” failed${how}`,
        'Correct the Dockerfile and build again; the log has the whole output.',
        { location: { file, line: line ?? 1 }, output: step?.output ?? [] },
      );
    }
    case 'other': {
      const refusal = refusalToFailure({ status: 200, text });
      if (refusal.reason !== 'engine-refused') return refusal;
      return new Failure('build-failed', `The build failed: ${text}`, 'Correct the Dockerfile and build again.', {
        location: { file, line: 1 },
      });
    }
  }
}
