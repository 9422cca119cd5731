import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { EndMessage, Job, Message } from '../../driver/job.js';
import type { Log } from '../machine/commands.js';
import { waitFor } from '../machine/waiting.js';
import { openWorkbench } from './browser.js';
import { messageReader, writeJob } from './messages.js';
import type { VsCodeServer } from './server.js';

interface ExtensionHostOptions {
  server: VsCodeServer;
  browser: Browser;
  /** The folder to open, as an absolute path; no folder when left out. */
  folder?: string;
  /** The folder that `bundleDriver` made. */
  driverFolder: string;
  /** The CommonJS module whose `run(job)` is called in the extension host. */
  testsModule: string;
  /** What else the module finds in its job. */
  job?: Pick<Job, 'files' | 'grep' | 'data'>;
  timeoutMs?: number;
  onMessage?: (message: Message) => void;
  log?: Log;
  signal?: AbortSignal;
}

const TIMEOUT_MS = 600_000;
// How long the driver's last message may be on its way when VS Code has ended already.
const SETTLE_MS = 5000;

/**
 * Runs a module in the real extension host of a VS Code server, beside the extensions that are installed there, and
 * answers how it ended.
 *
 * @throws Error with the server's logs when VS Code ends, the page crashes or closes, or the time is over before the
 * module has come to its end.
 */
export async function runInExtensionHost(options: ExtensionHostOptions): Promise<{ exitCode: number }> {
  const messages = await writeJob(options.server.jobFile, { module: options.testsModule, ...options.job });
  let ended: string | undefined;
  let end: EndMessage | undefined;
  const read = messageReader(messages, (message) => {
    if (message.type === 'end') end = message;
    options.onMessage?.(message);
  });
  const onTestsEnd = (exitCode: number): void => {
    ended ??= `VS Code ended its extension host with ${exitCode}`;
  };
  const { server, browser, folder, log, signal } = options;
  const driver = { extensionFolder: options.driverFolder, testsModule: join(options.driverFolder, 'run.js') };
  const page = await openWorkbench(browser, {
    url: server.url,
    driver,
    onTestsEnd,
    ...(folder !== undefined && { folder }),
    ...(log && { log }),
  });
  page.once('close', () => (ended ??= 'The page was closed'));
  page.once('crash', () => (ended ??= 'The page crashed'));
  browser.once('disconnected', () => (ended ??= 'The browser ended'));
  const explain = async (): Promise<string> => `${ended ?? 'The module is still at work'}.\n${await server.logs()}`;
  const readEnd = async (): Promise<EndMessage | undefined> => {
    await read();
    return end;
  };
  try {
    const settled = async (): Promise<boolean> => (await readEnd()) !== undefined || ended !== undefined;
    const within = options.timeoutMs ?? TIMEOUT_MS;
    await waitFor('the tests in the extension host', settled, { within, explain, ...(signal && { signal }) });
    const last = await waitFor('the end of the test module', readEnd, { within: SETTLE_MS, explain });
    if (last.error !== undefined) log?.(last.error);
    return { exitCode: last.exitCode };
  } finally {
    await page.context().close();
  }
}
