/** Splits a line into words as a POSIX shell does with quotes and backslashes, without any expansion: as `shellLine` writes it. */
export function parseWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (character === quote) quote = undefined;
    else if (character === '\\' && quote !== "'" && at + 1 < line.length) {
      at++;
      const next = line.charAt(at);
      word = (word ?? '') + (quote === '"' && !/["\\$`]/.test(next) ? `\\${next}` : next);
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}
