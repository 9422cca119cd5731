/** What a string's placeholders look like: `{x}`, or `$x` and `$(x)`. */
export type Placeholders = 'none' | 'braces' | 'dollar';

const newline = 10;
const dollar = 36;
const openParenthesis = 40;
const backslash = 92;
const openBrace = 123;

/** Where the closing quote of a string stands, or where the string ends without one. `start` is behind its opening quote. */
export function endOfString(
  source: string,
  start: number,
  closing: string,
  placeholders: Placeholders,
  mayHaveLines: boolean,
): number {
  const quote = closing.charCodeAt(0);
  const opening = placeholders === 'braces' ? openBrace : placeholders === 'dollar' ? openParenthesis : -1;
  for (let position = start; position < source.length; position += 1) {
    const code = source.charCodeAt(position);
    if (code === backslash) position += source.charCodeAt(position + 1) === 13 ? 2 : 1;
    else if (code === newline && !mayHaveLines) return position;
    else if (code === quote && source.startsWith(closing, position)) return position;
    else if (code === opening) {
      const isPlaceholder =
        opening === openBrace
          ? source.charCodeAt(position + 1) !== openBrace
          : source.charCodeAt(position - 1) === dollar;
      if (!isPlaceholder) position += opening === openBrace ? 1 : 0;
      else position = endOfPlaceholder(source, position, closing);
    }
  }
  return source.length;
}

/** Strings in a placeholder may have the quotes of the string around it. The last character that belongs to it. */
function endOfPlaceholder(source: string, start: number, closing: string): number {
  let depth = 0;
  for (let position = start; position < source.length; position += 1) {
    const character = source.charAt(position);
    if (character === '\n') return position - 1;
    if (character === '{' || character === '(') depth += 1;
    else if (character === '}' || character === ')') {
      depth -= 1;
      if (depth === 0) return position;
    } else if (character === '"' || character === "'") {
      const end = endOnLine(source, position + 1, character);
      if (end === undefined) return source.startsWith(closing, position) ? position - 1 : position;
      position = end;
    }
  }
  return source.length - 1;
}

/** Where a character stands next on the same line. */
function endOnLine(source: string, start: number, character: string): number | undefined {
  for (let position = start; position < source.length; position += 1) {
    const next = source.charAt(position);
    if (next === character) return position;
    if (next === '\n') return undefined;
  }
  return undefined;
}

/** Escapes that stand for a blank are made one; a backslash before another character may be that of a Windows path. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\(\r?\n|[\s\S])/g, (whole, next: string) => {
    if (next === 'n' || next === 'r' || next === 't' || next === '0') return '\n';
    if (next.endsWith('\n')) return '';
    return /["'\\{$]/.test(next) ? next : whole;
  });
}
