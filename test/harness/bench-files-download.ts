import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineConnection } from '../../src/engine/connection.js';
import { parseHost } from '../../src/engine/endpoint.js';
import { exportVolume } from '../../src/engine/volume-archive.js';
import { type Case, median } from './bench-case.js';
import { importBusybox } from './engines/busybox.js';
import { connectTo } from './engines/connect.js';
import { commandInside } from './engines/inside.js';
import { startEngine } from './engines/start.js';
import { findRunning, type RunningEngine } from './engines/state.js';
import { stopEngine } from './engines/stop.js';
import { type Log, runCommand } from './machine/commands.js';

const bench = 'files';
const image = 'busybox:stand-in';
const bytes = 1_000_000_000;
const runs = 5;
const sampleEvery = 20;

/** A gigabyte in a volume brought to this machine, by exporting the volume and by `docker cp` from a container that has it. */
export async function benchDownload(options: { log: Log; signal: AbortSignal }): Promise<Case[]> {
  const wasRunning = (await findRunning('28')) !== undefined;
  const engine = await startEngine('28', options);
  await importBusybox(engine.host, options);
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-bench-'));
  const connection = new EngineConnection({ name: 'bench', source: 'setting', ...parseHost(engine.host, undefined) });
  try {
    return await benchOneFile(connection, engine, folder, options.signal);
  } finally {
    connection.dispose();
    await rm(folder, { recursive: true, force: true });
    if (!wasRunning) await stopEngine('28', options);
  }
}

async function benchOneFile(
  connection: EngineConnection,
  engine: RunningEngine,
  folder: string,
  signal: AbortSignal,
): Promise<Case[]> {
  const docker = connectTo(engine.host);
  const container = await docker.createContainer({
    Image: image,
    Cmd: ['sh', '-c', `head -c ${bytes} /dev/urandom > /data/file`],
    HostConfig: { Mounts: [{ Type: 'volume', Source: '', Target: '/data' }] },
  });
  const ours: number[] = [];
  const peer: number[] = [];
  const memory: number[] = [];
  try {
    await container.start();
    await container.wait();
    const volume = (await container.inspect()).Mounts[0]?.Name ?? '';
    for (let run = 0; run <= runs; run++) {
      const mine = join(folder, `ours-${run}.tar`);
      const theirs = join(folder, `peer-${run}`);
      // What was written before is on the disk: neither side waits for the other one's.
      await runCommand(['sync']);
      const [time, peak] = await measured(() =>
        exportVolume(connection, volume, { file: mine, existing: 'fail', signal }),
      );
      ours.push(time);
      memory.push(peak);
      await rm(mine);
      await runCommand(['sync']);
      const begin = performance.now();
      await runCommand(commandInside(engine, ['docker', 'cp', '--quiet', `${container.id}:/data/file`, theirs]));
      peer.push(performance.now() - begin);
      await rm(theirs);
    }
  } finally {
    await container.remove({ force: true, v: true });
  }
  return [
    {
      bench,
      case: 'download',
      ours: round(median(ours.slice(1))),
      peer: round(median(peer.slice(1))),
      unit: 'ms',
      goal: 1.1,
      runs,
    },
    { bench, case: 'download-memory-mb', ours: round(Math.max(...memory) / 1e6), unit: 'MB', goal: 100, runs: 1 },
  ];
}

/** Milliseconds that work takes, and by how many bytes the process grows meanwhile. */
async function measured(work: () => Promise<void>): Promise<[time: number, peak: number]> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, sampleEvery);
  const begin = performance.now();
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return [performance.now() - begin, peak - before];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
