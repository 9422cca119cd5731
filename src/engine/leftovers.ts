import { Failure } from '../host/failure.js';
import { lifeOf, processMark } from '../host/process-mark.js';
import { type EngineConnection } from './connection.js';
import { type ContainerSummary, listContainers } from './containers.js';
import { helperLabel, isHelper } from './helper-label.js';
import { deleteImage } from './image-operations.js';
import { listImages } from './images.js';
import { removeContainer } from './new-container.js';
import { deleteVolume } from './volume-operations.js';
import { listVolumes } from './volumes.js';

/** Which process made it. */
const madeByLabel = 'org.research-containers.made-by';
/** On volumes with a copy of a folder of the user's machine. */
const copyLabel = 'org.research-containers.copy';
const copyName = 'research-containers-copy-';

/** What is younger may be in the making, in milliseconds. */
const leastAge = 3_600_000;

/** Labels of a container that a run is made in, of whatever it is given besides. */
export function madeHere(): Record<string, string> {
  return { [madeByLabel]: processMark() };
}

/** Labels of a container that is removed as soon as it was looked into, or has done its part. */
export function helperLabels(): Record<string, string> {
  return { ...madeHere(), [helperLabel]: 'true' };
}

/** Labels of a volume with a copy of a folder. */
export function copyLabels(): Record<string, string> {
  return { ...madeHere(), [copyLabel]: 'true' };
}

/** The name of a volume with a copy that programs may only read: nothing is lost with it. */
export function nameOfCopy(unique: string): string {
  return copyName + unique;
}

/** Removes those of the volumes that have nothing but a copy, and are not in use. */
export async function removeCopies(connection: EngineConnection, volumes: Iterable<string>): Promise<void> {
  for (const name of volumes) {
    if (!name.startsWith(copyName)) continue;
    await deleteVolume(connection, name).catch((error: unknown) => {
      const fine = new Set<Failure['reason']>(['volume-in-use', 'volume-not-found']);
      if (!(error instanceof Failure) || !fine.has(error.reason)) throw error;
    });
  }
}

/**
 * Removes what processes of this machine have left on an engine that were killed in the middle: helpers, containers of runs that
 * never started, volumes with copies that no container uses, and images that helpers were made of. What is younger than an hour stays, and what runs.
 *
 * @param isWanted whether a run's container that never started is still looked after
 * @param now milliseconds since 1970
 * @returns what was removed
 */
export async function removeLeftovers(
  connection: EngineConnection,
  isWanted: (container: string) => boolean,
  now = Date.now(),
): Promise<string[]> {
  const containers = await listContainers(connection);
  const isLeft = ({ id, state, labels, created }: ContainerSummary): boolean =>
    isOrphan(labels, created, now) && (isHelper(labels) ? state !== 'running' : state === 'created' && !isWanted(id));
  const gone = containers.filter(isLeft);
  for (const { id } of gone) await removeContainer(connection, id);
  const used = new Set(
    containers
      .filter((container) => !gone.includes(container))
      .flatMap(({ mounts }) => mounts.flatMap((mount) => (mount.type === 'volume' ? [mount.name] : []))),
  );
  const copies = (await listVolumes(connection)).filter(
    ({ name, labels, created }) =>
      name.startsWith(copyName) &&
      labels[copyLabel] !== undefined &&
      !used.has(name) &&
      isOrphan(labels, Date.parse(created ?? ''), now),
  );
  await removeCopies(
    connection,
    copies.map(({ name }) => name),
  );
  const images = (await listImages(connection)).filter(
    ({ labels, created }) => isHelper(labels) && isOrphan(labels, created, now),
  );
  for (const { id, references } of images) {
    // Somebody may look at it: then it stays.
    for (const image of references.length === 0 ? [id] : references) {
      await deleteImage(connection, image).catch(() => undefined);
    }
  }
  return [...[...gone, ...copies].map(({ name }) => name), ...images.map(({ id, references }) => references[0] ?? id)];
}

function isOrphan(labels: Readonly<Record<string, string>>, created: number, now: number): boolean {
  const mark = labels[madeByLabel];
  return mark !== undefined && created < now - leastAge && lifeOf(mark) === 'dead';
}
