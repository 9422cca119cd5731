import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { type ImageDetails, inspectImage } from '../engine/images.js';
import { engineInfo } from '../engine/system.js';
import { cancelled, Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { parsePlatform, platformFileName } from '../image/platform.js';
import { proposeCommand, proposeTarget } from '../run/proposal.js';
import { archiveImageTo } from './archive-image.js';
import { checksumsFile, checksumsOf, formatChecksums } from './checksums.js';
import { type ArchivedImage, descriptionFile, formatDescription } from './description.js';
import { makePartialFolder, moveIntoPlace, requireEmpty } from './bundle-folder.js';
import { readMetadata } from './metadata.js';
import { copyProjectFiles, findBuilder } from './project-files.js';
import { formatReadme } from './readme.js';
import { type Check } from './check.js';
import { type ZenodoJson } from './zenodo-json.js';

export interface ExportRequest {
  /** References of images that the engine has: the platforms of one application, one image a platform. */
  images: readonly string[];
  /** Absolute path; it must not exist yet, or be empty. */
  folder: string;
  metadata?: ZenodoJson | undefined;
  /** `gzip` where undefined: every engine loads it. */
  compression?: 'gzip' | 'none' | undefined;
}

export interface BundleFile {
  name: string;
  /** Bytes. */
  size: number;
  sha256: string;
  md5: string;
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
}

/**
 * Writes the Zenodo-ready folder of one or more images: their archives, the recipe, metadata, a README and checksums.
 * All is written beside the folder and renamed when it is whole.
 *
 * Rejects `folder-not-empty`, `folder-not-writable`, `image-not-found`, `metadata-missing`, `metadata-invalid`,
 * `disk-full`, `cancelled`.
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
  let whole = false;
  try {
    const archived: { image: ArchivedImage; file: BundleFile }[] = [];
    for (const [index, { image, details }] of images.entries()) {
      const archive = await archiveImage(connection, image, details, partial, request, place, {
        signal,
        onProgress: ({ message, fraction }) => {
          onProgress({ message, fraction: ((index + (fraction ?? 0)) / images.length) * 0.95 });
        },
      });
      archived.push(archive);
    }
    onProgress({ message: 'Writing README, metadata and checksums', fraction: 0.96 });
    const described = archived.map(({ image }) => image);
    const { copied, missing } = await copyProjectFiles(builder, partial);
    await writeFile(join(partial, '.zenodo.json'), `${JSON.stringify(metadata, null, 2)}\n`);
    await writeFile(
      join(partial, descriptionFile),
      formatDescription({
        created: new Date().toISOString(),
        images: described,
        engine: { version: engine.version, platform: engine.platform, store: engine.store },
        missing,
      }),
    );
    const contents = [
      ...described.map(({ file, platform }) => ({ name: file, what: `the image for ${platform}` })),
      ...copied,
      { name: '.zenodo.json', what: 'the metadata of the record' },
      { name: descriptionFile, what: 'digests of the image and how it was archived' },
      { name: checksumsFile, what: 'checksums of all other files' },
    ];
    await writeFile(join(partial, 'README.md'), formatReadme(metadata, described, contents));

    const known = new Map(archived.map(({ file }) => [file.name, file]));
    const listed = await checksummed(partial, known, signal);
    await writeFile(join(partial, checksumsFile), formatChecksums(listed));
    const sums = { name: checksumsFile, ...(await checksumsOf(join(partial, checksumsFile), signal)) };
    if (signal.aborted) throw cancelled('The export');
    await moveIntoPlace(partial, request.folder);
    whole = true;
    return { folder: request.folder, files: [...listed, sums], checks: checksOf(missing, described) };
  } finally {
    if (!whole) await rm(partial, { recursive: true, force: true });
  }
}

async function archiveImage(
  connection: EngineConnection,
  image: string,
  details: ImageDetails,
  folder: string,
  request: ExportRequest,
  place: ExportPlace,
  work: Work,
): Promise<{ image: ArchivedImage; file: BundleFile }> {
  const platform = parsePlatform(details.platform);
  const part = platform === undefined ? 'unknown' : platformFileName(platform);
  const name = `image-${part}.tar${request.compression === 'none' ? '' : '.gz'}`;
  const result = await archiveImageTo(
    connection,
    image,
    details,
    {
      file: join(folder, name),
      compression: request.compression ?? 'gzip',
      archiveWorker: place.archiveWorker,
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
    },
    file: { name, size: result.size, sha256: result.sha256, md5: result.md5 },
  };
}

async function checksummed(
  folder: string,
  known: ReadonlyMap<string, BundleFile>,
  signal: AbortSignal,
): Promise<BundleFile[]> {
  const files: BundleFile[] = [];
  for (const name of (await readdir(folder)).sort()) {
    files.push(known.get(name) ?? { name, ...(await checksumsOf(join(folder, name), signal)) });
  }
  return files;
}

function checksOf(missing: readonly string[], images: readonly ArchivedImage[]): Check[] {
  return [
    ...images.map((image): Check => ({
      id: `archive:${image.platform}`,
      state: 'passed',
      message: `${image.file} holds every layer of ${image.reference}, each compared with its digest.`,
    })),
    ...['Dockerfile', 'LICENSE', 'CITATION.cff'].map((name): Check =>
      missing.includes(name)
        ? {
            id: `has:${name}`,
            state: 'failed',
            message: `The bundle has no ${name}.`,
            remedy:
              name === 'Dockerfile'
                ? 'Build the image with “Build Research Image…” in the open project, then export again.'
                : `Add a ${name} to the project, then export again.`,
          }
        : { id: `has:${name}`, state: 'passed', message: `The bundle has the project's ${name}.` },
    ),
  ];
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
