/** What BuildKit's words about a failed build say. */
export type SolveError =
  /** The Dockerfile cannot be read. */
  | { kind: 'syntax'; problem: string; line: number | undefined }
  /** A base image cannot be had. */
  | { kind: 'base-image'; reference: string }
  /** A step failed. */
  | { kind: 'step'; exitCode: number | undefined }
  | { kind: 'other' };

const syntax =
  /dockerfile parse error|unknown instruction|no build stage in current context|file with no instructions|failed to parse|syntax error|requires (?:at least|exactly) \w+ argument|unknown flag|invalid reference format/i;
const unavailable =
  /failed to resolve source metadata|pull access denied|not found|no such host|failed to authorize|failed to do request|connection refused|i\/o timeout|network is unreachable|server misbehaving/i;
const loadsBase = /^\[(?:internal|[^\]]*)\] (?:load metadata for|FROM) (\S+)/;

/**
 * Reads BuildKit's own words, of Engine 20.10 and newer.
 *
 * @param text the build's error
 * @param step the step that failed, where one had begun
 */
export function readSolveError(text: string, step: { name: string; error: string } | undefined): SolveError {
  const base = step === undefined ? undefined : loadsBase.exec(step.name)?.[1];
  const said = /(?:source metadata for|metadata for|FROM) (?:docker-image:\/\/)?(\S+?):? /.exec(`${text} `)?.[1];
  const wanted = base ?? (step === undefined ? said : undefined);
  if (wanted !== undefined && unavailable.test(`${text} ${step?.error ?? ''}`)) {
    return { kind: 'base-image', reference: wanted.replace(/@sha256:.*/, '') };
  }
  if (syntax.test(text) && (step === undefined || step.name.startsWith('[internal]'))) {
    const line = /(?:dockerfile parse error|parse error|Dockerfile)[^\n]*?\bline (\d+)/i.exec(text)?.[1];
    const problem = text.replace(/^.*(?:parse error(?: on)? line \d+: |failed to create LLB definition: )/is, '');
    return { kind: 'syntax', problem, line: line === undefined ? undefined : Number(line) };
  }
  if (step === undefined) return { kind: 'other' };
  const exitCode = /exit code: (\d+)/.exec(step.error)?.[1];
  return { kind: 'step', exitCode: exitCode === undefined ? undefined : Number(exitCode) };
}
