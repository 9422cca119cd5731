import { readJob, sendMessage, type EndMessage, type Job } from './job.js';
import { stackInSources } from './stacks.js';

/**
 * What VS Code calls as the extension tests: runs the job's module and reports its end. A module whose `run` answers a
 * number other than 0, or throws, has failed.
 */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const job = readJob();
  const end = await runModule(job);
  sendMessage(job, end);
  // VS Code takes a rejection as the failure of the tests.
  if (end.exitCode !== 0) throw new Error(end.error ?? `The job ended with ${end.exitCode}.`);
}

async function runModule(job: Job): Promise<EndMessage> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- Only the job knows which module it is.
    const loaded: unknown = require(job.module);
    if (!isRunnable(loaded)) throw new Error(`${job.module} exports no function "run".`);
    const answer = await loaded.run(job);
    return { type: 'end', exitCode: typeof answer === 'number' ? answer : 0 };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { type: 'end', exitCode: 1, error: stackInSources(text) };
  }
}

function isRunnable(loaded: unknown): loaded is { run: (job: Job) => unknown } {
  return typeof loaded === 'object' && loaded !== null && 'run' in loaded && typeof loaded.run === 'function';
}
