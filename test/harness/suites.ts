import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChecks } from './check.js';
import { add, type Counts, none } from './counts.js';
import { ensureBaseImage, importBusybox } from './engines/base-images.js';
import { connectTo } from './engines/connect.js';
import { startEngine } from './engines/start.js';
import { ENGINE_NAMES, type EngineName, findRunning } from './engines/state.js';
import { stopEngine } from './engines/stop.js';
import { runHostTests } from './host-suite.js';
import { type Log } from './machine/commands.js';
import { packageExtension } from './package-extension.js';

interface Options {
  log: Log;
  signal: AbortSignal;
}

const suiteNames = ['check', 'unit', 'engine', 'host', 'ui'] as const;
/** Runs only when it is named: it takes minutes. */
const namedOnly = 'large';
type SuiteName = (typeof suiteNames)[number] | typeof namedOnly;

/** An engine that a suite uses. */
export interface SuiteEngine {
  /** `20.10`, `28`, `28-containerd`, or `given` for `--engine-host`. */
  name: string;
  host: string;
}

/** The base image of the example. */
export const exampleBase = 'python:3.11-slim-bookworm';

/**
 * Sets up what the named suites need (all of them when none is named), runs them, and stops what it has started.
 *
 * @param args suite names, and `--engine-host HOST` for an engine that runs already
 */
export async function runTests(args: readonly string[], options: Options): Promise<Counts> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { 'engine-host': { type: 'string' } },
    allowPositionals: true,
  });
  const isSuite = (name: string): name is SuiteName => [...suiteNames, namedOnly].some((suite) => suite === name);
  const unknown = positionals.find((name) => !isSuite(name));
  if (unknown !== undefined)
    throw new Error(`There is no suite “${unknown}”: choose of ${[...suiteNames, namedOnly].join(', ')}.`);
  const wanted: readonly SuiteName[] = positionals.length === 0 ? suiteNames : positionals.filter(isSuite);
  const given = values['engine-host'];

  let counts = none;
  if (wanted.includes('check')) counts = add(counts, runChecks(options.log));
  if (wanted.includes('unit')) counts = add(counts, await runMocha('unit', ['test/unit/**/*.test.ts'], {}, options));
  if (wanted.includes(namedOnly)) counts = add(counts, await runMocha('large', ['test/large/*.test.ts'], {}, options));
  const needsEngine = wanted.some((suite) => suite === 'engine' || suite === 'host' || suite === 'ui');
  if (!needsEngine) return counts;

  const vsix = await packageExtension(options.log, options.signal);
  await withEngines(given, options, async (engines) => {
    if (wanted.includes('engine')) {
      for (const engine of engines) {
        const environment = {
          RESEARCH_CONTAINERS_ENGINE_HOST: engine.host,
          RESEARCH_CONTAINERS_ENGINE_NAME: engine.name,
          RESEARCH_CONTAINERS_ALL_ENGINES: JSON.stringify(engines),
        };
        const suite = `engine ${engine.name}`;
        counts = add(counts, await runMocha(suite, ['test/engine/**/*.test.ts'], environment, options));
      }
    }
    if (wanted.includes('host')) counts = add(counts, await runHostTests(vsix, engines, options));
    if (wanted.includes('ui')) {
      const engine = engines.find(({ name }) => name === '28') ?? engines[0];
      if (engine === undefined) throw new Error('There is no engine for the ui suite.');
      const environment = { RESEARCH_CONTAINERS_ENGINE_HOST: engine.host, RESEARCH_CONTAINERS_VSIX: vsix };
      counts = add(counts, await runMocha('ui', ['test/ui/**/*.test.ts'], environment, options));
    }
  });
  return counts;
}

/** Runs mocha in a process of its own; a run that ends without totals counts as one failure. */
async function runMocha(
  suite: string,
  files: readonly string[],
  environment: Record<string, string>,
  { log, signal }: Options,
): Promise<Counts> {
  log(`\n── ${suite} ──`);
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-counts-'));
  const countsFile = join(folder, 'counts.json');
  try {
    const args = ['node_modules/mocha/bin/mocha.js', '--reporter', 'test/harness/count-reporter.ts', ...files];
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
      stdio: 'inherit',
      env: { ...process.env, ...environment, RESEARCH_CONTAINERS_COUNTS: countsFile },
      signal,
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    const counts = JSON.parse(await readFile(countsFile, 'utf8').catch(() => 'null')) as Counts | null;
    if (counts !== null && (code === 0 || counts.failed > 0)) return counts;
    log(`${suite}: mocha ended with ${String(code)} before its totals.`);
    return add(counts ?? none, { passed: 0, failed: 1, skipped: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts the harness's engines (or takes the given one), prepares their base images, and stops what was not running. */
async function withEngines(
  given: string | undefined,
  options: Options,
  use: (engines: SuiteEngine[]) => Promise<void>,
): Promise<void> {
  const started: EngineName[] = [];
  try {
    const engines: SuiteEngine[] = [];
    if (given !== undefined) engines.push({ name: 'given', host: given });
    else {
      for (const name of ENGINE_NAMES) {
        if ((await findRunning(name)) === undefined) started.push(name);
        const engine = await startEngine(name, options);
        options.log(`Engine ${name} (${engine.version}) is up.`);
        engines.push({ name, host: engine.host });
      }
    }
    for (const { host } of engines) {
      await importBusybox(host, options);
      await ensureBaseImage(host, exampleBase, options);
    }
    await use(engines);
    await reportLeftovers(engines, options.log);
  } finally {
    for (const name of started) await stopEngine(name, options);
  }
}

/** Tests clean up after themselves: what they forgot is named here. */
async function reportLeftovers(engines: readonly SuiteEngine[], log: Log): Promise<void> {
  for (const { name, host } of engines) {
    const containers = await connectTo(host).listContainers({ all: true });
    for (const { Names, Image } of containers) log(`Left on engine ${name}: container ${Names.join()} of ${Image}`);
  }
}
