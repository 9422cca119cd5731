import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseHost } from '../../src/engine/endpoint.js';
import { Engine } from '../../src/engine/engine.js';
import { Inventory } from '../../src/inventory/inventory.js';
import { type Case, median } from './bench-case.js';
import { importBusybox } from './engines/base-images.js';
import { connectTo } from './engines/connect.js';
import { Door } from './engines/door.js';
import { containerName, empty, fill, inTurns } from './engines/fill.js';
import { commandInside } from './engines/inside.js';
import { startEngine } from './engines/start.js';
import { findRunning, type RunningEngine } from './engines/state.js';
import { stopEngine } from './engines/stop.js';
import { type Log, runCommand } from './machine/commands.js';

const size = { containers: 1000, images: 1000, volumes: 200 };
const listRuns = 9;
const eventRuns = 51;
const burstEvents = 2000;
const idleMilliseconds = 60_000;
const bench = 'explorer';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What the views cost on an engine that holds much, against the docker command line where there is a way to compare. */
export async function benchExplorer(options: { log: Log; signal: AbortSignal }): Promise<Case[]> {
  const { log } = options;
  const wasRunning = (await findRunning('28')) !== undefined;
  const engine = await startEngine('28', options);
  const docker = connectTo(engine.host);
  try {
    await importBusybox(engine.host, options);
    log(`Filling the engine: ${size.containers} containers, ${size.images} images, ${size.volumes} volumes …`);
    await empty(docker);
    await fill(docker, size, 'busybox:stand-in');
    const cases = [await benchList(engine), await benchMemory(engine)];
    log(`Events, a burst of ${burstEvents}, and ${idleMilliseconds / 1000} s of nothing …`);
    return [...cases, ...(await benchFollowing(engine))];
  } finally {
    log('Emptying the engine …');
    await empty(docker);
    if (!wasRunning) await stopEngine('28', options);
  }
}

/** An inventory with a connection of its own that has listed everything. */
async function follow(host: string): Promise<{ inventory: Inventory; stop: () => void }> {
  const endpoint = { name: 'bench', source: 'setting' as const, ...parseHost(host, undefined) };
  const engine = new Engine(() => Promise.resolve({ all: [endpoint], toTry: [endpoint] }), silent);
  const inventory = new Inventory(engine, silent);
  const live = new Promise<void>((resolve) => {
    inventory.onChange(() => {
      if (inventory.state.kind === 'live') resolve();
    });
  });
  const watch = inventory.watch();
  await live;
  const stop = (): void => {
    watch.dispose();
    inventory.dispose();
    engine.dispose();
  };
  return { inventory, stop };
}

/** From nothing to complete lists, finding and greeting the engine included. */
async function benchList(engine: RunningEngine): Promise<Case> {
  const format = ['--format', 'json'];
  const listings = [
    ['docker', 'ps', '--all', '--no-trunc', ...format],
    ['docker', 'images', ...format],
    ['docker', 'volume', 'ls', ...format],
  ].map((command) => commandInside(engine, command));
  const ours: number[] = [];
  const peer: number[] = [];
  for (let run = 0; run <= listRuns; run++) {
    let begin = performance.now();
    const { stop } = await follow(engine.host);
    ours.push(performance.now() - begin);
    stop();
    begin = performance.now();
    for (const listing of listings) await runCommand(listing);
    peer.push(performance.now() - begin);
  }
  return {
    bench,
    case: 'list',
    ours: round(median(ours.slice(1))),
    peer: round(median(peer.slice(1))),
    unit: 'ms',
    goal: 0.6,
    runs: listRuns,
  };
}

/** What the process holds for it, when all that is not needed is gone. */
async function benchMemory(engine: RunningEngine): Promise<Case> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  const held = (): number => {
    if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  // What is loaded and compiled with the first use is not what the lists hold.
  (await follow(engine.host)).stop();
  await wait(1000);
  held();
  const before = held();
  const { inventory, stop } = await follow(engine.host);
  await wait(3000);
  const megabytes = (held() - before) / 1e6;
  if (inventory.state.kind !== 'live') throw new Error('The inventory was lost.');
  stop();
  return { bench, case: 'memory-mb', ours: round(megabytes), unit: 'MB', goal: 60, runs: 1 };
}

async function benchFollowing(engine: RunningEngine): Promise<Case[]> {
  const door = new Door(engine.host);
  await door.open();
  const docker = connectTo(engine.host);
  const { inventory, stop } = await follow(`unix://${door.path}`);
  const isFull = (line: string): boolean => /^GET \/(?:containers\/json\?all=true|images\/json|volumes)$/.test(line);
  try {
    // Until all platforms are known, and nothing is asked any more.
    const platforms = (): boolean =>
      inventory.state.kind === 'live' &&
      inventory.state.lists.images.every(({ id }) => inventory.traits.get(id) !== undefined);
    while (!platforms()) await wait(100);
    await wait(1000);

    const idleFrom = door.requests.length;
    await wait(idleMilliseconds);
    const idle = door.requests.length - idleFrom;

    const delays: number[] = [];
    for (let run = 0; run < eventRuns; run++) {
      const name = `bench-explorer-event-${run}`;
      const patched = new Promise<number>((resolve) => {
        const listening = inventory.onChange(() => {
          if (inventory.state.kind !== 'live') return;
          if (!inventory.state.lists.containers.some((container) => container.name === name)) return;
          listening.dispose();
          resolve(performance.timeOrigin + performance.now());
        });
      });
      const at = eventTime(docker, name);
      await docker.getContainer(containerName(0)).rename({ name });
      delays.push((await patched) - (await at));
      await wait(150);
      await docker.getContainer(name).rename({ name: containerName(0) });
      await wait(150);
    }

    const changes: number[] = [];
    const listening = inventory.onChange(() => changes.push(performance.now()));
    const burstFrom = door.requests.length;
    await inTurns(burstEvents / 2, async (index) => {
      const container = docker.getContainer(containerName(index));
      await container.rename({ name: `${containerName(index)}-moved` });
      await docker.getContainer(`${containerName(index)}-moved`).rename({ name: containerName(index) });
    });
    await wait(2000);
    listening.dispose();
    const burst = Math.max(
      0,
      ...changes.map((begin) => changes.filter((at) => at >= begin && at < begin + 1000).length),
    );
    const full = door.requests.slice(burstFrom).filter(isFull).length;
    return [
      { bench, case: 'idle-requests', ours: idle, unit: 'requests in 60 s', goal: 0, runs: 1 },
      { bench, case: 'event', ours: round(median(delays)), unit: 'ms', goal: 50, runs: eventRuns },
      { bench, case: 'burst', ours: burst, unit: 'refreshes in the busiest second', goal: 10, runs: 1 },
      { bench, case: 'burst-full-lists', ours: full, unit: 'lists', goal: 0, runs: 1 },
    ];
  } finally {
    stop();
    await door.close();
  }
}

/** When the engine told that the container got this name, by its clock, which is this machine's: ms since 1970. */
async function eventTime(docker: ReturnType<typeof connectTo>, name: string): Promise<number> {
  const stream = await docker.getEvents({ filters: { type: ['container'], event: ['rename'] } });
  try {
    for await (const chunk of stream) {
      const text = String(chunk);
      const time = /"timeNano":(\d+)/.exec(text)?.[1];
      if (text.includes(`"name":"${name}"`) && time !== undefined) return Number(BigInt(time) / 1000n) / 1000;
    }
  } finally {
    if (stream instanceof Readable) stream.destroy();
  }
  throw new Error('The engine told of no event.');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
