import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { programError } from '../../../src/gpu/program-error.js';

/** What programs have said, with its public source. */
const recorded = JSON.parse(readFileSync('test/fixtures/gpu-program-errors.json', 'utf8')) as {
  source: string;
  lines: string[];
  message: string;
}[];

describe("a program's words about CUDA", () => {
  for (const { source, lines, message } of recorded) {
    it(`in ${source.replace('https://github.com/', '')} mean that ${message}`, () => {
      const errors = lines.map(programError).filter((error) => error !== undefined);
      assert.ok(errors.length > 0, lines.join('\n'));
      for (const error of errors) assert.ok(error.message.includes(message), error.message);
    });
  }

  it('are told from other lines', () => {
    for (const line of ['epoch 1: loss 0.2', 'Using CUDA device 0', '']) assert.equal(programError(line), undefined);
  });
});
