import { Failure, isEngineGone } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { type EngineConnection } from '../connection.js';
import { listImages } from '../images.js';
import { type Helper, makeHelper, removeHelper } from './helper-container.js';

/** How many images are tried. */
const mostTried = 30;

interface Known {
  /** Identifiers. */
  withShell: string | undefined;
  without: Set<string>;
}

/** What was found out about the images of an engine. */
const knownOf = new WeakMap<EngineConnection, Known>();

/** A helper of the smallest local image that has a shell, with a volume; undefined where no image has one. */
export async function makeShellHelper(
  connection: EngineConnection,
  volume: { name: string; readOnly: boolean },
  log: Log,
  signal: AbortSignal,
): Promise<Helper | undefined> {
  const known = knownOf.get(connection) ?? { withShell: undefined, without: new Set<string>() };
  knownOf.set(connection, known);
  const images = (await listImages(connection, signal)).sort((left, right) => left.size - right.size);
  const ids = images.map(({ id }) => id).filter((id) => !known.without.has(id) && id !== known.withShell);
  const first = images.some(({ id }) => id === known.withShell) ? known.withShell : undefined;
  for (const image of [...(first === undefined ? [] : [first]), ...ids].slice(0, mostTried)) {
    const helper = await tryImage(connection, image, volume, signal);
    if (helper?.hasShell === true) {
      known.withShell = image;
      return helper;
    }
    known.without.add(image);
    if (helper !== undefined) await removeHelper(connection, helper.container, log);
  }
  return undefined;
}

async function tryImage(
  connection: EngineConnection,
  image: string,
  volume: { name: string; readOnly: boolean },
  signal: AbortSignal,
): Promise<Helper | undefined> {
  try {
    return await makeHelper(connection, { image, volume }, signal);
  } catch (error) {
    const isOfImage = error instanceof Failure && error.reason !== 'cancelled' && !isEngineGone(error);
    if (isOfImage && error.reason !== 'volume-not-found') return undefined;
    throw error;
  }
}
