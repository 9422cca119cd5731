import { readDirectives } from './directives.js';
import { heredocsIn, type HeredocStart } from './heredoc.js';

export interface Flag {
  name: string;
  /** True for a flag without `=`. */
  value: string | true;
}

export interface Heredoc {
  name: string;
  /** Each line with its end; without leading tabs for `<<-`. */
  content: string;
  /** Whether variables in the content are replaced. */
  expand: boolean;
}

export interface Instruction {
  /** In upper case. */
  keyword: string;
  /** What follows keyword and flags, with continuation lines joined. */
  arguments: string;
  /** In their order, for `--mount` may be repeated. */
  flags: readonly Flag[];
  heredocs: readonly Heredoc[];
  /** Keyword, flags and arguments as they are written, with continuation lines joined. */
  text: string;
  /** Counted from 1. */
  startLine: number;
  /** Counted from 1: the last continuation line or the end of the last heredoc. */
  endLine: number;
}

/** Where a logical line stands in the file: its text from `index` on, up to the next piece. */
export interface Piece {
  /** In the text of the logical line; below 0 where the beginning of the piece is no part of it. */
  index: number;
  /** Counted from 1. */
  line: number;
  /** Of the line, counted from 0 in UTF-16. */
  character: number;
}

export interface Dockerfile {
  /** The frontend's image of `# syntax=`. */
  syntax: string | undefined;
  /** The character of `# escape=`. */
  escape: '\\' | '`';
  instructions: readonly Instruction[];
}

/**
 * Parses a Dockerfile as BuildKit does (`frontend/dockerfile/parser`). It refuses nothing: an unknown instruction is one
 * like others, a heredoc without an end has all the rest, and a directive with a wrong value is as if it were not there.
 */
export function parseDockerfile(text: string): Dockerfile {
  const lines = linesOf(text);
  const { syntax, escape } = readDirectives(lines);
  const instructions: Instruction[] = [];
  for (let at = 0; at < lines.length;) {
    const logical = logicalLine(lines, at, escape);
    if (logical.text !== '') {
      const { keyword, flags, rest } = splitInstruction(logical.text, escape);
      const starts = takesHeredocs(keyword, rest, escape) ? heredocsIn(logical.text) : [];
      const { heredocs, end } = readHeredocs(lines, logical.end, starts);
      instructions.push({
        keyword,
        arguments: rest,
        flags,
        heredocs,
        text: logical.text,
        startLine: at + 1,
        endLine: end,
      });
      at = end;
    } else at = logical.end;
  }
  return { syntax, escape, instructions };
}

/** The lines of a Dockerfile with their ends, without a byte order mark. */
export function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/, '').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** Joins the line at an index with its continuation lines; empty for a comment. `end` is the index behind them. */
export function logicalLine(
  lines: readonly string[],
  start: number,
  escape: string,
): { text: string; end: number; pieces: Piece[] } {
  const whole = withoutLineEnd(lines[start] ?? '');
  const first = whole.trimStart();
  let end = start + 1;
  if (first.startsWith('#')) return { text: '', end, pieces: [] };
  let { text, continues } = withoutContinuation(first, escape);
  const pieces = [{ index: 0, line: end, character: whole.length - first.length }];
  while (continues && end < lines.length) {
    const line = withoutLineEnd(lines[end] ?? '');
    end++;
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const next = withoutContinuation(line, escape);
    pieces.push({ index: text.length, line: end, character: 0 });
    text += next.text;
    continues = next.continues;
  }
  const indent = text.length - text.trimStart().length;
  return { text: text.trim(), end, pieces: pieces.map((piece) => ({ ...piece, index: piece.index - indent })) };
}

function withoutLineEnd(line: string): string {
  return withoutEnd(line, '\r\n');
}

/** Not with a regular expression, which would begin anew at each of many such characters inside the line. */
function withoutEnd(line: string, characters: string): string {
  let end = line.length;
  while (end > 0 && characters.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}

/** An escape character at the end continues a line, except behind another one. */
function withoutContinuation(line: string, escape: string): { text: string; continues: boolean } {
  const text = withoutEnd(line, ' \t');
  const continues = text.endsWith(escape) && !text.endsWith(escape + escape);
  return continues ? { text: text.slice(0, -1), continues } : { text: line, continues };
}

function splitInstruction(text: string, escape: string): { keyword: string; flags: Flag[]; rest: string } {
  const [keyword = ''] = text.split(/[\t\v\f\r ]/, 1);
  return { keyword: keyword.toUpperCase(), ...splitFlags(text.slice(keyword.length), escape) };
}

/** Takes the words that begin with `--` from the front; one that is only `--` ends them. */
function splitFlags(text: string, escape: string): { flags: Flag[]; rest: string } {
  const flags: Flag[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++;
    if (!text.startsWith('--', at)) break;
    let word = '';
    let quote = '';
    for (; at < text.length && (quote !== '' || !/\s/.test(text.charAt(at))); at++) {
      const character = text.charAt(at);
      if (quote === '' ? character === '"' || character === "'" : character === quote) {
        quote = quote === '' ? character : '';
      } else if (character === escape) {
        at++;
        word += text.charAt(at);
      } else word += character;
    }
    if (word === '--') break;
    const equals = word.indexOf('=');
    flags.push(
      equals < 0
        ? { name: word.slice(2), value: true }
        : { name: word.slice(2, equals), value: word.slice(equals + 1) },
    );
  }
  return { flags, rest: text.slice(at).trim() };
}

const withHeredocs = ['RUN', 'COPY', 'ADD'];

function takesHeredocs(keyword: string, rest: string, escape: string): boolean {
  if (keyword === 'ONBUILD') {
    const trigger = splitInstruction(rest, escape);
    return withHeredocs.includes(trigger.keyword) && !isJsonList(trigger.rest);
  }
  return withHeredocs.includes(keyword) && !isJsonList(rest);
}

function isJsonList(text: string): boolean {
  return jsonList(text) !== undefined;
}

/** The words of arguments in their JSON form, as `["a", "b"]`; undefined where they are in no such form. */
export function jsonList(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

function readHeredocs(
  lines: readonly string[],
  start: number,
  starts: readonly HeredocStart[],
): { heredocs: Heredoc[]; end: number } {
  let end = start;
  const heredocs = starts.map(({ name, expand, stripTabs }) => {
    let content = '';
    while (end < lines.length) {
      const line = lines[end] ?? '';
      end++;
      const stripped = stripTabs ? line.replace(/^\t+/, '') : line;
      if (withoutLineEnd(stripped) === name) break;
      content += stripped;
    }
    return { name, content, expand };
  });
  return { heredocs, end };
}
