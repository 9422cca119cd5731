/**
 * The line, counted from 1, at which a text stops being JSON (RFC 8259); that of its end where something is missing there.
 * Engines of JavaScript do not say it for every error.
 */
export function jsonErrorLine(text: string): number {
  const end = new JsonScanner(text).endOfValid();
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

const space = /[ \t\r\n]*/y;
// eslint-disable-next-line no-control-regex -- JSON has none of them in a string.
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const plain = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'more';

class JsonScanner {
  private position = 0;

  constructor(private readonly text: string) {}

  /** Where the first character is that JSON does not have there; the text's length where there is none. */
  endOfValid(): number {
    const open: string[] = [];
    let expected: Expected = 'value';
    for (;;) {
      this.take(space);
      const character = this.text.charAt(this.position);
      if (expected === 'colon') {
        if (character !== ':') return this.position;
        this.position += 1;
        expected = 'value';
      } else if (expected === 'more' || ((character === ']' || character === '}') && expected.endsWith('-or-end'))) {
        const innermost = open.at(-1);
        if (innermost === undefined) return this.position;
        const isEnd = character === (innermost === '{' ? '}' : ']');
        if (!isEnd && (character !== ',' || expected !== 'more')) return this.position;
        this.position += 1;
        if (isEnd) open.pop();
        expected = isEnd ? 'more' : innermost === '{' ? 'key' : 'value';
      } else if (expected === 'key' || expected === 'key-or-end') {
        if (!this.take(string)) return this.position;
        expected = 'colon';
      } else if (character === '{' || character === '[') {
        this.position += 1;
        open.push(character);
        expected = character === '{' ? 'key-or-end' : 'value-or-end';
      } else {
        if (!this.take(string) && !this.take(plain)) return this.position;
        expected = 'more';
      }
    }
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    const [found = ''] = pattern.exec(this.text) ?? [];
    this.position += found.length;
    return found !== '';
  }
}
