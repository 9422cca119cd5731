import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { exportBundle } from '../../src/bundle/export-bundle.js';
import { verifyBundle } from '../../src/bundle/verify-bundle.js';
import { EngineConnection } from '../../src/engine/connection.js';
import { parseHost } from '../../src/engine/endpoint.js';
import { removeImage } from '../../src/engine/images.js';
import { ensureBaseImage } from './engines/base-images.js';
import { type Case } from './bench-case.js';
import { commandInside } from './engines/inside.js';
import { startEngine } from './engines/start.js';
import { findRunning, type RunningEngine } from './engines/state.js';
import { stopEngine } from './engines/stop.js';
import { type Log, runCommand } from './machine/commands.js';
import { ensurePackages } from './machine/packages.js';
import { packageExtension } from './package-extension.js';

const bench = 'export';
const base = 'python:3.11-slim-bookworm';
const first = 'bench-export:1';
const second = 'bench-export:2';
const sampleEvery = 5;

interface Options {
  log: Log;
  signal: AbortSignal;
}

/** Archiving an image of 750 MB or more with all its checksums, against `docker save` and a compressor by hand. */
export async function benchExport(options: Options): Promise<Case[]> {
  const { log } = options;
  const wasRunning = (await findRunning('28')) !== undefined;
  const engine = await startEngine('28', options);
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-bench-'));
  const connection = new EngineConnection({ name: 'bench', source: 'setting', ...parseHost(engine.host, undefined) });
  try {
    await ensurePackages(['pigz'], log, options);
    await packageExtension(log, options.signal);
    await ensureBaseImage(engine.host, base, options);
    await buildBoth(connection, folder);
    const sides = new Sides(connection, engine, folder);
    log('Each side once …');
    const gzip = await sides.peer(first, 'gzip -6', 'by-gzip.tar.gz');
    const pigz = await sides.peer(first, 'pigz -6 -p 2', 'by-pigz.tar.gz');
    const fresh = await sides.ours(first, 'first');
    const again = await sides.ours(second, 'second');
    const verified = await sides.verify('second');
    const known = { bench, runs: 1 };
    return [
      { ...known, case: 'first-vs-gzip', ours: fresh.ms, peer: gzip.ms, unit: 'ms', goal: 0.4 },
      { ...known, case: 'first-vs-pigz', ours: fresh.ms, peer: pigz.ms, unit: 'ms', goal: 0.8 },
      { ...known, case: 'size-vs-gzip', ours: fresh.bytes, peer: gzip.bytes, unit: 'bytes', goal: 1.02 },
      { ...known, case: 'again', ours: again.ms, peer: gzip.ms, unit: 'ms', goal: 0.2 },
      { ...known, case: 'verify', ours: verified.ours, peer: verified.peer, unit: 'ms', goal: 1.2 },
      { ...known, case: 'memory-mb', ours: Math.max(fresh.memory, again.memory), unit: 'MB', goal: 200 },
      { ...known, case: 'lag-ms', ours: Math.max(fresh.lag, again.lag, verified.lag), unit: 'ms', goal: 50 },
    ];
  } finally {
    for (const image of [second, first]) await removeImage(connection, image).catch(() => undefined);
    connection.dispose();
    await rm(folder, { recursive: true, force: true });
    if (!wasRunning) await stopEngine('28', options);
  }
}

/** Two images of which only the last layer differs. */
async function buildBoth(connection: EngineConnection, folder: string): Promise<void> {
  const recipes = [
    { tag: first, last: 'seq 1 3000000 > /data/new.csv' },
    { tag: second, last: 'seq 5000000 8000000 > /data/new.csv' },
  ];
  const data = 'RUN mkdir /data && cp -a /usr/lib /data/lib && cp -a /usr/bin /data/bin';
  for (const { tag, last } of recipes) {
    const project = join(folder, tag.replace(':', '-'));
    await mkdir(project);
    await writeFile(join(project, 'Dockerfile'), `FROM ${base}\n${data}\nRUN ${last}\n`);
    await buildImage(
      connection,
      { dockerfile: join(project, 'Dockerfile'), tag },
      { project, memory: join(project, 'memory'), credentials: () => Promise.resolve(undefined) },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
  }
}

class Sides {
  constructor(
    private readonly connection: EngineConnection,
    private readonly engine: RunningEngine,
    private readonly folder: string,
  ) {}

  async peer(image: string, compressor: string, name: string): Promise<{ ms: number; bytes: number }> {
    await runCommand(['sync']);
    const save = commandInside(this.engine, ['docker', 'save', image]).join(' ');
    const file = join(this.folder, name);
    const begin = performance.now();
    await runCommand(['sh', '-c', `${save} | ${compressor} > ${file}`]);
    return { ms: round(performance.now() - begin), bytes: (await stat(file)).size };
  }

  async ours(image: string, name: string): Promise<{ ms: number; bytes: number; memory: number; lag: number }> {
    await runCommand(['sync']);
    const watch = watchProcess();
    const begin = performance.now();
    const { files } = await exportBundle(
      this.connection,
      { images: [image], folder: join(this.folder, name), metadata: { title: 'x', creators: [{ name: 'x' }] } },
      {
        projects: [],
        archiveWorker: resolve('dist/archive-worker.js'),
        layers: { root: join(this.folder, 'layers'), limit: 1e10 },
      },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    const ms = round(performance.now() - begin);
    const bytes = files.find(({ name: file }) => file.startsWith('image-'))?.size ?? 0;
    return { ms, bytes, ...watch() };
  }

  async verify(name: string): Promise<{ ours: number; peer: number; lag: number }> {
    const folder = join(this.folder, name);
    const peerBegin = performance.now();
    await runCommand(['sh', '-c', `cd ${folder} && gzip -t image-*.gz && sha256sum --check --quiet SHA256SUMS`]);
    const peer = round(performance.now() - peerBegin);
    const watch = watchProcess();
    const begin = performance.now();
    const quiet = (): void => undefined;
    const { ok } = await verifyBundle(
      () => Promise.resolve(this.connection),
      { folder, load: false },
      { info: quiet, warn: quiet, error: quiet },
      { signal: new AbortController().signal, onProgress: quiet },
    );
    if (!ok) throw new Error('The bundle is not whole.');
    return { ours: round(performance.now() - begin), peer, lag: watch().lag };
  }
}

/** What the process takes until it is asked: the most memory beyond that at the start (MB), the longest lag of its event loop (ms). */
function watchProcess(): () => { memory: number; lag: number } {
  const before = process.memoryUsage.rss();
  let [peak, lag, last] = [before, 0, performance.now()];
  const timer = setInterval(() => {
    const now = performance.now();
    lag = Math.max(lag, now - last - sampleEvery);
    last = now;
    peak = Math.max(peak, process.memoryUsage.rss());
  }, sampleEvery);
  return () => {
    clearInterval(timer);
    return { memory: round((peak - before) / 1e6), lag: round(lag) };
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
