import { inspect } from 'node:util';
import Mocha from 'mocha';
import { sendMessage, type Job, type TestMessage } from './job.js';
import { stackInSources } from './stacks.js';

const TEST_MS = 60_000;

/** Runs the job's test files with mocha (`describe`, `it`), reports every test, and answers how many failed. */
export function run(job: Job): Promise<number> {
  const mocha = new Mocha({ ui: 'bdd', timeout: TEST_MS, color: false, reporter: QuietReporter });
  if (job.grep !== undefined) mocha.grep(new RegExp(job.grep));
  for (const file of job.files ?? []) mocha.addFile(file);
  return new Promise((resolve) => {
    const runner = mocha.run(resolve);
    const report = (type: TestMessage['type'], test: Mocha.Runnable, error?: Error): void => {
      const titles = test.titlePath();
      sendMessage(job, { type, titles, duration: test.duration ?? 0, ...(error && { error: describe(error) }) });
    };
    runner.on('pass', (test) => {
      report('pass', test);
    });
    runner.on('pending', (test) => {
      report('pending', test);
    });
    runner.on('fail', (test, error: unknown) => {
      report('fail', test, error instanceof Error ? error : new Error(String(error)));
    });
    runner.on('end', () => {
      const { passes = 0, failures = 0, pending = 0, duration = 0 } = runner.stats ?? {};
      sendMessage(job, { type: 'totals', passes, failures, pending, duration });
    });
  });
}

// The harness prints the messages; nobody reads the extension host's console. The base of all reporters prints nothing.
class QuietReporter extends Mocha.reporters.Base {}

function describe(error: Error): string {
  const lines = stackInSources(error.stack ?? error.message).split('\n');
  // Mocha's own calls say nothing about the test.
  const text = lines.filter((line) => !line.includes('/node_modules/mocha/')).join('\n');
  if (!('expected' in error) || !('actual' in error)) return text;
  return `${text}\nactual: ${inspect(error.actual)}\nexpected: ${inspect(error.expected)}`;
}
