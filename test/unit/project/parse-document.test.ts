import assert from 'node:assert/strict';
import { parseDocument, parseProblem } from '../../../src/project/parse-document.js';

/** The line of the problem that a text has. */
function lineOf(file: string, text: string): number | undefined {
  try {
    parseDocument(file, text);
  } catch (error) {
    return parseProblem(file, text, error).line;
  }
  return assert.fail('it can be read');
}

describe('a file that cannot be parsed', () => {
  const cases: [what: string, file: string, text: string, line: number][] = [
    // The engine of JavaScript names no position for these.
    ['JSON with a word in it', 'renv.lock', '{\n  "R": {\n    "Version": four\n  }\n}\n', 3],
    ['JSON without a closing quote', 'Pipfile.lock', '{\n  "default": {\n    "numpy\n', 3],
    ['JSON that just ends', 'Pipfile.lock', '{\n  "default": {\n\n\n', 2],
    ['JSON with a comma too much', 'renv.lock', '{\n  "R": 1,\n}\n', 3],
    ['TOML', 'pixi.toml', 'a = 1\nb = = 2\n', 2],
    ['YAML', 'environment.yml', 'a: 1\nb: [\n', 3],
  ];
  for (const [what, file, text, line] of cases) {
    it(`is broken in a line: ${what}`, () => {
      assert.equal(lineOf(file, text), line);
    });
  }
});
