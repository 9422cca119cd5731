import assert from 'node:assert/strict';
import { parseSimpleYaml } from '../../../src/project/simple-yaml.js';
import { parseYaml } from '../../../src/project/yaml.js';

/** What the library makes of a text. */
function byLibrary(text: string): unknown {
  try {
    return parseYaml(text);
  } catch {
    return 'refused';
  }
}

describe('YAML that is simple', () => {
  const simple: [what: string, text: string][] = [
    ['a mapping', 'version: 6\nname: a-b.c\nempty:\nlast: x\n'],
    [
      'lists at the indentation of their keys, and further in',
      'a:\n- x\n- y\nb:\n    - x\n    -   c: 1\n        d: 2\n',
    ],
    ['lists in lists', '- - a\n  - b\n-\n  - c\n-\n- d\n'],
    ['mappings in mappings', 'a:\n  b:\n    c: x\n  d:\n    __glibc: y\ne: z\n'],
    ['comments and empty lines', '# head\n\na:\n# - x\n\n  # y\n  - b#c\n   # z\n  - d\n'],
    ['no line end at the end, spaces at the ends of lines', 'a: b  \nc:  \n- d '],
    ['quoted texts', 'a: "x: y # z"\nb: \'- "q"\'\nc: ""\nd: \'>=2,<3\'\n'],
    ['what is empty', 'a: []\nb: {}\nc: null\nd: Null\n'],
    ['truth', 'a: true\nb: False\nc: TRUE\nd: yes\ne: no\nf: truest\n'],
    ['numbers', 'a: 12\nb: 007\nc: 1.10\nd: 1.\ne: .5\nf: 1e3\ng: 1.5E-2\nh: 123456789012345\n'],
    ['no numbers', 'a: 1.2.3\nb: 9e\nc: 2024-05-01\nd: 1_000\ne: .\nf: ..\ng: ./\nh: 0xyz\ni: 1e\nj: 3 4\n'],
    ['what signs begin', 'a: =1.2\nb: <3\nc: $x\nd: (x)\ne: /x\n'],
    ['colons in texts', 'a: https://example.org/x:y\nb:\n- c:d\n'],
    ['letters of any language', 'a: Grüße 你好\nb: x\u00a0\n'],
  ];
  for (const [what, text] of simple) {
    it(`is read as by the library: ${what}`, () => {
      const value = parseSimpleYaml(text);
      assert.notEqual(value, undefined);
      assert.deepStrictEqual(value, parseYaml(text));
    });
  }

  const others: [what: string, text: string][] = [
    ['nothing', ''],
    ['one value', 'x'],
    ['a text over several lines', 'a: x\n  y\n'],
    ['a block of text', 'a: |\n  x\n'],
    ['flow', 'a: [1, 2]\n'],
    ['flow as a key', '{a: 1}: b\n'],
    ['anchors', 'a: &x\n  b: 1\nc: *x\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a comment behind a value', 'a: b # c\n'],
    ['escapes', 'a: "x\\n"\n'],
    ['quotes in quotes', "a: 'it''s'\n"],
    ['an open quote', 'a: "x\n'],
    ['two documents', 'a: 1\n---\na: 2\n'],
    ['a key that is no text', 'true: x\n'],
    ['a key twice', 'a: 1\na: 2\n'],
    ['the key of prototypes', '__proto__: 1\n'],
    ['a mapping in a value', 'a: b: c\n'],
    ['another indentation', 'a:\n    b: 1\n  c: 2\n'],
    ['an entry beside its list', 'a:\n  - b\n - c\n'],
    ['a list behind a mapping', 'a: 1\n- b\n'],
    ['tabs', 'a:\tb\n'],
    ['the line ends of Windows', 'a: b\r\n'],
    ['numbers that few write', 'a: 0x1f\nb: 0o17\nc: .inf\nd: 12345678901234567890\n'],
    ['many levels', Array.from({ length: 60 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
  ];
  for (const [what, text] of others) {
    it(`is not: ${what}`, () => {
      assert.equal(parseSimpleYaml(text), undefined);
    });
  }

  it('is read as by the library, or left to it, whatever is done to a line', () => {
    const lines = 'version: 1\npackage:\n- name: x\n  version: 1.10\n  needs:\n    y: ">=2"\n  - z\n- w\n'.split('\n');
    const marks = ['#', "'", '"', ': ', ' ', '- ', '[', '&', '|', '? ', '1', '\n', ':', '\u2028'];
    for (const [index, line] of lines.entries()) {
      const changed = marks.flatMap((mark) => [mark + line, line + mark, line.replace(/(?<=\w)/, mark)]);
      for (const one of [...changed, line.trimStart(), `${line}\n${line}`]) {
        const text = lines.with(index, one).join('\n');
        const value = parseSimpleYaml(text);
        if (value !== undefined) assert.deepStrictEqual(value, byLibrary(text), JSON.stringify(text));
      }
    }
  });
});
