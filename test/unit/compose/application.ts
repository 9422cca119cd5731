import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type ComposeProject, type Service } from '../../../src/compose/model.js';
import { type ComposeProblem } from '../../../src/compose/problem.js';
import { readCompose, type ReadComposeOptions } from '../../../src/compose/read-compose.js';

export interface ReadApplication {
  project: ComposeProject | undefined;
  problems: readonly ComposeProblem[];
  /** Absolute path of a file or folder beside the compose file; the files are gone. */
  at: (path: string) => string;
}

/** The files, by their path, in a folder called `app`, for the time of `use`. */
export async function inFolder<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = await realpath(await mkdtemp(join(tmpdir(), 'compose-')));
  try {
    const folder = join(parent, 'app');
    await mkdir(folder);
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await use(folder);
  } finally {
    await rm(parent, { recursive: true });
  }
}

/**
 * What is read from compose files.
 *
 * @param files one text for `compose.yaml`, or texts by their path
 * @param composeFiles those of them that are given
 */
export async function read(
  files: string | Readonly<Record<string, string>>,
  options: Partial<ReadComposeOptions> = {},
  composeFiles: readonly string[] = ['compose.yaml'],
): Promise<ReadApplication> {
  return inFolder(typeof files === 'string' ? { 'compose.yaml': files } : files, async (folder) => {
    const given = composeFiles.map((file) => join(folder, file));
    const result = await readCompose(given, { environment: { HOME: '/home/me' }, ...options });
    return { ...result, at: (path) => join(folder, path) };
  });
}

/** A service of an application without errors; the only one if no name is given. */
export async function readService(
  files: string | Readonly<Record<string, string>>,
  name?: string,
  options: Partial<ReadComposeOptions> = {},
  composeFiles: readonly string[] = ['compose.yaml'],
): Promise<{ service: Service; at: (path: string) => string; warnings: string[] }> {
  const { project, problems, at } = await read(files, options, composeFiles);
  assert.ok(project !== undefined, sayProblems(problems).join('\n'));
  const service = name === undefined ? project.services[0] : project.services.find((each) => each.name === name);
  assert.ok(service !== undefined, `no service ${String(name)}`);
  return { service, at, warnings: sayProblems(problems) };
}

/** Each as `error type compose.yaml:1:5`. */
export function placesOf(problems: readonly ComposeProblem[]): string[] {
  return problems.map(
    ({ severity, code, file, line, column }) => `${severity} ${code} ${basename(file)}:${line}:${column}`,
  );
}

/** Each as `error type compose.yaml:1:5 What is wrong. | What to do.` */
export function sayProblems(problems: readonly ComposeProblem[]): string[] {
  const places = placesOf(problems);
  return problems.map(({ message, remedy }, index) => `${places[index] ?? ''} ${message} | ${remedy}`);
}
