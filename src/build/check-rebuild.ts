import { readDockerfile } from '../dockerfile/read-dockerfile.js';
import { createHash, randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { inspectImage, listImages, removeImage } from '../engine/images.js';
import { Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { type BuildHost, performBuild, type PerformedBuild } from './perform-build.js';
import { layerDifferences } from './layer-differences.js';
import { listLayers, type ListedLayers } from './layer-listing.js';
import { type BuildRecord, readBuildRecord } from './record.js';
import { recordsFolder } from '../project/records-folder.js';

/** A layer of a record's image beside the one that came out now. */
export interface LayerCheck {
  /** Counted from 0; those of a second platform go on counting. */
  index: number;
  /** Whether both have the same DiffID. */
  same: boolean;
  /** What differs, in lines for a person; with the platform before each where there are several. Empty for the same. */
  differs: string[];
}

export interface RebuildCheck {
  identical: boolean;
  layers: LayerCheck[];
}

type Rebuilt = Pick<PerformedBuild, 'images' | 'baseImages'>;

const scratchName = 'research-containers-check';

/**
 * Builds again without cache what a record says, compares layer by layer, and removes what it built.
 *
 * Rejects with `record-unreadable`, `sources-changed` where the Dockerfile or the context is not the record's any more,
 * `invalid-argument` for a record of another project and for secrets that are not given, and with all that `buildImage`
 * rejects with.
 *
 * @param recordFile absolute path
 */
export async function checkRebuild(
  connection: EngineConnection,
  recordFile: string,
  host: BuildHost,
  work: Work,
): Promise<RebuildCheck> {
  requireRecordOf(host.project, recordFile);
  const record = await readBuildRecord(recordFile);
  requireArguments(record);
  await requireSecrets(record, host);
  const dockerfile = resolve(host.project, record.dockerfile.path);
  const sha256 = createHash('sha256')
    .update(await readDockerfile(dockerfile))
    .digest('hex');
  if (sha256 !== record.dockerfile.sha256) throw sourcesChanged(`the Dockerfile ${dockerfile}`, record);
  const scratch = `${scratchName}:${randomBytes(8).toString('hex')}`;
  const request = {
    dockerfile,
    context: resolve(host.project, record.context.path),
    platforms: record.images.map(({ platform }) => platform),
    tag: scratch,
    target: record.target,
    buildArgs: { ...epochOf(record), ...record.buildArguments },
    noCache: true,
    // An image that came out the same to the last byte would be the user's own, and be removed with the scratch
    // reference where it has no other. Labels are in no layer.
    labels: { ...record.labels, [scratchName]: scratch },
  };
  let layers: LayerCheck[];
  try {
    const rebuilt = await performBuild(connection, request, host, work);
    if (rebuilt.context.digest !== record.context.digest) {
      throw sourcesChanged(`the build context ${request.context}`, record);
    }
    layers = await compare(connection, record, rebuilt, work);
  } catch (error) {
    await removeScratch(connection, scratch).catch(() => undefined);
    throw error;
  }
  await removeScratch(connection, scratch);
  return { identical: layers.every(({ same }) => same), layers };
}

function requireRecordOf(project: string, recordFile: string): void {
  if (resolve(dirname(recordFile)) === resolve(project, recordsFolder, 'builds')) return;
  throw new Failure(
    'invalid-argument',
    `${recordFile} is no build record of the project ${project}.`,
    `Choose a .json file of ${resolve(project, recordsFolder, 'builds')}, or open the project that the record belongs to.`,
  );
}

function requireArguments({ omittedArguments }: BuildRecord): void {
  if (omittedArguments.length === 0) return;
  throw new Failure(
    'invalid-argument',
    `The record does not have the values of ${omittedArguments.join(', ')}: they look like secrets.`,
    'Hand secrets over with RUN --mount=type=secret, build again, and check that record.',
  );
}

async function requireSecrets(
  { secrets: wanted }: BuildRecord,
  { keptSecret }: Pick<BuildHost, 'keptSecret'>,
): Promise<void> {
  const missing: string[] = [];
  for (const id of wanted) {
    if ((await keptSecret?.(id)) === undefined) missing.push(id);
  }
  if (missing.length === 0) return;
  throw new Failure(
    'invalid-argument',
    `The build took secrets that are not given: ${missing.join(', ')}.`,
    'Say for each which file or environment variable it comes from; a record never holds their values.',
  );
}

function sourcesChanged(what: string, { created, git }: BuildRecord): Failure {
  const commit = git === undefined ? '' : ` at commit ${git.commit.slice(0, 12)}${git.dirty ? ' with its patch' : ''}`;
  return new Failure(
    'sources-changed',
    `Since the build of ${created}, ${what} has changed: another image would say nothing about the recipe.`,
    `Check the sources out as they were${commit}, or build the image again and check the new record.`,
  );
}

/** The time of the record's commit: a later one, such as that of the record itself, must not make the difference. */
function epochOf({ sourceDateEpoch }: BuildRecord): Record<string, string> {
  return sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(sourceDateEpoch) };
}

/** A recorded layer and its counterpart; undefined on one side where an image has more of them. */
interface Pair {
  platform: string;
  recorded: string | undefined;
  rebuilt: string | undefined;
}

async function compare(
  connection: EngineConnection,
  record: BuildRecord,
  rebuilt: Rebuilt,
  work: Work,
): Promise<LayerCheck[]> {
  const pairs = record.images.flatMap(({ platform, diffIds }) => pairsOf(platform, diffIds, rebuilt));
  const different = pairs.filter((pair) => pair.recorded !== pair.rebuilt);
  if (different.length === 0) return pairs.map((_, index) => ({ index, same: true, differs: [] }));
  const platforms = new Set(different.map(({ platform }) => platform));
  const originals = await originalsOf(connection, record, platforms, work.signal);
  const list = async (images: ReadonlySet<string>, side: 'recorded' | 'rebuilt'): Promise<ListedLayers> => {
    const wanted = new Set(different.map((pair) => pair[side]).filter((diffId) => diffId !== undefined));
    return listLayers(connection, images, wanted, work.signal);
  };
  work.onProgress({ message: 'Reading the layers that differ' });
  const before = await list(originals, 'recorded');
  const references = rebuilt.images.filter(({ platform }) => platforms.has(platform)).map(({ reference }) => reference);
  const after = await list(new Set(references), 'rebuilt');
  const moved = movedBases(record, rebuilt);
  return pairs.map((pair, index) => {
    if (pair.recorded === pair.rebuilt) return { index, same: true, differs: [] };
    const lines = [...(pair === different[0] ? moved : []), ...linesOf(pair, before, after)];
    const prefix = record.images.length > 1 ? `${pair.platform}: ` : '';
    return { index, same: false, differs: lines.map((line) => prefix + line) };
  });
}

function pairsOf(platform: string, recorded: readonly string[], { images }: Rebuilt): Pair[] {
  const rebuilt = images.find((image) => image.platform === platform)?.diffIds ?? [];
  const count = Math.max(recorded.length, rebuilt.length);
  return Array.from({ length: count }, (_, at) => ({ platform, recorded: recorded[at], rebuilt: rebuilt[at] }));
}

function linesOf({ recorded, rebuilt }: Pair, before: ListedLayers, after: ListedLayers): string[] {
  if (recorded === undefined) return ['The image of the record does not have this layer.'];
  if (rebuilt === undefined) return ['Only the image of the record has this layer.'];
  const instruction = after.instructions.get(rebuilt) ?? '';
  const made = instruction === '' ? [] : [`made by: ${instruction}`];
  const [was, is] = [before.listings.get(recorded), after.listings.get(rebuilt)];
  if (was === undefined || is === undefined) {
    return [...made, 'The image of the record is not on this engine any more: only the digests were compared.'];
  }
  return [...made, ...layerDifferences(was, is, instruction)];
}

/** A name of each recorded image that is still on the engine with the same layers. */
async function originalsOf(
  connection: EngineConnection,
  record: BuildRecord,
  platforms: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const { platform, imageId, reference, diffIds } of record.images) {
    if (!platforms.has(platform)) continue;
    const shared = record.images.filter((image) => image.imageId === imageId).length > 1;
    for (const name of [imageId, reference]) {
      const there = await layersOf(connection, name, signal, shared ? platform : undefined);
      if (there?.join() !== diffIds.join()) continue;
      found.add(name);
      break;
    }
  }
  return found;
}

async function layersOf(
  connection: EngineConnection,
  image: string,
  signal: AbortSignal,
  platform: string | undefined,
): Promise<string[] | undefined> {
  try {
    return (await inspectImage(connection, image, signal, platform)).diffIds;
  } catch (error) {
    const isGone =
      error instanceof Failure && (error.reason === 'image-not-found' || error.reason === 'platform-not-available');
    if (isGone) return undefined;
    throw error;
  }
}

function movedBases(record: BuildRecord, rebuilt: Rebuilt): string[] {
  return rebuilt.baseImages.flatMap(({ reference, digest, imageId }) => {
    const before = record.baseImages.find((base) => base.reference === reference);
    const [was, is] =
      before?.digest !== undefined && digest !== undefined ? [before.digest, digest] : [before?.imageId, imageId];
    if (was === undefined || is === undefined || was === is) return [];
    return [`base image: ${reference} was ${was} and is ${is} now; name it by its digest to keep it`];
  });
}

/** Whatever the signal says: nothing is left over. */
async function removeScratch(connection: EngineConnection, scratch: string): Promise<void> {
  for (const { references } of await listImages(connection)) {
    // One for each platform begins with it; Podman puts a domain before it.
    const ours = references.filter((reference) => `/${reference}`.includes(`/${scratch}`));
    for (const reference of ours) await removeImage(connection, reference);
  }
}
