import { access } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { Problems } from './problem.js';
import { lookupIn, projectEnvironment } from './reading/environment.js';
import { SourceReader } from './reading/source-reader.js';

/** In the order in which Compose looks for them; only the first one that is there counts. */
const mainNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/**
 * The compose files that `docker compose` takes in a folder, each of which overrides the ones before: those of COMPOSE_FILE, which
 * `.env` may set, or else a file with one of the usual names and its override. Empty where there is none.
 */
export async function defaultComposeFiles(
  folder: string,
  environment: Readonly<Record<string, string>>,
  signal = new AbortController().signal,
): Promise<readonly string[]> {
  const reader = new SourceReader(new Problems(''), signal);
  const lookup = lookupIn(await projectEnvironment(environment, folder, reader));
  const named = lookup('COMPOSE_FILE') ?? '';
  if (named !== '') {
    const separator = lookup('COMPOSE_PATH_SEPARATOR') ?? '';
    return named.split(separator === '' ? delimiter : separator).map((file) => resolve(folder, file));
  }
  const main = await firstThere(folder, mainNames);
  if (main === undefined) return [];
  const override = await firstThere(folder, overrideNames);
  return override === undefined ? [main] : [main, override];
}

/** A file that was chosen, with the override that `docker compose` takes with it if it takes the file by itself. */
export async function withDefaultOverride(file: string, signal?: AbortSignal): Promise<readonly string[]> {
  const [main, ...overrides] = await defaultComposeFiles(dirname(file), {}, signal);
  return main === file ? [main, ...overrides] : [file];
}

async function firstThere(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const isThere = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (isThere) return join(folder, name);
  }
  return undefined;
}
