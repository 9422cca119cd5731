import { basename } from 'node:path';
import { Failure } from '../host/failure.js';
import { formatPlatform, parsePlatform } from '../image/platform.js';
import { parseReference, pathComponentFrom, type Reference, tagFrom, withDefaultTag } from '../image/reference.js';
import { gitState } from '../project/git.js';
import { readCitation } from '../project/citation.js';

/** Where a secret's value comes from. */
export type SecretSource = { file: string } | { env: string };

export interface BuildRequest {
  /** Absolute path. */
  dockerfile: string;
  /** Absolute path of the context; the Dockerfile's folder where undefined. */
  context?: string | undefined;
  /** The engine's own where undefined or empty. */
  platforms?: readonly string[] | undefined;
  /** Reference of the image; `proposeReference` where undefined. */
  tag?: string | undefined;
  target?: string | undefined;
  buildArgs?: Readonly<Record<string, string>> | undefined;
  /** By the identifier that `RUN --mount=type=secret` names. */
  secrets?: Readonly<Record<string, SecretSource>> | undefined;
  noCache?: boolean | undefined;
  /** In place of those that the project says. */
  labels?: Readonly<Record<string, string>> | undefined;
}

/**
 * `name:version`: the name of the folder's git remote, or else the folder's own; the version of its CITATION.cff, or else
 * `latest`.
 */
export async function proposeReference(folder: string): Promise<string> {
  const [citation, git] = await Promise.all([readCitation(folder), gitState(folder)]);
  const tag = citation?.version === undefined ? undefined : tagFrom(citation.version);
  const remote = git.kind === 'commit' ? git.remote?.split('/').at(-1) : undefined;
  return `${pathComponentFrom(remote ?? basename(folder))}:${tag ?? 'latest'}`;
}

/** Each once, in OCI's words; throws `invalid-argument`. */
export function requestedPlatforms(platforms: readonly string[]): string[] {
  const parsed = platforms.map((text) => {
    const platform = parsePlatform(text);
    if (platform === undefined) {
      throw new Failure('invalid-argument', `“${text}” is not a platform.`, 'Write it as linux/amd64 or linux/arm64.');
    }
    return formatPlatform(platform);
  });
  return [...new Set(parsed)];
}

/** With a tag; throws `invalid-argument`. */
export function requestedReference(text: string): Reference {
  const parsed = parseReference(text);
  if (!parsed.ok) {
    throw new Failure('invalid-argument', `“${text}” is not an image reference. ${parsed.problem}`, 'Correct it.');
  }
  if (parsed.reference.digest !== undefined) {
    throw new Failure(
      'invalid-argument',
      `“${text}” names a digest, which an image gets only by being built.`,
      'Use a name and a tag.',
    );
  }
  return withDefaultTag(parsed.reference);
}
