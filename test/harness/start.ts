import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Message } from '../driver/job.js';
import { type MainJobData, type MainJobResult } from '../driver/main-job.js';
import { ensureBaseImage } from './engines/base-images.js';
import { ensureHostEngine } from './host-engine.js';
import { type Log } from './machine/commands.js';
import { ensureTestUser } from './machine/user.js';
import { packageExtension } from './package-extension.js';
import { exampleBase } from './suites.js';
import { openBrowser } from './vscode/browser.js';
import { bundleDriver } from './vscode/bundle-driver.js';
import { findDesktop, openDesktop, reasonForNoDesktop, runInDesktop } from './vscode/desktop.js';
import { runInExtensionHost } from './vscode/extension-host.js';
import { startVsCodeServer } from './vscode/server.js';
import { makeHostWorkspace, type Workspace } from './workspace.js';

interface Options {
  log: Log;
  signal: AbortSignal;
}

/** What the main job runs in, desktop or server, needs to know. */
interface MainJob extends Options {
  vsix: string;
  workspace: Workspace;
  driverFolder: string;
  testsModule: string;
  data: MainJobData;
  settings: Record<string, unknown>;
  onMessage: (message: Message) => void;
}

/** A VS Code that has done the main job. */
interface VsCode {
  exitCode: number;
  /** Leaves VS Code open on the example until the signal is raised. */
  leaveOpen(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * The main job: builds the example's image, runs it, exports and verifies its bundle, by the packaged extension in a
 * real VS Code; then leaves VS Code open on the example.
 *
 * @param args `--once` to end after the job, `--json` for one JSON object as the last line of standard output
 */
export async function start(args: readonly string[], { log, signal }: Options): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { once: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const started = performance.now();
  const engine = await ensureHostEngine(log, signal);
  log(`Using Docker Engine ${engine.version} at ${engine.host}.`);
  await ensureBaseImage(engine.host, exampleBase, { log, signal });
  const vsix = await packageExtension(log, signal);
  const workspace = await makeHostWorkspace(await ensureTestUser());
  const driverFolder = await mkdtemp(join(tmpdir(), 'research-containers-driver-'));
  let vsCode: VsCode | undefined;
  try {
    const driver = await bundleDriver(driverFolder, [resolve(__dirname, '../driver/main-job.ts')]);
    const [testsModule] = driver.testFiles;
    if (testsModule === undefined) throw new Error('The main job was not bundled.');
    const data: MainJobData = {
      project: workspace.folder,
      output: join(workspace.folder, 'results'),
      bundle: join(workspace.scratch, 'bundle'),
    };
    let setup = 0;
    let result: MainJobResult | undefined;
    const onMessage = (message: Message): void => {
      if (setup === 0) {
        setup = secondsSince(started);
        log(`Everything is set up (${setup} s). The main job:`);
      }
      if (message.type === 'note') log(`  ${message.text}`);
      if (message.type === 'result') result = message.value as MainJobResult;
    };
    const settings = { 'researchContainers.engine.host': engine.host };
    const job = { log, signal, vsix, workspace, driverFolder: driver.folder, testsModule, data, settings, onMessage };
    const desktop = reasonForNoDesktop() === undefined ? await findDesktop() : undefined;
    vsCode = desktop === undefined ? await runInServer(job) : await runOnDesktop(desktop, job);
    if (vsCode.exitCode !== 0 || result === undefined) throw new Error('The main job failed: see the lines above.');
    report(result, log);
    if (values.json) {
      process.stdout.write(`${JSON.stringify({ ...result, seconds: { setup, ...result.seconds } })}\n`);
    }
    if (!values.once) await vsCode.leaveOpen();
  } finally {
    await vsCode?.dispose();
    await rm(driverFolder, { recursive: true, force: true });
  }
}

async function runInServer(job: MainJob): Promise<VsCode> {
  const { vsix, settings, workspace, driverFolder, testsModule, data, onMessage, log, signal } = job;
  const user = await ensureTestUser();
  const server = await startVsCodeServer({ version: '1.139', user, vsix, settings, log, signal });
  try {
    const browser = await openBrowser({ log, signal });
    try {
      const folder = workspace.folder;
      const run = { server, browser, folder, driverFolder, testsModule, job: { data }, onMessage, log, signal };
      const { exitCode } = await runInExtensionHost(run);
      return {
        exitCode,
        leaveOpen: async () => {
          log(`\nVS Code is open on the example at ${server.url}?folder=${encodeURIComponent(folder)}`);
          log('Press Ctrl-C to end it.');
          await new Promise<void>((done) => {
            signal.addEventListener(
              'abort',
              () => {
                done();
              },
              { once: true },
            );
          });
        },
        dispose: () => server.stop(),
      };
    } finally {
      await browser.close();
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function runOnDesktop(executable: string, job: MainJob): Promise<VsCode> {
  const { vsix, settings, workspace, driverFolder, testsModule, data, onMessage, log, signal } = job;
  const folder = workspace.folder;
  const run = { executable, vsix, settings, folder, driverFolder, testsModule, job: { data }, onMessage, log, signal };
  const { exitCode } = await runInDesktop(run);
  return {
    exitCode,
    leaveOpen: async () => {
      await openDesktop({ executable, vsix, settings, folder, signal });
      log('\nVS Code is open on the example.');
    },
    dispose: () => Promise.resolve(),
  };
}

function secondsSince(started: number): number {
  return Math.round(performance.now() - started) / 1000;
}

function report({ run, bundle, seconds }: MainJobResult, log: Log): void {
  log('\nResults:');
  for (const file of run.outputs) log(`  ${file}`);
  log(`Run record: ${run.record}`);
  log(`Bundle for Zenodo: ${bundle.folder} (${bundle.files.length} files)`);
  const took = Object.entries(seconds).map(([step, time]) => `${step} ${time.toFixed(1)} s`);
  log(`Took: ${took.join(', ')}`);
}
