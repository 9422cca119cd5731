import assert from 'node:assert/strict';
import { type ProgramLanguage, tokenize } from '../../../../src/project/code/tokens.js';

/** Kind and text of each token, with its line; those that begin a line left out. */
function read(text: string, language: ProgramLanguage = 'python'): string[] {
  return tokenize(text, language)
    .filter(({ kind }) => kind !== 'line')
    .map(({ kind, text: piece, line }) => `${line} ${kind} ${piece}`);
}

function strings(text: string, language: ProgramLanguage = 'python'): string[] {
  return tokenize(text, language).flatMap((token) => (token.kind === 'string' ? token.text : []));
}

describe('the tokens of a program', () => {
  it('are names, numbers, strings and marks with their lines, and no comments', () => {
    assert.deepEqual(read('x = 1.5  # "no"\ny += f(x)\n'), [
      '1 name x',
      '1 mark =',
      '1 number 1.5',
      '2 name y',
      '2 mark +=',
      '2 name f',
      '2 mark (',
      '2 name x',
      '2 mark )',
    ]);
  });

  it('know the logical lines of Python: brackets and backslashes join lines', () => {
    const lines = tokenize('f(\n  1,\n  2)\nx = \\\n  3\n    y\n', 'python').filter(({ kind }) => kind === 'line');
    assert.deepEqual(
      lines.map((token) => [token.line, token.kind === 'line' ? token.indent : -1]),
      [
        [1, 0],
        [4, 0],
        [6, 4],
      ],
    );
  });

  it('count lines behind long strings, continued strings and Windows line ends', () => {
    assert.deepEqual(read('"""a\nb"""\r\nx\n"a\\\nb"\ny'), ['1 string a\nb', '3 name x', '4 string ab', '6 name y']);
  });

  const python: [text: string, expected: string[]][] = [
    [`'a' "b" '''c''' """d"""`, ['a', 'b', 'c', 'd']],
    [`r'\\n' rb"x" Rb'y' BR'z' u'w'`, ['\\n', 'x', 'y', 'z', 'w']],
    [`"it's" 'say "x"' "a\\"b" "\\\\"`, [`it's`, 'say "x"', 'a"b', '\\']],
    [`'' "" """""" ''''''`, ['', '', '', '']],
    [`"""a "quoted" ""x"""`, ['a "quoted" ""x']],
    ['f"{d["a"]}/b" + "c"', ['{d["a"]}/b', 'c']],
    [`f'{d["a"]}/b' "c"`, ['{d["a"]}/b', 'c']],
    ['f"{{x}}" "c"', ['{{x}}', 'c']],
    [`f"{x!r:>{width}}" "c"`, ['{x!r:>{width}}', 'c']],
    [`"not closed\n'next'`, ['not closed', 'next']],
    [`f"{not closed\n'next'`, ['{not closed', 'next']],
    ['"""not closed\nimport x', ['not closed\nimport x']],
    [`'results\\\\a.csv' r'results\\b.csv' 'results\\c.csv'`, ['results\\a.csv', 'results\\b.csv', 'results\\c.csv']],
  ];
  for (const [text, expected] of python) {
    it(`read the strings of ${JSON.stringify(text)}`, () => {
      assert.deepEqual(strings(text), expected);
    });
  }

  it('read R: raw strings, strings of several lines, names with dots and in backticks', () => {
    assert.deepEqual(read('`my var` <- read.csv(r"---(a"b)---", \'x\ny\') # "no"\nz', 'r'), [
      '1 name my var',
      '1 mark <-',
      '1 name read.csv',
      '1 mark (',
      '1 string a"b',
      '1 mark ,',
      '1 string x\ny',
      '2 mark )',
      '3 name z',
    ]);
  });

  it('read Julia: nested comments, adjoints, characters, interpolations', () => {
    assert.deepEqual(strings(`#= a #= "b" =# "c" =# A' * B' + f('"') * "d" * "$(g("e"))/f" * raw"\\x"`, 'julia'), [
      '',
      'd',
      '$(g("e"))/f',
      '\\x',
    ]);
    assert.deepEqual(read('push!(x!=y)\nOUT="a"', 'julia'), [
      '1 name push!',
      '1 mark (',
      '1 name x',
      '1 mark !=',
      '1 name y',
      '1 mark )',
      '2 name OUT',
      '2 mark =',
      '2 string a',
    ]);
  });

  it('come in time proportional to the text, whatever it is', () => {
    const hostile = ['"', "'", 'f"{', 'f"{"', '(', '`', '#=', '\\', 'r"(', '"""', '$(', '\u00a0', '{', "A'"];
    const start = performance.now();
    for (const piece of hostile) {
      for (const language of ['python', 'r', 'julia'] as const) tokenize(piece.repeat(20_000), language);
    }
    assert.ok(performance.now() - start < 5000);
  });
});
