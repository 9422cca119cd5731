import { type LogLine } from '../../engine/log-lines.js';
import { type LogBuffer } from './log-buffer.js';
import { type Row } from './log-messages.js';
import { type LogSearch } from './log-search.js';
import { plainText, spansOf, withMatches } from './log-text.js';

/** Lines in one piece of text. */
const portion = 1000;

/** Lines as the page shows them, with what is searched for marked. */
export function rowsOf(lines: readonly LogLine[], search: LogSearch | undefined): Row[] {
  const ranges = search?.ranges(lines.map(({ text }) => text));
  return lines.map(({ stream, time, text }, at) => ({
    isError: stream === 'stderr',
    time: time ?? '',
    spans: withMatches(spansOf(text), ranges?.[at] ?? []),
  }));
}

/** The lines that are kept as plain text, in pieces; of the time that this is called. */
export function* textOf(buffer: LogBuffer, withTimes: boolean): Generator<string> {
  const lines = [...buffer.lines()];
  for (let at = 0; at < lines.length; at += portion) {
    yield lines
      .slice(at, at + portion)
      .map(({ time, text }) => `${withTimes && time !== undefined ? `${time} ` : ''}${plainText(text)}\n`)
      .join('');
  }
}
