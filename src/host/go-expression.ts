/** Go's names of classes, as they stand within brackets. */
const classes: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/**
 * A regular expression of Go's (https://pkg.go.dev/regexp/syntax) as one of JavaScript's with the flag `u`, as far as Docker
 * makes them of patterns: characters, brackets and escapes. Throws an Error for what Go refuses.
 */
export function fromGo(source: string): string {
  let result = '';
  for (let at = 0; at < source.length;) {
    const character = source.charAt(at);
    if (character === '[') {
      const { end, text } = bracketAt(source, at);
      result += text;
      at = end;
    } else if (character === '\\') {
      result += escapeOf(source.charAt(at + 1));
      at += 2;
    } else {
      result += character === ']' ? '\\]' : character;
      at++;
    }
  }
  return result;
}

function bracketAt(source: string, begin: number): { end: number; text: string } {
  let at = begin + 1;
  let text = '[';
  if (source[at] === '^') {
    text += '^';
    at++;
  }
  // The first character is one of the class even where it is the bracket that ends it.
  for (let first = true; first || source[at] !== ']'; first = false) {
    const character = source.charAt(at);
    if (character === '') throw new Error('missing closing ]');
    const name = /^\[:(\^?)(\w+):\]/.exec(source.slice(at));
    if (name !== null) {
      const [whole, negated = '', word = ''] = name;
      const members = classes[word];
      if (members === undefined || negated !== '') throw new Error(`invalid character class range: ${whole}`);
      text += members;
      at += whole.length;
    } else if (character === '\\') {
      text += escapeOf(source.charAt(at + 1));
      at += 2;
    } else {
      text += character === '[' || character === ']' ? `\\${character}` : character;
      at++;
    }
  }
  return { end: at + 1, text: `${text}]` };
}

/** What follows a backslash: a class of Perl's, a control character, or a character that is no letter or digit itself. */
function escapeOf(character: string): string {
  if (/[dDsSwWfnrtv]/.test(character)) return `\\${character}`;
  if (character === 'a') return '\\x07';
  if (character === '' || /[0-9A-Za-z]/.test(character)) throw new Error(`invalid escape sequence: \\${character}`);
  return /[\^$.*+?()[\]{}|/\\-]/.test(character) ? (character === '-' ? '\\x2D' : `\\${character}`) : character;
}
