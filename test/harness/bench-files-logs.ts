import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineConnection } from '../../src/engine/connection.js';
import { containerLogs } from '../../src/engine/container-logs.js';
import { parseHost } from '../../src/engine/endpoint.js';
import { LogBuffer } from '../../src/ui/logs/log-buffer.js';
import { type Case, median } from './bench-case.js';
import { connectTo } from './engines/connect.js';
import { commandInside } from './engines/inside.js';
import { type RunningEngine } from './engines/state.js';
import { runCommand } from './machine/commands.js';

const bench = 'files';
const image = 'busybox:stand-in';
const lines = 1_000_000;
/** Each line is `1000000` and this: 80 characters in all, with the longest number. */
const format = '%07d the program says that all is well, and that it goes on with the next part';
const bytesOfLine = 7 + format.length - 4 + 1;
const runs = 3;
const sampleEvery = 20;

/**
 * A million lines of a log: by ours into the buffer that a tab is shown from, by docker's own client into a file. Memory is what the
 * process grew by while the first of ours was read, with all that the buffer keeps.
 *
 * @param engine which has the image `busybox:stand-in`
 */
export async function benchLogs(engine: RunningEngine): Promise<Case[]> {
  const container = await connectTo(engine.host).createContainer({
    Image: image,
    Cmd: ['sh', '-c', `seq 1 ${lines} | awk '{ printf "${format}\\n", $1 }'`],
  });
  const connection = new EngineConnection({ name: 'bench', source: 'setting', ...parseHost(engine.host, undefined) });
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-bench-'));
  const ours: number[] = [];
  const peer: number[] = [];
  let growth = 0;
  try {
    await container.start();
    await container.wait();
    for (let run = 0; run <= runs; run++) {
      const mine = await readIntoBuffer(connection, container.id);
      ours.push(mine.milliseconds);
      // What a process once held, it seems to hold ever after.
      if (run === 0) growth = mine.growth;
      peer.push(await readIntoFile(engine, container.id, join(folder, 'log')));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    connection.dispose();
    await container.remove({ force: true, v: true });
  }
  return [
    {
      bench,
      case: 'logs',
      ours: round(median(ours.slice(1))),
      peer: round(median(peer.slice(1))),
      unit: 'ms',
      goal: 1.2,
      runs,
    },
    { bench, case: 'logs-memory-mb', ours: round(growth / 1e6), unit: 'MB', goal: 100, runs: 1 },
  ];
}

async function readIntoBuffer(
  connection: EngineConnection,
  container: string,
): Promise<{ milliseconds: number; growth: number }> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, sampleEvery);
  const buffer = new LogBuffer();
  const begin = performance.now();
  const signal = new AbortController().signal;
  for await (const batch of containerLogs(connection, container, { follow: false, signal })) buffer.append(batch);
  const milliseconds = performance.now() - begin;
  clearInterval(timer);
  const last = buffer.at(lines - 1)?.text;
  if (buffer.end !== lines || last?.startsWith(`${lines} `) !== true) {
    throw new Error(`${buffer.end} lines of ${lines} came, “${last ?? ''}” the last one.`);
  }
  return { milliseconds, growth: peak - before };
}

async function readIntoFile(engine: RunningEngine, container: string, file: string): Promise<number> {
  const command = commandInside(engine, ['docker', 'logs', container]).join(' ');
  const begin = performance.now();
  await runCommand(['sh', '-c', `${command} > ${file}`]);
  const milliseconds = performance.now() - begin;
  const { size } = await stat(file);
  if (size !== lines * bytesOfLine) throw new Error(`docker's log has ${size} bytes of ${lines * bytesOfLine}.`);
  return milliseconds;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
