import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { type BuildRequest } from '../../src/build/request.js';
import { EngineConnection } from '../../src/engine/connection.js';
import { parseHost } from '../../src/engine/endpoint.js';
import { type Case, median } from './bench-case.js';
import { importBusybox } from './engines/busybox.js';
import { connectTo } from './engines/connect.js';
import { Door } from './engines/door.js';
import { commandInside } from './engines/inside.js';
import { startEngine } from './engines/start.js';
import { findRunning, type RunningEngine } from './engines/state.js';
import { stopEngine } from './engines/stop.js';
import { type Log, runCommand } from './machine/commands.js';
import { ensureEmulation, removeEmulation } from './machine/emulation.js';

const bench = 'build';
const context = { files: 20_000, bytes: 1e9, folders: 200 };
const coldRuns = 3;
const unchangedRuns = 9;
const oneFileRuns = 5;
const platformRuns = 3;
const sampleEvery = 20;

interface Options {
  log: Log;
  signal: AbortSignal;
}

/** Building a large context, against `docker buildx build` on the same engine. */
export async function benchBuild(options: Options): Promise<Case[]> {
  const { log } = options;
  const wasRunning = (await findRunning('28')) !== undefined;
  const wasEmulated = await ensureEmulation('arm64', log);
  const engine = await startEngine('28', options);
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-bench-'));
  const records = await mkdtemp(join(tmpdir(), 'research-containers-bench-records-'));
  const sides = new Sides(engine, folder, records);
  try {
    await importBusybox(engine.host, options);
    for (const architecture of ['amd64', 'arm64'] as const)
      await importBusybox(engine.host, { ...options, architecture });
    log(`Writing a context of ${context.files} files …`);
    await writeContext(folder);
    log('Builds from nothing …');
    const cold = await benchCold(sides);
    log('Builds of what has not changed, and of one changed file …');
    const warm = [await benchUnchanged(sides), ...(await benchOneFile(sides))];
    log('Two platforms …');
    return [...cold, ...warm, await benchPlatforms(sides)];
  } finally {
    sides.dispose();
    for (const each of [folder, records]) await rm(each, { recursive: true, force: true });
    await prune(engine);
    if (!wasEmulated) await removeEmulation('arm64');
    if (!wasRunning) await stopEngine('28', options);
  }
}

/** Both sides of the comparison: a build of ours and one of buildx, each with an image of its own. */
class Sides {
  readonly connection: EngineConnection;

  constructor(
    readonly engine: RunningEngine,
    readonly folder: string,
    private readonly records: string,
  ) {
    this.connection = connectionTo(engine.host);
  }

  dispose(): void {
    this.connection.dispose();
  }

  /** Milliseconds. */
  async ours(request: Partial<BuildRequest> = {}, connection = this.connection): Promise<number> {
    const begin = performance.now();
    const host = {
      // A record beside the context would be a change of it for buildx.
      project: this.records,
      memory: join(this.records, 'memory'),
      credentials: () => Promise.resolve(undefined),
    };
    const work = { signal: new AbortController().signal, onProgress: () => undefined };
    const dockerfile = join(this.folder, 'Dockerfile');
    await buildImage(connection, { dockerfile, tag: 'bench-build:ours', ...request }, host, work);
    return performance.now() - begin;
  }

  async buildx(): Promise<number> {
    const begin = performance.now();
    const command = ['docker', 'buildx', 'build', '--progress', 'plain', '--tag', 'bench-build:buildx', this.folder];
    await runCommand(commandInside(this.engine, command));
    return performance.now() - begin;
  }
}

function connectionTo(host: string): EngineConnection {
  return new EngineConnection({ name: 'bench', source: 'setting', ...parseHost(host, undefined) });
}

async function benchCold(sides: Sides): Promise<Case[]> {
  const ours: number[] = [];
  const peer: number[] = [];
  let memory = 0;
  for (let run = 0; run < coldRuns; run++) {
    await prune(sides.engine);
    const peak = watchMemory();
    ours.push(await sides.ours());
    memory = Math.max(memory, peak());
    await prune(sides.engine);
    peer.push(await sides.buildx());
  }
  return [
    {
      bench,
      case: 'cold',
      ours: round(median(ours)),
      peer: round(median(peer)),
      unit: 'ms',
      goal: 1.1,
      runs: coldRuns,
    },
    { bench, case: 'memory-mb', ours: round(memory / 1e6), unit: 'MB', goal: 150, runs: coldRuns },
  ];
}

async function benchUnchanged(sides: Sides): Promise<Case> {
  const ours: number[] = [];
  const peer: number[] = [];
  for (let run = 0; run <= unchangedRuns; run++) {
    ours.push(await sides.ours());
    peer.push(await sides.buildx());
  }
  return {
    bench,
    case: 'unchanged',
    ours: round(median(ours.slice(1))),
    peer: round(median(peer.slice(1))),
    unit: 'ms',
    goal: 1.05,
    runs: unchangedRuns,
  };
}

async function benchOneFile(sides: Sides): Promise<Case[]> {
  const ours: number[] = [];
  const peer: number[] = [];
  const change = (): Promise<void> =>
    writeFile(join(sides.folder, 'data-0', 'file-0.bin'), randomBytes(context.bytes / context.files));
  for (let run = 0; run < oneFileRuns; run++) {
    await change();
    ours.push(await sides.ours());
    await change();
    peer.push(await sides.buildx());
  }
  // Counted apart: what counts also slows down.
  const door = new Door(sides.engine.host);
  await door.open();
  const counted = connectionTo(`unix://${door.path}`);
  await change();
  await sides.ours({}, counted);
  counted.dispose();
  await door.close();
  return [
    {
      bench,
      case: 'one-file',
      ours: round(median(ours)),
      peer: round(median(peer)),
      unit: 'ms',
      goal: 1.05,
      runs: oneFileRuns,
    },
    { bench, case: 'one-file-bytes', ours: door.bytes, unit: 'bytes', goal: 1_048_576, runs: 1 },
  ];
}

/** Both platforms at once, against the slower one alone. */
async function benchPlatforms(sides: Sides): Promise<Case> {
  // One process a platform: more would not fit on two cores.
  const work =
    'head -c 1000000 /dev/zero > /zero; i=0; while [ $i -lt 60 ]; do md5sum /zero > /dev/null; i=$((i+1)); done';
  await writeFile(join(sides.folder, 'Dockerfile'), `FROM busybox:stand-in-$TARGETARCH\nRUN ${work}\n`);
  const measure = async (platforms: string[]): Promise<number> => {
    const times: number[] = [];
    for (let run = 0; run < platformRuns; run++) times.push(await sides.ours({ platforms, noCache: true }));
    return median(times);
  };
  const alone = [await measure(['linux/amd64']), await measure(['linux/arm64'])];
  const both = await measure(['linux/amd64', 'linux/arm64']);
  return {
    bench,
    case: 'two-platforms',
    ours: round(both),
    peer: round(Math.max(...alone)),
    unit: 'ms',
    goal: 1.1,
    runs: platformRuns,
  };
}

/** Content that no compression makes small, as data is. */
async function writeContext(folder: string): Promise<void> {
  await writeFile(join(folder, 'Dockerfile'), 'FROM busybox:stand-in\nCOPY . /data\n');
  const size = context.bytes / context.files;
  for (let at = 0; at < context.files; at++) {
    const sub = join(folder, `data-${at % context.folders}`);
    if (at < context.folders) await mkdir(sub);
    await writeFile(join(sub, `file-${at}.bin`), randomBytes(size));
  }
}

/** Removes what earlier builds left in the engine, so that the next one begins from nothing. */
async function prune(engine: RunningEngine): Promise<void> {
  const docker = connectTo(engine.host);
  for (const name of ['ours', 'ours-arm64', 'buildx']) {
    await docker
      .getImage(`bench-build:${name}`)
      .remove({ force: true })
      .catch(() => undefined);
  }
  await runCommand(commandInside(engine, ['docker', 'builder', 'prune', '--all', '--force']));
}

/** Watches what the process holds, in bytes above what it held before. */
function watchMemory(): () => number {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, sampleEvery);
  return () => {
    clearInterval(timer);
    return peak - before;
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
