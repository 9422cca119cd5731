import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type MainJobData, type MainJobResult } from '../driver/main-job.js';
import { type Message } from '../driver/job.js';
import { ensureBaseImage } from './engines/base-images.js';
import { ensureHostEngine } from './host-engine.js';
import { type Log } from './machine/commands.js';
import { ensureTestUser } from './machine/user.js';
import { packageExtension } from './package-extension.js';
import { exampleBase } from './suites.js';
import { openBrowser } from './vscode/browser.js';
import { bundleDriver } from './vscode/bundle-driver.js';
import { runInExtensionHost } from './vscode/extension-host.js';
import { startVsCodeServer } from './vscode/server.js';
import { makeHostWorkspace } from './workspace.js';

interface Options {
  log: Log;
  signal: AbortSignal;
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
  const user = await ensureTestUser();
  const workspace = await makeHostWorkspace(user);
  const driverFolder = await mkdtemp(join(tmpdir(), 'research-containers-driver-'));
  const server = await startVsCodeServer({
    version: '1.139',
    user,
    vsix,
    settings: { 'researchContainers.engine.host': engine.host },
    log,
    signal,
  });
  try {
    const driver = await bundleDriver(driverFolder, [resolve(__dirname, '../driver/main-job.ts')]);
    const [job] = driver.testFiles;
    if (job === undefined) throw new Error('The main job was not bundled.');
    const data: MainJobData = {
      project: workspace.folder,
      output: join(workspace.folder, 'results'),
      bundle: join(workspace.scratch, 'bundle'),
    };
    const setup = Math.round(performance.now() - started) / 1000;
    log(`Everything is set up (${setup} s). The main job, in VS Code 1.139:`);

    let result: MainJobResult | undefined;
    const onMessage = (message: Message): void => {
      if (message.type === 'note') log(`  ${message.text}`);
      if (message.type === 'result') result = message.value as MainJobResult;
    };
    const browser = await openBrowser({ log, signal });
    try {
      const { exitCode } = await runInExtensionHost({
        server,
        browser,
        folder: workspace.folder,
        driverFolder: driver.folder,
        testsModule: job,
        job: { data },
        onMessage,
        log,
        signal,
      });
      if (exitCode !== 0 || result === undefined) throw new Error('The main job failed: see the lines above.');
    } finally {
      await browser.close();
    }
    report(result, workspace.folder, log);
    if (values.json) {
      process.stdout.write(`${JSON.stringify({ ...result, seconds: { setup, ...result.seconds } })}\n`);
    }
    if (values.once) return;
    log(`\nVS Code is open on the example at ${server.url}?folder=${encodeURIComponent(workspace.folder)}`);
    log('Press Ctrl-C to end it.');
    await new Promise<void>((resolve) => {
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
    });
  } finally {
    await server.stop();
    await rm(driverFolder, { recursive: true, force: true });
  }
}

function report({ run, bundle, seconds }: MainJobResult, project: string, log: Log): void {
  log(`\nResults (in ${join(project, 'results')}):`);
  for (const file of run.outputs) log(`  ${file}`);
  log(`Run record: ${run.record}`);
  log(`Bundle for Zenodo: ${bundle.folder} (${bundle.files.length} files)`);
  const took = Object.entries(seconds).map(([step, time]) => `${step} ${time.toFixed(1)} s`);
  log(`Took: ${took.join(', ')}`);
}
