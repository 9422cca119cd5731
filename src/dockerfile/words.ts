/**
 * Splits at spaces that are neither quoted nor escaped, with quotes and escapes left as they are written: how BuildKit
 * reads the arguments of ARG, ENV and LABEL (`parseWords` in `frontend/dockerfile/parser/line_parsers.go`).
 */
export function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === '' && /\s/.test(character)) {
      if (word !== '') words.push(word);
      word = '';
    } else if (character === escape && quote !== "'") {
      if (at + 1 < text.length) word += character + text.charAt(at + 1);
      at++;
    } else {
      word += character;
      if (quote === '' && (character === '"' || character === "'")) quote = character;
      else if (character === quote) quote = '';
    }
  }
  return word === '' ? words : [...words, word];
}

/** Splits `name=value` at its first `=`. */
export function splitPair(word: string): { name: string; value: string | undefined } {
  const equals = word.indexOf('=');
  return equals < 0 ? { name: word, value: undefined } : { name: word.slice(0, equals), value: word.slice(equals + 1) };
}
