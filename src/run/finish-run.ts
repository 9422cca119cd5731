import { chmod } from 'node:fs/promises';
import { lstatSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { type ContainerDetails, inspectContainer } from '../engine/containers.js';
import { asFailure, cancelled, Failure, isEngineGone } from '../host/failure.js';
import { type Copied, copyFromContainer } from './copy-from-container.js';
import { listOutputs } from './list-outputs.js';
import { type RunPhase, type RunPlace } from './run-place.js';
import { giveBack } from './give-back.js';
import { localUser } from './ownership.js';
import { forgetPending, type PendingRun } from './pending.js';
import { type CopiedFolder, removeWithVolumes } from './placement.js';
import {
  beginningOf,
  type FinishedRecord,
  logFileOf,
  type OutputFile,
  outputFolderOf,
  type RunningRecord,
  type RunRecord,
  writeRunRecord,
} from './record.js';
import { type RunLog } from './run-log.js';

/** What a run was seen to use. */
export interface Usage {
  /** Bytes. */
  peakMemory?: number;
  cpuSeconds?: number;
}

interface Ended {
  connection: EngineConnection;
  place: RunPlace;
  pending: PendingRun;
  record: Omit<RunningRecord, 'state'>;
  exitCode: number;
  /** Undefined where the run was not watched from its start on. */
  seconds: number | undefined;
  usage: Usage;
  log: RunLog;
  /** What was copied while it ran, by folders. */
  copies: ReadonlyMap<string, Copied>;
  /** Nobody wants the results: they are not read. */
  isCancelled: boolean;
  onPhase: (phase: RunPhase) => void;
}

/**
 * Brings a run that has ended into its record: its results here, to their owner, and listed. What cannot be done is told in
 * the record; where results could not be copied, the container and what it takes to try again are kept.
 *
 * Rejects when the engine is lost meanwhile, and where the record cannot be written.
 */
export async function finishRun(ended: Ended): Promise<{ record: FinishedRecord; problem: Failure | undefined }> {
  const { connection, pending, exitCode, usage, place, isCancelled } = ended;
  const details = await inspectContainer(connection, pending.container);
  const problems: Failure[] = [];
  const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      const failure = asFailure(error, what);
      if (isEngineGone(failure)) throw failure;
      place.log.error(`${basename(pending.record)}: ${failure.message}`);
      problems.push(failure);
      return false;
    }
  };
  const folder = outputFolderOf(pending.record, ended.record);
  let checksums: ReadonlyMap<string, string> | undefined;
  const isHere = await attempt('Copying the results', async () => {
    const copies = await copyAll(ended);
    checksums = copies.get(folder ?? '')?.checksums;
    const [skipped] = [...copies.values()].flatMap((copy) => copy.skipped);
    if (skipped !== undefined) problems.push(notHeld(skipped));
  });
  const isSettled = await attempt('Giving the results to you', () => settle(connection, pending, ended.record));
  let outputs: OutputFile[] = [];
  await attempt('Listing the results', async () => {
    outputs = folder === undefined || isCancelled ? [] : await list(ended, folder, checksums);
  });
  let log: FinishedRecord['log'];
  await attempt('Writing the log', async () => {
    const written = await ended.log.end();
    if (written !== undefined) log = { file: basename(logFileOf(pending.record)), ...written };
  });
  const [problem = isCancelled ? cancelled('The run') : undefined] = problems;
  const signal = signalOf(exitCode);
  const record: FinishedRecord = {
    state: 'finished',
    ...beginningOf({ state: 'running', ...ended.record }),
    started: details.started,
    finished: details.finished,
    seconds: ended.seconds ?? secondsBetween(details),
    exitCode,
    ...(signal === undefined ? {} : { signal }),
    outOfMemory: details.outOfMemory,
    ...usage,
    outputs,
    ...(log === undefined ? {} : { log }),
    ...(problem === undefined ? {} : { problem: { reason: problem.reason, message: problem.message } }),
  };
  await writeRunRecord(pending.record, record);
  if (!isHere || !isSettled) return { record, problem };
  await forgetPending(place.storage, pending.record);
  // What could not be brought here is there alone.
  if ((!pending.keep && problems.length === 0) || isCancelled) await discard(ended);
  return { record, problem };
}

function notHeld({ path, why }: Copied['skipped'][number]): Failure {
  return new Failure(
    'output-not-writable',
    `Not all results could be written here, ${path} among others: ${why}`,
    'They are kept in the container.',
  );
}

/** Copies one folder back; what a run has removed again since an earlier copy goes here, too. */
export async function copyBack(
  connection: EngineConnection,
  container: string,
  { folder, target, isOutput }: CopiedFolder,
  options: { signal: AbortSignal; onBytes?: (bytes: number) => void; before?: Copied | undefined },
): Promise<Copied> {
  const { before } = options;
  const copied = await copyFromContainer(connection, container, target, folder, {
    ...options,
    keepNewer: !isOutput,
  });
  for (const path of before?.paths ?? []) {
    if (!copied.paths.has(path) && !isBehindLink(folder, path)) rmSync(join(folder, path), { force: true });
  }
  return copied;
}

/** Whether a path leads through something that is no folder of its own: what is there is another file. */
function isBehindLink(folder: string, path: string): boolean {
  const parents = path.split('/').slice(0, -1);
  return parents.some((_part, index) => {
    const parent = join(folder, ...parents.slice(0, index + 1));
    return lstatSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true;
  });
}

async function copyAll({ connection, pending, place, copies, onPhase }: Ended): Promise<Map<string, Copied>> {
  const all = new Map<string, Copied>();
  if (pending.placement.kind === 'bound') return all;
  const { signal } = new AbortController();
  for (const each of pending.placement.back) {
    onPhase({ kind: 'copying', bytes: 0 });
    const onBytes = throttled((bytes) => {
      onPhase({ kind: 'copying', bytes });
    });
    const copied = await copyBack(connection, pending.container, each, {
      signal,
      onBytes,
      before: copies.get(each.folder),
    });
    for (const { path, why } of copied.skipped) place.log.warn(`${each.folder}: ${path} was not copied: ${why}`);
    all.set(each.folder, copied);
  }
  return all;
}

/** Gives the folder of the results its permissions back, and what is in it to the user. */
export async function settle(
  connection: EngineConnection,
  pending: PendingRun,
  record: Pick<RunRecord, 'image' | 'output'>,
): Promise<void> {
  const { settling, placement } = pending;
  const folder = outputFolderOf(pending.record, record);
  const uid = localUser()?.uid;
  if (settling === undefined || folder === undefined || uid === undefined || placement.kind !== 'bound') return;
  if (settling.mode !== undefined) await chmod(folder, settling.mode);
  const { imageId: image, platform } = record.image;
  const { owner, before } = settling;
  await giveBack(connection, { image, platform, folder, owner, uid, before }, new AbortController().signal);
}

function list(
  { onPhase }: Ended,
  folder: string,
  known: ReadonlyMap<string, string> | undefined,
): Promise<OutputFile[]> {
  onPhase({ kind: 'recording', files: 0 });
  const onFile = throttled((files) => {
    onPhase({ kind: 'recording', files });
  });
  const { signal } = new AbortController();
  return listOutputs(folder, { signal, onFile, ...(known === undefined ? {} : { known }) });
}

async function discard({ connection, pending, place }: Ended): Promise<void> {
  try {
    const { placement } = pending;
    await removeWithVolumes(connection, pending.container, placement.kind === 'copied' ? placement.volumes : []);
  } catch (error) {
    place.log.warn(
      `The container ${pending.container} could not be removed: ${asFailure(error, 'Removing it').message}`,
    );
  }
}

/** By convention (POSIX shells, containerd) a program that a signal ends has 128 and its number as exit code. */
const signals = new Map([
  [129, 'SIGHUP'],
  [130, 'SIGINT'],
  [131, 'SIGQUIT'],
  [132, 'SIGILL'],
  [134, 'SIGABRT'],
  [135, 'SIGBUS'],
  [136, 'SIGFPE'],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [141, 'SIGPIPE'],
  [143, 'SIGTERM'],
]);

export function signalOf(exitCode: number): string | undefined {
  return signals.get(exitCode);
}

/** A clock that was set back meanwhile makes no negative run. */
function secondsBetween({ started, finished }: ContainerDetails): number {
  const seconds = (Date.parse(finished) - Date.parse(started)) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}

/** People read no more than a few numbers a second. */
function throttled(report: (value: number) => void): (value: number) => void {
  let last = 0;
  return (value) => {
    const now = performance.now();
    if (now - last < 200) return;
    last = now;
    report(value);
  };
}
