import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { basename, dirname } from 'node:path';
import { buildArguments } from '../dockerfile/build-arguments.js';
import { type Dockerfile, parseDockerfile } from '../dockerfile/instructions.js';
import { readDockerfile } from '../dockerfile/read-dockerfile.js';
import { labels as labelsIn } from '../dockerfile/labels.js';
import { isPredefined } from '../dockerfile/variables.js';
import { looksLikeSecret } from '../dockerfile/secret-like.js';
import { type BuildWay, openBuilder } from '../engine/build.js';
import { type SyncedFolder } from '../engine/buildkit/file-sync/file-sync.js';
import { type BuildOutcome } from '../engine/buildkit/image-build.js';
import { type BuildClient } from '../engine/buildkit/session.js';
import { type EngineConnection } from '../engine/connection.js';
import { tagImage } from '../engine/image-operations.js';
import { inspectImage, removeImage } from '../engine/images.js';
import { type RegistryCredentials, type RegistryCredentialsFor } from '../engine/registry/credentials.js';
import { engineInfo, type EngineInfo } from '../engine/system.js';
import { asFailure, cancelled, type Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { formatReference } from '../image/reference.js';
import { type GitState, gitState } from '../project/git.js';
import { baseImagesOf, baseOf } from './base-images.js';
import { buildFailure } from './build-failure.js';
import { ContextDigest, type UsedContext } from './context-digest.js';
import { citationOf, missingLabels, projectLabels } from './labels.js';
import { planBuilds, type PlannedBuild, requireWay } from './plan.js';
import { recordsFolder } from '../project/records-folder.js';
import { type BuildRequest, proposeReference, requestedPlatforms, requestedReference } from './request.js';
import { openSecrets } from './secrets.js';
import { type BuildWarning, StepLog } from './step-log.js';

/** What a build needs of its host. */
export interface BuildHost {
  /** Absolute path of the project's folder. */
  project: string;
  /** Absolute path of a folder for what is remembered between builds; it may be emptied at any time. */
  memory: string;
  credentials: RegistryCredentialsFor;
  /** The value of a secret that the request says nothing of. */
  keptSecret?: (id: string) => Promise<string | undefined>;
  /** Told when the build is over, whatever its end. */
  onWarnings?: (warnings: readonly BuildWarning[]) => void;
}

/** A build that went well, with all that a record keeps of it. */
export interface PerformedBuild {
  images: { platform: string; reference: string; configDigest: string; imageId: string; diffIds: string[] }[];
  /** Absolute path. */
  folder: string;
  context: UsedContext;
  dockerfileSha256: string;
  /** Identifiers of the secrets that steps were given. */
  secrets: string[];
  baseImages: { reference: string; digest?: string; imageId?: string }[];
  labels: Readonly<Record<string, string>>;
  git: GitState;
  engine: EngineInfo;
  way: BuildWay;
}

/** Builds, and leaves nothing but the images. Rejects as `buildImage` does. */
export async function performBuild(
  connection: EngineConnection,
  request: BuildRequest,
  host: BuildHost,
  { signal, onProgress }: Work,
): Promise<PerformedBuild> {
  const folder = request.context ?? dirname(request.dockerfile);
  const text = await readDockerfile(request.dockerfile);
  const dockerfile = parseDockerfile(text);
  const platforms = requestedPlatforms(request.platforms ?? []);
  const reference = requestedReference(request.tag ?? (await proposeReference(folder)));
  const secrets = await openSecrets(request.secrets ?? {}, process.env, host.keptSecret);
  onProgress({ message: 'Asking the engine' });
  const [engine, builder, git] = await Promise.all([
    engineInfo(connection, signal),
    openBuilder(connection, signal),
    gitState(host.project, signal),
  ]);
  const context = new ContextDigest(folder, host.memory);
  const log = new StepLog(onProgress);
  try {
    requireWay(builder.way, Object.keys(request.secrets ?? {}).length);
    const choices = {
      target: request.target,
      buildArguments: request.buildArgs ?? {},
      platform: platforms[0] ?? engine.platform,
    };
    warnOfArguments(dockerfile, request.buildArgs ?? {}, log);
    if (git.kind === 'commit' && git.dirty) {
      log.warn({
        message: `The sources differ from commit ${git.commit.slice(0, 12)}: the record keeps the difference.`,
        url: '',
        line: undefined,
      });
    }
    const citation = await citationOf(host.project, (problem) => {
      log.warn({ message: problem, url: '', line: undefined });
    });
    const labels =
      request.labels ??
      missingLabels(
        projectLabels(host.project, citation, git, await baseOf(connection, dockerfile, choices, signal)),
        labelsIn(dockerfile, choices),
      );
    const client: BuildClient = {
      folders: new Map<string, SyncedFolder>([
        ['context', { path: folder, unseen: recordsFolder, observer: context }],
        ['dockerfile', { path: dirname(request.dockerfile), unseen: recordsFolder }],
      ]),
      sharedKey: createHash('sha256').update(`${hostname()}\0${folder}`).digest('hex'),
      secret: secrets.read,
      credentials: async (registry) => forBuildKit(await host.credentials(registry, signal)),
    };
    const plan = planBuilds(platforms, reference, engine, builder.way);
    const build = {
      dockerfile: basename(request.dockerfile),
      target: request.target,
      buildArguments: withEpoch(request.buildArgs ?? {}, git),
      labels,
      noCache: request.noCache ?? false,
    };
    const solve = async (planned: PlannedBuild, stop: AbortSignal): Promise<BuildOutcome> => {
      const [platform] = planned.platforms;
      return builder.build(
        // Several images get their references when all are there: half of them would be none.
        { ...build, ...planned, reference: plan.length === 1 ? planned.reference : undefined },
        client,
        request.dockerfile,
        (event) => {
          log.add(event, plan.length === 1 ? undefined : platform);
        },
        stop,
      );
    };
    const outcomes = await buildAll(
      plan,
      solve,
      signal,
      (outcome) => {
        if (signal.aborted) return cancelled('The build');
        return context.failure ?? buildFailure(outcome, request.dockerfile, dockerfile, log, platforms);
      },
      (imageIds) => dropUnnamed(connection, imageIds),
    );
    return {
      images: await nameImages(connection, plan, outcomes, signal),
      folder,
      context: await context.sum(signal),
      dockerfileSha256: createHash('sha256').update(text).digest('hex'),
      secrets: [...secrets.handedOut],
      baseImages: await baseImagesOf(connection, log.stepNames, signal),
      labels,
      git,
      engine,
      way: builder.way,
    };
  } finally {
    builder.dispose();
    host.onWarnings?.(log.warnings);
  }
}

/** A build argument can be read in the image's history by everybody who has the image; one that is misspelt does nothing. */
function warnOfArguments(dockerfile: Dockerfile, given: Readonly<Record<string, string>>, log: StepLog): void {
  const declared = buildArguments(dockerfile);
  const names = declared.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (names.includes(name) || isPredefined(name)) continue;
    const has = names.length === 0 ? 'It declares none.' : `It has ${names.join(', ')}.`;
    log.warn({ message: `The Dockerfile has no build argument ${name}. ${has}`, url: '', line: undefined });
  }
  for (const { name, line } of declared) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined || !looksLikeSecret(name, value)) continue;
    const message = `The build argument ${name} looks like a secret, and stays readable in the image: use RUN --mount=type=secret.`;
    log.warn({ message, url: 'https://docs.docker.com/build/building/secrets/', line });
  }
}

function forBuildKit(credentials: RegistryCredentials | undefined): { username: string; secret: string } | undefined {
  if (credentials === undefined) return undefined;
  return credentials.kind === 'password'
    ? { username: credentials.username, secret: credentials.password }
    : { username: '', secret: credentials.token };
}

/** All at the same time; the first failure ends the others. */
async function buildAll(
  plan: readonly PlannedBuild[],
  solve: (planned: PlannedBuild, signal: AbortSignal) => Promise<BuildOutcome>,
  signal: AbortSignal,
  failureOf: (outcome: BuildOutcome & { kind: 'failed' }) => Failure,
  drop: (imageIds: readonly string[]) => Promise<void>,
): Promise<(BuildOutcome & { kind: 'built' })[]> {
  const others = new AbortController();
  const stop = AbortSignal.any([signal, others.signal]);
  let first: Failure | undefined;
  const results = await Promise.all(
    plan.map(async (planned) => {
      try {
        const outcome = await solve(planned, stop);
        if (outcome.kind === 'built') return outcome;
        throw failureOf(outcome);
      } catch (error) {
        first ??= asFailure(error, 'The build');
        others.abort();
        return undefined;
      }
    }),
  );
  const built = results.filter((outcome) => outcome !== undefined);
  if (first === undefined) return built;
  await drop(built.map(({ imageId }) => imageId));
  throw first;
}

/** Gives several images their references, and learns what each is made of. */
async function nameImages(
  connection: EngineConnection,
  plan: readonly PlannedBuild[],
  outcomes: readonly (BuildOutcome & { kind: 'built' })[],
  signal: AbortSignal,
): Promise<PerformedBuild['images']> {
  const images = [];
  for (const [index, { reference: planned, platforms }] of plan.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) continue;
    const reference = formatReference(planned);
    if (plan.length > 1) await tagImage(connection, outcome.imageId, reference, signal);
    const wanted: (string | undefined)[] = platforms.length === 0 ? [undefined] : [...platforms];
    for (const [at, platform] of wanted.entries()) {
      const several = wanted.length > 1 ? platform : undefined;
      const details = await inspectImage(connection, reference, signal, several);
      images.push({
        platform: platform ?? details.platform,
        reference,
        configDigest: outcome.configDigests[at] ?? outcome.imageId,
        imageId: outcome.imageId,
        diffIds: details.diffIds,
      });
    }
  }
  return images;
}

/** Images that were built for nothing, for another one failed: those that nothing names are removed. */
async function dropUnnamed(connection: EngineConnection, imageIds: readonly string[]): Promise<void> {
  for (const id of imageIds) {
    const { references } = await inspectImage(connection, id);
    if (references.length === 0) await removeImage(connection, id);
  }
}

/** Unless it is given, the time of the commit: tools that know the variable write it instead of now. */
function withEpoch(buildArguments: Readonly<Record<string, string>>, git: GitState): Record<string, string> {
  if (git.kind !== 'commit') return { ...buildArguments };
  return { SOURCE_DATE_EPOCH: String(git.time), ...buildArguments };
}
