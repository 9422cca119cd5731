import * as v from 'valibot';
import { type LogState } from '../../engine/log-follower.js';
import { type Span } from './log-text.js';

/** What part of a log is wanted: all, from so long ago on, or since the container was last started. */
export const periods = {
  all: 'All',
  minutes: 'Last 10 minutes',
  hour: 'Last hour',
  day: 'Last day',
  start: 'Since its start',
} as const;

export type Period = keyof typeof periods;

const lineNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
const period = v.picklist(['all', 'minutes', 'hour', 'day', 'start']);

/** What the page may ask for. */
export const pageRequest = v.variant('type', [
  v.strictObject({ type: v.literal('ready') }),
  v.strictObject({ type: v.literal('range'), from: lineNumber, end: lineNumber }),
  v.strictObject({
    type: v.literal('find'),
    text: v.pipe(v.string(), v.maxLength(10_000)),
    isRegex: v.boolean(),
    isCaseSensitive: v.boolean(),
  }),
  v.strictObject({ type: v.literal('step'), from: v.number(), direction: v.picklist([1, -1]) }),
  v.strictObject({ type: v.literal('since'), period }),
  v.strictObject({ type: v.literal('clear') }),
  v.strictObject({ type: v.picklist(['save', 'copy']), times: v.boolean() }),
]);

/** What a line of several logs comes from: as it is shown in front of the line, and the number of its colour. */
export interface RowSource {
  name: string;
  colour: number;
}

/** How many colours tell sources apart. */
export const sourceColours = 6;

/** A line as the page shows it: its text comes in pieces, which it must take for nothing but text. */
export interface Row {
  isError: boolean;
  time: string;
  spans: Span[];
  source?: RowSource;
}

/** What the page is told. */
export type PageMessage =
  | {
      type: 'log';
      /** Another one means that rows known before are to be asked for again. */
      generation: number;
      /** Numbers of lines. */
      first: number;
      end: number;
      /** Stands above the first line. */
      head: string;
      /** Stands in place of lines. */
      empty: string;
      state: { kind: LogState['kind']; text: string };
      period: Period;
      /** `12 lines`, or why nothing can be found. */
      found: { text: string; isProblem: boolean } | undefined;
    }
  | { type: 'rows'; generation: number; from: number; rows: Row[] }
  | { type: 'found'; number: number; text: string };

/** How it is said what becomes of a log. */
export function stateText(state: LogState): string {
  switch (state.kind) {
    case 'connecting':
      return 'Asking the engine…';
    case 'following':
      return 'Following: new lines appear as they are printed.';
    case 'not-started':
      return 'The container was not started yet: waiting for its start.';
    case 'ended':
      return `Stopped with exit code ${state.exitCode}. The log goes on when the container is started again.`;
    case 'engine-lost':
      return `The engine does not answer, and is tried again. ${state.failure.message}`;
    case 'removed':
      return 'The container was removed. Its log is kept in this tab only.';
    case 'failed':
      return `${state.failure.message} ${state.failure.remedy}`;
  }
}

/**
 * What stands above the first line.
 *
 * @param asked how many lines were asked for at most
 */
export function headText(dropped: number, received: number, asked: number): string {
  if (dropped > 0)
    return `${dropped.toLocaleString('en')} earlier ${dropped === 1 ? 'line was' : 'lines were'} dropped.`;
  return received >= asked ? `Lines before the last ${asked.toLocaleString('en')} were not read.` : '';
}

export function emptyText(state: LogState, period: Period, isCleared: boolean): string {
  if (isCleared) return 'The view was cleared. New lines appear here.';
  if (state.kind === 'connecting' || state.kind === 'failed') return '';
  return period === 'all' ? 'This container has not printed anything yet.' : 'Nothing was printed in this time.';
}

/** How many lines match. */
export function countText(count: number, ordinal?: number): string {
  if (count === 0) return 'No results';
  const total = `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}`;
  return ordinal === undefined ? total : `${ordinal.toLocaleString('en')} of ${total}`;
}
