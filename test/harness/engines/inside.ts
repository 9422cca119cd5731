import { type RunningEngine } from './state.js';

/**
 * The command line that runs `command` in the engine's own system and network, with DOCKER_HOST set to the engine: so
 * `docker`, `docker buildx` and `docker compose` of the engine's own version run, and 127.0.0.1 is the engine's.
 * Shared folders have the paths they have here; `folder` is the one the command runs in.
 */
export function commandInside(
  engine: Pick<RunningEngine, 'pid' | 'host'>,
  command: readonly string[],
  options: { folder?: string } = {},
): string[] {
  const namespaces = ['nsenter', `--target=${engine.pid}`, '--mount', '--net', '--'];
  const variables = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin', `DOCKER_HOST=${engine.host}`];
  return [...namespaces, 'env', `--chdir=${options.folder ?? '/'}`, ...variables, ...command];
}
