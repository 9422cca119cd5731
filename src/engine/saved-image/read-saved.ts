import { createHash } from 'node:crypto';
import { posix } from 'node:path';
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
const magicOffset = 257;

/**
 * Reads what an engine saves, in whichever of its formats: docker-archive (Engine 20.10, Podman), OCI layout with
 * `manifest.json` (Engine 25 and newer), layers plain or compressed.
 *
 * Rejects `archive-damaged` and `archive-unsupported`.
 */
export async function readSaved(
  source: AsyncIterable<Uint8Array>,
  takeLayer: TakeLayer,
  blobs?: KnownBlobs,
): Promise<SavedImage> {
  const documents = new Map<string, Buffer>();
  const layers = new Map<string, Layer>();
  const links = new Map<string, string>();
  let documentBytes = 0;
  try {
    for await (const { header, content: bytes } of tarEntries(source)) {
      const name = posix.normalize(header.name).replace(/^\.?\//, '');
      const { type, linkname, size } = header;
      if (type === 'symlink' || type === 'link') {
        links.set(name, type === 'link' ? linkname : posix.join(posix.dirname(name), linkname));
      } else if (type === 'file' || type === 'contiguous-file') {
        const { start, content } = await peek(bytes, magicOffset + 5);
        if (isDocument(name, size, start)) {
          documentBytes += size;
          if (documentBytes > largestDocuments) throw damaged('it holds more JSON than any image has');
          documents.set(name, await collect(content));
        } else layers.set(name, await readLayer(name, start, content, takeLayer, blobs));
      }
    }
  } catch (error) {
    throw error instanceof Failure || isForeign(error)
      ? error
      : damaged(error instanceof Error ? error.message : String(error), error);
  }
  return { documents, layers, links };
}

/** Errors of the file system and aborts are not the archive's fault. */
function isForeign(error: unknown): boolean {
  return error instanceof Error && ('syscall' in error || error.name === 'AbortError');
}

async function readLayer(
  name: string,
  start: Buffer,
  content: AsyncIterable<Uint8Array>,
  takeLayer: TakeLayer,
  blobs: KnownBlobs | undefined,
): Promise<Layer> {
  const named = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
  const isCompressed = compressionOf(start) !== undefined;
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

/** A compressed layer can be smaller than any JSON: the first byte tells, unless the file is a tar. */
function isDocument(name: string, size: number, start: Buffer): boolean {
  if (/(?:^|\/)(?:VERSION|repositories|oci-layout)$/.test(name)) return true;
  const isTar = start.subarray(magicOffset, magicOffset + 5).toString('latin1') === 'ustar';
  return !isTar && size <= largestDocument && (start[0] === 0x7b || start[0] === 0x5b);
}

function damaged(what: string, cause?: unknown): Failure {
  return new Failure('archive-damaged', `The saved image is damaged: ${what}.`, 'Export the image again.', { cause });
}
