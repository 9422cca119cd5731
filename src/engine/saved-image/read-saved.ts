import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import * as v from 'valibot';
import { Failure } from '../../host/failure.js';
import { compressionOf, decompress } from './decompress.js';
import { peek } from './peek.js';
import { collect, tarEntries } from './tar-entries.js';

/** A layer of an image: its DiffID (digest of the uncompressed tar) and size in bytes. */
export interface Layer {
  diffId: string;
  size: number;
}

/** What an engine's `GET /images/{name}/get` held, besides the layers' contents. */
export interface SavedImage {
  /** Small files by path: `manifest.json`, configurations, manifests. */
  documents: ReadonlyMap<string, Buffer>;
  /** Layers by path. */
  layers: ReadonlyMap<string, Layer>;
  /** Symbolic and hard links by path: what they lead to, from the archive's root. */
  links: ReadonlyMap<string, string>;
}

/**
 * Takes the uncompressed content of a layer while it is read; its DiffID is known only afterwards. By its name it should be
 * `expected`, where that says anything.
 */
export type TakeLayer = (
  content: AsyncIterable<Uint8Array>,
  expected: string | undefined,
) => Promise<(layer: Layer) => Promise<void>>;

/** What is remembered of compressed blobs, by their digests. */
export interface KnownBlobs {
  /** Takes a layer that need not be uncompressed: its content is known by the digest of the blob, which is compared. */
  take(digest: string): Promise<Layer | undefined>;
  remember(digest: string, layer: Layer): Promise<void>;
}

const largestDocument = 8 << 20;
const largestDocuments = 64 << 20;
/** Layers, configurations, manifests and links of one image: some hundreds. */
const mostFiles = 10_000;
/** Of Linux, in bytes. */
const longestPath = 4096;
const magicOffset = 257;

/**
 * Reads what an engine saves, in whichever of its formats: docker-archive (Engine 20.10, Podman), OCI layout with
 * `manifest.json` (Engine 25 and newer), layers plain or compressed.
 *
 * Rejects `archive-damaged`, `archive-unsupported`, and with the source's own error.
 */
export async function readSaved(
  source: AsyncIterable<Uint8Array>,
  takeLayer: TakeLayer,
  blobs?: KnownBlobs,
): Promise<SavedImage> {
  const documents = new Map<string, Buffer>();
  const layers = new Map<string, Layer>();
  const links = new Map<string, string>();
  const names = new Set<string>();
  let documentBytes = 0;
  let lost: unknown;
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* source;
    } catch (error) {
      lost = error;
      throw error;
    }
  };
  try {
    for await (const { header, content: bytes } of tarEntries(watched())) {
      const { type, size } = header;
      const isLink = type === 'symlink' || type === 'link';
      if (!isLink && type !== 'file' && type !== 'contiguous-file') continue;
      const name = pathInside(header.name);
      if (names.has(name)) throw damaged(`it holds ${quoted(name)} twice`);
      if (names.size === mostFiles) throw damaged('it holds more files than any image has');
      names.add(name);
      if (isLink) {
        links.set(name, targetOf(name, type, header.linkname));
        continue;
      }
      const { start, content } = await peek(bytes, magicOffset + 5);
      if (isDocument(name, size, start)) {
        if (size > largestDocument) throw damaged(`${quoted(name)} is larger than any document of an image`);
        documentBytes += size;
        if (documentBytes > largestDocuments) throw damaged('it holds more JSON than any image has');
        documents.set(name, await collect(content));
      } else layers.set(name, await readLayer(name, start, content, takeLayer, blobs));
    }
  } catch (error) {
    throw error instanceof Failure || error === lost || isForeign(error)
      ? error
      : damaged(error instanceof Error ? error.message : String(error), error);
  }
  const saved = { documents, layers, links };
  requireDistributed(saved);
  return saved;
}

/** Errors of the file system and aborts are not the archive's fault. */
function isForeign(error: unknown): boolean {
  return error instanceof Error && ('syscall' in error || error.name === 'AbortError');
}

/** A path in the shortest form; rejects one that does not lead to a file in the archive. */
function pathInside(path: string): string {
  const normal = posix.normalize(path);
  const leadsOut = posix.isAbsolute(normal) || /^\.\.?(?:\/|$)/.test(normal);
  if (leadsOut || path.length > longestPath)
    throw damaged(`it has the path ${quoted(path)}, which leads to no file in it`);
  return normal;
}

function targetOf(name: string, type: 'symlink' | 'link', target: string): string {
  return pathInside(type === 'link' || posix.isAbsolute(target) ? target : posix.join(posix.dirname(name), target));
}

function quoted(path: string): string {
  return JSON.stringify(path.slice(0, 100));
}

const dockerManifest = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ Layers: v.nullish(v.array(v.string()), []) })),
);
const ociManifest = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    layers: v.array(v.object({ mediaType: v.string(), digest: v.string(), urls: v.nullish(v.array(v.string()), []) })),
  }),
);

/**
 * Rejects `archive-unsupported` where a layer of the image is missing because it must not be distributed (OCI image-spec 1.1,
 * `layer.md`, “Non-Distributable Layers”): engines fetch it from somewhere else, and do not save it.
 */
function requireDistributed({ documents, layers, links }: SavedImage): void {
  const listed = v.safeParse(dockerManifest, documents.get('manifest.json')?.toString('utf8'));
  if (!listed.success) return;
  const paths = listed.output.flatMap((image) => image.Layers).map((path) => posix.normalize(path));
  const missing = new Set(paths.filter((path) => !layers.has(path) && !links.has(path)));
  if (missing.size === 0) return;
  for (const document of documents.values()) {
    const manifest = v.safeParse(ociManifest, document.toString('utf8'));
    for (const { mediaType, digest, urls } of manifest.success ? manifest.output.layers : []) {
      const isElsewhere = urls.length > 0 || /\.(?:nondistributable|foreign)\./.test(mediaType);
      if (!isElsewhere || !missing.has(`blobs/${digest.replace(':', '/')}`)) continue;
      throw new Failure(
        'archive-unsupported',
        `The layer ${digest} is not in the image: it must not be distributed, and is fetched from ${urls.join(' or ') || 'elsewhere'}.`,
        'Build the image on a base whose layers may all be distributed.',
      );
    }
  }
}

async function readLayer(
  name: string,
  start: Buffer,
  content: AsyncIterable<Uint8Array>,
  takeLayer: TakeLayer,
  blobs: KnownBlobs | undefined,
): Promise<Layer> {
  const named = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
  const isCompressed = !isTar(start) && compressionOf(start) !== undefined;
  if (named !== undefined && isCompressed) {
    const known = await blobs?.take(`sha256:${named}`);
    if (known !== undefined) {
      requireDigest(name, named, await digestOf(content));
      return known;
    }
  }
  // An uncompressed blob's digest is its DiffID.
  const blobHash = named !== undefined && isCompressed ? createHash('sha256') : undefined;
  const diffHash = createHash('sha256');
  let size = 0;
  const raw = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      blobHash?.update(chunk);
      yield chunk;
    }
  };
  const plain = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of isCompressed ? decompress(raw()) : content) {
      diffHash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  const expected = isCompressed ? undefined : /(?:^|\/)([0-9a-f]{64})(?:\.tar)?$/.exec(name)?.[1];
  const keep = await takeLayer(plain(), expected === undefined ? undefined : `sha256:${expected}`);
  const diffHex = diffHash.digest('hex');
  const blob = blobHash?.digest('hex') ?? diffHex;
  if (named !== undefined) requireDigest(name, named, blob);
  const layer = { diffId: `sha256:${diffHex}`, size };
  await keep(layer);
  if (isCompressed) await blobs?.remember(`sha256:${blob}`, layer);
  return layer;
}

async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}

function requireDigest(name: string, wanted: string, found: string): void {
  if (wanted !== found) throw damaged(`${name} has the sha256 ${found}`);
}

/** A compressed layer can be smaller than any JSON: its name or the first character tells, unless the file is a tar. */
function isDocument(name: string, size: number, start: Buffer): boolean {
  if (/(?:^|\/)(?:VERSION|repositories|oci-layout|json|[^/]+\.json)$/.test(name)) return true;
  return !isTar(start) && size <= largestDocument && /^[\t\n\r ]*[[{]/.test(start.toString('latin1'));
}

/** Told by POSIX's and GNU's magic. What a member is called could look like the magic of a compressor. */
function isTar(start: Buffer): boolean {
  return start.subarray(magicOffset, magicOffset + 5).toString('latin1') === 'ustar';
}

function damaged(what: string, cause?: unknown): Failure {
  return new Failure('archive-damaged', `The saved image is damaged: ${what}.`, 'Export the image again.', { cause });
}
