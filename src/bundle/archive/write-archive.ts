import { rename, rm } from 'node:fs/promises';
import { posix } from 'node:path';
import * as v from 'valibot';
import { type Secrets, secretsOfImage } from '../image-secrets.js';
import { readSaved, type SavedImage } from '../../engine/saved-image/read-saved.js';
import { cancelled, Failure } from '../../host/failure.js';
import { type ArchiveSums, assembleArchive } from './assemble-archive.js';
import { type Compression, compressorFor } from './block-compression.js';
import { LayerCache } from './layer-cache.js';
import { canonicalLayout, parseConfig, sha256 } from './layout.js';
import { damagedImage, SpooledLayers, spoolFolder } from './spooled-layers.js';

/** How far an archive has come: what the engine saves is read first, and laid into the archive then. */
export type ArchiveProgress =
  | { doing: 'reading'; /** Of what the engine saves. */ bytes: number }
  | { doing: 'writing'; /** Of the tar inside. */ bytes: number; /** Bytes of all layers. */ of: number };

export interface ArchiveOptions {
  /** `name:tag` that the archive brings back when it is loaded. */
  tag: string;
  /** Of the image that is wanted, in its order; any image will do where undefined. */
  diffIds?: readonly string[] | undefined;
  /** Absolute path of the archive; it appears when it is whole. */
  file: string;
  compression: Compression;
  /** Where layers compressed by gzip are kept for the next archive, as an absolute path, and how many bytes; nothing is where undefined. */
  layers?: { root: string; limit: number } | undefined;
  signal: AbortSignal;
  onProgress: (progress: ArchiveProgress) => void;
}

export interface ArchiveResult extends ArchiveSums {
  tag: string;
  configDigest: string;
  manifestDigest: string;
  diffIds: string[];
  platform: string;
  /** What its configuration and the files of its layers give away. */
  secrets: Secrets;
}

const dockerManifest = v.pipe(
  v.string(),
  v.parseJson(),
  // Go writes a list of nothing as null.
  v.array(v.object({ Config: v.string(), Layers: v.nullish(v.array(v.string()), []) })),
);

/**
 * Writes the canonical archive (`layout.ts`) of what an engine saves. Each layer is compressed once, while it is read,
 * into a spool beside the file; every digest that the image names is compared on the way.
 *
 * Rejects `archive-damaged`, `archive-unsupported`, `image-changed`, `cancelled`, and errors of the file system. Nothing is left behind.
 */
export async function writeArchive(source: AsyncIterable<Uint8Array>, options: ArchiveOptions): Promise<ArchiveResult> {
  const { file, signal, layers, compression, onProgress } = options;
  const compressor = compression === 'none' ? undefined : compressorFor(compression);
  const keptLayers = compression === 'gzip' ? layers : undefined;
  const cache = keptLayers === undefined ? undefined : new LayerCache(keptLayers.root, keptLayers.limit);
  const spool = await spoolFolder(file, keptLayers?.root);
  try {
    const spooled = new SpooledLayers(spool, compressor, cache, signal);
    const saved = await readSaved(watched(source, options), (content, expected) => spooled.add(content, expected), {
      take: (digest) => spooled.takeBlob(digest),
      remember: async (digest, layer) => cache?.keepBlob(digest, layer),
    });
    const config = configOf(saved);
    const layout = canonicalLayout(config, layerSizes(saved), options.tag);
    if (options.diffIds !== undefined && layout.diffIds.join() !== options.diffIds.join()) {
      throw new Failure(
        'image-changed',
        `The name ${options.tag} was given to another image while it was archived.`,
        'Wait until nothing builds or pulls it any more, then export again.',
      );
    }
    const of = layout.layers.reduce((sum, { size }) => sum + size, 0);
    const partial = `${file}.partial`;
    try {
      const sums = await assembleArchive(layout, spooled, partial, compressor, {
        signal,
        onProgress: (bytes) => {
          onProgress({ doing: 'writing', bytes, of });
        },
      });
      if (signal.aborted) throw cancelled('Archiving the image');
      await rename(partial, file);
      await cache?.prune();
      const { configDigest, manifestDigest, diffIds, platform } = layout;
      const searches = layout.layers.map(({ diffId }) => spooled.searchOf(diffId));
      const secrets = secretsOfImage(config, searches);
      return { tag: options.tag, ...sums, configDigest, manifestDigest, diffIds, platform, secrets };
    } finally {
      await rm(partial, { force: true });
    }
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

async function* watched(
  source: AsyncIterable<Uint8Array>,
  { signal, onProgress }: ArchiveOptions,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    if (signal.aborted) throw cancelled('Archiving the image');
    bytes += chunk.length;
    onProgress({ doing: 'reading', bytes });
    yield chunk;
  }
}

/** The configuration that `manifest.json` names, compared with the digest in its name. */
function configOf(saved: SavedImage): Buffer {
  const manifest = v.safeParse(dockerManifest, saved.documents.get('manifest.json')?.toString('utf8'));
  if (!manifest.success) throw damagedImage('it has no manifest.json that can be read');
  const [entry, second] = manifest.output;
  if (entry === undefined || second !== undefined)
    throw damagedImage('its manifest.json does not name exactly one image');
  const config = saved.documents.get(resolveLink(saved, entry.Config));
  if (config === undefined) throw damagedImage(`the configuration ${entry.Config} is missing`);
  const named = /([0-9a-f]{64})(?:\.json)?$/.exec(entry.Config)?.[1];
  if (named !== undefined && named !== sha256(config))
    throw damagedImage(`the configuration has not the digest in its name`);
  const diffIds = entry.Layers.map((path) => saved.layers.get(resolveLink(saved, path))?.diffId);
  const wanted = parseConfig(config).rootfs.diff_ids;
  if (diffIds.length !== wanted.length) throw damagedImage(`it lists ${diffIds.length} layers for ${wanted.length}`);
  for (const [index, diffId] of wanted.entries()) {
    if (diffIds[index] !== diffId)
      throw damagedImage(`layer ${index + 1} is ${diffIds[index] ?? 'missing'} instead of ${diffId}`);
  }
  return config;
}

function resolveLink(saved: SavedImage, path: string): string {
  let at = posix.normalize(path);
  for (let hops = 0; hops < 10; hops++) {
    const target = saved.links.get(at);
    if (target === undefined) return at;
    at = posix.normalize(target);
  }
  throw damagedImage(`the link ${path} leads in a circle`);
}

function layerSizes(saved: SavedImage): Map<string, number> {
  return new Map([...saved.layers.values()].map(({ diffId, size }) => [diffId, size]));
}
