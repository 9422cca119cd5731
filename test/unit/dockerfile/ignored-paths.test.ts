import assert from 'node:assert/strict';
import { ignoredBy } from '../../../src/dockerfile/ignored-paths.js';

describe('what a .dockerignore keeps out', () => {
  const ignored: [what: string, lines: string[], path: string][] = [
    ['a file by its name', ['.env'], '.env'],
    ['a file in a folder', ['data'], 'data/raw/a.csv'],
    ['a folder written with a slash', ['./data/'], 'data'],
    ['a folder whose files are kept out', ['data/*'], 'data'],
    ['a folder whose files are kept out, in all depths', ['data/**'], 'data'],
    ['what a class matches', ['*.py[cod]'], 'a.pyc'],
    ['a name with an escape', ['\\!important'], '!important'],
    ['what is kept out again', ['*', '!data', 'data/raw'], 'data/raw/a.csv'],
    ['a folder of which one file is taken back', ['data', '!data/small.csv'], 'data'],
    ['a file behind a mark at the beginning', ['\uFEFF.env'], '.env'],
    ['everything, where Docker refuses a line', ['[a', '*.csv'], 'main.py'],
  ];
  for (const [what, lines, path] of ignored) {
    it(`is ${what}`, () => {
      assert.ok(ignoredBy(lines)(path));
    });
  }

  const admitted: [what: string, lines: string[], path: string][] = [
    ['what no line names', ['data', '', '# main.py'], 'main.py'],
    ['a file of that name in a folder', ['.env'], 'app/.env'],
    ['a folder of which some files are kept out', ['data/*.csv'], 'data'],
    ['a folder of which files in folders are kept out', ['data/raw/*'], 'data'],
    ['what a class does not match', ['*.py[cod]'], 'a.py'],
    ['what is taken back', ['*', '!src'], 'src/a.py'],
    ['a file that is taken back', ['*', '!src/a.py'], 'src/a.py'],
    ['a folder of which all is taken back', ['data', '!data/*'], 'data'],
  ];
  for (const [what, lines, path] of admitted) {
    it(`is not ${what}`, () => {
      assert.ok(!ignoredBy(lines)(path));
    });
  }
});
