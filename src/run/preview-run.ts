import { posix } from 'node:path';
import { openBuilder } from '../engine/build.js';
import { type EngineConnection } from '../engine/connection.js';
import { startContainer, waitForExit } from '../engine/container-process.js';
import { type ImageFiles, withImageFiles } from '../engine/image-files.js';
import { type ImageDetails, inspectImage } from '../engine/images.js';
import { helperLabels } from '../engine/leftovers.js';
import { createContainer, removeContainer } from '../engine/new-container.js';
import { engineInfo } from '../engine/system.js';
import { Failure, isEngineGone } from '../host/failure.js';
import { formatReference, parseReference } from '../image/reference.js';
import { sharedTag } from '../image/platform-reference.js';
import { outputLabel } from '../image/own-labels.js';
import { proposeTarget, tellingNames } from './proposal.js';

/** What is worth knowing of an image before it runs. */
export interface RunPreview {
  image: ImageDetails;
  platform: PlatformFit;
  /** The container folder to propose for the outputs. */
  target: string;
}

/** How an image's platform goes with the engine's. */
export type PlatformFit =
  | { kind: 'own' }
  /** It runs, several times slower. */
  | { kind: 'emulated'; platform: string; own: string }
  /** It does not run; `instead` are references and platforms of the same image that would. */
  | { kind: 'impossible'; platform: string; own: string; instead: { reference: string; platform: string }[] }
  /** The engine does not say what it can emulate. */
  | { kind: 'unknown'; platform: string; own: string };

/** Looks at an image that is about to run. Rejects `image-not-found`. */
export async function previewRun(
  connection: EngineConnection,
  reference: string,
  signal: AbortSignal,
): Promise<RunPreview> {
  const [image, { platform: own }] = await Promise.all([
    inspectImage(connection, reference, signal),
    engineInfo(connection, signal),
  ]);
  const platform = await fitOf(connection, reference, image.platform, own, signal);
  return { image, platform, target: await targetOf(connection, reference, image, signal) };
}

/** Files that an image has in a container folder, and which something bound there would hide: the first few, and whether that is all. */
export function hiddenFiles(
  connection: EngineConnection,
  { id, platform }: ImageDetails,
  target: string,
  signal: AbortSignal,
): Promise<{ paths: string[]; isWhole: boolean }> {
  return withImageFiles(connection, id, platform, signal, async (files) =>
    (await files.isFolder(target)) ? files.list(target, mostHidden) : { paths: [], isWhole: true },
  );
}

const mostHidden = 200;

/** The container folder to propose for the outputs, of an image whose files may be looked at for that. */
export async function targetOf(
  connection: EngineConnection,
  reference: string,
  image: ImageDetails,
  signal: AbortSignal,
): Promise<string> {
  if (image.labels[outputLabel] !== undefined || image.volumes.length > 0) return proposeTarget(image);
  const folder = await withImageFiles(connection, reference, image.platform, signal, (files) => telling(image, files));
  return folder ?? proposeTarget(image);
}

/** A folder in the image's WORKDIR whose name says what it is for. */
async function telling({ workingFolder }: ImageDetails, files: ImageFiles): Promise<string | undefined> {
  const candidates = tellingNames.map((name) => posix.join('/', workingFolder, name));
  const there = await Promise.all(candidates.map((path) => files.isFolder(path)));
  return candidates.find((_path, index) => there[index] === true);
}

/** Processors that run the programs of another one as they are. */
const alike = new Map([['linux/amd64', ['linux/386']]]);

async function fitOf(
  connection: EngineConnection,
  reference: string,
  platform: string,
  own: string,
  signal: AbortSignal,
): Promise<PlatformFit> {
  const runs = (candidate: string): boolean => candidate === own || alike.get(own)?.includes(candidate) === true;
  const withoutVariant = platform.split('/').slice(0, 2).join('/');
  if (runs(platform) || (withoutVariant === own && !/\/arm\//.test(platform))) return { kind: 'own' };
  const builder = await openBuilder(connection, signal);
  const emulated = await builder.platforms(signal).finally(() => {
    builder.dispose();
  });
  if (emulated === undefined) return { kind: 'unknown', platform, own };
  if (emulated.some((each) => each === platform || each === withoutVariant)) return { kind: 'emulated', platform, own };
  // Engines list what could be emulated when they were started.
  const starts = await startsThere(connection, reference, platform, signal);
  if (starts === 'yes') return { kind: 'emulated', platform, own };
  if (starts === 'unknown') return { kind: 'unknown', platform, own };
  return { kind: 'impossible', platform, own, instead: await insteadOf(connection, reference, platform, own, signal) };
}

/** Finds out by the smallest program there is whether programs of an image run; `unknown` for an image without it. */
async function startsThere(
  connection: EngineConnection,
  image: string,
  platform: string,
  signal: AbortSignal,
): Promise<'yes' | 'no' | 'unknown'> {
  const container = await createContainer(
    connection,
    {
      ...{ image, platform, entrypoint: ['true'], command: [], environment: {}, mounts: [], ports: [] },
      ...{ gpus: { kind: 'none' }, labels: helperLabels(), network: 'none' },
    },
    signal,
  );
  try {
    await startContainer(connection, container, signal);
    return (await waitForExit(connection, container, signal)) === 0 ? 'yes' : 'no';
  } catch (error) {
    if (!(error instanceof Failure) || isEngineGone(error) || error.reason === 'cancelled') throw error;
    return error.reason === 'command-not-found' ? 'unknown' : 'no';
  } finally {
    await removeContainer(connection, container);
  }
}

/** The same image for the engine's own platform: under the same reference, or under the one without `-arm64` in its tag. */
async function insteadOf(
  connection: EngineConnection,
  reference: string,
  platform: string,
  own: string,
  signal: AbortSignal,
): Promise<{ reference: string; platform: string }[]> {
  const parsed = parseReference(reference);
  const shared =
    parsed.ok && parsed.reference.tag !== undefined ? sharedTag(parsed.reference.tag, platform) : undefined;
  const other = parsed.ok && shared !== undefined ? formatReference({ ...parsed.reference, tag: shared }) : undefined;
  const found = await Promise.all(
    [reference, other].map(async (candidate) => {
      if (candidate === undefined) return undefined;
      const image = await inspectImage(connection, candidate, signal, own).catch(() => undefined);
      return image?.platform === own ? { reference: candidate, platform: own } : undefined;
    }),
  );
  return found.filter((each) => each !== undefined);
}
