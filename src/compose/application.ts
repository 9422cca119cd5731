import { access } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { errorCode, Failure } from '../host/failure.js';
import { defaultComposeFiles, withDefaultOverride } from './compose-files.js';
import { type ComposeProject } from './model.js';
import { type ComposeProblem } from './problem.js';
import { readCompose, type ReadComposeOptions } from './read-compose.js';

/** An application whose files say what it is, and what of them is worth a warning. */
export interface Application {
  project: ComposeProject;
  problems: readonly ComposeProblem[];
}

interface OpenOptions {
  /** Absolute paths of files each of which overrides the ones before; where there are some, no other override is taken. */
  overrides?: readonly string[] | undefined;
  /** As for `readCompose`. */
  services?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads the application of a compose file, with the override that the compose CLI takes along with it.
 *
 * Rejects `file-not-found`; `invalid-argument` for names that no service has; `compose-invalid` with the first error's place, the
 * others in the output.
 *
 * @param file absolute path
 * @param environment usually that of the process: variables, and what the CLI is set by (`COMPOSE_PROFILES`, …)
 */
export async function openApplication(
  file: string,
  environment: Readonly<Record<string, string>>,
  options: OpenOptions = {},
): Promise<Application> {
  const files = await filesOf(file, options);
  await requireFile(file);
  const { services, signal } = options;
  const wanted: ReadComposeOptions = { environment, services, signal };
  const { project, problems } = await readCompose(files, wanted);
  if (project !== undefined) return { project, problems };
  if (services !== undefined && services.length > 0) {
    const whole = await readCompose(files, { environment, signal });
    if (whole.project !== undefined) requireServices(whole.project, services);
  }
  throw invalid(file, problems);
}

/** The files that an application is read from where one of them is named: the usual override stands for the whole, too. */
export async function filesOf(
  file: string,
  { overrides = [], signal }: Pick<OpenOptions, 'overrides' | 'signal'> = {},
): Promise<readonly string[]> {
  if (overrides.length > 0) return [file, ...overrides];
  const [main, ...usual] = await defaultComposeFiles(dirname(file), {}, signal);
  return withDefaultOverride(main !== undefined && usual.includes(file) ? main : file, signal);
}

/** Rejects `invalid-argument` where a name is no service's. */
export function requireServices({ services, inactive, files }: ComposeProject, names: readonly string[]): void {
  const known = [...services, ...inactive].map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const quoted = unknown.map((name) => `“${name}”`).join(', ');
  throw new Failure(
    'invalid-argument',
    `${basename(files[0] ?? '')} has no service ${quoted}.`,
    `Its services are: ${known.join(', ')}.`,
  );
}

async function requireFile(file: string): Promise<void> {
  try {
    await access(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') return;
    throw new Failure('file-not-found', `There is no file ${file}.`, 'Choose a compose file.', { cause: error });
  }
}

function invalid(file: string, problems: readonly ComposeProblem[]): Failure {
  const [first, ...others] = problems.filter(({ severity }) => severity === 'error');
  if (first === undefined) {
    return new Failure('compose-invalid', `${file} describes no application.`, 'Describe a service under “services:”.');
  }
  return new Failure('compose-invalid', `${basename(first.file)}: ${first.message}`, first.remedy, {
    location: { file: first.file, line: first.line },
    output: others.map((problem) => `${problem.file}:${problem.line}: ${problem.message} ${problem.remedy}`),
  });
}
