import { type ContainerSummary } from '../../../../src/engine/containers.js';

/** A container of a compose project, which runs unless that is changed. @param ports of the host */
export function composeContainer(
  service: string,
  changes: Partial<ContainerSummary> = {},
  { file = '/app/compose.yaml', number = 1, ports = [] }: { file?: string; number?: number; ports?: number[] } = {},
): ContainerSummary {
  const { labels, ...others } = changes;
  return {
    id: `${service}-${number}`,
    name: `app-${service}-${number}`,
    image: 'x',
    imageId: 'sha256:1',
    state: 'running',
    exitCode: undefined,
    health: undefined,
    created: 0,
    ports: ports.map((port) => ({ container: port, protocol: 'tcp', host: { address: '0.0.0.0', port } })),
    mounts: [],
    labels: {
      'com.docker.compose.project': 'app',
      'com.docker.compose.service': service,
      'com.docker.compose.container-number': String(number),
      'com.docker.compose.project.config_files': file,
      ...labels,
    },
    ...others,
  };
}
