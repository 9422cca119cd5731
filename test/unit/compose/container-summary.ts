import { type ContainerSummary } from '../../../src/engine/containers.js';

/** A container of a service of the project `app` that runs, as the engine's list has it. */
export function summaryOf(
  service: string,
  labels: Record<string, string>,
  ports: ContainerSummary['ports'] = [],
): ContainerSummary {
  return {
    id: service,
    name: `app-${service}-1`,
    image: 'x',
    imageId: 'x',
    state: 'running',
    exitCode: undefined,
    health: undefined,
    created: 0,
    labels: { 'com.docker.compose.project': 'app', 'com.docker.compose.service': service, ...labels },
    ports,
    mounts: [],
  };
}
