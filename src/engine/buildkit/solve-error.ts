/** What BuildKit's words about a failed build say. */
export type SolveError =
  /** The Dockerfile cannot be read. */
  | { kind: 'syntax'; problem: string; line: number | undefined }
  /** There is no stage of the name that was asked for. */
  | { kind: 'target'; name: string }
  /** A base image cannot be had. */
  | { kind: 'base-image'; reference: string }
  /** A step failed. */
  | { kind: 'step'; exitCode: number | undefined }
  | { kind: 'other' };

const syntax =
  /dockerfile parse error|unknown instruction|no build stage in current context|file with no instructions|failed to parse|syntax error|requires (?:at least|exactly) \w+ argument|unknown flag|invalid escape token|invalid reference format/i;
const unavailable =
  /failed to resolve source metadata|pull access denied|not found|no such host|failed to authorize|failed to do request|connection refused|i\/o timeout|network is unreachable|server misbehaving|unauthorized|forbidden|no basic auth|authorization failed|toomanyrequests|unexpected status|no match for platform/i;
const loadsBase = /^(?:\[[^\]]*\] )?(?:load metadata for|FROM) (\S+)/;
/** What the layers between the problem and the answer put in front of it. */
const noise =
  /^(?:rpc error: code = \w+ desc = |failed to solve(?: with frontend [\w.]+)?: |failed to create LLB definition: |dockerfile parse error(?: on)? line \d+: |frontend grpc server closed unexpectedly: )+/i;

/**
 * Reads BuildKit's own words, of Engine 20.10 and newer.
 *
 * @param text the build's error
 * @param step the step that failed, where one had begun
 */
export function readSolveError(text: string, step: { name: string; error: string } | undefined): SolveError {
  const problem = plainWords(text);
  const target = /^target stage "?(.+?)"? could not be found/.exec(problem)?.[1];
  if (target !== undefined) return { kind: 'target', name: target };
  const base = step === undefined ? undefined : loadsBase.exec(step.name)?.[1];
  const said = /(?:source metadata for|metadata for|FROM) (?:docker-image:\/\/)?(\S+?):? /.exec(`${text} `)?.[1];
  const wanted = base ?? (step === undefined ? said : undefined);
  if (wanted !== undefined && unavailable.test(`${text} ${step?.error ?? ''}`)) {
    return { kind: 'base-image', reference: wanted.replace(/@sha256:.*/, '') };
  }
  const isFrontends = step === undefined || step.name.startsWith('[internal]');
  if (isFrontends && (syntax.test(text) || /failed to create LLB definition/.test(text))) {
    const line = /(?:dockerfile parse error|parse error|Dockerfile)[^\n]*?\bline (\d+)/i.exec(text)?.[1];
    return { kind: 'syntax', problem, line: line === undefined ? undefined : Number(line) };
  }
  if (step === undefined) return { kind: 'other' };
  const exitCode = /exit code: (\d+)/.exec(step.error)?.[1];
  return { kind: 'step', exitCode: exitCode === undefined ? undefined : Number(exitCode) };
}

/** The problem itself, without what the layers between put in front of it. */
export function plainWords(text: string): string {
  return text.trim().replace(noise, '');
}
