import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { withCarrier } from '../engine/carrier.js';
import { type EngineConnection } from '../engine/connection.js';
import { inspectContainer } from '../engine/containers.js';
import { statInContainer } from '../engine/container-files.js';
import { copyLabels, nameOfCopy } from '../engine/leftovers.js';
import { createContainer, type Mount, type NewContainer, removeContainer } from '../engine/new-container.js';
import { deleteVolume } from '../engine/volume-operations.js';
import { Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { fillFolder, placeFile } from './copy-to-container.js';

/** A folder of this machine that a container has a copy of. */
export interface CopiedFolder {
  /** Absolute path on this machine. */
  folder: string;
  /** Absolute path in the container. */
  target: string;
  /** Whether it is the folder of the results, which is the run's own; in others the user's later changes count. */
  isOutput: boolean;
}

/** How the folders of this machine that a run was given came into its container. */
export type Placement =
  /** The engine has them, too: they are the same. */
  | { kind: 'bound' }
  /**
   * The engine is elsewhere: it has copies in volumes, and those in `back` are copied back. `volumes` are those that do not go
   * with the container.
   */
  | { kind: 'copied'; back: CopiedFolder[]; volumes: string[] };

type Bind = Extract<Mount, { type: 'bind' }>;

interface Output {
  folder: string;
  target: string;
  /** Whether the folder is empty. */
  isFresh: boolean;
}

/**
 * Creates the container of a run. Whether the engine has a folder of this machine is found out, not guessed: it is bound, and
 * what the container would see is compared by its time. Where it is another one or none, the container gets volumes, filled
 * with what the folders have.
 *
 * Rejects what `createContainer` rejects, and `file-unreadable` for a folder that is nowhere; then there is no container.
 */
export async function placeContainer(
  connection: EngineConnection,
  container: NewContainer,
  output: Output | undefined,
  work: Work,
): Promise<{ id: string; placement: Placement }> {
  const { signal } = work;
  const outputMount: Bind[] =
    output === undefined ? [] : [{ type: 'bind', source: output.folder, target: output.target, readOnly: false }];
  const mounts = [...outputMount, ...container.mounts];
  const local = await localPaths(mounts);
  try {
    const id = await createContainer(connection, { ...container, mounts }, signal);
    if (await isSeen(connection, id, mounts, local, signal)) return { id, placement: { kind: 'bound' } };
    await removeContainer(connection, id);
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'output-not-writable') throw error;
  }
  const missing = mounts.find((mount) => mount.type === 'bind' && !local.has(mount.source));
  // A folder that only the engine's host has, a data set for instance, is bound as it is.
  const copied = {
    ...container,
    mounts: mounts.map((mount) => (isLocal(mount, local) ? asVolume(mount, local) : mount)),
  };
  try {
    return await createWithCopies(connection, copied, mounts, local, output, work);
  } catch (error) {
    if (missing === undefined || !(error instanceof Failure) || error.reason !== 'output-not-writable') throw error;
    throw new Failure(
      'file-unreadable',
      `Neither this machine nor the engine's host has ${missing.type === 'bind' ? missing.source : ''}.`,
      'Check the path.',
      { cause: error },
    );
  }
}

interface LocalPath {
  isFolder: boolean;
}

/** What this machine has of the bound paths. */
async function localPaths(mounts: readonly Mount[]): Promise<Map<string, LocalPath>> {
  const paths = new Map<string, LocalPath>();
  for (const mount of mounts) {
    if (mount.type !== 'bind') continue;
    const stats = await stat(mount.source).catch(() => undefined);
    if (stats !== undefined) paths.set(mount.source, { isFolder: stats.isDirectory() });
  }
  return paths;
}

async function isSeen(
  connection: EngineConnection,
  id: string,
  mounts: readonly Mount[],
  local: ReadonlyMap<string, LocalPath>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const binds = mounts.filter((mount) => isLocal(mount, local));
    return (await unseenFolder(connection, id, binds, signal)) === undefined;
  } catch (error) {
    await removeContainer(connection, id);
    throw error;
  }
}

/**
 * The first of the paths of this machine that a container does not see where they are bound, since its engine has another
 * path of that name or none; undefined where it sees all. A path that this machine does not have is not looked at. The container
 * need not be started.
 */
export async function unseenFolder<Bound extends { source: string; target: string }>(
  connection: EngineConnection,
  container: string,
  binds: readonly Bound[],
  signal: AbortSignal,
): Promise<Bound | undefined> {
  const modified = (source: string): Promise<bigint | undefined> =>
    stat(source, { bigint: true }).then(
      ({ mtimeNs }) => mtimeNs,
      () => undefined,
    );
  const seen = await Promise.all(
    binds.map(async ({ source, target }) => {
      const here = await modified(source);
      if (here === undefined) return true;
      const there = await statInContainer(connection, container, target, signal);
      if (there === undefined) return false;
      if (sameTime(here, there.modified)) return true;
      // It may be one that changes all the time.
      const now = await modified(source);
      const after = await statInContainer(connection, container, target, signal);
      return now !== undefined && now !== here && after !== undefined && sameTime(now, after.modified);
    }),
  );
  return binds.find((_, at) => seen[at] === false);
}

/** Shared folders of virtual machines may know times less exactly. */
export function sameTime(nanoseconds: bigint, time: string): boolean {
  const there = Date.parse(time);
  if (Number.isNaN(there)) return false;
  const here = Number(nanoseconds / 1_000_000n);
  const fraction = /\.(\d+)/.exec(time)?.[1]?.replace(/0+$/, '') ?? '';
  return fraction === '' ? Math.floor(here / 1000) === Math.floor(there / 1000) : Math.abs(here - there) <= 1;
}

function isLocal(mount: Mount, local: ReadonlyMap<string, LocalPath>): mount is Bind {
  return mount.type === 'bind' && local.has(mount.source);
}

/** A file cannot be a volume: it is put into the container itself. */
function asVolume(mount: Bind, local: ReadonlyMap<string, LocalPath>): Mount {
  const { target, readOnly } = mount;
  return local.get(mount.source)?.isFolder === true
    ? {
        type: 'fresh-volume',
        target,
        readOnly,
        name: readOnly ? nameOfCopy(randomUUID()) : undefined,
        labels: copyLabels(),
      }
    : mount;
}

async function createWithCopies(
  connection: EngineConnection,
  container: NewContainer,
  mounts: readonly Mount[],
  local: ReadonlyMap<string, LocalPath>,
  output: Output | undefined,
  { signal, onProgress }: Work,
): Promise<{ id: string; placement: Placement }> {
  const binds = mounts.filter((mount) => isLocal(mount, local));
  const folders = binds.filter(({ source }) => local.get(source)?.isFolder === true);
  const files = binds.filter((bind) => !folders.includes(bind));
  const written = files.find(({ readOnly }) => !readOnly);
  if (written !== undefined) {
    throw new Failure(
      'invalid-argument',
      `The engine is elsewhere, and the file ${written.source} could not be written back from there.`,
      'Bind it read only, or bind its folder.',
    );
  }
  const volumesOnly = container.mounts.filter(
    (mount) => !(mount.type === 'bind' && files.some(({ target }) => target === mount.target)),
  );
  const id = await createContainer(connection, { ...container, mounts: volumesOnly }, signal);
  const named = volumesOnly.flatMap((mount) =>
    mount.type === 'fresh-volume' && mount.name !== undefined ? [mount.name] : [],
  );
  try {
    const { volumes } = await inspectContainer(connection, id, signal);
    // A volume that the program may only read is filled through a container that may write it, and is never started.
    const places = folders.map(({ source, target }, at) => ({ source, target, at: `/research-containers-copy/${at}` }));
    const mounts = places.flatMap(({ target, at }) => {
      const name = volumes.get(target);
      return name === undefined ? [] : [{ type: 'volume' as const, source: name, target: at, readOnly: false }];
    });
    const { image, platform } = container;
    await withCarrier(connection, { image, platform, mounts }, signal, async (carrier) => {
      for (const { source, target, at } of places) {
        const isEmpty = output?.target === target && output.isFresh;
        await fillFolder(connection, carrier, isEmpty ? undefined : source, at, {
          signal,
          onBytes: (bytes) => {
            onProgress({ message: `Sending ${source}: ${megabytes(bytes)}` });
          },
        });
      }
    });
    for (const { source, target } of files) await placeFile(connection, id, source, target, { signal });
    const back = folders
      .filter(({ readOnly }) => !readOnly)
      .map(({ source, target }) => ({ folder: source, target, isOutput: target === output?.target }));
    return { id, placement: { kind: 'copied', back, volumes: named } };
  } catch (error) {
    await removeWithVolumes(connection, id, named);
    throw error;
  }
}

/** Removes a container with the volumes that were made for it. */
export async function removeWithVolumes(
  connection: EngineConnection,
  container: string,
  volumes: readonly string[],
): Promise<void> {
  await removeContainer(connection, container);
  for (const volume of volumes) await deleteVolume(connection, volume);
}

/** Bytes for a progress report, which are not to jump between units. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
}
