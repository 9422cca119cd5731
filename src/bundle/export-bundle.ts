import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { type ImageDetails, inspectImage } from '../engine/images.js';
import { engineInfo } from '../engine/system.js';
import { noteUnfinished } from '../host/abandoned-folders.js';
import { asFailure, cancelled, Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { parsePlatform, platformFileName } from '../image/platform.js';
import { proposeCommand, proposeTarget } from '../run/proposal.js';
import { archiveImageTo } from './archive-image.js';
import { archiveExtension, type Compression } from './archive/block-compression.js';
import { type BundleFile } from './checksums.js';
import { type ArchivedImage } from './description.js';
import { makePartialFolder, moveIntoPlace, requireEmpty } from './bundle-folder.js';
import { readMetadata } from './metadata.js';
import { findBuilder } from './project-files.js';
import { joinSecrets, type Secrets } from './image-secrets.js';
import { writeParts } from './write-parts.js';
import { type Check } from './check.js';
import { type ZenodoJson } from './zenodo-json.js';

export interface ExportRequest {
  /** References of images that the engine has: the platforms of one application, one image a platform. */
  images: readonly string[];
  /** Absolute path; it must not exist yet, or be empty. */
  folder: string;
  metadata?: ZenodoJson | undefined;
  /** Absolute paths of the records of runs whose results go into the bundle. */
  runs?: readonly string[] | undefined;
  /** `gzip` where undefined: every engine loads it. */
  compression?: Compression | undefined;
}

export interface ExportResult {
  folder: string;
  files: BundleFile[];
  checks: Check[];
}

/** What an export needs of its host. */
export interface ExportPlace {
  /** Absolute paths of the open projects: the one with the image's build record gives metadata and recipe. */
  projects: readonly string[];
  /** Absolute path of the script that runs in a worker thread. */
  archiveWorker: string;
  /** Absolute path of a folder for notes of what is unfinished, so that it is removed should this process die. */
  notes?: string | undefined;
  /** Where compressed layers are kept for the next export, and how many bytes of them. */
  layers?: { root: string; limit: number } | undefined;
}

/**
 * Writes the Zenodo-ready folder of one or more images: their archives, the recipe, metadata, a README and checksums.
 * All is written beside the folder and renamed when it is whole.
 *
 * Rejects `folder-not-empty`, `folder-not-writable`, `image-not-found`, `image-changed`, `metadata-missing`, `metadata-invalid`,
 * `archive-unsupported`, `disk-full`, `cancelled`.
 */
export async function exportBundle(
  connection: EngineConnection,
  request: ExportRequest,
  place: ExportPlace,
  { signal, onProgress }: Work,
): Promise<ExportResult> {
  await requireEmpty(request.folder);
  const images = await Promise.all(
    request.images.map(async (image) => ({ image, details: await inspectImage(connection, image, signal) })),
  );
  requireOnePerPlatform(images);
  const engine = await engineInfo(connection, signal);
  const builder = await findBuilder(
    place.projects,
    images.map(({ details }) => details),
  );
  // Before the long work: what only a person can say must not be missed after it.
  const metadata = await readMetadata(builder?.project ?? place.projects[0] ?? '', request.metadata);

  const partial = await makePartialFolder(request.folder);
  const unfinished = place.notes === undefined ? undefined : await noteUnfinished(place.notes, partial);
  let whole = false;
  try {
    const archived: Archived[] = [];
    for (const [index, { image, details }] of images.entries()) {
      const archive = await archiveImage(connection, image, details, partial, request, place, {
        signal,
        onProgress: ({ message, fraction }) => {
          onProgress({ message, fraction: ((index + (fraction ?? 0)) / images.length) * 0.95 });
        },
      });
      archived.push(archive);
    }
    const parts = await writeParts(
      partial,
      {
        metadata,
        engine,
        builder,
        runs: request.runs ?? [],
        archived,
        compression: request.compression ?? 'gzip',
        secrets: joinSecrets(archived.map(({ secrets }) => secrets)),
      },
      {
        signal,
        onProgress: ({ message }) => {
          onProgress({ message, fraction: 0.96 });
        },
      },
    );
    if (signal.aborted) throw cancelled('The export');
    await moveIntoPlace(partial, request.folder);
    whole = true;
    return { folder: request.folder, ...parts };
  } catch (error) {
    throw signal.aborted ? cancelled('The export') : asFailure(error, 'The export');
  } finally {
    if (!whole) await rm(partial, { recursive: true, force: true });
    await unfinished?.forget();
  }
}

interface Archived {
  image: ArchivedImage;
  file: BundleFile;
  secrets: Secrets;
}

async function archiveImage(
  connection: EngineConnection,
  image: string,
  details: ImageDetails,
  folder: string,
  request: ExportRequest,
  place: ExportPlace,
  work: Work,
): Promise<Archived> {
  const platform = parsePlatform(details.platform);
  const part = platform === undefined ? 'unknown' : platformFileName(platform);
  const name = `image-${part}${archiveExtension[request.compression ?? 'gzip']}`;
  const result = await archiveImageTo(
    connection,
    image,
    details,
    {
      file: join(folder, name),
      compression: request.compression ?? 'gzip',
      archiveWorker: place.archiveWorker,
      layers: place.layers,
    },
    work,
  );
  return {
    image: {
      file: name,
      reference: result.tag,
      platform: details.platform,
      configDigest: result.configDigest,
      manifestDigest: result.manifestDigest,
      diffIds: result.diffIds,
      tarSha256: result.tarSha256,
      tarBytes: result.tarSize,
      target: proposeTarget(details),
      command: proposeCommand(details) ?? [],
      workingFolder: details.workingFolder === '' ? '/' : details.workingFolder,
    },
    file: { name, size: result.size, sha256: result.sha256, md5: result.md5 },
    secrets: result.secrets,
  };
}

function requireOnePerPlatform(images: readonly { image: string; details: ImageDetails }[]): void {
  const seen = new Map<string, string>();
  for (const { image, details } of images) {
    const other = seen.get(details.platform);
    if (other !== undefined) {
      throw new Failure(
        'invalid-argument',
        `${other} and ${image} are both for ${details.platform}.`,
        'A bundle holds the platforms of one application: export each image of the same platform on its own.',
      );
    }
    seen.set(details.platform, image);
  }
}
