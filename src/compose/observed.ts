import { type EngineConnection } from '../engine/connection.js';
import { type ContainerSummary, listContainers } from '../engine/containers.js';
import { listNetworks, type NetworkSummary } from '../engine/networks.js';
import { listVolumes, type VolumeSummary } from '../engine/volumes.js';
import { composeLabels, hashLabel } from './labels.js';

/** A container of a project, by its labels, whoever made it. */
export interface ProjectContainer {
  service: string;
  /** Counted from 1; 0 where the label says none. */
  number: number;
  /** Undefined for one that this extension has not made. */
  hash: string | undefined;
  /** Made for one command by the CLI's `run`. */
  isOneOff: boolean;
  /** Services that it depends on; with `restart` it is restarted after them. */
  dependsOn: readonly { service: string; restart: boolean }[];
  container: ContainerSummary;
}

/** What an engine has of a project. */
export interface Observed {
  /** In the order of services and numbers. */
  containers: readonly ProjectContainer[];
  networks: readonly NetworkSummary[];
  volumes: readonly VolumeSummary[];
}

export async function observe(connection: EngineConnection, project: string, signal?: AbortSignal): Promise<Observed> {
  const [containers, networks, volumes] = await Promise.all([
    listContainers(connection, signal),
    listNetworks(connection, signal),
    listVolumes(connection, signal),
  ]);
  const isOurs = ({ labels }: { labels: Record<string, string> }): boolean => labels[composeLabels.project] === project;
  return {
    containers: projectContainers(containers, project),
    networks: networks.filter(isOurs),
    volumes: volumes.filter(isOurs),
  };
}

/** Those of a list that are the project's. */
export function projectContainers(containers: readonly ContainerSummary[], project: string): ProjectContainer[] {
  return containers
    .filter(({ labels }) => labels[composeLabels.project] === project)
    .map((container) => ({
      service: container.labels[composeLabels.service] ?? '',
      number: Number(container.labels[composeLabels.number] ?? 0),
      hash: container.labels[hashLabel],
      isOneOff: container.labels[composeLabels.oneOff] === 'True',
      dependsOn: (container.labels[composeLabels.dependsOn] ?? '')
        .split(',')
        .map((each) => each.split(':'))
        .map(([needed = '', , restart]) => ({ service: needed, restart: restart === 'true' }))
        .filter((dependency) => dependency.service !== ''),
      container,
    }))
    .sort((left, right) =>
      left.service === right.service ? left.number - right.number : left.service < right.service ? -1 : 1,
    );
}
