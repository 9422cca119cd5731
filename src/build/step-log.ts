import { TextDecoder } from 'node:util';
import { type TraceEvent } from '../engine/buildkit/trace.js';
import { type OnProgress } from '../host/progress.js';

interface Step {
  name: string;
  cached: boolean;
  started: boolean;
  completed: boolean;
  error: string | undefined;
  /** The end of an unfinished line. */
  rest: string;
  decoder: TextDecoder;
  output: string[];
}

const keptLines = 40;

/** Follows a build's steps: reports them as progress, and keeps the last lines of each for the one that fails. */
export class StepLog {
  private readonly steps = new Map<string, Step>();

  constructor(private readonly onProgress: OnProgress) {}

  add(event: TraceEvent): void {
    switch (event.kind) {
      case 'step': {
        const known = this.step(event.id);
        const begins = event.started !== undefined && !known.started;
        const ends = event.completed !== undefined && !known.completed;
        known.name = event.name;
        known.cached ||= event.cached;
        known.started ||= event.started !== undefined;
        known.completed ||= event.completed !== undefined;
        known.error = event.error ?? known.error;
        // The tar's own way into the build says nothing to a person.
        if (event.name.startsWith('[internal]') || event.name === 'copy /context /') return;
        if (begins) this.report(event.name, `=> ${event.name}`);
        if (ends && known.cached) this.report(event.name, `=> CACHED ${event.name}`);
        return;
      }
      case 'output': {
        const step = this.step(event.id);
        const lines = (step.rest + step.decoder.decode(event.text, { stream: true })).split(/\r?\n|\r/);
        step.rest = lines.pop() ?? '';
        for (const line of lines) this.addLine(step, line);
        return;
      }
      case 'warning':
        this.report('Building', `warning: ${event.message} ${event.url}`.trimEnd());
        return;
      case 'status':
        return;
    }
  }

  /** The step that ended the build, with its last lines. */
  failedStep(): { name: string; error: string; output: string[] } | undefined {
    for (const step of this.steps.values()) {
      // A step that was ended because another one failed is not to blame.
      if (step.error === undefined || /context canceled|^canceled/.test(step.error)) continue;
      const output = step.rest === '' ? step.output : [...step.output, step.rest];
      return { name: step.name, error: step.error, output };
    }
    return undefined;
  }

  private addLine(step: Step, line: string): void {
    step.output.push(line);
    if (step.output.length > keptLines) step.output.shift();
    this.report(step.name, line);
  }

  private report(name: string, output: string): void {
    const position = /^\[(?:[^\]]*\s)?(\d+)\/(\d+)\]/.exec(name);
    const [, at, of] = position ?? [];
    this.onProgress({
      message: name,
      output,
      ...(at === undefined || of === undefined ? {} : { fraction: Math.min(1, Number(at) / (Number(of) + 1)) }),
    });
  }

  private step(id: string): Step {
    let step = this.steps.get(id);
    if (step === undefined) {
      step = {
        name: '',
        cached: false,
        started: false,
        completed: false,
        error: undefined,
        rest: '',
        decoder: new TextDecoder(),
        output: [],
      };
      this.steps.set(id, step);
    }
    return step;
  }
}
