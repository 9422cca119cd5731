import assert from 'node:assert/strict';
import { linesOf, logicalLine, parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { applyEdits, positionIn, type TextEdit } from '../../../src/dockerfile/text-edit.js';

function edit(from: [number, number], to: [number, number], newText: string): TextEdit {
  return { start: { line: from[0], character: from[1] }, end: { line: to[0], character: to[1] }, newText };
}

describe('edits of a text', () => {
  const cases: [string, string, TextEdit[], string][] = [
    ['none', 'a\nb', [], 'a\nb'],
    ['an insertion', 'ab\ncd', [edit([2, 1], [2, 1], 'X')], 'ab\ncXd'],
    ['a replacement over lines', 'ab\r\ncd\r\n', [edit([1, 1], [2, 1], 'X')], 'aXd\r\n'],
    ['several in any order', 'ab\ncd', [edit([2, 0], [2, 1], 'Y'), edit([1, 0], [1, 0], 'X')], 'Xab\nYd'],
    ['an insertion where another begins', 'abc', [edit([1, 1], [1, 2], 'Y'), edit([1, 1], [1, 1], 'X')], 'aXYc'],
    ['the end', 'a\n', [edit([2, 0], [2, 0], 'b')], 'a\nb'],
    ['a place behind the end', 'a', [edit([9, 9], [9, 9], 'b')], 'ab'],
    ['a byte order mark', '\uFEFFab\ncd', [edit([1, 0], [1, 1], 'X'), edit([2, 0], [2, 0], 'Y')], '\uFEFFXb\nYcd'],
    ['an empty text', '', [edit([1, 0], [1, 0], 'a')], 'a'],
  ];
  for (const [what, text, edits, expected] of cases) {
    it(`make ${what}`, () => {
      assert.equal(applyEdits(text, edits), expected);
    });
  }
});

describe('a position in a logical line', () => {
  for (const text of [
    'FROM x\nRUN a \\\n  # b\n\n   && c \\\n&& d\n',
    '\uFEFF  RUN a\\\r\nb \\\r\n\r\n c\r\n',
    '# escape=`\nRUN `\n  a `\n b',
    'RUN \\\n \\\n\ta',
  ]) {
    it(`is that of the same character in ${JSON.stringify(text)}`, () => {
      const lines = linesOf(text);
      const { instructions, escape } = parseDockerfile(text);
      for (const instruction of instructions) {
        const { text: joined, pieces } = logicalLine(lines, instruction.startLine - 1, escape);
        assert.equal(joined, instruction.text);
        for (let index = 0; index < joined.length; index++) {
          const position = positionIn(pieces, index);
          assert.equal(lines[position.line - 1]?.charAt(position.character), joined.charAt(index));
        }
      }
    });
  }
});
