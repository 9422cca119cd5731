import { posix, win32 } from 'node:path';
import { looksLikeSecret } from '../dockerfile/secret-like.js';
import { isMasked, maskSecrets } from './command-secrets.js';
import { shellLine } from '../host/shell-line.js';

/** What of a run `docker run` can be told. */
export interface DockerRun {
  /** Reference or identifier. */
  image: string;
  /** Replaces the image's CMD; the image's own where undefined. */
  command?: readonly string[] | undefined;
  /** Absolute path of a folder of the host, and where it is in the container. */
  output?: { folder: string; target: string } | undefined;
  /** A source that is an absolute path, of Windows too, is a folder or file of the host, any other the name of a volume. */
  volumes?: readonly { source: string; target: string; readOnly?: boolean | undefined }[] | undefined;
  /** A free port of the host is taken where `host` is undefined. */
  ports?: readonly { container: number; host?: number | undefined }[] | undefined;
  /** One whose value is undefined is taken from the environment of the shell. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Bytes, and processors, of which there may be a part. */
  limits?: { memory?: number | undefined; cpus?: number | undefined } | undefined;
  gpus?: 'all' | readonly string[] | undefined;
  platform?: string | undefined;
  user?: string | undefined;
  name?: string | undefined;
  interactive?: boolean | undefined;
  keep: boolean;
}

/**
 * The command line for a POSIX shell that runs the same with docker's client. Values that look like secrets are not in it:
 * docker takes these variables from the shell's environment, and words of the command have a mask in their place.
 */
export function dockerLine(run: DockerRun): string {
  const { image, command = [], output, volumes = [], ports = [], env = {}, gpus, limits } = run;
  return shellLine([
    'docker',
    'run',
    ...(run.keep ? [] : ['--rm']),
    ...(run.interactive === true ? ['-it'] : []),
    ...option('--name', run.name),
    ...option('--platform', run.platform),
    ...option('--gpus', gpus === undefined ? undefined : gpuValue(gpus)),
    ...option('--user', run.user),
    ...option('--memory', limits?.memory === undefined ? undefined : memoryValue(limits.memory)),
    ...option('--cpus', limits?.cpus === undefined ? undefined : cpusValue(limits.cpus)),
    ...option('--mount', output && mountValue('bind', output.folder, output.target)),
    ...volumes.flatMap(({ source, target, readOnly }) => [
      '--mount',
      mountValue(isAbsolute(source) ? 'bind' : 'volume', source, target, readOnly),
    ]),
    ...ports.flatMap(({ container, host }) => ['-p', host === undefined ? `${container}` : `${host}:${container}`]),
    ...Object.entries(env).flatMap(([name, value]) => [
      '--env',
      value === undefined || isMasked([value]) || looksLikeSecret(name, value) ? name : `${name}=${value}`,
    ]),
    image,
    ...maskSecrets(command),
  ]);
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

/** The engine's host may be another system than this one. */
function isAbsolute(source: string): boolean {
  return posix.isAbsolute(source) || win32.isAbsolute(source);
}

function mountValue(type: 'bind' | 'volume', source: string, target: string, readOnly = false): string {
  return csvLine([`type=${type}`, `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])]);
}

/** A list without a device asks for none; `device=` would ask for one without a name. */
function gpuValue(gpus: 'all' | readonly string[]): string | undefined {
  if (gpus === 'all') return 'all';
  return gpus.length === 0 ? undefined : csvLine([`device=${gpus.join(',')}`]);
}

function memoryValue(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  return Number.isInteger(mebibytes) ? `${mebibytes}m` : `${bytes}b`;
}

/** Docker refuses more than nine decimals. */
function cpusValue(cpus: number): string {
  return String(Math.round(cpus * 1e9) / 1e9);
}

/** Docker reads the values of `--mount` and `--gpus` as one line of CSV. */
function csvLine(fields: readonly string[]): string {
  return fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}
