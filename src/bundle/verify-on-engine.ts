import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type EngineConnection } from '../engine/connection.js';
import { helperLabels } from '../engine/leftovers.js';
import { createContainer, type NewContainer, removeContainer } from '../engine/new-container.js';
import { startContainer, waitForExit } from '../engine/container-process.js';
import { inspectImage, loadImage, removeImage } from '../engine/images.js';
import { asFailure, cancelled } from '../host/failure.js';
import { type Log } from '../host/log.js';
import { retagArchive } from './archive/retag.js';
import { type Check, fetchAgain } from './check.js';
import { type ArchivedImage } from './description.js';

/**
 * Loads an image of a bundle under a scratch name, compares it with what was archived and, where asked, runs it once
 * without network. Nothing of it stays on the engine. Rejects only `cancelled`.
 */
export async function verifyByLoading(
  connect: () => Promise<EngineConnection>,
  folder: string,
  image: ArchivedImage,
  run: boolean,
  log: Log,
  signal: AbortSignal,
): Promise<Check[]> {
  const id = `load:${image.platform}`;
  let connection: EngineConnection;
  try {
    connection = await connect();
  } catch (error) {
    const failure = asFailure(error, 'Looking for an engine');
    return [{ id, state: 'unknown', message: `The image was not loaded: ${failure.message}`, remedy: failure.remedy }];
  }
  // A name of its own: loading must not move a reference that the user has.
  const scratch = `research-containers-verify:${randomBytes(8).toString('hex')}`;
  const checks: Check[] = [];
  try {
    await loadImage(
      connection,
      Readable.from(retagArchive(createReadStream(join(folder, image.file)), scratch)),
      signal,
    );
    const loaded = await inspectImage(connection, scratch, signal);
    const same =
      loaded.diffIds.join() === image.diffIds.join() &&
      (loaded.id === image.configDigest || loaded.id === image.manifestDigest);
    checks.push(
      same
        ? { id, state: 'passed', message: `${image.file} loads, as the very image that was archived.` }
        : { id, state: 'failed', message: `${image.file} loads as another image (${loaded.id}).`, remedy: fetchAgain },
    );
    if (same && run) checks.push(await verifyByRunning(connection, scratch, image, log, signal));
  } catch (error) {
    if (signal.aborted) throw cancelled('The verification');
    const failure = asFailure(error, 'Loading the image');
    checks.push({
      id,
      state: 'failed',
      message: `${image.file} does not load: ${failure.message}`,
      remedy: failure.remedy,
    });
  } finally {
    await removeImage(connection, scratch).catch((error: unknown) => {
      log.warn(`The scratch image ${scratch} could not be removed: ${String(error)}`);
    });
  }
  return checks;
}

async function verifyByRunning(
  connection: EngineConnection,
  scratch: string,
  image: ArchivedImage,
  log: Log,
  signal: AbortSignal,
): Promise<Check> {
  const id = `run:${image.platform}`;
  const start = async (): Promise<number> => {
    const container = await createContainer(connection, scratchContainer(scratch, image), signal);
    try {
      await startContainer(connection, container, signal);
      return await waitForExit(connection, container, signal);
    } finally {
      await removeContainer(connection, container).catch((error: unknown) => {
        log.warn(`The container ${container} could not be removed: ${String(error)}`);
      });
    }
  };
  try {
    const exitCode = await start();
    return exitCode === 0
      ? { id, state: 'passed', message: 'The image runs without network and ends with exit code 0.' }
      : {
          id,
          state: 'failed',
          message: `The image ends with exit code ${exitCode} when it runs without network.`,
          remedy: 'Run it with “Run with Output Binding…” and read its output.',
        };
  } catch (error) {
    if (signal.aborted) throw cancelled('The verification');
    const failure = asFailure(error, 'Running the image');
    return { id, state: 'failed', message: `The image does not run: ${failure.message}`, remedy: failure.remedy };
  }
}

function scratchContainer(scratch: string, image: ArchivedImage): NewContainer {
  return {
    image: scratch,
    ...(image.command.length === 0 ? {} : { command: image.command }),
    environment: {},
    mounts: [],
    ports: [],
    gpus: { kind: 'none' },
    labels: helperLabels(),
    network: 'none',
  };
}
