import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { readProgress } from './connect.js';

const PREFIX = 'bench-explorer';
const AT_ONCE = 8;

/** Gives an engine this many containers, images and volumes more, all of them small and with names of their own. */
export async function fill(
  docker: Docker,
  wanted: { containers: number; images: number; volumes: number },
  image: string,
): Promise<void> {
  const empty = Buffer.alloc(1024);
  await inTurns(wanted.images, async (index) => {
    // A label of its own makes it an image of its own.
    const query = { repo: `${PREFIX}/${index % 50}`, tag: String(index), changes: `LABEL bench=${index}` };
    await readProgress(await docker.importImage(Readable.from([empty]), query));
  });
  await inTurns(wanted.volumes, async (index) => {
    await docker.createVolume({ Name: `${PREFIX}-${index}` });
  });
  await inTurns(wanted.containers, async (index) => {
    await docker.createContainer({ Image: image, name: `${PREFIX}-${index}`, Cmd: ['true'] });
  });
}

/** Removes all that `fill` has made. */
export async function empty(docker: Docker): Promise<void> {
  const containers = await docker.listContainers({ all: true });
  const ours = containers.filter(({ Names }) => Names.some((name) => name.startsWith(`/${PREFIX}`)));
  await inTurns(ours.length, (index) => docker.getContainer(ours[index]?.Id ?? '').remove({ force: true }));
  const tags = (await docker.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  const images = tags.filter((tag) => tag.startsWith(PREFIX));
  await inTurns(images.length, (index) => docker.getImage(images[index] ?? '').remove());
  const volumes = (await docker.listVolumes()).Volumes.filter(({ Name }) => Name.startsWith(PREFIX));
  await inTurns(volumes.length, (index) => docker.getVolume(volumes[index]?.Name ?? '').remove());
}

/** The names of the containers that `fill` has made. */
export function containerName(index: number): string {
  return `${PREFIX}-${index}`;
}

/** Does something for each index, a few at a time. */
export async function inTurns(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
