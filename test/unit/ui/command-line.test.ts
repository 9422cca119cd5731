import assert from 'node:assert/strict';
import { shellLine } from '../../../src/host/shell-line.js';
import { parseWords } from '../../../src/ui/command-line.js';

describe('a command line', () => {
  const cases: [string, string[]][] = [
    ['', []],
    ['  python  run.py ', ['python', 'run.py']],
    ['a "b c" d', ['a', 'b c', 'd']],
    ['sh -c \'echo "$HOME"\'', ['sh', '-c', 'echo "$HOME"']],
    ['a\\ b', ['a b']],
    ['"a\\"b" \'c\\d\'', ['a"b', 'c\\d']],
    ['"" x', ['', 'x']],
    ['pre"mid"post', ['premidpost']],
  ];
  for (const [line, words] of cases) {
    it(`${line} is ${JSON.stringify(words)}`, () => {
      assert.deepEqual(parseWords(line), words);
    });
  }

  it('written from words is read back as the same words', () => {
    for (const words of [['a'], ['a b', "it's", '"', '$x', '\\', '', 'ü']]) {
      assert.deepEqual(parseWords(shellLine(words)), words);
    }
  });
});
