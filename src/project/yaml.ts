import { type CST, parse, Parser } from 'yaml';

/** Levels of tokens. Composing a document takes a call for each, and the stack does not hold any number of them. */
export const deepestNesting = 200;

/** Where something is nested too deep, as an offset in the text; undefined where nothing is. */
export function firstTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const pending = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { token, depth } = next;
    if (depth > deepestNesting && 'offset' in token) return token.offset;
    const inner = 'items' in token ? token.items.flatMap((item) => [item.key, item.value]) : [];
    if ('value' in token) inner.push(token.value);
    for (const each of inner) if (each !== undefined && each !== null) pending.push({ token: each, depth: depth + 1 });
  }
  return undefined;
}

/**
 * The value of a YAML document. Throws the library's error for one that is none, and an Error for one that is nested so deep
 * that the library would end the process.
 */
export function parseYaml(text: string): unknown {
  if (isTooDeep(text)) {
    throw new Error(`Its values are nested more than ${deepestNesting} times`);
  }
  return parse(text, { logLevel: 'error' });
}

/** Whether a text is nested so deep that the library would end the process. */
export function isTooDeep(text: string): boolean {
  return mayBeDeep(text) && firstTooDeep([...new Parser().parse(text)]) !== undefined;
}

/** Each level takes a bracket, or a character in front of its line: most files have not enough of them, and are read once. */
function mayBeDeep(text: string): boolean {
  let brackets = 0;
  for (const character of text) {
    if ((character === '[' || character === '{') && ++brackets > deepestNesting) return true;
  }
  return new RegExp(`^[ \\t?:-]{${deepestNesting},}`, 'm').test(text);
}
