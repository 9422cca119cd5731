import assert from 'node:assert/strict';
import { compareTexts, type TextComparison } from '../../../src/bundle/compare-texts.js';

/** Written together, what the recorded text and what was found have in common. */
const title = (recorded: string, found: string): string => `${JSON.stringify(recorded)} and ${JSON.stringify(found)}`;
const orders = (recorded: string, found: string): [string, string][] => [
  [recorded, found],
  [found, recorded],
];

describe('comparing texts', () => {
  it('finds the same text the same', () => {
    for (const text of ['', 'a\n', '1.5,nan,-inf\r\n', 'é\u0000\n\n']) {
      assert.deepEqual(compareTexts(text, text), { kind: 'same' });
    }
  });

  const within: readonly (readonly [recorded: string, found: string, numbers?: number])[] = [
    ['0.5', '0.50000049'],
    ['0.1', '0.10000000000000001'],
    ['1.0', '0.9999999999'],
    ['1.0', '1.00'],
    ['1', '0.99999999'],
    ['1', '1.0'],
    ['5.', '5.000001'],
    ['.5', '0.5'],
    ['+1.5', '1.5'],
    ['-1.5e3', '-1500.0001'],
    ['1e-05', '1.00000001e-05'],
    ['1E10', '10000000000.5'],
    ['6.02214076e23', '6.0221407e+23'],
    ['1.5D+02', '1.50000001D+02'],
    // About zero, an amount counts.
    ['0', '1e-17'],
    ['0.0', '-3.2e-16'],
    ['-0.0', '0.0'],
    ['1e-13', '9e-13'],
    ['1e-320', '0'],
    // Wherever numbers stand.
    ['a,0.5,b\n', 'a,0.50000001,b\n'],
    ['a\t0.5\t\tb', 'a\t0.50000001\t\tb'],
    ['{"loss":0.5,"n":[1,2.5]}', '{"loss":0.50000001,"n":[1,2.50000001]}', 2],
    ['loss=0.5;', 'loss=0.50000001;'],
    ['The loss is 0.5.', 'The loss is 0.50000001.'],
    ['95.3%', '95.30000001%'],
    ['(0.5)', '(0.50000001)'],
    ['x: -0.5', 'x: -0.50000001'],
    ['0.5 0.5 0.5', '0.50000001 0.5 0.50000001', 2],
    ['0.5\n0.5\n', '0.50000001\n0.50000001\n', 2],
    ['3 runs, 0.5', '3 runs, 0.50000001'],
    ['nan 0.5 inf', 'nan 0.50000001 inf'],
    ['| 0.5 | **0.7** |', '| 0.50000001 | **0.70000001** |', 2],
    ['12:34:56.7890001', '12:34:56.7890002'],
    // Complex numbers.
    ['1.5+2.5j', '1.50000001+2.5j'],
    ['1.5-2.5j', '1.5-2.50000001j'],
    ['(1e-05+2e-05j)', '(1e-05+2.00000001e-05j)'],
    ['2.5i', '2.50000001i'],
    // Numbers of another length are padded otherwise.
    ['  10.0 x', '9.99999999 x'],
    ['[ 0.  1.]', '[-0.  1.]'],
    ['a      10.0  7', 'a 9.9999999  7'],
    ['1.0     |', '0.9999999|'],
  ];
  for (const [recorded, found, numbers = 1] of within) {
    it(`finds ${title(recorded, found)} within the tolerance`, () => {
      for (const [left, right] of orders(recorded, found)) {
        const compared = compareTexts(left, right);
        assert.equal(compared.kind, 'within', JSON.stringify(compared));
        assert.equal(compared.numbers, numbers);
        assert.ok(compared.largest >= 0 && compared.largest <= 1e-6, String(compared.largest));
      }
    });
  }

  const differing: readonly (readonly [recorded: string, found: string, line?: number])[] = [
    ['0.5', '0.500001'],
    ['0.5', '-0.5'],
    ['1e-11', '2e-11'],
    ['0.0', '1e-11'],
    ['1.5', 'nan'],
    ['nan', 'NaN'],
    ['inf', '-inf'],
    ['1e400', '1e401'],
    ['0.5', ''],
    ['0.5', 'a'],
    ['0.5', '0.5 0.5'],
    // Counts and names.
    ['1', '2'],
    ['10000000', '10000001'],
    ['007', '7'],
    ['+7', '7'],
    ['-7', '7'],
    ['2026-03-04', '2026-03-05'],
    ['2026-03-04', '2026-03-4.0'],
    ['12:34:56', '12:34:57'],
    // Words with digits in them.
    ['abc12', 'abc13'],
    ['abc1.5', 'abc1.50'],
    ['é1.5', 'é1.50'],
    ['x_1.5', 'x_1.50'],
    ['1.5x', '1.50x'],
    ['12.5ms', '12.50ms'],
    ['1.2.3', '1.2.30'],
    ['1.20.3', '1.2.3'],
    ['127.0.0.1', '127.00.0.1'],
    ['v1.5', 'v1.50'],
    ['model-1.5', 'model-1.50'],
    ['model_2-1.5', 'model_2-1.50'],
    ['1.5.txt', '1.50.txt'],
    ['0x1.8p3', '0x1.80p3'],
    // Hashes.
    ['12345678e1', '12345679e1'],
    ['1e12345678', '1e12345679'],
    ['0e462097431906509', '0e462097431906510'],
    ['3e10ab', '3e10ac'],
    ['550e8400-e29b-41d4-a716-446655440000', '550e8400-e29b-41d4-a716-446655440001'],
    // All that is no number.
    ['a 0.5', 'b 0.5'],
    ['0.5,', '0.5;'],
    ['0.5\t', '0.5 '],
    ['a b', 'a  b'],
    ['a  1', 'a 1'],
    ['a  0.5', 'a 0.5'],
    ['0.5\t0.5', '0.50000001\t\t0.5'],
    ['0.5\r\n', '0.5\n'],
    ['0.5\n', '0.5', 1],
    ['a\nb\n', 'a\n', 2],
    ['a\nb\n', 'a\nc\n', 2],
    ['0.5\n\n0.7\n', '0.50000001\n\n0.8\n', 3],
    ['a\n\nb', 'a\nb', 2],
    ['', 'a'],
  ];
  for (const [recorded, found, line = 1] of differing) {
    it(`finds ${title(recorded, found)} different`, () => {
      for (const [left, right] of orders(recorded, found)) {
        const compared = compareTexts(left, right);
        assert.equal(compared.kind, 'differs', JSON.stringify(compared));
        assert.equal(compared.line, line);
        assert.match(compared.what, / instead of |^it (?:ends|goes on) where/);
      }
    });
  }

  it('takes the tolerance that it is given', () => {
    const compare = (recorded: string, found: string, relative: number, absolute: number): TextComparison['kind'] =>
      compareTexts(recorded, found, { relative, absolute }).kind;
    assert.equal(compare('100.0', '101.0', 0.01, 1e-12), 'within');
    assert.equal(compare('100.0', '101.1', 0.01, 1e-12), 'differs');
    assert.equal(compare('0.001', '0.002', 0.01, 0.001), 'within');
    assert.equal(compare('0.001', '0.0021', 0.01, 0.001), 'differs');
    assert.equal(compare('100', '101', 0.01, 1), 'differs');
  });

  it('tells how many numbers differ, and how much the most different do', () => {
    const compared = compareTexts('1.0 2.0 3.0 4 nan', '1.0 2.0000002 3.0000001 4 nan');
    assert.ok(compared.kind === 'within');
    assert.equal(compared.numbers, 2);
    assert.ok(Math.abs(compared.largest - 1e-7) < 1e-12, String(compared.largest));
  });

  const said: readonly (readonly [recorded: string, found: string, what: string])[] = [
    ['a 0.5', 'a 0.7', '“0.7” instead of “0.5”'],
    ['alpha\n', 'alphx\n', '“alphx” instead of “alpha”'],
    ['a\n', '', 'it ends where the recorded text goes on'],
    ['a\n', 'a\nb\n', 'it goes on where the recorded text ends'],
    ['1.2.3', '1.2.30', '“1.2.30” instead of “1.2.3”'],
    ['x\u001b[31m\n', 'y\u202e\n', '“y\uFFFD” instead of “x\uFFFD[31m”'],
    [
      `${'-'.repeat(99)}a${'b'.repeat(99)}`,
      `${'-'.repeat(99)}c`,
      `“…${'-'.repeat(12)}c” instead of “…${'-'.repeat(12)}a${'b'.repeat(27)}…”`,
    ],
  ];
  for (const [recorded, found, what] of said) {
    it(`says of ${title(recorded, found).slice(0, 60)}: ${what.slice(0, 60)}`, () => {
      const compared = compareTexts(recorded, found);
      assert.ok(compared.kind === 'differs');
      assert.equal(compared.what, what);
    });
  }

  it('does not take longer than a text is long', () => {
    const count = 100_000;
    const texts = ['1', '1.', '.1-', '1e', '-+', ' ', '1 ', '0.5\n', 'a1', '1e-1+', '.11111111111111111111-'];
    const start = performance.now();
    for (const text of texts) {
      const long = text.repeat(count);
      compareTexts(`0.5${long}x`, `0.50${long}y`);
    }
    // Seconds, where a time that grows with the square would be hours.
    assert.ok(performance.now() - start < 20_000);
  });
});
