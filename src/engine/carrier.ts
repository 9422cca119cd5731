import { Failure } from '../host/failure.js';
import { type EngineConnection } from './connection.js';
import { dropEmptyImage, makeEmptyImage } from './empty-image.js';
import { helperLabels } from './leftovers.js';
import { createContainer, type Mount, removeContainer } from './new-container.js';

/** What is reached through a carrier: the files of its image, and what it has mounted. */
interface Carried {
  image: string;
  /** The engine's choice where undefined. */
  platform?: string | undefined;
  mounts?: readonly Mount[];
}

/** What runs in a carrier that is started, as root. */
interface Program {
  entrypoint: readonly string[];
  command: readonly string[];
}

/**
 * Makes a container that files are reached through, and resolves to its identifier. Nothing of its image ever runs: it is started
 * only by those who give it a program. It has no network. A volume that is not there is created by it.
 */
export function makeCarrier(
  connection: EngineConnection,
  { image, platform, mounts = [] }: Carried,
  signal: AbortSignal,
  program?: Program,
): Promise<string> {
  return createContainer(
    connection,
    {
      image,
      ...(platform === undefined ? {} : { platform }),
      // An image without a command of its own would not become a container.
      ...(program === undefined ? { command: ['true'] } : { ...program, user: '0' }),
      environment: {},
      mounts,
      ports: [],
      gpus: { kind: 'none' },
      labels: helperLabels(),
      network: 'none',
    },
    signal,
  );
}

/** Removes a carrier, also where the engine was away meanwhile; one that is not there any more is taken as removed. */
export async function removeCarrier(connection: EngineConnection, carrier: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await removeContainer(connection, carrier);
      return;
    } catch (error) {
      if (error instanceof Failure && error.reason === 'container-not-found') return;
      // The first request after a restart of the engine goes to a connection that has ended.
      const mayBeBack = error instanceof Failure && error.reason === 'engine-lost' && attempt === 1;
      if (!mayBeBack) throw error;
    }
  }
}

/** Reaches files through a carrier that is never started, and is removed afterwards. */
export async function withCarrier<T>(
  connection: EngineConnection,
  carried: Carried,
  signal: AbortSignal,
  use: (carrier: string) => Promise<T>,
): Promise<T> {
  const carrier = await makeCarrier(connection, carried, signal);
  try {
    return await use(carrier);
  } finally {
    await removeCarrier(connection, carrier);
  }
}

/**
 * Reaches volumes through a carrier of an empty image: so it works on engines that have no image, and no file of an image gets into
 * a volume. Carrier and image are removed afterwards.
 */
export async function withVolumes<T>(
  connection: EngineConnection,
  mounts: readonly Mount[],
  signal: AbortSignal,
  use: (carrier: string) => Promise<T>,
): Promise<T> {
  const image = await makeEmptyImage(connection);
  try {
    return await withCarrier(connection, { image: image.id, mounts }, signal, use);
  } finally {
    await dropEmptyImage(connection, image);
  }
}
