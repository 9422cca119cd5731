import { relative, sep } from 'node:path';
import { looksLikeSecret } from '../dockerfile/secret-like.js';
import { type EngineConnection } from '../engine/connection.js';
import { type Work } from '../host/progress.js';
import { type GitState, gitDifference } from '../project/git.js';
import { type BuildHost, performBuild } from './perform-build.js';
import { writeBuildRecord } from './record.js';
import { type BuildRequest } from './request.js';

export interface BuiltImage {
  platform: string;
  reference: string;
  configDigest: string;
}

export interface BuildResult {
  images: BuiltImage[];
  /** Absolute path of the build record. */
  record: string;
}

/**
 * Builds an image of a Dockerfile for one or several platforms and leaves a build record in the project's folder.
 *
 * Rejects with `dockerfile-not-found`, `dockerfile-syntax`, `build-step-failed` (both with the line), `invalid-argument`,
 * `secret-not-found`, `context-unreadable`, `base-image-not-found`, `platform-not-available`, `cancelled`, and what the
 * engine's refusals are called.
 */
export async function buildImage(
  connection: EngineConnection,
  request: BuildRequest,
  host: BuildHost,
  work: Work,
): Promise<BuildResult> {
  const started = Date.now();
  const built = await performBuild(connection, request, host, work);
  work.onProgress({ message: 'Writing the build record' });
  const { images, git, engine } = built;
  const given = Object.entries(request.buildArgs ?? {});
  const isSecret = ([name, value]: [string, string]): boolean => looksLikeSecret(name, value);
  const difference = await differenceOf(git, host.project, work.signal);
  const record = await writeBuildRecord(
    host.project,
    {
      created: new Date(started).toISOString(),
      dockerfile: { path: inProject(host.project, request.dockerfile), sha256: built.dockerfileSha256 },
      context: { path: inProject(host.project, built.folder), ...built.context },
      ...(request.target === undefined ? {} : { target: request.target }),
      buildArguments: Object.fromEntries(given.filter((each) => !isSecret(each))),
      ...epochOf(request.buildArgs ?? {}, git),
      omittedArguments: given.filter(isSecret).map(([name]) => name),
      secrets: built.secrets,
      noCache: request.noCache ?? false,
      ...(git.kind === 'commit' ? { git: gitOf(git, difference.untracked) } : {}),
      baseImages: built.baseImages,
      labels: { ...built.labels },
      images,
      engine: { version: engine.version, platform: engine.platform, store: engine.store },
      builder: built.way === 'classic' ? 'classic' : 'buildkit',
      seconds: (Date.now() - started) / 1000,
    },
    difference.patch,
  );
  return {
    images: images.map(({ platform, reference, configDigest }) => ({ platform, reference, configDigest })),
    record,
  };
}

/** What git cannot say of it, such as a difference of gigabytes, is no reason to lose the record of a build. */
async function differenceOf(
  git: GitState,
  project: string,
  signal: AbortSignal,
): Promise<{ patch: Buffer | undefined; untracked: string[] }> {
  if (git.kind === 'none' || !git.dirty) return { patch: undefined, untracked: [] };
  try {
    return await gitDifference(project, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return { patch: undefined, untracked: [] };
  }
}

/** As it was handed to the build. */
function epochOf(given: Readonly<Record<string, string>>, git: GitState): { sourceDateEpoch?: number } {
  if (Object.hasOwn(given, 'SOURCE_DATE_EPOCH') || git.kind === 'none') return {};
  return { sourceDateEpoch: git.time };
}

function gitOf(
  { commit, dirty, remote }: GitState & { kind: 'commit' },
  untracked: string[],
): { commit: string; dirty: boolean; remote?: string; untracked: string[] } {
  return { commit, dirty, ...(remote === undefined ? {} : { remote }), untracked };
}

/** A path as records write it: relative to the project, with `/`, and `.` for the project itself. */
function inProject(project: string, path: string): string {
  const inside = relative(project, path).split(sep).join('/');
  return inside === '' ? '.' : inside;
}
