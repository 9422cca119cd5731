import { readShell } from './shell-words.js';

export interface HeredocStart {
  /** What the line after the content consists of. */
  name: string;
  /** Whether variables in the content are replaced: no part of the name is quoted. */
  expand: boolean;
  /** Whether tabs in front of lines are left out, and one in front of the last line too: `<<-`. */
  stripTabs: boolean;
}

// Not the escape character of the Dockerfile: BuildKit reads these always like a shell.
const asWritten = { escape: '\\', variables: new Map<string, string>(), keepUnset: true };

/** The heredocs that a line begins, as BuildKit finds them (`frontend/dockerfile/parser/parser.go`). */
export function heredocsIn(line: string): HeredocStart[] {
  const words = readShell(line, { ...asWritten, keepQuotes: true, keepEscapes: true })?.words ?? [];
  return words.map(heredocOf).filter((start) => start !== undefined);
}

/** Reads a word such as `<<EOF`; undefined where it begins no heredoc. */
export function heredocOf(word: string): HeredocStart | undefined {
  const [, strip, written] = /^\d*<<(-?)\s*([^<]*)$/.exec(word) ?? [];
  if (written === undefined || written === '') return undefined;
  const [name, ...others] = readShell(written, asWritten)?.words ?? [];
  const [quoted] = readShell(written, { ...asWritten, keepQuotes: true })?.words ?? [];
  if (name === undefined || quoted === undefined || others.length > 0) return undefined;
  return { name, expand: quotesIn(name) === quotesIn(quoted), stripTabs: strip === '-' };
}

function quotesIn(text: string): number {
  return text.replace(/[^'"]/g, '').length;
}
