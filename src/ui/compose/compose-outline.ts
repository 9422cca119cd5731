import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { isTooDeep } from '../../project/yaml.js';

/** Where services stand in the text of a compose file: lines counted from 0. */
export interface ComposeOutline {
  /** Of `services:`. */
  line: number;
  services: readonly { name: string; line: number }[];
}

/** More is not looked through while somebody types. */
const longestText = 1_000_000;

/** Reads it from a text that may be in the middle of being written; undefined where it has no services. */
export function outlineOf(text: string): ComposeOutline | undefined {
  if (text.length > longestText || isTooDeep(text)) return undefined;
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, logLevel: 'silent', uniqueKeys: false } as const;
  const { contents } = parseDocument(text, options);
  if (!isMap(contents)) return undefined;
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === 'services');
  if (pair === undefined || !isScalar(pair.key) || !isMap(pair.value)) return undefined;
  const lineOf = (key: unknown): number | undefined =>
    isScalar(key) && key.range ? lines.linePos(key.range[0]).line - 1 : undefined;
  const line = lineOf(pair.key);
  if (line === undefined) return undefined;
  const services = pair.value.items.flatMap(({ key }) => {
    const at = lineOf(key);
    const isName = isScalar(key) && (typeof key.value === 'string' || typeof key.value === 'number');
    // Keys of merges and extensions are no services.
    if (at === undefined || !isName || key.value === '<<' || /^x-/.test(String(key.value))) return [];
    return [{ name: String(key.value), line: at }];
  });
  return { line, services };
}
