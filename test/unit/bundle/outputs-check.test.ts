import assert from 'node:assert/strict';
import { outputsCheck, type OutputState } from '../../../src/bundle/compare-outputs.js';

describe('the check of compared outputs', () => {
  const of = (outputs: Record<string, OutputState>, extra: string[] = []): ReturnType<typeof outputsCheck> =>
    outputsCheck({
      outputs: Object.entries(outputs).map(([path, state]) => ({ path, ...state })),
      ...{ extra, tolerance: { relative: 1e-6, absolute: 1e-12 } },
    });
  const same: OutputState = { kind: 'identical' };
  const near = (largest: number): OutputState => ({ kind: 'within', largest, numbers: 3 });
  const missing: OutputState = { kind: 'missing' };
  const cases: readonly (readonly [
    title: string,
    outputs: Record<string, OutputState>,
    state: 'passed' | 'failed' | 'unknown',
    message: string,
    extra?: string[],
  ])[] = [
    ['all the same', { a: same, b: same }, 'passed', 'All 2 outputs are those of the recorded run, bit for bit.'],
    ['one that is the same', { a: same }, 'passed', 'The output is that of the recorded run, bit for bit.'],
    [
      'some within the tolerance',
      { a: same, b: near(3e-9), c: near(1e-12) },
      'passed',
      '3 outputs are those of the recorded run: 1 bit for bit, 2 with numbers that differ by at most 3e-9 (of 1e-6 allowed).',
    ],
    [
      'one within the tolerance, rounded up',
      { a: near(3.1e-9) },
      'passed',
      'The output is that of the recorded run, with numbers that differ by at most 4e-9 (of 1e-6 allowed).',
    ],
    [
      'a difference that is just allowed',
      { a: near(9.7e-7), b: same },
      'passed',
      '2 outputs are those of the recorded run: 1 bit for bit, 1 with numbers that differ by at most 1e-6 (of 1e-6 allowed).',
    ],
    [
      'numbers in another form',
      { a: near(0), b: same },
      'passed',
      '2 outputs are those of the recorded run: 1 bit for bit, 1 with the same numbers in another form.',
    ],
    [
      'one in another line',
      { a: same, b: { kind: 'differs', line: 3, what: '“2” instead of “1”' }, c: missing },
      'failed',
      '2 of 3 outputs are not those of the recorded run: b differs in line 3: “2” instead of “1”.',
    ],
    [
      'one that is no text',
      { 'a.png': { kind: 'differs', what: 'it is no text' } },
      'failed',
      'The output is not that of the recorded run: a.png differs, and could be compared bit for bit only: it is no text.',
    ],
    [
      'one missing',
      { a: missing, b: near(0) },
      'failed',
      '1 of 2 outputs is not that of the recorded run: a is not there.',
    ],
    [
      'more than is expected',
      { a: same },
      'passed',
      'The output is that of the recorded run, bit for bit. Besides, there is what was not recorded: b; c; d; and 1 more.',
      ['b', 'c', 'd', 'e'],
    ],
    ['nothing to compare with', {}, 'unknown', 'No output was recorded to compare with.'],
  ];
  for (const [title, outputs, state, message, extra] of cases) {
    it(`${state}: ${title}`, () => {
      const check = of(outputs, extra);
      assert.equal(check.message, message);
      assert.equal(check.state, state);
      assert.equal(check.remedy === undefined, state !== 'failed');
    });
  }
});
