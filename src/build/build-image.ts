import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { buildOverRest } from '../engine/buildkit/rest-build.js';
import { type TraceEvent } from '../engine/buildkit/trace.js';
import { type EngineConnection } from '../engine/connection.js';
import { inspectImage } from '../engine/images.js';
import { engineInfo, type EngineInfo } from '../engine/system.js';
import { cancelled, errorCode, Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { formatPlatform, parsePlatform } from '../image/platform.js';
import { formatReference, parseReference, pathComponentFrom, tagFrom, withDefaultTag } from '../image/reference.js';
import { readCitation } from '../project/citation.js';
import { gitState } from '../project/git.js';
import { listContext, packContext } from './context.js';
import { buildFailure } from './build-failure.js';
import { writeBuildRecord } from './record.js';
import { StepLog } from './step-log.js';

export interface BuildRequest {
  /** Absolute path. */
  dockerfile: string;
  /** Absolute path of the context; the Dockerfile's folder where undefined. */
  context?: string | undefined;
  /** At most one for now; the engine's own where undefined. */
  platforms?: readonly string[] | undefined;
  /** Reference of the image; `proposeReference` where undefined. */
  tag?: string | undefined;
  target?: string | undefined;
  buildArgs?: Readonly<Record<string, string>> | undefined;
  noCache?: boolean | undefined;
}

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

/** `folder-name:version`, with the version of the folder's CITATION.cff or else `latest`. */
export async function proposeReference(folder: string): Promise<string> {
  const citation = await readCitation(folder);
  const tag = citation?.version === undefined ? undefined : tagFrom(citation.version);
  return `${pathComponentFrom(basename(folder))}:${tag ?? 'latest'}`;
}

/**
 * Builds an image of a Dockerfile and leaves a build record in the project's folder.
 *
 * @param project absolute path of the project's folder
 *
 * Rejects with `dockerfile-not-found`, `dockerfile-syntax`, `build-step-failed` (both with the line), `invalid-argument`,
 * `base-image-not-found`, `cancelled`, and what the engine's refusals are called.
 */
export async function buildImage(
  connection: EngineConnection,
  request: BuildRequest,
  project: string,
  { signal, onProgress }: Work,
): Promise<BuildResult> {
  const started = Date.now();
  const folder = request.context ?? dirname(request.dockerfile);
  const dockerfile = await readDockerfile(request.dockerfile);
  const platform = requestedPlatform(request.platforms);
  const reference = requestedReference(request.tag ?? (await proposeReference(folder)));
  const engine = await engineInfo(connection, signal);

  onProgress({ message: 'Reading the build context' });
  const context = await listContext(folder, request.dockerfile, signal);
  const git = await gitState(project, signal);

  const log = new StepLog(onProgress);
  const statuses: string[] = [];
  const onTrace = (event: TraceEvent): void => {
    log.add(event);
    if (event.kind === 'status') statuses.push(event.name);
  };
  const { tar, digest } = packContext(context, signal);
  const result = await buildOverRest(
    connection,
    {
      context: tar,
      dockerfile: context.dockerfile,
      reference,
      platform,
      target: request.target,
      buildArguments: request.buildArgs ?? {},
      labels: {},
      noCache: request.noCache ?? false,
    },
    onTrace,
    signal,
  );
  if (result.kind === 'failed') {
    if (signal.aborted) throw cancelled('The build');
    throw buildFailure(result.text, request.dockerfile, dockerfile, log);
  }
  onProgress({ message: 'Writing the build record' });
  const details = await inspectImage(connection, reference, signal);
  const image = {
    platform: details.platform,
    reference,
    configDigest: configDigestOf(engine, result.imageId, statuses),
  };
  const record = await writeBuildRecord(project, {
    created: new Date(started).toISOString(),
    dockerfile: {
      path: inProject(project, request.dockerfile),
      sha256: createHash('sha256').update(dockerfile).digest('hex'),
    },
    context: {
      path: inProject(project, folder),
      digest: await digest,
      files: context.entries.length,
      bytes: context.size,
    },
    ...(request.target === undefined ? {} : { target: request.target }),
    buildArguments: request.buildArgs ?? {},
    ...(git.kind === 'commit' ? { git: { commit: git.commit, dirty: git.dirty } } : {}),
    images: [{ ...image, imageId: details.id, diffIds: details.diffIds }],
    engine: { version: engine.version, platform: engine.platform, store: engine.store },
    seconds: (Date.now() - started) / 1000,
  });
  return { images: [image], record };
}

/** A path as records write it: relative to the project, with `/`, and `.` for the project itself. */
function inProject(project: string, path: string): string {
  const inside = relative(project, path).split(sep).join('/');
  return inside === '' ? '.' : inside;
}

async function readDockerfile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EISDIR') {
      throw new Failure('dockerfile-not-found', `There is no Dockerfile at ${file}.`, 'Check the path.');
    }
    throw new Failure('file-unreadable', `The Dockerfile ${file} cannot be read.`, 'Change its permissions.', {
      cause: error,
    });
  }
}

function requestedPlatform(platforms: readonly string[] | undefined): string | undefined {
  const [first, second] = platforms ?? [];
  if (first === undefined) return undefined;
  if (second !== undefined) {
    throw new Failure(
      'invalid-argument',
      'Several platforms in one build are not supported yet.',
      'Build each platform on its own, with a tag of its own.',
    );
  }
  const platform = parsePlatform(first);
  if (platform === undefined) {
    throw new Failure('invalid-argument', `“${first}” is not a platform.`, 'Write it as linux/amd64 or linux/arm64.');
  }
  return formatPlatform(platform);
}

function requestedReference(text: string): string {
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
  return formatReference(withDefaultTag(parsed.reference));
}

/** A classic store identifies the image by its configuration; for containerd's, the exporter's own notice says it. */
function configDigestOf(engine: EngineInfo, imageId: string, statuses: readonly string[]): string {
  if (engine.store === 'classic') return imageId;
  const notice = statuses.findLast((status) => status.startsWith('exporting config sha256:'));
  if (notice === undefined) {
    throw new Failure('build-failed', 'The engine did not say which configuration it built.', 'Build again.');
  }
  return notice.slice('exporting config '.length);
}
