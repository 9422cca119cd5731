import { type Token } from './tokens.js';

/** Tokens of one annotation or condition that are looked at. */
const longest = 40;

/** Where the `=` is behind an annotation whose `:` is at `start`; undefined where the annotation has no value behind it. */
export function endOfAnnotation(tokens: readonly Token[], start: number): number | undefined {
  let depth = 0;
  for (let at = start + 1; at < start + longest; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.kind === 'line') return undefined;
    if (token.kind !== 'mark') continue;
    const { text } = token;
    if (text === '(' || text === '[') depth += 1;
    else if (text === ')' || text === ']' || text === '}') depth -= 1;
    if (depth < 0 || (depth === 0 && (text === ',' || text === ':'))) return undefined;
    if (depth === 0 && text === '=') return at;
  }
  return undefined;
}

/** Where the `else` of `x if … else y` is, from behind its `if`; undefined where that is no such expression. */
export function endOfCondition(tokens: readonly Token[], start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < start + longest; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.kind === 'line') return undefined;
    if (token.kind === 'name' && depth === 0 && token.text === 'else') return at;
    if (token.kind !== 'mark') continue;
    if (/^[([{]$/.test(token.text)) depth += 1;
    else if (/^[)\]}]$/.test(token.text)) depth -= 1;
    if (depth < 0 || (depth === 0 && (token.text === ',' || token.text === ':'))) return undefined;
  }
  return undefined;
}
