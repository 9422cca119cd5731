import { type EngineConnection } from '../engine/connection.js';
import { inspectContainer, listContainers } from '../engine/containers.js';
import { type ImageDetails, type ImageSummary, inspectImage, listImages } from '../engine/images.js';
import { findVolume, listVolumes, type VolumeSummary } from '../engine/volumes.js';
import { Failure } from '../host/failure.js';
import { type Dirty } from './dirty.js';
import { type Lists, type Patch } from './model.js';

/** More would make the address of a request longer than some engines read. */
const mostContainersAtOnce = 100;
const questionsAtOnce = 4;
const settleMilliseconds = 2000;

/** Lists everything that the engine holds. */
export async function listAll(connection: EngineConnection, signal: AbortSignal): Promise<Lists> {
  const [images, containers, volumes] = await Promise.all([
    listImages(connection, signal),
    listContainers(connection, signal),
    listVolumes(connection, signal),
  ]);
  return { images, containers, volumes };
}

/** Asks the engine for what is dirty, and for nothing else: the answers are those that a full list would bring. */
export async function lookInto(
  connection: EngineConnection,
  dirty: Dirty,
  known: Lists,
  /** How the engine identifies images: see `EngineInfo`. */
  store: 'classic' | 'containerd',
  signal: AbortSignal,
): Promise<Patch> {
  const [images, containers, volumes] = await Promise.all([
    dirty.images.size === 0 ? undefined : lookIntoImages(connection, dirty.images, known.images, store, signal),
    dirty.containers.size === 0 ? undefined : lookIntoContainers(connection, dirty, signal),
    dirty.volumes.size === 0 ? undefined : lookIntoVolumes(connection, [...dirty.volumes], signal),
  ]);
  return {
    ...(images === undefined ? {} : { images }),
    ...(containers === undefined ? {} : { containers }),
    ...(volumes === undefined ? {} : { volumes }),
  };
}

async function lookIntoContainers(
  connection: EngineConnection,
  { containers, unsettled }: Dirty,
  signal: AbortSignal,
): Promise<NonNullable<Patch['containers']>> {
  await each([...unsettled], (id) => untilSettled(connection, id, signal));
  const ids = [...containers];
  const found = [];
  for (let start = 0; start < ids.length; start += mostContainersAtOnce) {
    found.push(...(await listContainers(connection, signal, ids.slice(start, start + mostContainersAtOnce))));
  }
  const there = new Set(found.map(({ id }) => id));
  return { found, gone: ids.filter((id) => !there.has(id)) };
}

/**
 * An engine that is about to change a container answers this question only when the change is made, in its lists, too:
 * it holds the container's lock meanwhile. One that is stuck is not waited for.
 */
async function untilSettled(connection: EngineConnection, id: string, signal: AbortSignal): Promise<void> {
  try {
    await inspectContainer(connection, id, AbortSignal.any([signal, AbortSignal.timeout(settleMilliseconds)]));
  } catch (error) {
    if (signal.aborted) throw error;
  }
}

async function lookIntoVolumes(
  connection: EngineConnection,
  names: string[],
  signal: AbortSignal,
): Promise<NonNullable<Patch['volumes']>> {
  const answers = await each(names, (name) => orGone(findVolume(connection, name, signal), 'volume-not-found'));
  const found = answers.filter((volume): volume is VolumeSummary => volume !== undefined);
  return { found, gone: names.filter((_name, index) => answers[index] === undefined) };
}

/**
 * An event names an image by its identifier or by a reference, and does not say which image lost the reference. So the
 * image is inspected, and so are those that were known to have one of its references. Which images without a reference
 * a list has (not those that others are built on) only the engine knows: it is always asked for all of these.
 */
async function lookIntoImages(
  connection: EngineConnection,
  keys: ReadonlySet<string>,
  known: readonly ImageSummary[],
  store: 'classic' | 'containerd',
  signal: AbortSignal,
): Promise<NonNullable<Patch['images']>> {
  const inspect = (key: string): Promise<ImageDetails | undefined> =>
    orGone(inspectImage(connection, key, signal), 'image-not-found');
  const details = new Map<string, ImageDetails>();
  const gone = new Set<string>();
  const look = async (wanted: readonly string[]): Promise<void> => {
    const answers = await each(wanted, inspect);
    for (const [index, answer] of answers.entries()) {
      const key = wanted[index] ?? '';
      if (answer !== undefined) details.set(answer.id, answer);
      // Where it is a reference, the image that had it still may have others.
      else for (const image of known) if (image.id === key) gone.add(key);
    }
  };
  await look([...keys]);
  const moved = new Set([...[...details.values()].flatMap(({ references }) => references), ...keys]);
  const losers = known.filter(
    ({ id, references }) => !details.has(id) && !gone.has(id) && references.some((reference) => moved.has(reference)),
  );
  await look(losers.map(({ id }) => id));

  const tagged = [...details.values()].filter(({ references }) => references.length > 0);
  const [found, dangling] = await Promise.all([
    store === 'classic' ? tagged.map(summaryOf) : listTagged(connection, tagged, signal),
    listImages(connection, signal, 'dangling'),
  ]);
  const there = new Set([...found, ...dangling].map(({ id }) => id));
  for (const { id, references } of known) {
    if ((references.length === 0 || details.has(id)) && !there.has(id)) gone.add(id);
  }
  return { found: [...found, ...dangling], gone: [...gone] };
}

function summaryOf({ id, references, created, size, labels }: ImageDetails): ImageSummary {
  return { id, references, created, size, labels };
}

/** The containerd store gives an image another size in a list than when it is inspected. */
async function listTagged(
  connection: EngineConnection,
  tagged: readonly ImageDetails[],
  signal: AbortSignal,
): Promise<ImageSummary[]> {
  if (tagged.length === 0) return [];
  const references = tagged.map(({ references: [first] }) => first).filter((first) => first !== undefined);
  const listed = await listImages(connection, signal, { references });
  const byId = new Map(tagged.map((image) => [image.id, image]));
  return listed.flatMap((image) => {
    const inspected = byId.get(image.id);
    return inspected === undefined ? [] : [{ ...image, references: inspected.references }];
  });
}

async function orGone<T>(answer: Promise<T>, reason: Failure['reason']): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Failure && error.reason === reason) return undefined;
    throw error;
  }
}

/** The answers in the order of the items, a few questions at a time. */
async function each<Item, Answer>(items: readonly Item[], ask: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers = new Map<number, Answer>();
  const rest = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) answers.set(index, await ask(item));
  };
  await Promise.all(Array.from({ length: Math.min(questionsAtOnce, items.length) }, worker));
  return [...answers].sort(([left], [right]) => left - right).map(([, answer]) => answer);
}
