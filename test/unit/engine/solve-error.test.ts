import assert from 'node:assert/strict';
import { readSolveError } from '../../../src/engine/buildkit/solve-error.js';

describe("BuildKit's words about a failed build", () => {
  it('say that the Dockerfile has an error, and where', () => {
    assert.deepEqual(readSolveError('dockerfile parse error on line 12: unknown instruction: RUNN', undefined), {
      kind: 'syntax',
      problem: 'unknown instruction: RUNN',
      line: 12,
    });
    assert.deepEqual(
      readSolveError(
        'failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 4: unknown instruction: X',
        undefined,
      ),
      { kind: 'syntax', problem: 'unknown instruction: X', line: 4 },
    );
    assert.deepEqual(readSolveError('failed to create LLB definition: no build stage in current context', undefined), {
      kind: 'syntax',
      problem: 'no build stage in current context',
      line: undefined,
    });
  });

  it('say which base image cannot be had', () => {
    const step = {
      name: '[internal] load metadata for docker.io/library/nothing:1',
      error: 'docker.io/library/nothing:1: not found',
    };
    assert.deepEqual(readSolveError('nothing:1: failed to resolve source metadata', step), {
      kind: 'base-image',
      reference: 'docker.io/library/nothing:1',
    });
  });

  it('say that a step failed, and how', () => {
    const step = {
      name: '[2/2] RUN x',
      error: 'process "/bin/sh -c x" did not complete successfully: exit code: 127: not found',
    };
    assert.deepEqual(readSolveError(step.error, step), { kind: 'step', exitCode: 127 });
    const copy = { name: '[2/2] COPY missing /', error: 'failed to calculate checksum: "/missing": not found' };
    assert.deepEqual(readSolveError(copy.error, copy), { kind: 'step', exitCode: undefined });
    assert.deepEqual(readSolveError('something new', undefined), { kind: 'other' });
  });
});
