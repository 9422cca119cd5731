import assert from 'node:assert/strict';
import { explainProblem, interpolate } from '../../../src/compose/interpolate.js';

describe('interpolation in compose files', () => {
  const variables = new Map([
    ['A', 'one'],
    ['EMPTY', ''],
    ['_b1', 'low'],
    ['NESTED', '${A}'],
  ]);
  const lookup = (name: string): string | undefined => variables.get(name);

  const texts: [text: string, expected: string][] = [
    ['plain', 'plain'],
    ['$A', 'one'],
    ['${A}', 'one'],
    ['x${A}y$A.z', 'xoney' + 'one.z'],
    ['$_b1-', 'low-'],
    ['${A:-b}', 'one'],
    ['${A-b}', 'one'],
    ['${EMPTY:-b}', 'b'],
    ['${EMPTY-b}', ''],
    ['${UNSET:-b}', 'b'],
    ['${UNSET-b}', 'b'],
    ['${A:+b}', 'b'],
    ['${A+b}', 'b'],
    ['${EMPTY:+b}', ''],
    ['${EMPTY+b}', 'b'],
    ['${UNSET:+b}', ''],
    ['${UNSET+b}', ''],
    ['${A:?needed}', 'one'],
    ['${EMPTY?needed}', ''],
    ['${UNSET:-${A}}', 'one'],
    ['${UNSET:-${UNSET:-${A}}}', 'one'],
    ['${UNSET:-a:-b?c}', 'a:-b?c'],
    ['${UNSET-b:-c}', 'b:-c'],
    ['${UNSET:-}', ''],
    ['${UNSET:-{"a": {}}}', '{"a": {}}'],
    ['${A}-${UNSET:-b}', 'one-b'],
    ['${UNSET:-x$A}y', 'xoney'],
    // Values are not looked into.
    ['$NESTED', '${A}'],
    // What begins no variable stays.
    ['$$A', '$A'],
    ['$$$A', '$one'],
    ['$$$$', '$$'],
    ['$', '$'],
    ['a$', 'a$'],
    ['$1 $- $(date) $', '$1 $- $(date) $'],
    ['${UNSET:-$$}', '$'],
  ];
  for (const [text, expected] of texts) {
    it(`makes “${expected}” of “${text}”`, () => {
      assert.deepEqual(interpolate(text, lookup), { text: expected, problems: [] });
    });
  }

  it('tells of each variable that is not set, where it stands', () => {
    const { text, problems } = interpolate('a$UNSET b${OTHER} ${A:-$UNSET}', lookup);
    assert.equal(text, 'a b one');
    assert.deepEqual(problems, [
      { kind: 'unset', name: 'UNSET', index: 1 },
      { kind: 'unset', name: 'OTHER', index: 9 },
      // As in Compose, even a default that is not needed is read.
      { kind: 'unset', name: 'UNSET', index: 23 },
    ]);
  });

  const required: [text: string, name: string, message: string][] = [
    ['${UNSET:?say $A}', 'UNSET', 'say one'],
    ['${UNSET?say}', 'UNSET', 'say'],
    ['${EMPTY:?}', 'EMPTY', ''],
    ['${A:-${UNSET?even here}}', 'UNSET', 'even here'],
  ];
  for (const [text, name, message] of required) {
    it(`refuses “${text}”`, () => {
      const [problem] = interpolate(text, lookup).problems;
      assert.ok(problem?.kind === 'required');
      assert.deepEqual([problem.name, problem.message], [name, message]);
      assert.match(explainProblem(problem).message, new RegExp(`${name} has to be set`));
    });
  }

  for (const text of [
    '${',
    '${}',
    '${A',
    '${A!}',
    '${A:b}',
    '${1A}',
    '${ A}',
    '${A:-b',
    '${UNSET:-a\nb}',
    '${A/a/b}',
  ]) {
    it(`finds no variable in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(
        interpolate(text, lookup).problems.map(({ kind }) => kind),
        ['invalid'],
      );
    });
  }

  it('ends with a text that nests without end', () => {
    const text = `${'${A:-'.repeat(5000)}${'}'.repeat(5000)}`;
    assert.equal(interpolate(text, lookup).problems[0]?.kind, 'invalid');
  });
});
