import { chmod, rmdir, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { findBuildRecord } from '../build/record.js';
import { looksLikeSecret } from '../dockerfile/secret-like.js';
import { type EngineConnection, streamFailure } from '../engine/connection.js';
import { inspectContainer } from '../engine/containers.js';
import { attachOutput, attachTerminal, startContainer } from '../engine/container-process.js';
import { madeHere } from '../engine/leftovers.js';
import { type ImageDetails, inspectImage } from '../engine/images.js';
import { engineInfo, type EngineInfo } from '../engine/system.js';
import { Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { gitState } from '../project/git.js';
import { type Ears, type LateDetails, LiveRun } from './live-run.js';
import { maskSecrets } from './command-secrets.js';
import { type RunPlace } from './run-place.js';
import { type OutputFolder, prepareOutputFolder } from './output-folder.js';
import { foreignPaths, isNetworkFolder, localUser, type Ownership, planOwnership } from './ownership.js';
import { claimRun, forgetPending, keepPending, type PendingRun } from './pending.js';
import { placeContainer, removeWithVolumes } from './placement.js';
import { targetOf } from './preview-run.js';
import { proposeCommand, proposeTarget } from './proposal.js';
import {
  logFileOf,
  newRecord,
  pathInRecord,
  recordFileFor,
  removeRunRecord,
  type RunningRecord,
  writeRunRecord,
} from './record.js';
import { RunLog } from './run-log.js';
import { containerOf, plainTarget, type RunRequest, validateRequest } from './run-request.js';

/** What the container of a run is marked with. */
const runLabel = 'org.research-containers.run';

/**
 * Starts a run with its outputs bound to a host folder, and resolves when its program runs. From then on the run lives by
 * itself: after an abort before that, or a failed start, there is no container and no record.
 *
 * Rejects `output-not-empty`, `output-not-writable`, `image-not-found`, `command-not-found`, `platform-not-available`,
 * `port-in-use`, `name-in-use`, `cancelled`, ….
 */
export async function startRun(
  connection: EngineConnection,
  request: RunRequest,
  place: RunPlace,
  work: Work,
): Promise<LiveRun> {
  const { signal, onProgress } = work;
  onProgress({ message: 'Preparing the run' });
  const [image, engine] = await Promise.all([
    inspectImage(connection, request.image, signal, request.platform),
    engineInfo(connection, signal),
  ]);
  const target = plainTarget(
    request.target ??
      (request.output === undefined ? proposeTarget(image) : await targetOf(connection, request.image, image, signal)),
  );
  validateRequest(request, target);
  const command = request.command ?? proposeCommand(image);
  const folder =
    request.output === undefined
      ? undefined
      : await prepareOutputFolder(request.output, request.existing ?? 'fail', new Date());
  const ownership: Ownership =
    folder === undefined
      ? { kind: 'as-is' }
      : planOwnership(request.user ?? image.user, localUser(), engine, await isNetworkFolder(folder.path));
  const labels = { ...madeHere(), [runLabel]: 'true' };
  // Where there is an image for another platform only, some engines want to hear that it is meant.
  const platform = request.platform ?? (image.platform === engine.platform ? undefined : image.platform);
  const container = containerOf({ ...asOwner(request, ownership), platform }, command, labels);
  const settling = await openFolder(folder, ownership);
  const undo: (() => Promise<unknown>)[] = [
    async () => {
      if (folder !== undefined && settling?.mode !== undefined) await chmod(folder.path, settling.mode);
      if (folder !== undefined && folder.path !== request.output) await rmdir(folder.path).catch(() => undefined);
    },
  ];
  try {
    const output = folder === undefined ? undefined : { folder: folder.path, target, isFresh: folder.isFresh };
    const { id, placement } = await placeContainer(connection, container, output, work);
    undo.unshift(() => removeWithVolumes(connection, id, placement.kind === 'copied' ? placement.volumes : []));
    const { name, arguments: words } = await inspectContainer(connection, id, signal);
    const file = recordFileFor(place.project, id, new Date());
    const pending: PendingRun = {
      record: file,
      engine: connection.endpoint.host,
      ...(engine.id === undefined ? {} : { engineId: engine.id }),
      container: id,
      keep: request.keep,
      placement,
      ...(settling === undefined ? {} : { settling }),
    };
    const record = describe({ ...request, target, command }, place, { image, engine, folder, id, name, words });
    const claim = await claimRun(place.storage, file);
    if (claim === undefined) throw new Failure('internal', 'The run is looked after elsewhere.', 'Try again.');
    undo.unshift(() => claim.release());
    await keepPending(place.storage, pending);
    undo.unshift(() => forgetPending(place.storage, file));
    await writeRunRecord(file, record);
    undo.unshift(() => removeRunRecord(file));
    const log = await RunLog.begin(logFileOf(file));
    undo.unshift(() => log.end());
    const ears = await start(connection, id, request.interactive === true, signal);
    onProgress({ message: 'Running' });
    const details = detailsOf(place.project, engine, image);
    return new LiveRun({ connection, pending, record, place, claim, log, ears, details });
  } catch (error) {
    for (const step of undo) {
      await step().catch((failed: unknown) => {
        place.log.warn(`After a start that failed: ${failed instanceof Error ? failed.message : String(failed)}`);
      });
    }
    throw streamFailure(error, connection, 'The run', signal);
  }
}

/** The program may write where the user's own home is not. */
function asOwner(request: RunRequest, ownership: Ownership): RunRequest {
  if (ownership.kind !== 'as-user') return request;
  return { ...request, user: ownership.user, env: { HOME: '/tmp', ...request.env } };
}

/** Lets every user write into the folder where the container's may be any, and tells what is to be done after the end. */
async function openFolder(folder: OutputFolder | undefined, ownership: Ownership): Promise<PendingRun['settling']> {
  if (folder === undefined || ownership.kind !== 'give-back') return undefined;
  const { owner, open } = ownership;
  const uid = localUser()?.uid;
  const { mode, uid: folderOwner } = await stat(folder.path);
  const before = folder.isFresh || uid === undefined ? {} : { before: await foreignPaths(folder.path, uid) };
  if (!open || folderOwner !== uid) return { owner, ...before };
  await chmod(folder.path, (mode & 0o7777) | 0o777);
  return { owner, mode: mode & 0o7777, ...before };
}

async function start(
  connection: EngineConnection,
  id: string,
  isTerminal: boolean,
  signal: AbortSignal,
): Promise<Ears> {
  const stream = await (isTerminal ? attachTerminal : attachOutput)(connection, id);
  // It may be lost before anybody reads it.
  stream.on('error', () => undefined);
  try {
    await startContainer(connection, id, signal);
    return { output: stream, input: isTerminal ? stream : undefined, startedAt: performance.now() };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

interface Known {
  image: ImageDetails;
  engine: EngineInfo;
  folder: OutputFolder | undefined;
  id: string;
  name: string;
  /** Entrypoint and command. */
  words: string[];
}

function describe(
  request: RunRequest & { target: string },
  { project, gpu }: RunPlace,
  { image, engine, folder, id, name, words }: Known,
): RunningRecord {
  const environment = Object.entries(request.env ?? {});
  const { command, gpus, user, limits } = request;
  return newRecord({
    image: {
      reference: request.image,
      imageId: image.id,
      ...(engine.store === 'classic' ? { configDigest: image.id } : {}),
      diffIds: image.diffIds,
      platform: image.platform,
    },
    command: maskSecrets(words),
    ...(command === undefined ? {} : { given: maskSecrets(command) }),
    environment: Object.fromEntries(environment.filter(([key, value]) => !looksLikeSecret(key, value))),
    omittedEnvironment: environment.filter(([key, value]) => looksLikeSecret(key, value)).map(([key]) => key),
    ...(folder === undefined ? {} : { output: { folder: pathInRecord(project, folder.path), target: request.target } }),
    mounts: (request.volumes ?? []).map(({ source, target, readOnly }) => ({
      ...(isAbsolute(source)
        ? { type: 'folder' as const, source: pathInRecord(project, source) }
        : { type: 'volume' as const, source }),
      target,
      readOnly: readOnly ?? false,
    })),
    ports: (request.ports ?? []).map(({ container, host }) => ({ container, ...(host === undefined ? {} : { host }) })),
    limits: {
      ...(limits?.memory === undefined ? {} : { memory: limits.memory }),
      ...(limits?.cpus === undefined ? {} : { cpus: limits.cpus }),
    },
    ...(gpus === undefined ? {} : { gpus: gpus === 'all' ? gpus : [...gpus] }),
    ...(user === undefined ? {} : { user }),
    interactive: request.interactive === true,
    container: { id, name },
    host: {
      engine: engine.version,
      platform: engine.platform,
      operatingSystem: engine.operatingSystem,
      ...(engine.cores === undefined ? {} : { cores: engine.cores }),
      ...(engine.memory === undefined ? {} : { memory: engine.memory }),
      ...(gpu === undefined ? {} : { gpu }),
    },
    started: new Date().toISOString(),
  });
}

/** What is found out while the program runs already. */
async function detailsOf(project: string, engine: EngineInfo, image: ImageDetails): Promise<LateDetails> {
  const [git, built] = await Promise.all([
    gitState(project),
    engine.store === 'classic' ? undefined : findBuildRecord(project, image).catch(() => undefined),
  ]);
  const configDigest = built?.record.images.find(
    ({ diffIds }) => diffIds.join() === image.diffIds.join(),
  )?.configDigest;
  return {
    ...(git.kind === 'commit' ? { git: { commit: git.commit, dirty: git.dirty } } : {}),
    ...(configDigest === undefined ? {} : { configDigest }),
  };
}
