import { type ComposeProject, type Service } from './model.js';

/**
 * The labels by which the compose CLI knows what is whose (`pkg/api/labels.go` of docker/compose): the CLI, this extension and
 * others see the same project by them.
 */
export const composeLabels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  files: 'com.docker.compose.project.config_files',
  folder: 'com.docker.compose.project.working_dir',
  hash: 'com.docker.compose.config-hash',
  image: 'com.docker.compose.image',
  dependsOn: 'com.docker.compose.depends_on',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
} as const;

/**
 * The hash by which a second “Up” knows what has changed. The CLI's own is made of its own data in its own language; what
 * it does not know, it makes anew.
 */
export const hashLabel = 'org.research-containers.compose.hash';

/**
 * Names of volumes that nobody gave a name, with commas, which a container has from the one before it: the engine removes them only
 * with the container that they were made with.
 */
export const takenOverLabel = 'org.research-containers.compose.taken-over';

/** Of a container. @param image the engine's identifier of its image */
export function containerLabels(
  project: ComposeProject,
  service: Service,
  number: number,
  image: string,
  hash: string,
): Record<string, string> {
  const dependsOn = service.dependsOn.map(({ service: name, condition, restart }) => `${name}:${condition}:${restart}`);
  return {
    ...Object.fromEntries(service.labels),
    [composeLabels.project]: project.name,
    [composeLabels.service]: service.name,
    [composeLabels.number]: String(number),
    [composeLabels.oneOff]: 'False',
    [composeLabels.files]: project.files.join(','),
    [composeLabels.folder]: project.folder,
    [composeLabels.hash]: hash,
    [composeLabels.image]: image,
    [composeLabels.dependsOn]: dependsOn.join(','),
    [hashLabel]: hash,
  };
}
