import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser } from 'playwright-core';
import { type Message } from '../driver/job.js';
import { add, type Counts, none } from './counts.js';
import { type Log } from './machine/commands.js';
import { ensureTestUser } from './machine/user.js';
import { connectTo } from './engines/connect.js';
import { type RunningRegistry, startRegistry } from './engines/registry.js';
import { findRunning, isEngineName } from './engines/state.js';
import { type SuiteEngine } from './suites.js';
import { openBrowser } from './vscode/browser.js';
import { type BundledDriver, bundleDriver } from './vscode/bundle-driver.js';
import { findDesktop, reasonForNoDesktop, runInDesktop } from './vscode/desktop.js';
import { runInExtensionHost } from './vscode/extension-host.js';
import { type VsCodeVersion } from './vscode/install-server.js';
import { startVsCodeServer } from './vscode/server.js';
import { makeHostWorkspace, type Workspace } from './workspace.js';

interface Options {
  log: Log;
  signal: AbortSignal;
}

const testFolder = resolve(__dirname, '../host');

/** Runs test/host inside the extension host of both VS Codes, the newest with the newest engine, the oldest with the oldest. */
export async function runHostTests(vsix: string, engines: readonly SuiteEngine[], options: Options): Promise<Counts> {
  const newest = engines.find(({ name }) => name === '28-containerd') ?? engines[0];
  const oldest = engines.find(({ name }) => name === '20.10') ?? newest;
  if (newest === undefined || oldest === undefined) throw new Error('There is no engine for the host suite.');
  const files = (await readdir(testFolder)).filter((name) => name.endsWith('.test.ts')).sort();
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-driver-'));
  const browser = await openBrowser(options);
  try {
    const driver = await bundleDriver(
      folder,
      files.map((name) => join(testFolder, name)),
    );
    const first = await runOn('1.139', newest, vsix, driver, browser, options);
    const second = await runOn('1.103', oldest, vsix, driver, browser, options);
    return add(add(first, second), await runOnDesktop(newest, vsix, driver, options));
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same tests in a desktop VS Code, where this machine can have one; else they count as one skipped test. */
async function runOnDesktop(
  engine: SuiteEngine,
  vsix: string,
  driver: BundledDriver,
  { log, signal }: Options,
): Promise<Counts> {
  log(`\n── host: desktop VS Code, engine ${engine.name} ──`);
  const why = reasonForNoDesktop();
  const executable = why === undefined ? await findDesktop() : undefined;
  if (executable === undefined) {
    log(`  - skipped: ${why ?? 'no desktop VS Code is here, and none could be downloaded'}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const registry = await registryBeside(engine, { log, signal });
  const workspace = await makeHostWorkspace(await ensureTestUser());
  let counts = none;
  try {
    const { exitCode } = await runInDesktop({
      executable,
      vsix,
      folder: workspace.folder,
      driverFolder: driver.folder,
      testsModule: driver.mochaRunner,
      job: { files: driver.testFiles, data: dataFor(engine, workspace, registry) },
      settings: { 'researchContainers.engine.host': engine.host },
      onMessage: (message) => {
        counts = add(counts, countOf(message, log));
      },
      log,
      signal,
    });
    return exitCode !== 0 && counts.failed === 0 ? add(counts, { passed: 0, failed: 1, skipped: 0 }) : counts;
  } finally {
    await workspace.remove();
    await removeLeftovers(engine.host);
    await registry?.stop();
  }
}

async function runOn(
  version: VsCodeVersion,
  engine: SuiteEngine,
  vsix: string,
  driver: BundledDriver,
  browser: Browser,
  options: Options,
): Promise<Counts> {
  const { log, signal } = options;
  log(`\n── host: VS Code ${version}, engine ${engine.name} ──`);
  const user = await ensureTestUser();
  const registry = await registryBeside(engine, options);
  const workspace = await makeHostWorkspace(user);
  const server = await startVsCodeServer({
    version,
    user,
    vsix,
    settings: { 'researchContainers.engine.host': engine.host },
    log,
    signal,
  });
  let counts = none;
  try {
    const { exitCode } = await runInExtensionHost({
      server,
      browser,
      folder: workspace.folder,
      driverFolder: driver.folder,
      testsModule: driver.mochaRunner,
      job: { files: driver.testFiles, data: dataFor(engine, workspace, registry) },
      onMessage: (message) => {
        counts = add(counts, countOf(message, log));
      },
      log,
      signal,
    });
    if (exitCode !== 0 && counts.failed === 0) return add(counts, { passed: 0, failed: 1, skipped: 0 });
    return counts;
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    return add(counts, { passed: 0, failed: 1, skipped: 0 });
  } finally {
    await server.stop();
    await workspace.remove();
    await removeLeftovers(engine.host);
    await registry?.stop();
  }
}

/** Only an engine of the harness has a network that a registry can be put into. */
async function registryBeside({ name }: SuiteEngine, options: Options): Promise<RunningRegistry | undefined> {
  const running = isEngineName(name) ? await findRunning(name) : undefined;
  return running === undefined ? undefined : startRegistry(running, options);
}

function dataFor(engine: SuiteEngine, { scratch }: Workspace, registry: RunningRegistry | undefined): object {
  const data = { engineHost: engine.host, scratch };
  return registry === undefined ? data : { ...data, registry: registry.sharedAddress };
}

/** The tests speak to the engine through the extension alone, which asks before it removes anything. */
async function removeLeftovers(host: string): Promise<void> {
  const docker = connectTo(host);
  const tags = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  for (const tag of tags.filter((each) => /(?:^|\/)test-host/.test(each))) {
    const made = await docker.listContainers({ all: true, filters: { ancestor: [tag] } });
    for (const { Id } of made) await docker.getContainer(Id).remove({ force: true });
    await docker.getImage(tag).remove({ force: true });
  }
  for (const { Name } of (await docker.listVolumes()).Volumes) {
    if (Name.startsWith('test-host')) await docker.getVolume(Name).remove();
  }
}

function countOf(message: Message, log: Log): Counts {
  if (!('titles' in message)) return none;
  const title = message.titles.join(' › ');
  switch (message.type) {
    case 'pass':
      log(`  ✔ ${title} (${message.duration} ms)`);
      return { passed: 1, failed: 0, skipped: 0 };
    case 'pending':
      log(`  - ${title}`);
      return { passed: 0, failed: 0, skipped: 1 };
    case 'fail':
      log(`  ✘ ${title}\n${message.error ?? ''}`);
      return { passed: 0, failed: 1, skipped: 0 };
  }
}
