import { type EngineConnection } from '../engine/connection.js';
import { type ContainerSummary, listContainers } from '../engine/containers.js';
import { type ImageSummary, listImages } from '../engine/images.js';
import { listVolumes, type VolumeSummary } from '../engine/volumes.js';

/** What an engine holds. */
export interface Lists {
  images: readonly ImageSummary[];
  containers: readonly ContainerSummary[];
  volumes: readonly VolumeSummary[];
}

/** Lists the given kinds anew; the others stay as they were. */
export async function relist(
  connection: EngineConnection,
  before: Lists,
  kinds: readonly (keyof Lists)[],
  signal: AbortSignal,
): Promise<Lists> {
  const [images, containers, volumes] = await Promise.all([
    kinds.includes('images') ? listImages(connection, signal) : before.images,
    kinds.includes('containers') ? listContainers(connection, signal) : before.containers,
    kinds.includes('volumes') ? listVolumes(connection, signal) : before.volumes,
  ]);
  return { images, containers, volumes };
}
