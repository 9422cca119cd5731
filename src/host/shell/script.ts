/** A piece of a script: indices of its first character and of the one behind its last. */
export interface Span {
  start: number;
  end: number;
}

/** A script for a POSIX shell or bash, read but not expanded. */
export interface Script {
  commands: readonly Command[];
  /** From `#` to the end of the line. */
  comments: readonly Span[];
}

export type Command = SimpleCommand | CompoundCommand | FunctionDefinition;

interface AnyCommand {
  /** The index of its first character. */
  start: number;
  redirections: readonly Redirection[];
  /** What stands behind it: `;`, `&`, `&&`, `||`, `|` or `|&`; empty at the end of a line or of what it is in. */
  operator: string;
}

export interface SimpleCommand extends AnyCommand {
  kind: 'simple';
  /** Assignments in front of the program included; empty where there are only redirections. `[[ … ]]` is one, too. */
  words: readonly Word[];
}

export interface CompoundCommand extends AnyCommand {
  kind: 'compound';
  opening: '(' | '{' | '((' | 'if' | 'while' | 'until' | 'for' | 'select' | 'case';
  /** The variable of `for` and `select`. */
  variable: string | undefined;
  /** What `for` and `select` go through; what `case` looks at, with the patterns. */
  words: readonly Word[];
  /** Conditions and branches in the order in which they are written. */
  body: readonly Command[];
}

export interface FunctionDefinition extends AnyCommand {
  kind: 'function';
  name: string;
  body: readonly Command[];
}

export interface Redirection {
  /** Without the number of a file: `>`, `>>`, `<<`, `&>`. */
  operator: string;
  target: Word;
  /** The lines of a here-document, without its last one. */
  heredoc: Span | undefined;
}

export interface Word extends Span {
  /** One behind the other, quotes and escapes taken out. */
  parts: readonly WordPart[];
}

export type WordPart = Span &
  (
    | { kind: 'literal'; text: string }
    /** In quotes or behind a backslash, so that no character in it has a meaning. */
    | { kind: 'quoted'; text: string }
    /** `$name`, `${name}`, or `${name` with an operator such as `:-` or `%%` and its argument. */
    | { kind: 'variable'; written: string; name: string; operator: string; argument: readonly WordPart[] }
    /** `$(…)`, backticks, `<(…)` or `>(…)`. */
    | { kind: 'substitution'; written: string; commands: readonly Command[] }
    /** `$((…))`. */
    | { kind: 'arithmetic'; written: string }
    /** What stands behind `name=` in parentheses. */
    | { kind: 'array'; written: string; words: readonly Word[] }
  );

/** A word without its quotes; variables and substitutions as they are written. */
export function textOfWord({ parts }: Pick<Word, 'parts'>): string {
  return parts.map((part) => ('text' in part ? part.text : part.written)).join('');
}
