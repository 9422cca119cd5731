import { type EngineConnection, streamFailure } from '../engine/connection.js';
import { type ImageDetails, saveImage } from '../engine/images.js';
import { type ProgressReport, type Work } from '../host/progress.js';
import { formatSize } from '../host/quantities.js';
import { formatReference, parseReference, withDefaultTag } from '../image/reference.js';
import { writeArchiveInWorker } from './archive/archive-client.js';
import { type Compression } from './archive/block-compression.js';
import { type ArchiveOptions, type ArchiveProgress, type ArchiveResult } from './archive/write-archive.js';

export interface ArchivePlace {
  /** Absolute path of the archive; what is there already is replaced once the archive is whole. */
  file: string;
  compression: Compression;
  layers?: ArchiveOptions['layers'];
  /** Absolute path of the bundled `archive-worker.ts`. */
  archiveWorker: string;
}

/**
 * Writes the canonical archive of an image that an engine holds. Rejects `image-changed` where its name was given to another image
 * meanwhile, and what `writeArchive` and the engine reject with.
 */
export async function archiveImageTo(
  connection: EngineConnection,
  image: string,
  details: ImageDetails,
  { file, compression, archiveWorker, layers }: ArchivePlace,
  { signal, onProgress }: Work,
): Promise<ArchiveResult> {
  const message = `Archiving ${image} for ${details.platform}`;
  onProgress({ message: `${message}: the engine is preparing it`, fraction: 0 });
  const stream = await saveImage(connection, image, signal);
  try {
    return await writeArchiveInWorker(archiveWorker, stream, {
      tag: archiveTag(image, details),
      diffIds: details.diffIds,
      file,
      compression,
      layers,
      signal,
      onProgress: (progress) => {
        onProgress(reportOf(progress, message, details.size));
      },
    });
  } catch (error) {
    throw streamFailure(error, connection, 'Archiving the image', signal);
  } finally {
    stream.destroy();
  }
}

/** How much of the time it takes to read and compress what the engine saves; the rest to lay it into the archive. */
const readingShare = 0.8;

function reportOf(progress: ArchiveProgress, message: string, size: number): ProgressReport {
  const [of, before, share] =
    progress.doing === 'reading' ? [size, 0, readingShare] : [progress.of, readingShare, 1 - readingShare];
  const part = Math.min(1, progress.bytes / Math.max(1, of));
  const doing = progress.doing === 'reading' ? 'compressed' : 'written and checked';
  return {
    message: `${message}: ${formatSize(Math.min(progress.bytes, of))} of ${formatSize(of)} ${doing}`,
    fraction: before + share * part,
  };
}

/** The reference that the archive brings back: the image's own, or one made of its identifier. */
function archiveTag(image: string, details: ImageDetails): string {
  const isIdentifier = /^(?:sha256:)?[0-9a-f]{12,64}$/.test(image);
  const name = isIdentifier ? details.references[0] : image;
  const parsed = parseReference(name ?? '');
  if (!parsed.ok) return `untagged:${details.id.replace('sha256:', '').slice(0, 12)}`;
  return formatReference(withDefaultTag({ ...parsed.reference, digest: undefined }));
}
