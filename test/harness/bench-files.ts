import { importBusybox } from './engines/base-images.js';
import { type Case } from './bench-case.js';
import { benchDownload } from './bench-files-download.js';
import { benchListing } from './bench-files-listing.js';
import { benchLogs } from './bench-files-logs.js';
import { startEngine } from './engines/start.js';
import { findRunning } from './engines/state.js';
import { stopEngine } from './engines/stop.js';
import { type Log } from './machine/commands.js';

/** What is inside containers and volumes, against docker's own client. */
export async function benchFiles(options: { log: Log; signal: AbortSignal }): Promise<Case[]> {
  const wasRunning = (await findRunning('28')) !== undefined;
  const engine = await startEngine('28', options);
  try {
    await importBusybox(engine.host, options);
    options.log('A gigabyte out of a volume …');
    const download = await benchDownload(options);
    options.log('A folder of a volume …');
    const listing = await benchListing(engine, options.signal);
    options.log('A million lines …');
    const logs = await benchLogs(engine);
    const [memory, others] = parted([...download, ...listing, ...logs], ({ unit }) => unit === 'MB');
    const most = Math.max(...memory.map(({ ours }) => ours));
    return [...others, { bench: 'files', case: 'memory-mb', ours: most, unit: 'MB', goal: 100, runs: 1 }];
  } finally {
    if (!wasRunning) await stopEngine('28', options);
  }
}

function parted<T>(items: readonly T[], is: (item: T) => boolean): [T[], T[]] {
  return [items.filter(is), items.filter((item) => !is(item))];
}
