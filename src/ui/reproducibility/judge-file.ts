import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDockerfile } from '../../dockerfile/instructions.js';
import { type Judgement, judgeDockerfile } from '../../dockerfile/rules/judge.js';
import { type RuleContext } from '../../dockerfile/rules/rule.js';
import { type Project } from '../../project/project.js';

/** The ignore file that builds go by. */
export interface IgnoreFile {
  /** Absolute; where there is none, of the one to write. */
  path: string;
  /** Undefined where there is none. */
  text: string | undefined;
}

/** A Dockerfile with what was found in it and what it was judged by. */
export interface JudgedFile extends Judgement {
  context: RuleContext;
  ignoreFile: IgnoreFile;
}

/**
 * Judges a text as the Dockerfile of a project.
 *
 * @param dockerfile absolute path, where the text is or will be
 * @param folder absolute path of the project's folder, also where nothing is known of the project
 */
export async function judgeFile(
  text: string,
  dockerfile: string,
  folder: string,
  project: Project | undefined,
  platforms: readonly string[],
): Promise<JudgedFile> {
  const ignoreFile = await ignoreFileOf(dockerfile, folder);
  const context = { text, dockerfile: parseDockerfile(text), platforms, project, dockerignore: ignoreFile.text };
  return { ...judgeDockerfile(context), context, ignoreFile };
}

/**
 * `<Dockerfile>.dockerignore`, or else the `.dockerignore` of the context: of the Dockerfile's folder where it has one, for
 * that is where it is built unless something else is said, else of the project's.
 */
async function ignoreFileOf(dockerfile: string, folder: string): Promise<IgnoreFile> {
  const common = join(folder, '.dockerignore');
  for (const path of [`${dockerfile}.dockerignore`, join(dirname(dockerfile), '.dockerignore'), common]) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return { path, text };
  }
  return { path: common, text: undefined };
}
