import assert from 'node:assert/strict';
import { parseYaml } from '../../../src/project/yaml.js';

describe('YAML', () => {
  it('is read as it always was', () => {
    assert.deepEqual(parseYaml('a: [1, {b: "x"}]\nc: &c\n  - d\ne: *c\n'), { a: [1, { b: 'x' }], c: ['d'], e: ['d'] });
  });

  it('is refused when it is nested so deep that reading it would end the process', () => {
    for (const text of [
      '['.repeat(5000),
      '{a: '.repeat(5000),
      '- '.repeat(5000),
      Array.from({ length: 300 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
    ]) {
      assert.throws(() => parseYaml(text), /nested more than 200 times/);
    }
  });

  it('has as many brackets as it likes side by side', () => {
    assert.equal((parseYaml(`a: [${'[1], '.repeat(300)}]`) as { a: unknown[] }).a.length, 300);
  });
});
