import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage } from '../build/build-image.js';
import { type BuildHost } from '../build/perform-build.js';
import { type EngineConnection } from '../engine/connection.js';
import { tagImage } from '../engine/image-operations.js';
import { type ImageDetails, inspectImage } from '../engine/images.js';
import { pullImage } from '../engine/pull.js';
import { type RegistryCredentialsFor } from '../engine/registry/credentials.js';
import { registryHost } from '../engine/registry/registry-host.js';
import { asFailure, Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { parsePlatform } from '../image/platform.js';
import { parseReference } from '../image/reference.js';
import { imageName } from './container-body.js';
import { type Build, type ComposeProject, type Service } from './model.js';

/** What bringing images about needs of its host. */
export interface ImageHost {
  credentials: RegistryCredentialsFor;
  /** What the build of a Dockerfile needs, given as an absolute path. */
  buildHost: (dockerfile: string, context: string) => BuildHost;
}

/**
 * Sees to it that the engine has the image of a service: one that is there, one that is pulled, or one that is built, as its
 * pull policy says. Where the image is not in a registry and the service says how to build it, it is built.
 *
 * Rejects what `pullImage` and `buildImage` reject, and `image-not-found` for one that is never to be pulled.
 *
 * @param anew whether an image is built again although it is there
 */
export async function ensureImage(
  connection: EngineConnection,
  project: ComposeProject,
  service: Service,
  host: ImageHost,
  work: Work,
  anew = false,
): Promise<ImageDetails> {
  const name = imageName(project, service);
  const { build, platform } = service;
  const policy = service.pullPolicy?.kind ?? 'missing';
  const find = (): Promise<ImageDetails> => inspectImage(connection, name, work.signal, platform);
  if (build !== undefined && (anew || policy === 'build')) {
    await buildService(connection, build, { name, platform }, host, work);
    return find();
  }
  const there = await find().catch((error: unknown) => {
    if (error instanceof Failure && error.reason === 'image-not-found') return undefined;
    throw error;
  });
  if (there !== undefined && policy !== 'always' && !isStale(there, service) && isFor(there, service)) return there;
  if (policy === 'never') {
    throw new Failure(
      'image-not-found',
      `The engine has no image ${name}${platform === undefined ? '' : ` for ${platform}`}, and the service “${service.name}” says “pull_policy: never”.`,
      'Build or load it first.',
    );
  }
  if (service.image !== undefined) {
    try {
      await pullService(connection, name, platform, host, work);
      return await find();
    } catch (error) {
      if (build === undefined || work.signal.aborted) throw error;
      const { message } = asFailure(error, `Pulling ${name}`);
      const output = `${name} is built, for it could not be pulled: ${message}`;
      work.onProgress({ message: `building ${name}`, output });
    }
  }
  if (build === undefined) {
    throw new Failure(
      'image-not-found',
      `The service “${service.name}” has neither image nor build.`,
      'Add one of them.',
    );
  }
  await buildService(connection, build, { name, platform }, host, work);
  return find();
}

/** Pulls an image whether it is there or not. */
export async function pullService(
  connection: EngineConnection,
  name: string,
  platform: string | undefined,
  { credentials }: ImageHost,
  work: Work,
): Promise<void> {
  const parsed = parseReference(name);
  const host = registryHost(parsed.ok ? parsed.reference.domain : undefined);
  const found = await credentials(host, work.signal);
  await pullImage(connection, name, { platform, credentials: found }, work);
}

function isStale({ created }: ImageDetails, { pullPolicy }: Service): boolean {
  return pullPolicy?.kind === 'refresh' && Date.now() - created > pullPolicy.after / 1e6;
}

/** Engines before API 1.49, which keep one platform for a reference, describe that one. */
function isFor(image: ImageDetails, { platform }: Service): boolean {
  const wanted = platform === undefined ? undefined : parsePlatform(platform);
  const there = parsePlatform(image.platform);
  if (wanted === undefined || there === undefined) return true;
  return (
    wanted.os === there.os &&
    wanted.architecture === there.architecture &&
    (wanted.variant === undefined || there.variant === undefined || wanted.variant === there.variant)
  );
}

async function buildService(
  connection: EngineConnection,
  build: Build,
  { name, platform }: { name: string; platform: string | undefined },
  host: ImageHost,
  work: Work,
): Promise<void> {
  const dockerfile = await placeDockerfile(build);
  try {
    await buildImage(
      connection,
      {
        dockerfile: dockerfile.file,
        context: build.context,
        platforms: build.platforms.length === 0 && platform !== undefined ? [platform] : build.platforms,
        tag: name,
        target: build.target,
        buildArgs: Object.fromEntries(build.args),
        secrets: Object.fromEntries(
          [...build.secrets].flatMap(([id, source]) => (source.kind === 'file' ? [[id, { file: source.file }]] : [])),
        ),
        noCache: build.noCache,
        labels: Object.fromEntries(build.labels),
      },
      { ...host.buildHost(dockerfile.file, build.context), keptSecret: (id) => Promise.resolve(valueOf(build, id)) },
      work,
    );
    for (const tag of build.tags) await tagImage(connection, name, tag, work.signal);
  } finally {
    await dockerfile.dispose();
  }
}

/** A Dockerfile that stands in the compose file itself gets a file for as long as it is built. */
async function placeDockerfile({ dockerfile }: Build): Promise<{ file: string; dispose: () => Promise<void> }> {
  if (dockerfile.kind === 'file') return { file: dockerfile.file, dispose: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-compose-'));
  const file = join(folder, 'Dockerfile');
  await writeFile(file, dockerfile.content, { mode: 0o600 });
  return { file, dispose: () => rm(folder, { recursive: true, force: true }) };
}

/** Of a secret that a variable has, which `.env` may have set. */
function valueOf({ secrets }: Build, id: string): string | undefined {
  const source = secrets.get(id);
  return source?.kind === 'environment' ? source.value : undefined;
}
