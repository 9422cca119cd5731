const escape = '\u001b';
const bell = '\u0007';

/**
 * A line of a program's output for a terminal: its colours stay, all else that could move the cursor, set a title or speak
 * to the terminal goes (ECMA-48, and xterm's operating system commands).
 */
export function withColoursOnly(line: string): string {
  const [first = '', ...parts] = line.split(escape);
  return visible(first) + parts.map(afterEscape).join('');
}

function afterEscape(part: string): string {
  const colour = /^\[[\d;]*m/.exec(part)?.[0];
  if (colour !== undefined) return escape + colour + visible(part.slice(colour.length));
  const control = /^\[[\d;?<>=]*[ -/]*[@-~]/.exec(part)?.[0];
  if (control !== undefined) return visible(part.slice(control.length));
  if (/^[\]PX^_]/.test(part)) {
    const end = part.indexOf(bell);
    return end < 0 ? '' : visible(part.slice(end + 1));
  }
  // The end of such a command is an escape and a backslash.
  return visible(part.slice(1));
}

function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => (character === '\t' ? character : ''));
}
