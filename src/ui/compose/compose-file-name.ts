/** The names of compose files, such as `compose.yaml`, `docker-compose.yml` and `docker-compose.override.yml`. */
const composeFileName = /^(docker-)?compose([.-].+)?\.ya?ml$/;

/** Whether a path ends in the name of a compose file. */
export function isComposeFile(path: string): boolean {
  return composeFileName.test(path.replace(/^.*[\\/]/, ''));
}
