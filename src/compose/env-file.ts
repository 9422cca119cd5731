import { explainProblem, interpolate, type Lookup } from './interpolate.js';

export interface EnvFile {
  variables: ReadonlyMap<string, string>;
  problems: readonly EnvFileProblem[];
}

export interface EnvFileProblem {
  /** Counted from 1. */
  line: number;
  severity: 'error' | 'warning';
  message: string;
  remedy: string;
}

/**
 * Reads variables as Compose reads `.env` and the files of `env_file`
 * (https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax). Values without quotes
 * and in double quotes are interpolated, with `lookup` first, then with the variables above, and then with those of the files
 * before; a name without a value gets the one that `lookup` has.
 */
export function readEnvFile(text: string, lookup: Lookup, before: ReadonlyMap<string, string> = new Map()): EnvFile {
  return new EnvFileReader(text.replace(/^\uFEFF/, ''), lookup, before).read();
}

/** Reads variables in the format `raw`: a line is `NAME=value`, and each character of the value stands for itself. */
export function readRawEnvFile(text: string, lookup: Lookup): EnvFile {
  const variables = new Map<string, string>();
  const problems: EnvFileProblem[] = [];
  for (const [index, whole] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = whole.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const name = equals < 0 ? line : line.slice(0, equals);
    if (name === '' || /\s/.test(name)) {
      problems.push({ ...misnamed(name), line: index + 1 });
      continue;
    }
    const value = equals < 0 ? lookup(name) : line.slice(equals + 1);
    if (value !== undefined) variables.set(name, value);
  }
  return { variables, problems };
}

function misnamed(name: string): Omit<EnvFileProblem, 'line'> {
  return {
    severity: 'error',
    message: name === '' ? 'A line has no name before “=”.' : `“${name.trim()}” cannot be the name of a variable.`,
    remedy: 'Write NAME=value, where the name has letters, digits and “_”.',
  };
}

/** Spaces that do not end a line. */
const spaces = /[\t\v\f\r \u0085\u00A0]*/y;

class EnvFileReader {
  private position = 0;
  private readonly variables = new Map<string, string>();
  private readonly problems: EnvFileProblem[] = [];

  constructor(
    private readonly text: string,
    private readonly lookup: Lookup,
    private readonly before: ReadonlyMap<string, string>,
  ) {}

  read(): EnvFile {
    const { variables, problems } = this;
    for (;;) {
      this.take(/(?:\s+|#[^\n]*)*/y);
      if (this.position >= this.text.length) return { variables, problems };
      if (!this.readStatement()) return { variables, problems };
    }
  }

  /** False where what follows cannot be read either. */
  private readStatement(): boolean {
    const start = this.position;
    this.take(/export[\t\v\f\r \u0085\u00A0]+/y);
    const name = this.take(/[^=:\n]*/y).trimEnd();
    const separator = this.take(/[=:]/y);
    if (!/^[\p{L}\p{N}_.\-[\]]+$/u.test(name)) {
      this.add(start, misnamed(name));
      this.take(/[^\n]*/y);
      return true;
    }
    if (separator === '') {
      const value = this.lookup(name);
      if (value !== undefined) this.variables.set(name, value);
      return true;
    }
    this.take(spaces);
    const at = this.position;
    const quote = this.take(/["']/y);
    if (quote === '') {
      const [value = ''] = this.take(/[^\n]*/y).split(' #', 1);
      this.variables.set(name, this.interpolated(value.trimEnd(), at));
      return true;
    }
    const quoted = this.take(quote === '"' ? /[^"\\]*(?:\\[^][^"\\]*)*/y : /[^'\\]*(?:\\[^][^'\\]*)*/y);
    if (this.take(/["']/y) === '') {
      this.add(at, {
        severity: 'error',
        message: `The value of ${name} has no closing quote.`,
        remedy: `Close it with ${quote}, or put a backslash before a quote that belongs to it.`,
      });
      return false;
    }
    const unquoted = quoted.replaceAll(`\\${quote}`, quote);
    this.variables.set(name, quote === '"' ? this.interpolated(withoutEscapes(unquoted), at) : unquoted);
    return true;
  }

  private interpolated(value: string, at: number): string {
    const { text, problems } = interpolate(
      value,
      (name) => this.lookup(name) ?? this.variables.get(name) ?? this.before.get(name),
    );
    for (const problem of problems) this.add(at, explainProblem(problem));
    return text;
  }

  private add(at: number, problem: Omit<EnvFileProblem, 'line'>): void {
    const line = this.text.slice(0, at).split('\n').length;
    this.problems.push({ ...problem, line });
  }

  /** @param pattern a sticky one */
  private take(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const [found = ''] = pattern.exec(this.text) ?? [];
    this.position += found.length;
    return found;
  }
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  // What is interpolated next reads this as the character itself.
  $: '$$',
  '"': '"',
  '\\': '\\',
};

function withoutEscapes(text: string): string {
  return text.replace(
    /\\(?:0([0-7]{3})|([abfnrtv$"\\]))/g,
    (_, octal: string | undefined, letter: string | undefined) =>
      octal === undefined ? (escapes[letter ?? ''] ?? '') : String.fromCharCode(parseInt(octal, 8)),
  );
}
