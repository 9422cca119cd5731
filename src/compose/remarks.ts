import { type EngineConnection } from '../engine/connection.js';
import { listContainers } from '../engine/containers.js';
import { listNetworks, type NetworkSummary } from '../engine/networks.js';
import { type EngineIdentity, identify } from '../engine/system.js';
import { listVolumes, type VolumeSummary } from '../engine/volumes.js';
import { type Elsewhere, madeElsewhere } from './elsewhere.js';
import { composeLabels, hashLabel } from './labels.js';
import { type ComposeProject } from './model.js';
import { projectContainers, type ProjectContainer } from './observed.js';
import { volumeHash } from './resources.js';

/** What an engine has that an application was brought up with, or beside. */
interface Found {
  product: EngineIdentity['product'];
  containers: readonly ProjectContainer[];
  /** Those of them that were made from another folder's files. */
  elsewhere: Elsewhere | undefined;
  /** Of all projects, as the volumes. */
  networks: readonly NetworkSummary[];
  volumes: readonly VolumeSummary[];
}

/** What a person should know of an application that was brought up, and that is not in its files: a sentence for each. */
export async function remarksOn(
  connection: EngineConnection,
  project: ComposeProject,
  signal: AbortSignal,
): Promise<string[]> {
  const [{ product }, containers, networks, volumes] = await Promise.all([
    identify(connection, signal),
    listContainers(connection, signal),
    listNetworks(connection, signal),
    listVolumes(connection, signal),
  ]);
  const named = projectContainers(containers, project.name);
  const elsewhere = await madeElsewhere(project, named);
  return remarks(project, { product, containers: named, elsewhere, networks, volumes });
}

/** As `remarksOn`, of what was found. */
export function remarks(
  project: ComposeProject,
  { product, containers, elsewhere, networks, volumes }: Found,
): string[] {
  const said: string[] = [];
  const known = new Set([...project.services, ...project.inactive].map(({ name }) => name));
  if (elsewhere !== undefined) {
    const names = elsewhere.containers.map(({ container }) => container.name).join(', ');
    said.push(
      `${names}: of another application “${project.name}”, made from ${elsewhere.file}. The two share networks and volumes. Give one of them a name of its own (“name:”) where that is not meant.`,
    );
  }
  const orphans = containers
    .filter((each) => elsewhere?.containers.includes(each) !== true)
    .filter(({ service, isOneOff, container }) =>
      isOneOff ? /^(?:exited|dead)$/.test(container.state) : !known.has(service),
    );
  if (orphans.length > 0) {
    const names = orphans.map(({ container }) => container.name).join(', ');
    said.push(`${names}: left from services or commands that the files do not have. “Compose Down” removes them, too.`);
  }
  for (const network of project.networks) {
    const there = networks.find(({ name }) => name === network.name);
    if (network.kind === 'external' || there === undefined || isOf(there, project)) continue;
    said.push(
      `The network ${network.name} was there and is not this application’s: it is used as it is, and “Compose Down” leaves it. Write “external: true” if it is meant.`,
    );
  }
  for (const volume of project.volumes) {
    const there = volumes.find(({ name }) => name === volume.name);
    if (volume.kind === 'external' || there === undefined) continue;
    const made = there.labels[hashLabel];
    if (!isOf(there, project)) {
      said.push(
        `The volume ${volume.name} was there and is not this application’s: it is used as it is, and “Compose Down” leaves it. Write “external: true” if it is meant.`,
      );
    } else if (made !== undefined && made !== volumeHash(volume)) {
      said.push(
        `The volume ${volume.name} was made with another driver, other options or labels than the file says now, and is used as it is. A new one takes its place after “Compose Down” with volumes, which removes its data.`,
      );
    }
  }
  const wantsGpu = project.services.filter(({ deviceRequests }) => deviceRequests.length > 0);
  if (product === 'Podman' && wantsGpu.length > 0) {
    said.push(
      `${wantsGpu.map(({ name }) => name).join(', ')}: Podman may not heed the GPU that is asked for. Where the program finds none, write “devices: [nvidia.com/gpu=all]”.`,
    );
  }
  return said;
}

function isOf({ labels }: { labels: Record<string, string> }, { name }: ComposeProject): boolean {
  return labels[composeLabels.project] === name;
}
