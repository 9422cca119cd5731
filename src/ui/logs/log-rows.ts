import { type LogLine } from '../../engine/log-lines.js';
import { type LogBuffer } from './log-buffer.js';
import { type Row, type RowSource } from './log-messages.js';
import { type LogSearch } from './log-search.js';
import { plainText, spansOf, withMatches } from './log-text.js';

/** Lines in one piece of text. */
const portion = 1000;

/**
 * Lines as the page shows them, with what is searched for marked.
 *
 * @param sources what each comes from, where that is not the same for all
 */
export function rowsOf(
  lines: readonly LogLine[],
  search: LogSearch | undefined,
  sources: readonly (RowSource | undefined)[] = [],
): Row[] {
  const ranges = search?.ranges(lines.map(({ text }) => text));
  return lines.map(({ stream, time, text }, at) => {
    const source = sources[at];
    return {
      isError: stream === 'stderr',
      time: time ?? '',
      spans: withMatches(spansOf(text), ranges?.[at] ?? []),
      ...(source === undefined ? {} : { source }),
    };
  });
}

/**
 * The lines that are kept as plain text, in pieces; of the time that this is called.
 *
 * @param sourceOf what a line comes from, by its number, where that is not the same for all
 */
export function* textOf(
  buffer: LogBuffer,
  withTimes: boolean,
  sourceOf: (number: number) => RowSource | undefined = () => undefined,
): Generator<string> {
  const { first } = buffer;
  const lines = [...buffer.lines()].map((line, at) => ({ line, source: sourceOf(first + at) }));
  for (let at = 0; at < lines.length; at += portion) {
    yield lines
      .slice(at, at + portion)
      .map(({ line: { time, text }, source }) => {
        const from = source === undefined ? '' : `${source.name} | `;
        return `${from}${withTimes && time !== undefined ? `${time} ` : ''}${plainText(text)}\n`;
      })
      .join('');
  }
}
