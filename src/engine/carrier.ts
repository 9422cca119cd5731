import { type EngineConnection } from './connection.js';
import { dropEmptyImage, makeEmptyImage } from './empty-image.js';
import { helperLabels } from './leftovers.js';
import { createContainer, type Mount, removeContainer } from './new-container.js';

/**
 * Makes volumes reachable by a container that is never started, of an empty image: so it works on engines that have no image, and no
 * file of an image gets into a volume. Container and image are removed afterwards.
 *
 * A volume that is not there would be created by it.
 *
 * @param use is given the identifier of the container
 */
export async function withCarrier<T>(
  connection: EngineConnection,
  mounts: readonly Mount[],
  signal: AbortSignal,
  use: (container: string) => Promise<T>,
): Promise<T> {
  const image = await makeEmptyImage(connection);
  try {
    const container = await createContainer(
      connection,
      {
        image: image.id,
        // It has none of its own, and would not become a container.
        command: ['true'],
        environment: {},
        mounts,
        ports: [],
        gpus: { kind: 'none' },
        labels: helperLabels(),
        network: 'none',
      },
      signal,
    );
    try {
      return await use(container);
    } finally {
      await removeContainer(connection, container);
    }
  } finally {
    await dropEmptyImage(connection, image);
  }
}
