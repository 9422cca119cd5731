import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type EngineConnection } from '../engine/connection.js';
import { helperLabels } from '../engine/leftovers.js';
import { createContainer, type NewContainer, removeContainer } from '../engine/new-container.js';
import { startContainer, waitForExit } from '../engine/container-process.js';
import { inspectImage, loadImage, removeImage } from '../engine/images.js';
import { asFailure, cancelled } from '../host/failure.js';
import { type Log } from '../host/log.js';
import { copyFromContainer } from '../run/copy-from-container.js';
import { retagArchive } from './archive/retag.js';
import { type Check, fetchAgain } from './check.js';
import { compareOutputs, outputsCheck } from './compare-outputs.js';
import { type ArchivedImage } from './description.js';
import { resultsFile } from './result-files.js';

/**
 * Loads an image of a bundle under a scratch name, compares it with what was archived and, where asked, runs it with
 * and without network. Nothing of it stays on the engine. Rejects only `cancelled`.
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
    if (same && run) checks.push(...(await verifyByRunning(connection, scratch, folder, image, log, signal)));
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

/** How long the proposed command may take, in milliseconds: reviewers give a smoke test half an hour. */
const longestRun = 1_800_000;

/** Runs the proposed command with and without network, and compares what the second run leaves with what was recorded. */
async function verifyByRunning(
  connection: EngineConnection,
  scratch: string,
  folder: string,
  image: ArchivedImage,
  log: Log,
  signal: AbortSignal,
): Promise<Check[]> {
  const attempt = async (network: 'default' | 'none'): Promise<Check[]> => {
    const where = network === 'none' ? 'without network' : 'with network';
    const id = `${network === 'none' ? 'offline' : 'run'}:${image.platform}`;
    const limit = AbortSignal.timeout(longestRun);
    const both = AbortSignal.any([signal, limit]);
    try {
      return await withScratchRun(connection, scratch, image, network, log, both, async (container, exitCode) => {
        if (exitCode !== 0) {
          const message = `The image ends with exit code ${exitCode} when it runs ${where}.`;
          const remedy = 'Run it with “Run with Output Binding…” and read its output.';
          return [{ id, state: 'failed', message, remedy }];
        }
        const passed: Check = { id, state: 'passed', message: `The image runs ${where} and ends with exit code 0.` };
        if (network === 'default' || image.expected === undefined) return [passed];
        return [passed, await compareWithRecorded(connection, container, folder, image, image.expected, both)];
      });
    } catch (error) {
      if (signal.aborted) throw cancelled('The verification');
      if (limit.aborted) {
        const message = `The image did not end within ${longestRun / 60_000} minutes ${where}.`;
        return [{ id, state: 'failed', message, remedy: 'Propose a shorter command by the image’s label.' }];
      }
      const failure = asFailure(error, 'Running the image');
      const message = `The image does not run ${where}: ${failure.message}`;
      return [{ id, state: 'failed', message, remedy: failure.remedy }];
    }
  };
  return [...(await attempt('default')), ...(await attempt('none'))];
}

async function withScratchRun<T>(
  connection: EngineConnection,
  scratch: string,
  image: ArchivedImage,
  network: 'default' | 'none',
  log: Log,
  signal: AbortSignal,
  use: (container: string, exitCode: number) => Promise<T>,
): Promise<T> {
  const container = await createContainer(connection, scratchContainer(scratch, image, network), signal);
  try {
    await startContainer(connection, container, signal);
    return await use(container, await waitForExit(connection, container, signal));
  } finally {
    await removeContainer(connection, container).catch((error: unknown) => {
      log.warn(`The container ${container} could not be removed: ${String(error)}`);
    });
  }
}

async function compareWithRecorded(
  connection: EngineConnection,
  container: string,
  bundle: string,
  image: ArchivedImage,
  expected: NonNullable<ArchivedImage['expected']>,
  signal: AbortSignal,
): Promise<Check> {
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-'));
  try {
    const { checksums } = await copyFromContainer(connection, container, image.target, folder, { signal });
    const file = join(bundle, resultsFile);
    const results = await access(file).then(
      () => file,
      () => undefined,
    );
    const runFolder = image.expectedRun;
    const comparison = await compareOutputs({ expected, checksums, folder, results, runFolder, signal });
    return { id: `outputs:${image.platform}`, ...outputsCheck(comparison) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function scratchContainer(scratch: string, image: ArchivedImage, network: 'default' | 'none'): NewContainer {
  return {
    image: scratch,
    ...(image.command.length === 0 ? {} : { command: image.command }),
    environment: {},
    // As a run with output binding: what the image has there is hidden.
    mounts: [{ type: 'fresh-volume', name: undefined, target: image.target, readOnly: false, labels: helperLabels() }],
    ports: [],
    gpus: { kind: 'none' },
    labels: helperLabels(),
    network,
  };
}
