/**
 * The patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`: `*`, `?`, and `\` before either, as
 * BuildKit has them (`frontend/dockerfile/shell/lex.go`). No regular expression is made of them: a Dockerfile could
 * choose one that never ends.
 */
type Token = { kind: 'any-text' } | { kind: 'any-character' } | { kind: 'character'; character: string };

/** The value without its shortest or longest beginning that matches. */
export function withoutPrefix(value: string, pattern: string, longest: boolean): string {
  return value.slice(matchAt(value, tokensOf(pattern), longest) ?? 0);
}

/** The value without its shortest or longest end that matches. */
export function withoutSuffix(value: string, pattern: string, longest: boolean): string {
  const length = matchAt(reversed(value), tokensOf(pattern).reverse(), longest) ?? 0;
  return value.slice(0, value.length - length);
}

/** The value with the first or every match, each as long as it can be, replaced. */
export function withReplaced(value: string, pattern: string, replacement: string, every: boolean): string {
  const tokens = tokensOf(pattern);
  let result = '';
  let start = 0;
  while (start <= value.length) {
    const length = matchAt(value.slice(start), tokens, true);
    if (length !== undefined) {
      result += replacement;
      start += length;
      if (!every) break;
    }
    if (length === undefined || length === 0) {
      result += value.charAt(start);
      start += 1;
    }
  }
  return result + value.slice(start);
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === '*') tokens.push({ kind: 'any-text' });
    else if (character === '?') tokens.push({ kind: 'any-character' });
    else if (character === '\\' && at + 1 < pattern.length) {
      at++;
      tokens.push({ kind: 'character', character: pattern.charAt(at) });
    } else tokens.push({ kind: 'character', character });
  }
  return tokens;
}

/** How many characters of the text's beginning match, or undefined. */
function matchAt(text: string, tokens: readonly Token[], longest: boolean): number | undefined {
  // Where a match of the tokens so far can end, in ascending order.
  let ends = [0];
  for (const token of tokens) {
    const [first] = ends;
    if (first === undefined) return undefined;
    if (token.kind === 'any-text') ends = Array.from({ length: text.length - first + 1 }, (_, more) => first + more);
    else {
      const fits = (end: number): boolean => token.kind === 'any-character' || text.charAt(end) === token.character;
      ends = ends.filter((end) => end < text.length && fits(end)).map((end) => end + 1);
    }
  }
  return longest ? ends.at(-1) : ends[0];
}

function reversed(text: string): string {
  let result = '';
  for (let at = text.length - 1; at >= 0; at--) result += text.charAt(at);
  return result;
}
