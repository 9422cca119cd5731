import { type EngineConnection } from '../engine/connection.js';
import { asFailure, type Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { type ImageHost, pullService } from './ensure-images.js';
import { type ComposeProject, type Service } from './model.js';

/** What came of the images of an application. */
export interface Pulled {
  /** Names of services, as all that follow. */
  pulled: string[];
  /** No registry has their image: “Up” builds it. */
  built: string[];
}

/**
 * Pulls the images of services, each once, whether they are there or not. Services that say how their image is built are pulled
 * where a registry has it, as by the compose CLI; those that have no name for it are not. Rejects what `pullImage` rejects.
 *
 * @param names only these; all where undefined or empty
 */
export async function composePull(
  connection: EngineConnection,
  { services }: ComposeProject,
  names: readonly string[] | undefined,
  host: ImageHost,
  { signal, onProgress }: Work,
): Promise<Pulled> {
  const wanted = services.filter(({ name }) => names === undefined || names.length === 0 || names.includes(name));
  const result: Pulled = { pulled: [], built: [] };
  const done = new Map<string, Failure | undefined>();
  for (const service of wanted) {
    const { name, image, platform } = service;
    if (image === undefined || !isPullable(service)) {
      if (service.build !== undefined) result.built.push(name);
      continue;
    }
    const key = `${image} ${platform ?? ''}`;
    if (!done.has(key)) {
      const work: Work = {
        signal,
        onProgress: (report) => {
          onProgress({ ...report, message: `${name}: ${report.message}` });
        },
      };
      const failure = await pullService(connection, image, platform, host, work).then(
        () => undefined,
        (error: unknown) => asFailure(error, `Pulling ${image}`),
      );
      done.set(key, failure);
    }
    const failure = done.get(key);
    if (failure === undefined) result.pulled.push(name);
    else if (service.build !== undefined && isNotThere(failure)) result.built.push(name);
    else throw failure;
  }
  return result;
}

function isPullable({ pullPolicy }: Service): boolean {
  return pullPolicy?.kind !== 'never' && pullPolicy?.kind !== 'build';
}

/** A registry says the same of an image that is not there and of one that is somebody else's. */
function isNotThere({ reason }: Failure): boolean {
  return reason === 'image-not-found' || reason === 'registry-denied';
}
