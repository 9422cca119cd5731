import assert from 'node:assert/strict';
import { closest } from '../../../../src/compose/reading/closest.js';
import { splitCommand } from '../../../../src/compose/reading/command-words.js';
import { isDate, numberText, plainValue } from '../../../../src/compose/reading/plain-scalar.js';
import { parseDuration, parseSize } from '../../../../src/compose/reading/quantities.js';

describe('a plain scalar', () => {
  const values: [text: string, value: unknown, printed?: string][] = [
    ['', null],
    ['~', null],
    ['null', null],
    ['nULL', 'nULL'],
    ['true', true],
    ['FALSE', false],
    ['yes', 'yes'],
    ['on', 'on'],
    ['No', 'No'],
    ['22:22', '22:22'],
    ['1.2.3', '1.2.3'],
    ['2026-01-01', '2026-01-01'],
    ['-', '-'],
    ['1', 1, '1'],
    ['+5', 5, '5'],
    ['-0', -0, '0'],
    ['1_000', 1000, '1000'],
    ['0440', 288, '288'],
    ['0o17', 15, '15'],
    ['0x1F', 31, '31'],
    ['-0b11', -3, '-3'],
    ['08', 8, '8'],
    ['1.10', 1.1, '1.1'],
    ['.5', 0.5, '0.5'],
    ['5.', 5, '5'],
    ['1e3', 1000, '1000'],
    ['1e6', 1e6, '1e+06'],
    ['1234567.5', 1234567.5, '1.2345675e+06'],
    ['1234567', 1234567, '1234567'],
    ['0.0001', 0.0001, '0.0001'],
    ['0.00001', 0.00001, '1e-05'],
    ['9007199254740993', 9007199254740992, '9007199254740993'],
    ['100000000000000000000', 1e20, '1e+20'],
    ['.inf', Infinity, '+Inf'],
    ['-.INF', -Infinity, '-Inf'],
    ['.NaN', NaN, 'NaN'],
  ];
  for (const [text, value, printed] of values) {
    it(`“${text}” is ${String(value)}`, () => {
      const read = plainValue(text);
      assert.deepEqual(read, value);
      if (typeof read === 'number') assert.equal(numberText(read, text), printed);
    });
  }
});

describe('a date', () => {
  for (const [text, expected] of [
    ['2026-01-31', true],
    ['2026-1-3', true],
    ['2026-01-31T10:00:00Z', true],
    ['2026-01-31t10:00:00.5+02:00', true],
    ['2026-01-31 10:00:00', true],
    ['2026-01-31T10:00:00', false],
    ['2026-01-31 10:00:00Z', false],
    ['2026-13-31', false],
    ['2026-01', false],
    ['26-01-31', false],
    ['2026-01-31.1', false],
  ] as const) {
    it(`is ${expected ? '' : 'not '}${text}`, () => {
      assert.equal(isDate(text), expected);
    });
  }
});

describe('the words of a command', () => {
  const commands: [text: string, words: string[]][] = [
    ['', []],
    ['  ', []],
    ['a b  c', ['a', 'b', 'c']],
    [`a 'b c' "d e"f`, ['a', 'b c', 'd ef']],
    [`'' "" a`, ['', '', 'a']],
    [`a\\ b \\"c\\"`, ['a b', '"c"']],
    [`"a\\"b\\tc"`, ['a"btc']],
    [`'a\\b'`, ['a\\b']],
    [`"it's" 'say "x"'`, [`it's`, 'say "x"']],
    ['a\n\tb', ['a', 'b']],
    ['echo $(date +%s | x) `ls -l`', ['echo', '$(date +%s | x)', '`ls -l`']],
    [`"a && b; c" 'd|e' f\\;`, ['a && b; c', 'd|e', 'f;']],
  ];
  for (const [text, words] of commands) {
    it(`splits ${JSON.stringify(text)}`, () => {
      assert.deepEqual(splitCommand(text), { kind: 'words', words });
    });
  }

  const cut: [text: string, words: string[], ending: string][] = [
    ['a && b', ['a'], '&&'],
    ['a;b', ['a'], ';'],
    ['a b 2>err c', ['a', 'b'], '>'],
    ['a b>err', ['a', 'b'], '>'],
    ['| a', [], '|'],
  ];
  for (const [text, words, ending] of cut) {
    it(`leaves out what a shell would read in ${JSON.stringify(text)}`, () => {
      const split = splitCommand(text);
      assert.ok(split.kind === 'cut');
      assert.deepEqual([split.words, split.ending], [words, ending]);
    });
  }

  for (const text of [`a 'b`, 'a "b', 'a \\', 'a (b)', 'a )', 'a $(b', 'a `b']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.deepEqual(splitCommand(text), { kind: 'invalid' });
    });
  }
});

describe('quantities', () => {
  const sizes: [text: string, bytes: number | undefined][] = [
    ['10', 10],
    ['1b', 1],
    ['64m', 67_108_864],
    ['1.5g', 1_610_612_736],
    ['2 GB', 2_147_483_648],
    ['2KiB', 2048],
    ['1T', 1_099_511_627_776],
    ['-1', -1],
    ['5x', undefined],
    ['', undefined],
    ['m', undefined],
    ['1 2', undefined],
  ];
  for (const [text, bytes] of sizes) {
    it(`${JSON.stringify(text)} is ${String(bytes)} bytes`, () => {
      assert.equal(parseSize(text), bytes);
    });
  }

  const durations: [text: string, seconds: number | undefined][] = [
    ['10s', 10],
    ['1m30s', 90],
    ['1h5m30s20ms', 3930.02],
    ['1.5h', 5400],
    ['500us', 0.0005],
    ['1w2d', 777_600],
    ['0', 0],
    ['10', undefined],
    ['s', undefined],
    ['1s 2m', undefined],
    ['-5s', undefined],
  ];
  for (const [text, seconds] of durations) {
    it(`${JSON.stringify(text)} is ${String(seconds)} seconds`, () => {
      assert.equal(parseDuration(text), seconds === undefined ? undefined : Math.round(seconds * 1e9));
    });
  }
});

describe('the closest name', () => {
  const names = ['image', 'build', 'environment', 'env_file', 'ports', 'command'];
  const misspelt: [name: string, expected: string | undefined][] = [
    ['enviroment', 'environment'],
    ['envfile', 'env_file'],
    ['prots', 'ports'],
    ['Image', 'image'],
    ['port', 'ports'],
    ['x', undefined],
    ['webserver', undefined],
  ];
  for (const [name, expected] of misspelt) {
    it(`to “${name}” is ${String(expected)}`, () => {
      assert.equal(closest(name, names), expected);
    });
  }
});
