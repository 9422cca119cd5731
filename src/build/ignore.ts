import { posix } from 'node:path';

/** A compiled `.dockerignore`. */
export interface IgnorePatterns {
  /** Whether a path is left out, and what its children need to know; `parent` is what this said of the folder above. */
  match(path: string, parent: IgnoreMatch | undefined): IgnoreMatch;
  /** Whether something below an ignored folder may be let in again by a `!` pattern. */
  mayIncludeBelow(folder: string): boolean;
}

export interface IgnoreMatch {
  ignored: boolean;
  /** For each pattern, whether it matched this path or a folder above it. */
  matched: readonly boolean[];
}

interface Pattern {
  exception: boolean;
  text: string;
  expression: RegExp;
}

/**
 * Compiles the text of a `.dockerignore` as Docker's own `moby/patternmatcher` reads it: the last matching line wins,
 * `!` lets in again, `**` crosses folders, a leading `/` is the context's root, and a folder takes what is below it.
 *
 * Paths are relative to the context and written with `/`.
 */
export function compileIgnore(text: string): IgnorePatterns {
  const patterns = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => compileLine(line.trim()))
    .filter((pattern) => pattern !== undefined);
  return {
    match: (path, parent) => {
      let ignored = false;
      const matched = patterns.map((pattern, index) => {
        const above = parent?.matched[index] ?? false;
        // A pattern that cannot change the answer is not tried, and so not inherited either: the order is Docker's own.
        if (!above && pattern.exception !== ignored) return false;
        const matches = above || pattern.expression.test(path);
        if (matches) ignored = !pattern.exception;
        return matches;
      });
      return { ignored, matched };
    },
    mayIncludeBelow: (folder) =>
      patterns.some(
        (pattern) => pattern.exception && (/[*?[\\]/.test(pattern.text) || `${pattern.text}/`.startsWith(`${folder}/`)),
      ),
  };
}

function compileLine(line: string): Pattern | undefined {
  const exception = line.startsWith('!');
  const raw = (exception ? line.slice(1) : line).trim();
  if (raw === '') return undefined;
  const clean = posix.normalize(raw).replace(/(?<=.)\/$/, '');
  const text = clean.length > 1 ? clean.replace(/^\//, '') : clean;
  const expression = toExpression(text);
  return expression === undefined ? undefined : { exception, text, expression };
}

/** undefined for a pattern with an unfinished `[`, which Docker refuses. */
function toExpression(pattern: string): RegExp | undefined {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === '*' && pattern[at + 1] === '*') {
      at++;
      if (pattern[at + 1] === '/') at++;
      source += at + 1 >= pattern.length ? '.*' : '(?:.*/)?';
    } else if (character === '*') source += '[^/]*';
    else if (character === '?') source += '[^/]';
    else if (character === '\\' && at + 1 < pattern.length) {
      at++;
      source += escape(pattern.charAt(at));
    } else if (character === '[' || character === ']' || character === '^') source += character;
    else source += escape(character);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined;
  }
}

function escape(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\]/, '\\$&');
}
