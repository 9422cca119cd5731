import assert from 'node:assert/strict';
import { readEnvFile, readRawEnvFile } from '../../../src/compose/env-file.js';

const outer = new Map([
  ['SHELL_ONLY', 'shell'],
  ['BOTH', 'shell'],
]);
const lookup = (name: string): string | undefined => outer.get(name);

describe('a file of variables', () => {
  const lines: [text: string, expected: Record<string, string>][] = [
    ['A=1', { A: '1' }],
    ['A=1\nB=2\n', { A: '1', B: '2' }],
    ['\uFEFFA=1', { A: '1' }],
    ['A=1\r\nB="2"\r\n# c\r\nC= 3 \r\n', { A: '1', B: '2', C: '3' }],
    ['\n# comment\n  # another\nA=1', { A: '1' }],
    ['export A=1', { A: '1' }],
    ['exporter=1', { exporter: '1' }],
    ['A = 1', { A: '1' }],
    ['A: yaml style', { A: 'yaml style' }],
    ['A=', { A: '' }],
    ['A=\nB=2', { A: '', B: '2' }],
    ['A=a b # comment', { A: 'a b' }],
    ['A=a#b', { A: 'a#b' }],
    ['A= #b', { A: '#b' }],
    ["A='single $BOTH \\n' # comment", { A: 'single $BOTH \\n' }],
    ["A='it\\'s'", { A: "it's" }],
    ['A="a\\tb\\n\\"c\\" \\\\ \\0101"', { A: 'a\tb\n"c" \\ A' }],
    ['A="two\nlines"\nB=2', { A: 'two\nlines', B: '2' }],
    ["A='two\nlines'", { A: 'two\nlines' }],
    ['A=a\\nb', { A: 'a\\nb' }],
    ['A=$BOTH', { A: 'shell' }],
    ['BOTH=file\nA=$BOTH', { BOTH: 'file', A: 'shell' }],
    ['B=file\nA="${B}-x"', { B: 'file', A: 'file-x' }],
    ['A=${NOPE:-default}', { A: 'default' }],
    ['A="\\$B $$C"', { A: '$B $C' }],
    ['A=$$B', { A: '$B' }],
    ['SHELL_ONLY\nNOPE\nA=1', { SHELL_ONLY: 'shell', A: '1' }],
    ['SHELL_ONLY', { SHELL_ONLY: 'shell' }],
    ['A.b-c[0]=1', { 'A.b-c[0]': '1' }],
    ['A=1\nA=2', { A: '2' }],
    ['A=a=b', { A: 'a=b' }],
    ['', {}],
  ];
  for (const [text, expected] of lines) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const { variables, problems } = readEnvFile(text, lookup);
      assert.deepEqual(Object.fromEntries(variables), expected);
      assert.deepEqual(problems, []);
    });
  }

  it('knows the variables of the files before, under those of its own', () => {
    const before = new Map([
      ['A', 'before'],
      ['B', 'before'],
      ['BOTH', 'before'],
    ]);
    const { variables } = readEnvFile('X=$A\nB=own\nY=$B\nZ=$BOTH', lookup, before);
    assert.deepEqual(Object.fromEntries(variables), { X: 'before', B: 'own', Y: 'own', Z: 'shell' });
  });

  const wrong: [text: string, line: number, severity: string, message: RegExp][] = [
    ['A=1\nB="open\nC=2', 2, 'error', /no closing quote/],
    ["A='open", 1, 'error', /no closing quote/],
    ['A=1\n\n# x\nB C=1', 4, 'error', /“B C” cannot be the name/],
    ['A=1\n=2', 2, 'error', /no name/],
    ['A=1\nB?=2', 2, 'error', /cannot be the name/],
    ['\nA=$NOPE', 2, 'warning', /NOPE is not set/],
    ['A=${NOPE:?say so}', 1, 'error', /NOPE has to be set: say so/],
    ['X="a\nb"\nA=${', 3, 'error', /no variable/],
  ];
  for (const [text, line, severity, message] of wrong) {
    it(`tells what is wrong in ${JSON.stringify(text)}`, () => {
      const [problem, ...more] = readEnvFile(text, lookup).problems;
      assert.deepEqual([problem?.line, problem?.severity, more], [line, severity, []]);
      assert.match(problem?.message ?? '', message);
    });
  }

  it('goes on behind a line that is wrong', () => {
    assert.deepEqual(Object.fromEntries(readEnvFile('A B=1\nC=2', lookup).variables), { C: '2' });
  });

  it('reads a long value in quotes', () => {
    const long = 'x\\"'.repeat(200_000);
    assert.equal(readEnvFile(`A="${long}"`, lookup).variables.get('A')?.length, 400_000);
  });
});

describe('a file of variables in the format “raw”', () => {
  it('takes each character for itself', () => {
    const text = '\uFEFFA="$BOTH" # not a comment\r\n  # comment\n B= x \nC=\nSHELL_ONLY\nNOPE\n\nD=a=b';
    const { variables, problems } = readRawEnvFile(text, lookup);
    assert.deepEqual(Object.fromEntries(variables), {
      A: '"$BOTH" # not a comment',
      B: ' x ',
      C: '',
      SHELL_ONLY: 'shell',
      D: 'a=b',
    });
    assert.deepEqual(problems, []);
  });

  it('refuses a line without a name, and a name with a space', () => {
    assert.deepEqual(
      readRawEnvFile('=1\nA B=2\nC=3', lookup).problems.map(({ line, severity }) => [line, severity]),
      [
        [1, 'error'],
        [2, 'error'],
      ],
    );
  });
});
