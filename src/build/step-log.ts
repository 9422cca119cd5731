import { TextDecoder } from 'node:util';
import { type TraceEvent } from '../engine/buildkit/trace.js';
import { type OnProgress } from '../host/progress.js';

interface Step {
  /** As it is called in the log: `#3`. */
  number: number;
  name: string;
  cached: boolean;
  /** Milliseconds since 1970. */
  started: number | undefined;
  completed: number | undefined;
  error: string | undefined;
  /** The end of an unfinished line. */
  rest: string;
  decoder: TextDecoder;
  output: string[];
}

/** A step that failed, with its last lines. */
export interface FailedStep {
  name: string;
  error: string;
  output: string[];
  /** The platform that it was built for, where the log says it. */
  platform: string | undefined;
}

/** What BuildKit warns of, with the line of the Dockerfile counted from 1. */
export interface BuildWarning {
  message: string;
  url: string;
  line: number | undefined;
}

const keptLines = 40;

/**
 * Follows the steps of one build, of one or several platforms: reports them as BuildKit's own plain log does, and keeps
 * the last lines of each for the one that fails.
 */
export class StepLog {
  private readonly steps = new Map<string, Step>();
  private readonly warned = new Map<string, BuildWarning>();
  private readonly notices = new Set<string>();

  constructor(private readonly onProgress: OnProgress) {}

  get warnings(): BuildWarning[] {
    return [...this.warned.values()];
  }

  /** Names of all steps, to read from them what was used. */
  get stepNames(): string[] {
    return [...this.steps.values()].map((step) => step.name);
  }

  warn(warning: BuildWarning): void {
    const { message, url, line } = warning;
    const key = `${line ?? 0} ${message}`;
    if (this.warned.has(key)) return;
    this.warned.set(key, { message, url, line });
    const place = line === undefined ? '' : ` (line ${line})`;
    this.onProgress({ message: 'Building', output: `WARNING: ${message}${place} ${url}`.trimEnd() });
  }

  /** @param platform that this build is for, where the steps of others are in the same log */
  add(event: TraceEvent, platform?: string): void {
    switch (event.kind) {
      case 'step':
        this.addStep(event, platform);
        return;
      case 'output': {
        const step = this.step(event.id, platform);
        const lines = (step.rest + step.decoder.decode(event.text, { stream: true })).split(/\r?\n|\r/);
        step.rest = lines.pop() ?? '';
        for (const line of lines) this.addLine(step, line);
        return;
      }
      case 'warning':
        this.warn({ message: event.message, url: event.url, line: event.line });
        return;
      case 'status':
        this.addStatus(event, platform);
        return;
    }
  }

  /** The step that ended the build: the one of that identifier, or else the first that failed by itself. */
  failedStep(id: string | undefined): FailedStep | undefined {
    const named = [...this.steps].find(([key]) => id !== undefined && key.endsWith(id))?.[1];
    // A step that was ended because another one failed is not to blame.
    const failed = [...this.steps.values()].find(
      ({ error }) => error !== undefined && !/context canceled|^canceled/.test(error),
    );
    const step = named ?? failed;
    if (step === undefined) return undefined;
    const output = step.rest === '' ? step.output : [...step.output, step.rest];
    const platform = /^\[(linux\/\S+) /.exec(step.name)?.[1];
    return { name: step.name, error: step.error ?? '', output, platform };
  }

  private addStep(event: TraceEvent & { kind: 'step' }, platform: string | undefined): void {
    const step = this.step(event.id, platform);
    const begins = event.started !== undefined && step.started === undefined;
    const ends = event.completed !== undefined && step.completed === undefined;
    step.name = withPlatform(event.name, platform);
    step.cached ||= event.cached;
    step.started ??= event.started;
    step.completed ??= event.completed;
    step.error = event.error ?? step.error;
    if (begins) this.report(step, step.name);
    if (!ends) return;
    if (step.rest !== '') this.addLine(step, step.rest);
    step.rest = '';
    const seconds = ((step.completed ?? 0) - (step.started ?? 0)) / 1000;
    if (step.error !== undefined)
      this.report(step, /cancell?ed/.test(step.error) ? 'CANCELED' : `ERROR: ${step.error}`);
    else if (step.cached) this.report(step, 'CACHED');
    else this.report(step, `DONE ${seconds.toFixed(1)}s`);
  }

  /** Amounts are shown while they grow; notices, such as of an export, are lines of their own. */
  private addStatus(event: TraceEvent & { kind: 'status' }, platform: string | undefined): void {
    const step = this.step(event.id, platform);
    const name = event.name.replace(/:$/, '');
    const amount =
      event.total > 0 ? `${megabytes(event.current)} of ${megabytes(event.total)}` : megabytes(event.current);
    if (event.current > 0) this.onProgress({ message: `${step.name}: ${name} ${amount}` });
    const key = `${step.number} ${name}`;
    const isWhole = event.current === 0 || event.completed;
    if (!isWhole || this.notices.has(key)) return;
    this.notices.add(key);
    this.report(step, event.current === 0 ? name : `${name} ${amount}`);
  }

  private addLine(step: Step, line: string): void {
    step.output.push(line);
    if (step.output.length > keptLines) step.output.shift();
    const seconds = step.started === undefined ? 0 : Math.max(0, (Date.now() - step.started) / 1000);
    this.report(step, `${seconds.toFixed(2)} ${line}`);
  }

  private report(step: Step, line: string): void {
    const fraction = this.fraction();
    this.onProgress({
      message: step.name,
      output: `#${step.number} ${line}`,
      ...(fraction === undefined ? {} : { fraction }),
    });
  }

  /** Of the instructions of all stages that have begun, as far as they are known. */
  private fraction(): number | undefined {
    const stages = new Map<string, { done: number; of: number }>();
    for (const { name, completed } of this.steps.values()) {
      const [, stage = '', at, of] = /^\[([^\]]*?)\s?(\d+)\/(\d+)\]/.exec(name) ?? [];
      if (at === undefined || of === undefined) continue;
      const done = completed === undefined ? Number(at) - 1 : Number(at);
      stages.set(stage, { done: Math.max(done, stages.get(stage)?.done ?? 0), of: Number(of) });
    }
    if (stages.size === 0) return undefined;
    const all = [...stages.values()];
    return all.reduce((sum, { done }) => sum + done, 0) / (all.reduce((sum, { of }) => sum + of, 0) + 1);
  }

  private step(id: string, platform: string | undefined): Step {
    const key = `${platform ?? ''} ${id}`;
    let step = this.steps.get(key);
    if (step === undefined) {
      step = {
        number: this.steps.size + 1,
        name: '',
        cached: false,
        started: undefined,
        completed: undefined,
        error: undefined,
        rest: '',
        decoder: new TextDecoder(),
        output: [],
      };
      this.steps.set(key, step);
    }
    return step;
  }
}

/** `[2/4] RUN make` of a build for another platform as BuildKit writes it when it builds several. */
function withPlatform(name: string, platform: string | undefined): string {
  if (platform === undefined || !/^\[(?!internal\])/.test(name) || name.startsWith(`[${platform} `)) return name;
  return `[${platform} ${name.slice(1)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
