import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { labels } from '../../../src/dockerfile/labels.js';

describe('labels', () => {
  const cases: [string, string, string[]][] = [
    ['have = and spaces in quotes', 'LABEL a=b c="d e=f" g=h\\ i=j', ['a', 'c', 'g']],
    ['have the old form, with = in the value', 'LABEL a b=c d', ['a']],
    ['have keys in quotes', `LABEL "a.b"="c" 'd'=e`, ['a.b', 'd']],
    ['go over lines', 'LABEL a=b \\\n  # comment\n  c=d', ['a', 'c']],
    ['have each key once', 'LABEL a=b\nLABEL a=c', ['a']],
    ['are empty', 'LABEL a= b=""', ['a', 'b']],
    ['have an escaped quote', 'LABEL a="b \\" c=d" e=f', ['a', 'e']],
    ['are none', 'RUN LABEL a=b\nLABEL', []],
  ];
  for (const [does, text, expected] of cases) {
    it(does, () => {
      assert.deepEqual(labels(parseDockerfile(`FROM x\n${text}`)), expected);
    });
  }

  it('are those of the stages that the target begins with', () => {
    const dockerfile = parseDockerfile(
      'ARG B=one\nFROM x AS one\nLABEL a=1\nFROM x AS two\nLABEL b=1\nFROM $B AS last\nLABEL c=1\nCOPY --from=two / /',
    );
    assert.deepEqual(labels(dockerfile), ['a', 'c']);
    assert.deepEqual(labels(dockerfile, { target: 'two' }), ['b']);
    assert.deepEqual(labels(dockerfile, { buildArguments: { B: 'two' } }), ['b', 'c']);
    assert.deepEqual(labels(dockerfile, { target: 'none' }), []);
  });
});
