import { appendFileSync, readFileSync } from 'node:fs';

/** The environment variable of the extension host that holds the path of the file with its job. */
export const JOB_VARIABLE = 'RESEARCH_CONTAINERS_JOB';

/** What the driver shall do. The harness writes it as JSON before it opens VS Code. */
export interface Job {
  /** The CommonJS module to run, as an absolute path; its exported `run` gets this job. */
  module: string;
  /** The file that the driver appends its messages to, one line of JSON each. */
  messages: string;
  /** For the module that runs mocha: the bundled test files, and which tests of them to run. */
  files?: readonly string[];
  grep?: string;
  /** Anything else that the module wants to know. */
  data?: unknown;
}

/** What happened to one test. */
export interface TestMessage {
  type: 'pass' | 'fail' | 'pending';
  /** The suites and the test, outermost first. */
  titles: string[];
  /** In milliseconds. */
  duration: number;
  /** For failed tests: the message and the stack. */
  error?: string;
}

/** How many tests there were, once all are through. */
export interface TotalsMessage {
  type: 'totals';
  passes: number;
  failures: number;
  pending: number;
  /** In milliseconds. */
  duration: number;
}

/** The last message of every job. */
export interface EndMessage {
  type: 'end';
  exitCode: number;
  /** Why the module could not be run to its end. */
  error?: string;
}

/** What a module reports beyond that. */
export interface NoteMessage {
  type: 'note';
  text: string;
}

/** What a module hands back. */
export interface ResultMessage {
  type: 'result';
  value: unknown;
}

/** A line that the driver writes for the harness. */
export type Message = TestMessage | TotalsMessage | NoteMessage | ResultMessage | EndMessage;

/**
 * Reads the job that the harness left for this extension host.
 *
 * @throws Error when VS Code was started by something else than the harness.
 */
export function readJob(): Job {
  const path = process.env[JOB_VARIABLE];
  if (path === undefined) throw new Error(`${JOB_VARIABLE} is not set: the test driver works only under the harness.`);
  return JSON.parse(readFileSync(path, 'utf8')) as Job;
}

/** Tells the harness something, at once: an extension host that crashes later cannot take it back. */
export function sendMessage(job: Job, message: Message): void {
  appendFileSync(job.messages, `${JSON.stringify(message)}\n`);
}
