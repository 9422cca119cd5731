import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type Layer } from '../../engine/saved-image/read-saved.js';
import { Failure } from '../../host/failure.js';
import { formatPlatform } from '../../image/platform.js';
import { parseReference, type Reference } from '../../image/reference.js';
import { tarFile, tarHeader } from './tar-format.js';

const digest = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/));

const imageConfig = v.object({
  os: v.string(),
  architecture: v.string(),
  variant: v.optional(v.string()),
  'os.version': v.optional(v.string()),
  rootfs: v.object({ diff_ids: v.nullish(v.array(digest), []) }),
});

/** What is needed of an image's configuration (OCI image-spec 1.1, `config.md`). */
export type ImageConfig = v.InferOutput<typeof imageConfig>;

/** Reads an image's configuration; rejects `archive-damaged`. */
export function parseConfig(bytes: Buffer): ImageConfig {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), imageConfig), bytes.toString('utf8'));
  if (parsed.success) return parsed.output;
  throw new Failure(
    'archive-damaged',
    `The configuration of the image cannot be read: ${parsed.issues[0].message}`,
    'Save the image again.',
  );
}

/** The parts of the canonical archive besides its layers. */
export interface Layout {
  /** The tar's bytes up to the first layer's header. */
  head: Buffer;
  /** The layers, each once, in the order of the image. */
  layers: Layer[];
  configDigest: string;
  manifestDigest: string;
  diffIds: string[];
  platform: string;
}

export const blobFolder = 'blobs/sha256/';
const ociImage = 'application/vnd.oci.image.';

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The header of a layer's blob in the tar. */
export function layerHeader(layer: Layer): Buffer {
  return tarHeader(blobFolder + layer.diffId.replace('sha256:', ''), layer.size);
}

/**
 * The canonical archive of one image for one platform: an OCI image layout (image-spec 1.1) and `manifest.json`, the
 * list that `docker load` reads, in one tar with uncompressed layers. The same image gives the same bytes.
 *
 * @param tag `name:tag` as a person writes it; the archive brings it back when it is loaded
 * @param sizes of the layers in bytes, by DiffID
 */
export function canonicalLayout(configBytes: Buffer, sizes: ReadonlyMap<string, number>, tag: string): Layout {
  const config = parseConfig(configBytes);
  const configHex = sha256(configBytes);
  const diffIds = config.rootfs.diff_ids;
  const layers = diffIds.map((diffId) => ({ diffId, size: sizeOf(diffId, sizes) }));
  const manifest = jsonBytes({
    schemaVersion: 2,
    mediaType: `${ociImage}manifest.v1+json`,
    config: { mediaType: `${ociImage}config.v1+json`, digest: `sha256:${configHex}`, size: configBytes.length },
    layers: layers.map((layer) => ({ mediaType: `${ociImage}layer.v1.tar`, digest: layer.diffId, size: layer.size })),
  });
  const manifestHex = sha256(manifest);
  const index = jsonBytes({
    schemaVersion: 2,
    mediaType: `${ociImage}index.v1+json`,
    manifests: [
      {
        mediaType: `${ociImage}manifest.v1+json`,
        digest: `sha256:${manifestHex}`,
        size: manifest.length,
        annotations: tagAnnotations(tag),
        platform: {
          architecture: config.architecture,
          os: config.os,
          ...(config['os.version'] === undefined ? {} : { 'os.version': config['os.version'] }),
          ...(config.variant === undefined || config.variant === '' ? {} : { variant: config.variant }),
        },
      },
    ],
  });
  const dockerManifest = jsonBytes([
    {
      Config: blobFolder + configHex,
      RepoTags: [tag],
      Layers: diffIds.map((diffId) => blobFolder + diffId.replace('sha256:', '')),
    },
  ]);
  return {
    head: Buffer.concat([
      tarFile('oci-layout', jsonBytes({ imageLayoutVersion: '1.0.0' })),
      tarFile('index.json', index),
      tarFile('manifest.json', dockerManifest),
      tarHeader('blobs/', 0, 'folder'),
      tarHeader(blobFolder, 0, 'folder'),
      tarFile(blobFolder + manifestHex, manifest),
      tarFile(blobFolder + configHex, configBytes),
    ]),
    layers: [...new Map(layers.map((layer) => [layer.diffId, layer])).values()],
    configDigest: `sha256:${configHex}`,
    manifestDigest: `sha256:${manifestHex}`,
    diffIds,
    platform: formatPlatform({ os: config.os, architecture: config.architecture, variant: config.variant }),
  };
}

/** Reads a `name:tag` without a digest; undefined where the text is none. */
export function parseTag(text: string): (Reference & { tag: string }) | undefined {
  const parsed = parseReference(text);
  if (!parsed.ok || parsed.reference.digest !== undefined) return undefined;
  const { tag } = parsed.reference;
  return tag === undefined ? undefined : { ...parsed.reference, tag };
}

/** The annotations by which containerd and OCI tools know a manifest's name. */
export function tagAnnotations(text: string): Record<string, string> {
  const reference = parseTag(text);
  if (reference === undefined) {
    throw new Failure('invalid-argument', `“${text}” is not a name with a tag.`, 'Give the image a tag first.');
  }
  const { domain, path, tag } = reference;
  const official = domain === undefined && !path.includes('/') ? 'library/' : '';
  return {
    'io.containerd.image.name': `${domain ?? 'docker.io'}/${official}${path}:${tag}`,
    'org.opencontainers.image.ref.name': tag,
  };
}

function sizeOf(diffId: string, sizes: ReadonlyMap<string, number>): number {
  const size = sizes.get(diffId);
  if (size !== undefined) return size;
  throw new Failure('archive-damaged', `The layer ${diffId} is missing.`, 'Save the image again.');
}

function jsonBytes(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
