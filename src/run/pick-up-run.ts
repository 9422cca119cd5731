import { type EngineConnection } from '../engine/connection.js';
import { type ContainerDetails, inspectContainer } from '../engine/containers.js';
import { attachTerminal, followLogs } from '../engine/container-process.js';
import { engineInfo } from '../engine/system.js';
import { asFailure, Failure } from '../host/failure.js';
import { settle } from './finish-run.js';
import { LiveRun } from './live-run.js';
import { type RunPlace } from './run-place.js';
import { claimRun, forgetPending, type PendingRun } from './pending.js';
import { RunLog } from './run-log.js';
import { removeWithVolumes } from './placement.js';
import { beginningOf, logFileOf, readRunRecord, removeRunRecord, type RunRecord, writeRunRecord } from './record.js';

/**
 * Picks up a run that was started in another window, or whose engine was lost: what it printed is read again from as far back as
 * the engine has it, and its end comes into the record. Resolves to undefined where another window looks after it, where it never started, and
 * where its container is gone: its record then says that it is lost.
 */
export async function pickUpRun(
  connection: EngineConnection,
  pending: PendingRun,
  place: RunPlace,
): Promise<LiveRun | undefined> {
  const claim = await claimRun(place.storage, pending.record);
  if (claim === undefined) return undefined;
  try {
    const record = await readRunRecord(pending.record).catch(() => undefined);
    const container = await lookFor(connection, pending.container);
    if (container === undefined || container.state === 'created') {
      await giveUp(connection, pending, place, record, container);
      await claim.release();
      return undefined;
    }
    // Without its record (another branch, a stash) it cannot be told of; the container has all that there is.
    if (record === undefined) {
      await claim.release();
      return undefined;
    }
    const [output, input] = [
      await followLogs(connection, pending.container),
      container.isTerminal && container.state === 'running'
        ? await attachTerminal(connection, pending.container)
        : undefined,
    ];
    // What it says is read from the log: only its input is wanted.
    input?.on('error', () => undefined).resume();
    const running = { state: 'running' as const, ...beginningOf(record), started: container.started };
    await writeRunRecord(pending.record, running);
    const ears = { output, input, startedAt: undefined };
    const log = await RunLog.pickUp(logFileOf(pending.record));
    const details = Promise.resolve({});
    return new LiveRun({ connection, pending, record: running, place, claim, log, ears, details });
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function lookFor(connection: EngineConnection, id: string): Promise<ContainerDetails | undefined> {
  try {
    return await inspectContainer(connection, id);
  } catch (error) {
    if (error instanceof Failure && error.reason === 'container-not-found') return undefined;
    throw error;
  }
}

/** What there is to do for a run that has no end any more, or never began. */
async function giveUp(
  connection: EngineConnection,
  pending: PendingRun,
  place: RunPlace,
  record: RunRecord | undefined,
  container: ContainerDetails | undefined,
): Promise<void> {
  if (container !== undefined) {
    // The window was closed in between.
    const { placement } = pending;
    await removeWithVolumes(connection, container.id, placement.kind === 'copied' ? placement.volumes : []);
    await removeRunRecord(pending.record);
  } else {
    // Another engine may listen at the same place: a home that two machines share has one address for both.
    const { id } = await engineInfo(connection);
    if (pending.engineId !== id) return;
    if (record !== undefined && record.state !== 'finished') {
      const lost = { when: new Date().toISOString(), why: 'Its container is gone, and with it how it ended.' };
      await writeRunRecord(pending.record, { state: 'lost', ...beginningOf(record), lost });
    }
  }
  if (record !== undefined) {
    await settle(connection, pending, record).catch((error: unknown) => {
      place.log.warn(`The results could not be given back: ${asFailure(error, 'Giving back').message}`);
    });
  }
  await forgetPending(place.storage, pending.record);
}
