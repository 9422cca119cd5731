import { basename } from 'node:path';
import { asFailure } from '../host/failure.js';
import { type Citation, readCitation } from '../project/citation.js';
import { type GitState } from '../project/git.js';

/** A base image, as far as it is known before the build. */
export interface BaseImage {
  reference: string;
  /** What the registry has it by. */
  digest: string | undefined;
}

/**
 * The labels of an image that say what it is and where it comes from
 * (https://github.com/opencontainers/image-spec/blob/main/annotations.md), as far as the project says it. The time is the
 * commit's: a build of the same sources must be able to have the same labels.
 */
export function projectLabels(
  folder: string,
  citation: Citation | undefined,
  git: GitState,
  base: BaseImage | undefined,
): Record<string, string> {
  const commit = git.kind === 'commit' ? git : undefined;
  const license = citation?.license;
  const labels: Record<string, string | undefined> = {
    title: citation?.title ?? basename(folder),
    description: citation?.abstract?.trim(),
    authors: citation?.authors.map(authorOf).join(', '),
    source: commit?.remote ?? citation?.['repository-code'],
    revision: commit === undefined ? undefined : commit.commit + (commit.dirty ? '-dirty' : ''),
    version: citation?.version,
    licenses: typeof license === 'object' ? license.join(' OR ') : license,
    created: commit === undefined ? undefined : new Date(commit.time * 1000).toISOString().replace('.000', ''),
    'base.name': base?.reference,
    'base.digest': base?.digest,
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[`org.opencontainers.image.${name}`, value]],
    ),
  );
}

/** Without those that the Dockerfile sets itself. */
export function missingLabels(labels: Record<string, string>, set: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !set.includes(name)));
}

/** The project's CITATION.cff; a broken one does not keep an image from being built, and is told. */
export async function citationOf(folder: string, onProblem: (problem: string) => void): Promise<Citation | undefined> {
  try {
    return await readCitation(folder);
  } catch (error) {
    onProblem(asFailure(error, 'Reading CITATION.cff').message);
    return undefined;
  }
}

function authorOf(author: Citation['authors'][number]): string {
  if ('name' in author) return author.name;
  return [author['given-names'], author['family-names']].filter((part) => part !== undefined).join(' ');
}
