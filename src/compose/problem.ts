import { type Place } from './place.js';

/** What is wrong in a compose file. An error leaves the application without a meaning, a warning does not. */
export interface ComposeProblem {
  /** Absolute path. */
  file: string;
  /** Counted from 1, as `column`. */
  line: number;
  column: number;
  message: string;
  severity: 'error' | 'warning';
  /** What to do about it. */
  remedy: string;
  code: ProblemCode;
  /** Line of a POSIX shell with which Compose itself does what is not supported here. */
  command?: string;
}

export type ProblemCode =
  /** The text is no YAML, or none that a compose file may have. */
  | 'yaml'
  /** A value of another type than its key takes. */
  | 'type'
  /** A value of the right type that means nothing, or two that exclude each other. */
  | 'value'
  /** A part of the specification that is not supported here. */
  | 'unsupported'
  /** What has no effect, here as in Compose. */
  | 'no-effect'
  | 'unknown-key'
  | 'missing-key'
  | 'missing-file'
  | 'missing-variable'
  | 'interpolation'
  | 'env-file'
  /** A service, network, volume, secret or config that is not there. */
  | 'undefined'
  | 'conflict'
  | 'cycle'
  | 'project-name';

/** What several problems have in common. */
type Said = Pick<ComposeProblem, 'code' | 'message' | 'remedy' | 'severity'>;

/** Gathers problems: each once, though a text may be read for each service that shares it. */
export class Problems {
  private readonly found = new Map<string, ComposeProblem>();

  /** @param command what is run where Compose itself has to do it */
  constructor(private readonly command: string) {}

  error(place: Place, code: ProblemCode, message: string, remedy: string): void {
    this.add(place, { code, message, remedy, severity: 'error' });
  }

  warning(place: Place, code: ProblemCode, message: string, remedy: string): void {
    this.add(place, { code, message, remedy, severity: 'warning' });
  }

  noEffect(place: Place, message: string): void {
    this.warning(place, 'no-effect', message, 'Take it out, or leave it: it changes nothing.');
  }

  /** @param message says what is not supported, and what comes of it where it is left out */
  unsupported(place: Place, severity: 'error' | 'warning', message: string): void {
    const remedy = `${severity === 'error' ? 'Take it out' : 'Leave it'}, or start the application with: ${this.command}`;
    this.add(place, { code: 'unsupported', message, remedy, severity }, this.command);
  }

  /** For a part of the application, whose problems are taken over when it is known whether it is used. */
  ofPart(): Problems {
    return new Problems(this.command);
  }

  /**
   * Takes over the problems of a part.
   *
   * @param isUsed whether the part is used at all: in one that is not, only what makes its text unreadable is an error
   */
  take(part: Problems, isUsed: boolean): void {
    for (const [key, problem] of part.found) {
      const isHarmless =
        !isUsed && problem.code !== 'type' && problem.code !== 'unknown-key' && problem.code !== 'value';
      const taken: ComposeProblem = isHarmless ? { ...problem, severity: 'warning' } : problem;
      if (this.found.get(key)?.severity !== 'error') this.found.set(key, taken);
    }
  }

  hasErrors(): boolean {
    return [...this.found.values()].some(({ severity }) => severity === 'error');
  }

  /** By file in the order of their first problem, then by line and column. */
  list(): ComposeProblem[] {
    const files = [...new Set([...this.found.values()].map(({ file }) => file))];
    return [...this.found.values()].sort(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
  }

  private add({ file, line, column }: Place, said: Said, command?: string): void {
    const key = JSON.stringify([file, line, column, said.code, said.message]);
    const former = this.found.get(key);
    if (former !== undefined && (former.severity === 'error' || said.severity === 'warning')) return;
    this.found.set(key, { file, line, column, ...said, ...(command === undefined ? {} : { command }) });
  }
}
