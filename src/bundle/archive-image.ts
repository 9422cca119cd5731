import { type EngineConnection, streamFailure } from '../engine/connection.js';
import { type ImageDetails, saveImage } from '../engine/images.js';
import { type Work } from '../host/progress.js';
import { formatReference, parseReference, withDefaultTag } from '../image/reference.js';
import { writeArchiveInWorker } from './archive/archive-client.js';
import { type ArchiveOptions, type ArchiveResult } from './archive/write-archive.js';

export interface ArchivePlace {
  /** Absolute path of the archive; what is there already is replaced once the archive is whole. */
  file: string;
  compression: 'gzip' | 'none';
  layers?: ArchiveOptions['layers'];
  /** Absolute path of the bundled `archive-worker.ts`. */
  archiveWorker: string;
}

/** Writes the canonical archive of an image that an engine holds; see `writeArchive` for what it rejects with. */
export async function archiveImageTo(
  connection: EngineConnection,
  image: string,
  details: ImageDetails,
  { file, compression, archiveWorker, layers }: ArchivePlace,
  { signal, onProgress }: Work,
): Promise<ArchiveResult> {
  const message = `Archiving ${image} for ${details.platform}`;
  onProgress({ message, fraction: 0 });
  const stream = await saveImage(connection, image, signal);
  try {
    return await writeArchiveInWorker(archiveWorker, stream, {
      tag: archiveTag(image, details),
      file,
      compression,
      layers,
      signal,
      onProgress: (bytes) => {
        onProgress({ message, fraction: Math.min(1, bytes / Math.max(1, details.size)) });
      },
    });
  } catch (error) {
    throw streamFailure(error, connection, 'Archiving the image', signal);
  } finally {
    stream.destroy();
  }
}

/** The reference that the archive brings back: the image's own, or one made of its identifier. */
function archiveTag(image: string, details: ImageDetails): string {
  const isIdentifier = /^(?:sha256:)?[0-9a-f]{12,64}$/.test(image);
  const name = isIdentifier ? details.references[0] : image;
  const parsed = parseReference(name ?? '');
  if (!parsed.ok) return `untagged:${details.id.replace('sha256:', '').slice(0, 12)}`;
  return formatReference(withDefaultTag({ ...parsed.reference, digest: undefined }));
}
