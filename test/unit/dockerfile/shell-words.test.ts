import assert from 'node:assert/strict';
import { expandWord, readShell } from '../../../src/dockerfile/shell-words.js';

describe('a word with variables', () => {
  const variables = new Map([
    ['A', 'one'],
    ['EMPTY', ''],
    ['TAG', '3.12.1-slim'],
    ['PATH', 'a/b/c'],
    ['LONG', 'x'.repeat(300)],
    ['UNKNOWN', undefined],
  ]);
  const words: [string, string | undefined][] = [
    ['$A', 'one'],
    ['${A}', 'one'],
    ['x$A.y', 'xone.y'],
    ['$Ax', ''],
    ['$', '$'],
    ['a$.', 'a$.'],
    ['$1x', 'x'],
    ['\\$A', '$A'],
    ["'$A'", '$A'],
    ['"$A"', 'one'],
    ['"\\$A\\n"', '$A\\n'],
    ['a"b c"d', 'ab cd'],
    ['"open', undefined],
    ["it's", undefined],
    ['${A:-b}', 'one'],
    ['${B:-b}', 'b'],
    ['${EMPTY:-b}', 'b'],
    ['${EMPTY-b}', ''],
    ['${B-b}', 'b'],
    ['${A:+b}', 'b'],
    ['${B:+b}', ''],
    ['${EMPTY:+b}', ''],
    ['${EMPTY+b}', 'b'],
    ['${B:-${C:-$A}}', 'one'],
    ['${B:-"c d"}', 'c d'],
    ['${A:?}', 'one'],
    ['${B:?must be given}', undefined],
    ['${EMPTY?}', ''],
    ['${TAG%-*}', '3.12.1'],
    ['${TAG%.*}', '3.12'],
    ['${TAG%%.*}', '3'],
    ['${TAG#*.}', '12.1-slim'],
    ['${TAG##*.}', '1-slim'],
    ['${TAG#?}', '.12.1-slim'],
    ['${TAG%x}', '3.12.1-slim'],
    ['${PATH/b/x}', 'a/x/c'],
    ['${PATH//\\//-}', 'a-b-c'],
    ['${PATH//?/x}', 'xxxxx'],
    ['${TAG/*-/}', 'slim'],
    ['${A', undefined],
    ['${}', undefined],
    ['${A:=b}', undefined],
    ['${A:b}', undefined],
    ['${UNKNOWN}', undefined],
    ['${UNKNOWN:-b}', undefined],
    ['${LONG%x}', undefined],
  ];
  for (const [word, expected] of words) {
    it(`${word} is ${String(expected)}`, () => {
      assert.equal(expandWord(word, '\\', variables), expected);
    });
  }

  it('is escaped by the other character', () => {
    assert.equal(expandWord('C:\\$A`$A', '`', variables), 'C:\\one$A');
  });

  it('is split at spaces outside of quotes', () => {
    const reading = { escape: '\\', variables: new Map([['S', 'b c']]) };
    assert.deepEqual(readShell('a$S "$S"  \\ d', reading)?.words, ['ab', 'c', 'b c', ' d']);
  });

  it('does not grow without bounds', () => {
    for (const twice of ['$A$A', '"$A$A"', '${A:-x}${A}', '${B:-$A$A}']) {
      let grown: string | undefined = 'x'.repeat(1_000);
      for (let round = 0; round < 40 && grown !== undefined; round++) {
        grown = expandWord(twice, '\\', new Map([['A', grown]]));
      }
      assert.equal(grown, undefined);
    }
  });

  it('is not read where it is too deep', () => {
    assert.equal(expandWord(`${'${A:-'.repeat(50)}x${'}'.repeat(50)}`, '\\', new Map()), 'x');
    assert.equal(expandWord(`${'${A:-'.repeat(50_000)}x${'}'.repeat(50_000)}`, '\\', new Map()), undefined);
  });

  it('is matched in time that does not explode', () => {
    const variable = new Map([['A', 'a'.repeat(120)]]);
    assert.equal(expandWord(`\${A#${'*a'.repeat(60)}b}`, '\\', variable), 'a'.repeat(120));
    assert.equal(expandWord(`\${A//${'*a'.repeat(60)}b/}`, '\\', variable), 'a'.repeat(120));
  });
});
