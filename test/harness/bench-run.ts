import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineConnection } from '../../src/engine/connection.js';
import { parseHost } from '../../src/engine/endpoint.js';
import { copyFromContainer } from '../../src/run/copy-from-container.js';
import { type LiveRun } from '../../src/run/live-run.js';
import { type RunRequest } from '../../src/run/run-request.js';
import { startRun } from '../../src/run/start-run.js';
import { type Case, median } from './bench-case.js';
import { importBusybox } from './engines/busybox.js';
import { connectTo } from './engines/connect.js';
import { commandInside } from './engines/inside.js';
import { startEngine } from './engines/start.js';
import { findRunning, type RunningEngine } from './engines/state.js';
import { stopEngine } from './engines/stop.js';
import { type Log, runCommand } from './machine/commands.js';

const bench = 'run';
const image = 'busybox:stand-in';
const firstOutputRuns = 15;
const copyRuns = 5;
const lines = 1_000_000;
const copied = { files: 10, bytes: 100_000_000 };
const sampleEvery = 20;

/** Runs of ours against docker's own client, on one engine. */
export async function benchRun(options: { log: Log; signal: AbortSignal }): Promise<Case[]> {
  const wasRunning = (await findRunning('28')) !== undefined;
  const engine = await startEngine('28', options);
  await importBusybox(engine.host, options);
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-bench-'));
  const connection = new EngineConnection({ name: 'bench', source: 'setting', ...parseHost(engine.host, undefined) });
  try {
    return [
      // First of all: what a process once held, it seems to hold ever after.
      ...(await benchLines(connection, engine, folder)),
      await benchFirstOutput(connection, engine, folder),
      await benchRemoteOutput(connection, engine, folder),
    ];
  } finally {
    connection.dispose();
    await rm(folder, { recursive: true, force: true });
    if (!wasRunning) await stopEngine('28', options);
  }
}

function start(connection: EngineConnection, folder: string, more: Partial<RunRequest>): Promise<LiveRun> {
  const quiet = (): void => undefined;
  const place = { project: folder, storage: join(folder, 'storage'), log: { info: quiet, warn: quiet, error: quiet } };
  const work = { signal: new AbortController().signal, onProgress: quiet };
  return startRun(connection, { image, keep: false, ...more }, place, work);
}

/** From the command to the first byte that the program prints, with a bound folder on both sides. */
async function benchFirstOutput(connection: EngineConnection, engine: RunningEngine, folder: string): Promise<Case> {
  const output = join(folder, 'results');
  const ours: number[] = [];
  const peer: number[] = [];
  for (let run = 0; run <= firstOutputRuns; run++) {
    const begin = performance.now();
    const live = await start(connection, folder, {
      output,
      target: '/out',
      existing: 'use',
      command: ['echo', 'first'],
    });
    await new Promise<void>((resolve) => {
      live.onOutput(() => {
        resolve();
      });
    });
    ours.push(performance.now() - begin);
    await live.end;
    peer.push(await firstByte(engine, output));
  }
  return {
    bench,
    case: 'first-output',
    ours: round(median(ours.slice(1))),
    peer: round(median(peer.slice(1))),
    unit: 'ms',
    goal: 1.1,
    runs: firstOutputRuns,
  };
}

async function firstByte(engine: RunningEngine, output: string): Promise<number> {
  const mount = `type=bind,source=${output},target=/out`;
  const command = ['docker', 'run', '--rm', '--mount', mount, image, 'echo', 'first'];
  const [program = '', ...args] = commandInside(engine, command);
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  const time = performance.now() - begin;
  await ended;
  return time;
}

/** A gigabyte of results in a volume, brought here as after a run elsewhere, and by `docker cp`. */
async function benchRemoteOutput(connection: EngineConnection, engine: RunningEngine, folder: string): Promise<Case> {
  const docker = connectTo(engine.host);
  const script = `i=0; while [ $i -lt ${copied.files} ]; do head -c ${copied.bytes} /dev/urandom > /out/$i; i=$((i+1)); done`;
  const container = await docker.createContainer({
    Image: image,
    Cmd: ['sh', '-c', script],
    HostConfig: { Mounts: [{ Type: 'volume', Source: '', Target: '/out' }] },
  });
  const ours: number[] = [];
  const peer: number[] = [];
  try {
    await container.start();
    await container.wait();
    for (let run = 0; run <= copyRuns; run++) {
      const mine = await mkdtemp(join(folder, 'ours-'));
      const theirs = join(folder, `peer-${run}`);
      // What was written before is on the disk: neither side waits for the other one's.
      await runCommand(['sync']);
      const begin = performance.now();
      await copyFromContainer(connection, container.id, '/out', mine, { signal: new AbortController().signal });
      ours.push(performance.now() - begin);
      await rm(mine, { recursive: true });
      await runCommand(['sync']);
      const peerBegin = performance.now();
      await runCommand(commandInside(engine, ['docker', 'cp', '--quiet', `${container.id}:/out`, theirs]));
      peer.push(performance.now() - peerBegin);
      await rm(theirs, { recursive: true });
    }
  } finally {
    await container.remove({ force: true, v: true });
  }
  return {
    bench,
    case: 'remote-output',
    ours: round(median(ours.slice(1))),
    peer: round(median(peer.slice(1))),
    unit: 'ms',
    goal: 1.1,
    runs: copyRuns,
  };
}

/** A program that prints a million lines, to its end, and what it takes to hold them. */
async function benchLines(connection: EngineConnection, engine: RunningEngine, folder: string): Promise<Case[]> {
  const command = ['seq', '1', String(lines)];
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, sampleEvery);
  const begin = performance.now();
  const live = await start(connection, folder, { command });
  const { log } = await live.end;
  const ours = performance.now() - begin;
  clearInterval(timer);
  const expected = Array.from({ length: 7 }, (_, digits) => countWithDigits(digits + 1) * (digits + 2));
  const wanted = expected.reduce((sum, bytes) => sum + bytes, 0);
  if (log?.size !== wanted) throw new Error(`The log has ${log?.size ?? 0} bytes of ${wanted}: lines are lost.`);
  const peerBegin = performance.now();
  await runCommand([
    'sh',
    '-c',
    `${commandInside(engine, ['docker', 'run', '--rm', image, ...command]).join(' ')} > /dev/null`,
  ]);
  const peer = performance.now() - peerBegin;
  return [
    { bench, case: 'lines', ours: round(ours), peer: round(peer), unit: 'ms', goal: 1.5, runs: 1 },
    { bench, case: 'memory-mb', ours: round((peak - before) / 1e6), unit: 'MB', goal: 100, runs: 1 },
  ];
}

/** How many numbers from 1 to the last line have this many digits. */
function countWithDigits(digits: number): number {
  return Math.max(0, Math.min(lines, 10 ** digits - 1) - 10 ** (digits - 1) + 1);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
