import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, sep } from 'node:path';
import { buildOverRest } from '../engine/buildkit/rest-build.js';
import { type TraceEvent } from '../engine/buildkit/trace.js';
import { type EngineConnection } from '../engine/connection.js';
import { inspectImage } from '../engine/images.js';
import { refusalToFailure } from '../engine/refusal.js';
import { engineInfo, type EngineInfo } from '../engine/system.js';
import { cancelled, errorCode, Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { formatPlatform, parsePlatform } from '../image/platform.js';
import { formatReference, parseReference, pathComponentFrom, tagFrom, withDefaultTag } from '../image/reference.js';
import { readCitation } from '../project/citation.js';
import { gitState } from '../project/git.js';
import { listContext, packContext } from './context.js';
import { lineOfError, lineOfStep } from './dockerfile-position.js';
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
 * Builds an image of a Dockerfile and leaves a build record in the context's folder.
 *
 * Rejects with `dockerfile-not-found`, `dockerfile-syntax`, `build-step-failed` (both with the line), `invalid-argument`,
 * `base-image-not-found`, `cancelled`, and what the engine's refusals are called.
 */
export async function buildImage(
  connection: EngineConnection,
  request: BuildRequest,
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
  const { tar, digest } = packContext(context, signal);
  const git = await gitState(folder, signal);

  const log = new StepLog(onProgress);
  const statuses: string[] = [];
  const onTrace = (event: TraceEvent): void => {
    log.add(event);
    if (event.kind === 'status') statuses.push(event.name);
  };
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
  const record = await writeBuildRecord(folder, {
    created: new Date(started).toISOString(),
    dockerfile: { path: context.dockerfile, sha256: createHash('sha256').update(dockerfile).digest('hex') },
    context: {
      path: '.',
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

/** A path relative to a folder, as records write it: with `/` on every system. */
export function relativePath(folder: string, path: string): string {
  return isAbsolute(path) ? relative(folder, path).split(sep).join('/') : path;
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

function buildFailure(text: string, file: string, dockerfile: string, log: StepLog): Failure {
  const failed = log.failedStep();
  const baseMissing =
    /failed to (?:resolve source metadata for|do request)|(?:pull access denied|not found|no such host|failed to authorize|connection refused|i\/o timeout)/i.test(
      text,
    ) &&
    (failed === undefined || /load metadata for|^\[[^\]]*\] FROM /.test(failed.name));
  const line = lineOfError(text) ?? (failed === undefined ? undefined : lineOfStep(dockerfile, failed.name));
  if (baseMissing) {
    const base = /(?:metadata for|load metadata for|FROM) (\S+)/.exec(`${text}\n${failed?.name ?? ''}`)?.[1];
    const baseLine = base === undefined ? undefined : lineOfBase(dockerfile, base);
    return new Failure(
      'base-image-not-found',
      `The base image ${base?.replace(/:$/, '') ?? ''} cannot be pulled: ${text}`,
      'Check its name and tag, the network of the engine’s host, and whether the registry wants a sign-in.',
      baseLine === undefined ? {} : { location: { file, line: baseLine } },
    );
  }
  if (
    /dockerfile parse error|parse error|unknown instruction|failed to parse|syntax error/i.test(text) &&
    failed === undefined
  ) {
    return new Failure(
      'dockerfile-syntax',
      `The Dockerfile has an error${line === undefined ? '' : ` in line ${line}`}: ${text.replace(/^.*?parse error[^:]*: /i, '')}`,
      'Correct the line and build again.',
      { location: { file, line: line ?? 1 } },
    );
  }
  if (failed !== undefined) {
    const exitCode = /exit code: (\d+)/.exec(failed.error)?.[1];
    return new Failure(
      'build-step-failed',
      `The step “${failed.name}” failed${exitCode === undefined ? `: ${failed.error}` : ` with exit code ${exitCode}`}.`,
      'The last lines of its output say why; correct the Dockerfile and build again.',
      { location: { file, line: line ?? 1 }, output: failed.output },
    );
  }
  const refusal = refusalToFailure({ status: 200, text });
  return refusal.reason === 'engine-refused'
    ? new Failure('build-failed', `The build failed: ${text}`, 'Correct the Dockerfile and build again.', {
        location: { file, line: line ?? 1 },
      })
    : refusal;
}

function lineOfBase(dockerfile: string, base: string): number | undefined {
  const name = base.replace(/^docker\.io\/(?:library\/)?/, '').replace(/:$/, '');
  const short = name.replace(/:latest$/, '');
  const index = dockerfile.split(/\r?\n/).findIndex((line) => /^\s*FROM\s/i.test(line) && line.includes(short));
  return index < 0 ? undefined : index + 1;
}
