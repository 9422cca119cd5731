import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { gpuProblemOf } from '../../../src/engine/gpu-problems.js';
import { refusalToFailure } from '../../../src/engine/refusal.js';

/** Words of engines as they stand in public threads, with the problem or reason that they have. */
const recorded = JSON.parse(readFileSync('test/fixtures/gpu-refusals.json', 'utf8')) as {
  source: string;
  text: string;
  problem: string;
}[];

describe("the engine's words about a GPU", () => {
  for (const { source, text, problem } of recorded) {
    it(`in ${source.replace('https://github.com/', '')} are ${problem}`, () => {
      const failure = refusalToFailure({ status: 500, text });
      assert.equal(gpuProblemOf(failure)?.kind ?? failure.reason, problem, failure.message);
      assert.doesNotMatch(failure.message, /OCI runtime|stderr|hook #0/);
      assert.notEqual(failure.remedy, '');
    });
  }

  it('name the condition that is not met', () => {
    const { message } = refusalToFailure({
      status: 500,
      text: recorded.find(({ problem }) => problem === 'gpu-driver-too-old')?.text ?? '',
    });
    assert.match(message, /a GPU driver with cuda>=12\.8,/);
  });

  it('are not seen in other words', () => {
    for (const text of ['exec: "nvidia-smi": executable file not found in $PATH', 'no such image: cuda:12']) {
      assert.ok(!refusalToFailure({ status: 500, text }).reason.startsWith('gpu-'), text);
    }
  });
});
