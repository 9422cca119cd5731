import { isAbsolute, posix } from 'node:path';
import { type Mount, type NewContainer } from '../engine/new-container.js';
import { Failure } from '../host/failure.js';
import { isMasked } from './command-secrets.js';
import { type WhenNotEmpty } from './output-folder.js';

/** What a run is asked for with. */
export interface RunRequest {
  /** Reference or identifier of an image that the engine has. */
  image: string;
  /** Absolute path of the host folder that outputs go to; none are bound where undefined. */
  output?: string | undefined;
  /** Absolute path in the container; `proposeTarget` where undefined. */
  target?: string | undefined;
  existing?: WhenNotEmpty | undefined;
  /** Replaces the image's CMD; `proposeCommand` where undefined. */
  command?: readonly string[] | undefined;
  platform?: string | undefined;
  gpus?: 'all' | readonly string[] | undefined;
  env?: Readonly<Record<string, string>> | undefined;
  volumes?: readonly RequestedMount[] | undefined;
  ports?: readonly { container: number; host?: number | undefined }[] | undefined;
  /** Bytes, and processors, of which there may be a part. */
  limits?: { memory?: number | undefined; cpus?: number | undefined } | undefined;
  /** `uid:gid` or a name; the image's own user where undefined. */
  user?: string | undefined;
  /** Name of the container; the engine makes one up where undefined. */
  name?: string | undefined;
  /** Whether the program gets a terminal and its input. */
  interactive?: boolean | undefined;
  /** Whether the container is kept after the run. */
  keep: boolean;
}

/** A source that is an absolute path is a folder or file of this machine, any other the name of a volume. */
export interface RequestedMount {
  source: string;
  target: string;
  readOnly?: boolean | undefined;
}

/** Least memory that engines take as a limit, in bytes. */
const leastMemory = 6 * 1024 * 1024;

/** Rejects `invalid-argument` for what no engine could do, before anything is done. */
export function validateRequest(request: RunRequest, target: string): void {
  const { output, volumes = [], ports = [], limits, env = {} } = request;
  if (isMasked([...(request.command ?? []), ...Object.values(env)])) {
    throw invalid(
      'In place of a secret there is only a mask, since secrets are not kept.',
      'Put the secret in its place, or give it as a variable.',
    );
  }
  if (output !== undefined && !isAbsolute(output)) {
    throw invalid(`“${output}” is not an absolute path.`, 'Give the whole path of the folder.');
  }
  const targets = [...(output === undefined ? [] : [target]), ...volumes.map((volume) => volume.target)];
  for (const path of targets) {
    if (!posix.isAbsolute(path) || posix.normalize(path) === '/') {
      throw invalid(`“${path}” cannot be a container folder.`, 'Give an absolute path below “/”, such as /output.');
    }
  }
  const twice = targets.map(plainTarget).find((path, at, all) => all.indexOf(path) !== at);
  if (twice !== undefined) {
    throw invalid(`Two folders cannot both be at ${twice} in the container.`, 'Give each its own container folder.');
  }
  for (const { container, host } of ports) {
    const wrong = [container, host ?? 1].find((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
    if (wrong !== undefined) throw invalid(`${wrong} is no port.`, 'Give a number from 1 to 65535.');
  }
  if (limits?.memory !== undefined && !(limits.memory >= leastMemory)) {
    throw invalid('A container needs at least 6 MB of memory.', 'Raise the limit, or leave it out.');
  }
  if (limits?.cpus !== undefined && !(limits.cpus >= 0.01)) {
    throw invalid(`${limits.cpus} is no number of processors.`, 'Give a number such as 2 or 0.5, or leave it out.');
  }
  const misnamed = Object.keys(env).find((name) => name === '' || /[=\0]/.test(name));
  if (misnamed !== undefined) {
    throw invalid(`“${misnamed}” cannot be the name of a variable.`, 'Use letters, digits and “_”.');
  }
}

/**
 * The container of a run, but for its outputs' mount.
 *
 * @param command what replaces the image's CMD
 */
export function containerOf(
  request: RunRequest,
  command: readonly string[] | undefined,
  labels: Readonly<Record<string, string>>,
): NewContainer {
  const { image, name, platform, gpus, env, volumes, ports, limits, user, interactive } = request;
  return {
    image,
    ...(name === undefined ? {} : { name }),
    ...(command === undefined ? {} : { command }),
    environment: env ?? {},
    mounts: (volumes ?? []).map(mountOf),
    ports: (ports ?? []).map((port) => ({ container: port.container, host: port.host })),
    gpus: gpus === undefined ? { kind: 'none' } : gpus === 'all' ? { kind: 'all' } : { kind: 'devices', ids: gpus },
    labels,
    ...(platform === undefined ? {} : { platform }),
    ...(user === undefined ? {} : { user }),
    ...(limits === undefined ? {} : { limits }),
    terminal: interactive === true,
    network: 'default',
  };
}

/** A container folder as engines compare it. */
export function plainTarget(target: string): string {
  return posix.normalize(target).replace(/(?<=.)\/$/, '');
}

function mountOf({ source, target, readOnly }: RequestedMount): Mount {
  return {
    type: isAbsolute(source) ? 'bind' : 'volume',
    source,
    target: plainTarget(target),
    readOnly: readOnly ?? false,
  };
}

function invalid(message: string, remedy: string): Failure {
  return new Failure('invalid-argument', message, remedy);
}
