import { posix } from 'node:path';
import { fromGo } from './go-expression.js';

/** For each pattern, whether it matched a path or a folder above it. */
export type Matched = readonly boolean[];

/**
 * Patterns as `.dockerignore` has them and BuildKit sends them, matched as `moby/patternmatcher` does: the last one that
 * matches wins, `!` takes back, `**` crosses folders, and a folder takes what is below it. Paths have `/` on every
 * platform and are relative to the root.
 */
export class Patterns {
  private readonly patterns: readonly Pattern[];
  /** Whether the beginning of a path tells whether something below it may be matched. */
  readonly areOnlyPrefixes: boolean;
  readonly areExceptionsOnlyPrefixes: boolean;
  readonly hasExceptions: boolean;

  /** Throws an Error for a pattern that Docker refuses. */
  constructor(lines: readonly string[]) {
    this.patterns = lines.map(compileLine).filter((pattern) => pattern !== undefined);
    const exceptions = this.patterns.filter(({ exception }) => exception);
    this.hasExceptions = exceptions.length > 0;
    this.areOnlyPrefixes = this.patterns.every(({ exception, prefix }) => exception || !wildcards.test(prefix));
    this.areExceptionsOnlyPrefixes = exceptions.every(({ prefix }) => !wildcards.test(prefix));
  }

  /** @param above what this method said of the folder that the path is in; undefined where it was not asked */
  match(path: string, above: Matched | undefined): { matches: boolean; matched: Matched } {
    let matches = false;
    const matched = this.patterns.map((pattern, index) => {
      let hit = above?.[index] ?? false;
      if (!hit) {
        // A pattern that cannot change the answer is not tried, and so not handed down either: Docker does so.
        if (pattern.exception !== matches) return false;
        hit = pattern.test(path) || (above === undefined && foldersAbove(path).some((folder) => pattern.test(folder)));
      }
      if (hit) matches = !pattern.exception;
      return hit;
    });
    return { matches, matched };
  }

  /** Whether a pattern that is no exception begins below the folder; only for patterns that are prefixes. */
  beginsBelow(folder: string): boolean {
    return this.patterns.some(({ exception, prefix }) => !exception && `${prefix}/`.startsWith(`${folder}/`));
  }

  /** Whether an exception begins below the folder; only for exceptions that are prefixes. */
  exceptionBeginsBelow(folder: string): boolean {
    return this.patterns.some(({ exception, prefix }) => exception && `${prefix}/`.startsWith(`${folder}/`));
  }
}

/** The lines of a `.dockerignore` that are patterns, cleaned as BuildKit's Dockerfile frontend does. */
export function readIgnoreFile(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => {
      const pattern = trimSpace(line);
      const exception = pattern.startsWith('!');
      const raw = trimSpace(exception ? pattern.slice(1) : pattern);
      if (raw === '') return exception ? '!' : '';
      const clean = cleanPath(raw);
      const relative = clean.length > 1 ? clean.replace(/^\//, '') : clean;
      return (exception ? '!' : '') + relative;
    })
    .filter((pattern) => pattern !== '');
}

interface Pattern {
  exception: boolean;
  /** The pattern without a `/*` or `/**` at its end. */
  prefix: string;
  test(path: string): boolean;
}

const wildcards = /[*[\]?^\\]/;

function compileLine(line: string): Pattern | undefined {
  const trimmed = trimSpace(line);
  if (trimmed === '') return undefined;
  const whole = cleanPath(trimmed);
  const exception = whole.startsWith('!');
  if (whole === '!') throw new Error('illegal exclusion pattern: "!"');
  const text = exception ? whole.slice(1) : whole;
  const prefix = text.replace(/\/\*\*$/, '').replace(/\/\*$/, '');
  return { exception, prefix, test: compile(text) };
}

/** Go's `strings.TrimSpace`: a byte order mark is no space to it. */
function trimSpace(text: string): string {
  return text.replace(/^(?:(?!\uFEFF)[\s\x85])+|(?:(?!\uFEFF)[\s\x85])+$/g, '');
}

/** Go's `filepath.Clean`. */
function cleanPath(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 ? clean.replace(/\/$/, '') : clean;
}

/**
 * Docker takes a short way for patterns without other wildcards than `**` at an end, and that way is a little more than
 * the regular expression: `**name` also matches `othername`.
 */
function compile(pattern: string): (path: string) => boolean {
  let kind: 'exact' | 'prefix' | 'suffix' | 'expression' = 'exact';
  let source = '';
  let first = true;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === '*' && pattern[at + 1] === '*') {
      at++;
      if (pattern[at + 1] === '/') at++;
      if (at + 1 >= pattern.length) {
        source += '[^\\n]*';
        kind = kind === 'exact' ? 'prefix' : 'expression';
      } else {
        source += '(?:[^\\n]*/)?';
        kind = 'expression';
      }
      if (first) kind = 'suffix';
    } else if (character === '*' || character === '?') {
      source += character === '*' ? '[^/]*' : '[^/]';
      kind = 'expression';
    } else if (character === '\\' && at + 1 < pattern.length) {
      at++;
      source += `\\${pattern.charAt(at)}`;
      kind = 'expression';
    } else if (character === '[' || character === ']') {
      source += character;
      kind = 'expression';
    } else source += character === '^' ? character : escape(character);
    first = false;
  }
  switch (kind) {
    case 'exact':
      return (path) => path === pattern;
    case 'prefix':
      return (path) => path.startsWith(pattern.slice(0, -2));
    case 'suffix': {
      const suffix = pattern.slice(2);
      return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
    }
    case 'expression': {
      const expression = expressionOf(source, pattern);
      return (path) => expression.test(path);
    }
  }
}

function expressionOf(source: string, pattern: string): RegExp {
  try {
    return new RegExp(`^${fromGo(source)}$`, 'u');
  } catch (error) {
    throw new Error(`syntax error in pattern: "${pattern}"`, { cause: error });
  }
}

function escape(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\]/, '\\$&');
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}
