import { TextDecoder } from 'node:util';
import { isAbsolute, join, posix } from 'node:path';
import { type EngineConnection, streamFailure } from '../engine/connection.js';
import {
  attachOutput,
  createContainer,
  inspectContainer,
  type NewContainer,
  removeContainer,
  startContainer,
  waitForExit,
} from '../engine/containers.js';
import { demultiplex } from '../engine/demultiplex.js';
import { type ImageDetails, inspectImage } from '../engine/images.js';
import { engineInfo, type EngineInfo } from '../engine/system.js';
import { cancelled, Failure } from '../host/failure.js';
import { type Log } from '../host/log.js';
import { type Work } from '../host/progress.js';
import { gitState } from '../project/git.js';
import { listOutputs, prepareOutputFolder, type WhenNotEmpty } from './output-folder.js';
import { proposeCommand, proposeTarget } from './proposal.js';
import { type OutputFile, writeRunRecord } from './record.js';

export interface RunRequest {
  /** Reference or identifier of an image that the engine has. */
  image: string;
  /** Absolute path of the host folder that outputs go to; none are bound where undefined. */
  output?: string | undefined;
  /** Absolute path in the container; `proposeTarget` where undefined. */
  target?: string | undefined;
  existing?: WhenNotEmpty | undefined;
  /** Replaces the image's CMD; `proposeCommand` where undefined. */
  command?: readonly string[] | undefined;
  platform?: string | undefined;
  gpus?: 'all' | readonly string[] | undefined;
  env?: Readonly<Record<string, string>> | undefined;
  volumes?: readonly { source: string; target: string; readOnly?: boolean | undefined }[] | undefined;
  ports?: readonly { container: number; host?: number | undefined }[] | undefined;
  /** Whether the container is kept after the run. */
  keep: boolean;
}

export interface RunResult {
  exitCode: number;
  /** Id of the container; it may be gone already. */
  container: string;
  /** Absolute paths of the files in the output folder. */
  outputs: string[];
  /** Absolute path of the run record. */
  record: string;
}

/** Where a run belongs: the folder that keeps its record, and the log. */
export interface RunPlace {
  /** Absolute path of the project's folder. */
  project: string;
  log: Log;
}

/**
 * Runs an image once with its outputs bound to a host folder, and keeps a record of the run. A non-zero exit code is a
 * result. After an abort or a failed start no container is left; a cancelled run leaves what it wrote so far.
 *
 * Rejects `output-not-empty`, `output-not-writable`, `image-not-found`, `command-not-found`, `cancelled`, ….
 */
export async function runImage(
  connection: EngineConnection,
  request: RunRequest,
  place: RunPlace,
  { signal, onProgress }: Work,
): Promise<RunResult> {
  onProgress({ message: 'Preparing the run' });
  const [image, engine] = await Promise.all([
    inspectImage(connection, request.image, signal),
    engineInfo(connection, signal),
  ]);
  const target = request.target ?? proposeTarget(image);
  const newContainer = describeContainer(request, image, target);
  const folder =
    request.output === undefined
      ? undefined
      : await prepareOutputFolder(request.output, request.existing ?? 'fail', new Date());
  if (folder !== undefined) {
    newContainer.mounts = [{ type: 'bind', source: folder, target, readOnly: false }, ...newContainer.mounts];
  }

  const container = await createContainer(connection, newContainer, signal);
  // A run that has come to its end is kept as asked, even if it cannot be recorded.
  let exited = false;
  try {
    const exitCode = await runToExit(connection, container, { signal, onProgress });
    exited = true;
    const details = await inspectContainer(connection, container, signal);
    onProgress({ message: 'Recording the outputs' });
    const outputs = folder === undefined ? [] : await listOutputs(folder, signal);
    const record = await writeRunRecord(place.project, {
      image: {
        reference: request.image,
        imageId: image.id,
        diffIds: image.diffIds,
        platform: image.platform,
      },
      command: details.arguments,
      environment: Object.keys(request.env ?? {}),
      output: folder === undefined ? undefined : { folder, target },
      container: { id: container, name: details.name },
      started: details.started,
      finished: details.finished,
      exitCode,
      outOfMemory: details.outOfMemory,
      git: await commitOf(place.project, signal),
      engine: hostOf(engine),
      outputs,
    });
    return { exitCode, container, outputs: absolutePaths(folder, outputs), record };
  } finally {
    if (!exited || !request.keep) await discard(connection, container, place.log);
  }
}

function describeContainer(
  request: RunRequest,
  image: ImageDetails,
  target: string,
): NewContainer & { mounts: NewContainer['mounts'] } {
  if (!posix.isAbsolute(target) || posix.normalize(target) === '/') {
    throw new Failure(
      'invalid-argument',
      `“${target}” cannot be the container folder of the outputs.`,
      'Give an absolute path below “/”, such as /output.',
    );
  }
  for (const folder of [request.output].filter((path) => path !== undefined)) {
    if (!isAbsolute(folder)) {
      throw new Failure(
        'invalid-argument',
        `“${folder}” is not an absolute path.`,
        'Give the whole path of the folder.',
      );
    }
  }
  const command = request.command ?? proposeCommand(image);
  return {
    image: request.image,
    ...(command === undefined ? {} : { command }),
    environment: request.env ?? {},
    mounts: (request.volumes ?? []).map(({ source, target: at, readOnly }) => ({
      type: isAbsolute(source) ? 'bind' : 'volume',
      source,
      target: at,
      readOnly: readOnly ?? false,
    })),
    ports: (request.ports ?? []).map((port) => ({ container: port.container, host: port.host })),
    gpus:
      request.gpus === undefined
        ? { kind: 'none' }
        : request.gpus === 'all'
          ? { kind: 'all' }
          : { kind: 'devices', ids: request.gpus },
    labels: {},
    ...(request.platform === undefined ? {} : { platform: request.platform }),
    network: 'default',
  };
}

async function runToExit(
  connection: EngineConnection,
  container: string,
  { signal, onProgress }: Work,
): Promise<number> {
  const output = await attachOutput(connection, container, signal);
  const onAbort = (): void => {
    output.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    // Asked before the start, so that a container that ends at once is not missed.
    const exit = waitForExit(connection, container, signal);
    exit.catch(() => undefined);
    await startContainer(connection, container, signal);
    onProgress({ message: 'Running' });
    await followOutput(output, onProgress);
    if (signal.aborted) throw cancelled('The run');
    return await exit;
  } catch (error) {
    throw streamFailure(error, connection, 'The run', signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    output.destroy();
  }
}

async function followOutput(output: AsyncIterable<Uint8Array>, onProgress: Work['onProgress']): Promise<void> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const rest = { stdout: '', stderr: '' };
  for await (const { stream, data } of demultiplex(output)) {
    const lines = (rest[stream] + decoders[stream].decode(data, { stream: true })).split('\n');
    rest[stream] = lines.pop() ?? '';
    for (const line of lines) onProgress({ message: 'Running', output: line.replace(/\r$/, '') });
  }
  for (const last of [rest.stdout, rest.stderr]) if (last !== '') onProgress({ message: 'Running', output: last });
}

async function discard(connection: EngineConnection, container: string, log: Log): Promise<void> {
  try {
    await removeContainer(connection, container);
  } catch (error) {
    log.warn(
      `The container ${container} could not be removed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function commitOf(project: string, signal: AbortSignal): Promise<{ commit: string; dirty: boolean } | undefined> {
  const git = await gitState(project, signal);
  return git.kind === 'commit' ? { commit: git.commit, dirty: git.dirty } : undefined;
}

function hostOf(engine: EngineInfo): Pick<EngineInfo, 'version' | 'platform' | 'operatingSystem' | 'cores' | 'memory'> {
  const { version, platform, operatingSystem, cores, memory } = engine;
  return { version, platform, operatingSystem, cores, memory };
}

function absolutePaths(folder: string | undefined, outputs: readonly OutputFile[]): string[] {
  return folder === undefined ? [] : outputs.map((file) => join(folder, file.path));
}
