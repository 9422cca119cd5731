import { Failure } from '../../host/failure.js';
import { untilAborted } from '../../host/until-aborted.js';
import { type EngineConnection } from '../connection.js';
import { type ExecResult, runExec } from '../exec.js';
import { notFound, readOnlyFailure } from './archive.js';
import { octalEscaped } from './paths.js';

/**
 * Paths come as octal escapes: `decode` puts the first argument's bytes into `$decoded`, the line ends at its end included.
 * Programs are looked for where they usually are, too, for a container may have any PATH.
 */
const prelude = `LC_ALL=C
export LC_ALL
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
decode() { decoded=$(printf '%b.' "$1"); decoded=\${decoded%.}; }
`;

/** A container with a shell, and the folder in it that the place's root is; empty for all of the container. */
export interface Shell {
  container: string;
  root: string;
}

/** Runs a POSIX shell script as root, with paths of the place as its arguments, to be decoded. */
export function runScript(
  connection: EngineConnection,
  { container, root }: Shell,
  script: string,
  paths: readonly string[],
  options: { signal: AbortSignal; limit?: number },
): Promise<ExecResult> {
  const escaped = paths.map((path) => octalEscaped(root + path));
  const command = ['/bin/sh', '-c', prelude + script, 'sh', ...escaped];
  // A program that hangs does not end with its request.
  const running = runExec(connection, container, { command, user: '0', folder: '/' }, options);
  return untilAborted(running, options.signal, 'Looking inside');
}

/** The code that a script ends with where something is there already. */
export const somethingThere = 17;

/** As `runScript`, for scripts that change something. Rejects by what their programs say. */
export async function runChange(
  connection: EngineConnection,
  shell: Shell,
  script: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { exitCode, stderr } = await runScript(connection, shell, script, paths, { signal, limit: 1024 * 1024 });
  if (exitCode !== 0) throw failureOf(exitCode, stderr.toString().trim(), paths.at(-1) ?? '');
}

function failureOf(exitCode: number, words: string, path: string): Failure {
  if (exitCode === somethingThere) return alreadyThere(path);
  if (/no space left/i.test(words)) {
    return new Failure('disk-full', `There is no room for ${path}.`, 'Free some space there, then try again.');
  }
  if (/read-only file system/i.test(words)) return readOnlyFailure('it is mounted read-only');
  if (/no such file/i.test(words)) return notFound(path);
  return new Failure(
    'engine-refused',
    `${path} could not be changed: ${words === '' ? `the program ended with ${String(exitCode)}` : words}`,
    'The words are those of a program in the container.',
  );
}

export function alreadyThere(path: string): Failure {
  return new Failure(
    'file-exists',
    `There is something at ${path} already.`,
    'Choose another name, or remove it first.',
  );
}
