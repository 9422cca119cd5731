import { basename, dirname } from 'node:path';
import { interpolate } from '../interpolate.js';
import { Problems } from '../problem.js';
import { type Environment, lookupIn } from './environment.js';
import { readTree } from './read-tree.js';
import { type SourceReader } from './source-reader.js';
import { textOf, valueOf } from './tree.js';

/**
 * What an application is called, by https://github.com/compose-spec/compose-spec/blob/main/04-version-and-name.md: as it was
 * asked for, or as COMPOSE_PROJECT_NAME says, or the last of its files that says so, or its folder.
 */
export async function projectName(
  files: readonly string[],
  environment: Environment,
  asked: string | undefined,
  reader: SourceReader,
): Promise<string> {
  const [first = ''] = files;
  const start = { file: first, line: 1, column: 1 };
  const remedy = 'Use lower-case letters, digits, “-” and “_”, and a letter or digit in front.';
  const exact = asked ?? nonEmpty(lookupIn(environment)('COMPOSE_PROJECT_NAME'));
  if (exact !== undefined) {
    if (normal(exact) !== exact || exact === '') {
      reader.problems.error(start, 'project-name', `“${exact}” cannot be the name of an application.`, remedy);
    }
    return exact;
  }
  const name = normal((await nameInFiles(files, environment, reader)) ?? basename(dirname(first)));
  if (name === '') {
    const message = 'No name for the application follows from its files or their folder.';
    reader.problems.error(start, 'project-name', message, 'Write “name:” with one into the compose file.');
  }
  return name;
}

async function nameInFiles(
  files: readonly string[],
  environment: Environment,
  reader: SourceReader,
): Promise<string | undefined> {
  let name: string | undefined;
  for (const file of files) {
    // What is wrong in them is told when they are read as a whole.
    const tree = readTree(file, (await reader.readIfThere(file)) ?? '', new Problems(''));
    const text = textOf(valueOf(tree, 'name')) ?? '';
    name = nonEmpty(interpolate(text, lookupIn(environment)).text) ?? name;
  }
  return name;
}

function normal(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
