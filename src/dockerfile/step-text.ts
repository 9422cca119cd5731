import { heredocOf } from './heredoc.js';
import { type Dockerfile, type Instruction } from './instructions.js';

/**
 * Whether an instruction can be what BuildKit calls a step by. It writes the instruction as it stands, except that
 * variables are replaced and some quotes and escapes left out; so these do not count, nor do spaces.
 *
 * @param step the step's name without its `[stage 2/4]`
 */
export function isStepOf({ escape }: Dockerfile, instruction: Instruction, step: string): boolean {
  const plainStep = plain(step, escape);
  return writtenAs(instruction).some((text) => {
    const [first = '', ...others] = partsBetweenVariables(text).map((part) => plain(part, escape));
    return others.length === 0 ? first === plainStep : matchesParts(plainStep, first, others);
  });
}

/** A RUN that is one heredoc is named with the first line of it: `RUN <<EOF (echo a...)`. */
function writtenAs({ keyword, arguments: rest, text, heredocs }: Instruction): string[] {
  const inUpperCase = keyword + text.slice(keyword.length);
  const [heredoc] = heredocs;
  if (keyword !== 'RUN' || heredoc === undefined || heredocOf(rest) === undefined) return [inUpperCase];
  const lines = heredoc.content.trim().split(/\r?\n/);
  return [`${inUpperCase} (${lines[0] ?? ''}${lines.length > 1 ? '...' : ''})`, inUpperCase];
}

function plain(text: string, escape: string): string {
  return text.replace(/[\s'"\\]+/g, '').replaceAll(escape, '');
}

/** Cuts a text at its `$name` and `${name…}`. */
function partsBetweenVariables(text: string): string[] {
  const braces = closingBraces(text);
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length;) {
    const end = text.charAt(at) === '$' ? (braces.get(at + 1) ?? nameEnd(text, at)) : at;
    if (end > at) {
      parts.push(part);
      part = '';
      at = end;
    } else {
      part += text.charAt(at);
      at += 1;
    }
  }
  return [...parts, part];
}

/** For the index of each `{` the index behind its `}`. */
function closingBraces(text: string): Map<number, number> {
  const open: number[] = [];
  const closing = new Map<number, number>();
  for (let at = 0; at < text.length; at++) {
    if (text.charAt(at) === '{') open.push(at);
    else if (text.charAt(at) === '}') {
      const start = open.pop();
      if (start !== undefined) closing.set(start, at + 1);
    }
  }
  return closing;
}

/** The index behind a `$name`, or that of its `$` where none follows. */
function nameEnd(text: string, start: number): number {
  const name = /\$(?:[\p{L}_][\p{L}\p{Nd}_]*|\p{Nd}+|[@*#?$!-])/uy;
  name.lastIndex = start;
  return start + (name.exec(text)?.[0].length ?? 0);
}

/** Whether a text has the parts in their order, the first in front and the last at the end, with anything between them. */
function matchesParts(text: string, first: string, others: readonly string[]): boolean {
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others.slice(0, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const last = others.at(-1) ?? '';
  return text.length - last.length >= at && text.endsWith(last);
}
