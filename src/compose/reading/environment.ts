import { join, resolve } from 'node:path';
import { type EnvFile, readEnvFile } from '../env-file.js';
import { type Lookup } from '../interpolate.js';
import { type Place } from '../place.js';
import { type Problems } from '../problem.js';
import { type SourceReader } from './source-reader.js';
import { textOf, type Tree } from './tree.js';

export type Environment = Readonly<Record<string, string>>;

export function lookupIn(environment: Environment): Lookup {
  return (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined);
}

/** The environment of an application: with `.env` of its folder, or with the files that COMPOSE_ENV_FILES names. */
export async function projectEnvironment(
  environment: Environment,
  folder: string,
  reader: SourceReader,
): Promise<Environment> {
  const lookup = lookupIn(environment);
  const named = (lookup('COMPOSE_ENV_FILES') ?? '').split(',').filter((file) => file !== '');
  if (named.length === 0) {
    const isOff = /^(?:1|t|true)$/i.test(lookup('COMPOSE_DISABLE_ENV_FILE') ?? '');
    return isOff ? environment : withEnvFiles(environment, environmentFiles(undefined, folder), reader);
  }
  const files = named.map((path) => {
    const file = resolve(folder, path);
    return { file, named: { file, line: 1, column: 1 } };
  });
  return withEnvFiles(environment, files, reader);
}

/** The environment with what files set in it; what it has itself wins, and then what later files set. */
export async function withEnvFiles(
  environment: Environment,
  files: readonly EnvironmentFile[],
  reader: SourceReader,
): Promise<Environment> {
  let variables: ReadonlyMap<string, string> = new Map();
  for (const { file, named } of files) {
    const text = named === undefined ? await reader.readIfThere(file) : await reader.readText(file, named);
    if (text === undefined) continue;
    const found = readEnvFile(text, lookupIn(environment), variables);
    reportEnvFile(file, found, reader.problems);
    // Compose leaves names that begin with a digit out of these files, though not out of those of services.
    variables = new Map([...variables, ...[...found.variables].filter(([name]) => !/^\d/.test(name))]);
  }
  return { ...Object.fromEntries(variables), ...environment };
}

/** A file of variables, and where it is named; one that nothing names may be missing. */
interface EnvironmentFile {
  file: string;
  named: Place | undefined;
}

/** The files that a list names, or `.env` in the folder where it names none. */
export function environmentFiles(list: Tree | undefined, folder: string): EnvironmentFile[] {
  const named: EnvironmentFile[] = (list?.kind === 'sequence' ? list.items : []).flatMap((item) => {
    const file = textOf(item);
    return file === undefined ? [] : [{ file, named: item.place }];
  });
  return named.length > 0 ? named : [{ file: join(folder, '.env'), named: undefined }];
}

/** Tells what is wrong in a file of variables. */
export function reportEnvFile(file: string, { problems: found }: EnvFile, problems: Problems): void {
  for (const { line, severity, message, remedy } of found) {
    problems[severity]({ file, line, column: 1 }, 'env-file', message, remedy);
  }
}
