import { type Token } from './tokens.js';
import { concatenated, unknown, type Value, whole } from './values.js';

const inBraces = /\{\{|\}\}|\{([^{}]*)\}?/g;
const behindDollar = /\$(?:\(([^()]*)\)?|([A-Za-z_]\w*))/g;

/** What a string is with the names in its placeholders, as far as they are known. */
export function filledIn(
  { text, placeholders, line }: Extract<Token, { kind: 'string' }>,
  known: { get: (name: string) => Value | undefined },
): Value {
  if (placeholders === 'none') return whole(text, line);
  const pieces: Value[] = [];
  let end = 0;
  for (const found of text.matchAll(placeholders === 'braces' ? inBraces : behindDollar)) {
    const [placeholder, inside, plain] = found;
    pieces.push(whole(text.slice(end, found.index), line));
    if (placeholder === '{{' || placeholder === '}}') pieces.push(whole(placeholder.charAt(0), line));
    else pieces.push(known.get(nameIn(inside ?? plain ?? '')) ?? unknown(line));
    end = found.index + placeholder.length;
  }
  return concatenated([...pieces, whole(text.slice(end), line)]);
}

/** The last part of a name in a placeholder, without how it is to be written: `x` of `self.x!s:>10`. */
function nameIn(placeholder: string): string {
  return placeholder
    .replace(/(?:![rsa])?(?::.*)?$/s, '')
    .trim()
    .replace(/^[\w.]*\./, '');
}
