import { withCarrier } from './carrier.js';
import { type EngineConnection, streamFailure } from './connection.js';
import { readFromContainer, statInContainer } from './container-files.js';
import { tarEntries } from './saved-image/tar-entries.js';

/** The files of an image, as far as they are asked for. */
export interface ImageFiles {
  isFolder(path: string): Promise<boolean>;
  /**
   * Paths of files below a folder, relative to it, in the order of the engine.
   *
   * @param most how many are listed
   */
  list(path: string, most: number): Promise<{ paths: string[]; isWhole: boolean }>;
}

/** Looks into an image by a container of it that is never started, and is removed afterwards. */
export function withImageFiles<T>(
  connection: EngineConnection,
  image: string,
  platform: string | undefined,
  signal: AbortSignal,
  use: (files: ImageFiles) => Promise<T>,
): Promise<T> {
  return withCarrier(connection, { image, platform }, signal, (container) =>
    use({
      isFolder: async (path) => (await statInContainer(connection, container, path, signal))?.isFolder === true,
      list: (path, most) => list(connection, container, path, most, signal),
    }),
  );
}

async function list(
  connection: EngineConnection,
  container: string,
  path: string,
  most: number,
  signal: AbortSignal,
): Promise<{ paths: string[]; isWhole: boolean }> {
  const paths: string[] = [];
  const tar = await readFromContainer(connection, container, path, signal);
  try {
    for await (const { header } of tarEntries(tar)) {
      if (header.type === 'directory') continue;
      if (paths.length === most) return { paths, isWhole: false };
      paths.push(header.name.split('/').slice(1).join('/'));
    }
    return { paths, isWhole: true };
  } catch (error) {
    throw streamFailure(error, connection, 'Looking into the image', signal);
  } finally {
    tar.destroy();
  }
}
