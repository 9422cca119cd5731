import assert from 'node:assert/strict';
import { withColoursOnly } from '../../../src/ui/terminal-text.js';

describe('a line for a terminal', () => {
  const cases: [what: string, line: string, expected: string][] = [
    ['plain text', 'a\tb ü', 'a\tb ü'],
    ['colours', '\u001b[1;31mred\u001b[0m', '\u001b[1;31mred\u001b[0m'],
    ['a moved cursor', 'a\u001b[2Ab\u001b[Kc', 'abc'],
    ['a cleared screen', '\u001b[2J\u001b[Hx', 'x'],
    ['hidden modes', '\u001b[?25lx\u001b[?1049h', 'x'],
    ['a title', 'a\u001b]0;title\u0007b', 'ab'],
    ['a title ended otherwise', 'a\u001b]0;title\u001b\\b', 'ab'],
    ['a written clipboard', '\u001b]52;c;aGk=\u0007x', 'x'],
    ['a question that the terminal would answer', '\u001b[6nx', 'x'],
    ['a reset', '\u001bcx', 'x'],
    ['a bell, a backspace and 8-bit controls', 'a\u0007b\u0008c\u009b2Jd', 'abc2Jd'],
    ['an escape that ends the line', 'x\u001b', 'x'],
  ];
  for (const [what, line, expected] of cases) {
    it(`with ${what} keeps its text and colours`, () => {
      assert.equal(withColoursOnly(line), expected);
    });
  }
});
