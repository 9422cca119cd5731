import assert from 'node:assert/strict';
import { expansionsOf, placesOf, readSnippet } from './expand.js';

describe('the reading of snippets', () => {
  const expansions: [string, string, string[]][] = [
    ['text', 'a b', ['a b']],
    ['escapes', '\\$A \\\\ \\}', ['$A \\ }']],
    ['defaults, also where the tabstop is named again', '${1:a}-${1}-$1$0', ['a-a-a']],
    ['defaults inside of defaults', '${1:a ${2:b}} $2', ['a b b']],
    ['a brace in a default', '${1:{a\\}}', ['{a}']],
    ['each choice', '${1|a,b|} $1 ${2|x,y|}', ['a a x', 'b b x', 'a a y']],
    ['a brace outside', '{"a": 1}', ['{"a": 1}']],
  ];
  for (const [what, body, expected] of expansions) {
    it(`expands ${what}`, () => {
      assert.deepEqual(expansionsOf(readSnippet(body)), expected);
    });
  }
  it('finds all tabstops', () => {
    assert.deepEqual(
      placesOf(readSnippet('${2:a ${1:b}} $0')).map(({ number }) => number),
      [2, 1, 0],
    );
  });
  for (const body of ['$HOME', '${HOME}', '${HOME:x}', '${TM_FILENAME}', '$', '\\.', '${1:a', '${1/x/y/}']) {
    it(`refuses ${body}`, () => {
      assert.throws(() => readSnippet(body));
    });
  }
});
