import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as v from 'valibot';
import { cancelled, Failure } from '../../host/failure.js';
import { type Layer } from '../../engine/saved-image/read-saved.js';
import { decompress } from '../../engine/saved-image/decompress.js';
import { blobFolder, canonicalLayout, layerHeader, parseConfig, parseTag, sha256 } from './layout.js';
import { paddingLength, tarEnd } from './tar-format.js';

/** What a whole archive holds. */
export interface VerifiedArchive {
  configDigest: string;
  manifestDigest: string;
  diffIds: string[];
  platform: string;
  tag: string;
  tarSha256: string;
  /** Of the tar inside. */
  tarBytes: number;
  /** As it is in the archive, verbatim. */
  configuration: Buffer;
}

const dockerManifest = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictTuple([
    v.object({
      RepoTags: v.strictTuple([
        v.pipe(
          v.string(),
          v.check((tag) => parseTag(tag) !== undefined),
        ),
      ]),
    }),
  ]),
);
const ociManifest = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    layers: v.array(v.object({ digest: v.string(), size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) })),
  }),
);

const largestDocument = 8 << 20;
const blockSize = 512;

/**
 * Verifies a canonical archive (`layout.ts`), plain or gzipped, by itself: it is read once, and its every byte must be
 * what the layout makes of the configuration, the tag and the layers in it, each layer having its digest.
 *
 * Rejects `archive-damaged` with what is wrong, and `cancelled`.
 */
export async function verifyArchive(file: string, { signal }: { signal: AbortSignal }): Promise<VerifiedArchive> {
  const stream = createReadStream(file, { highWaterMark: 1 << 20, signal });
  try {
    return await verifyTar(decompress(stream));
  } catch (error) {
    if (signal.aborted) throw cancelled('The verification');
    throw error;
  } finally {
    stream.destroy();
  }
}

async function verifyTar(source: AsyncIterable<Uint8Array>): Promise<VerifiedArchive> {
  const tar = new ByteReader(source);
  // The head is read as it claims to be, and then compared with what the layout makes of what was read.
  const head: Buffer[] = [];
  const files = new Map<string, Buffer>();
  const names = ['oci-layout', 'index.json', 'manifest.json', 'blobs/', blobFolder];
  for (const name of names) files.set(name, await readFile(tar, head, name));
  const docker = v.safeParse(dockerManifest, files.get('manifest.json')?.toString('utf8'));
  if (!docker.success) throw damaged('manifest.json does not name one image with one tag');
  const [entry] = docker.output;
  const manifestBytes = await readFile(tar, head, 'the manifest');
  const configBytes = await readFile(tar, head, 'the configuration');
  const manifest = v.safeParse(ociManifest, manifestBytes.toString('utf8'));
  if (!manifest.success) throw damaged('the manifest cannot be read');
  const sizes = new Map(manifest.output.layers.map((layer) => [layer.digest, layer.size]));
  const layout = canonicalLayout(configBytes, sizes, entry.RepoTags[0]);
  if (!Buffer.concat(head).equals(layout.head)) {
    throw damaged('index, manifest, configuration and headers do not agree with each other');
  }
  for (const layer of layout.layers) await verifyLayer(tar, layer);
  if (!(await tar.take(tarEnd.length)).equals(tarEnd)) throw damaged('the tar does not end where it should');
  if (!(await tar.atEnd())) throw damaged('something follows after the end of the tar');
  return {
    configDigest: `sha256:${sha256(configBytes)}`,
    manifestDigest: layout.manifestDigest,
    diffIds: parseConfig(configBytes).rootfs.diff_ids,
    platform: layout.platform,
    tag: entry.RepoTags[0],
    tarSha256: tar.sha256(),
    tarBytes: tar.size,
    configuration: configBytes,
  };
}

async function readFile(tar: ByteReader, head: Buffer[], what: string): Promise<Buffer> {
  const header = await tar.take(blockSize);
  const size = Number.parseInt(header.toString('latin1', 124, 135), 8);
  if (!Number.isSafeInteger(size) || size > largestDocument) throw damaged(`${what} has no believable size`);
  const content = await tar.take(size);
  head.push(header, content, await tar.take(paddingLength(size)));
  return content;
}

async function verifyLayer(tar: ByteReader, layer: Layer): Promise<void> {
  const header = layerHeader(layer);
  if (!(await tar.take(header.length)).equals(header))
    throw damaged(`the header of the layer ${layer.diffId} is wrong`);
  const hash = createHash('sha256');
  for await (const chunk of tar.stream(layer.size)) hash.update(chunk);
  const found = `sha256:${hash.digest('hex')}`;
  if (found !== layer.diffId) throw damaged(`the layer ${layer.diffId} has the digest ${found}`);
  const padding = await tar.take(paddingLength(layer.size));
  if (padding.some((byte) => byte !== 0)) throw damaged(`something hides behind the layer ${layer.diffId}`);
}

/** Reads counted bytes from a stream and hashes all that it hands out. */
class ByteReader {
  private readonly iterator: AsyncIterator<Uint8Array>;
  private readonly hash = createHash('sha256');
  private rest: Buffer = Buffer.alloc(0);
  /** Bytes handed out so far. */
  size = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.iterator = source[Symbol.asyncIterator]();
  }

  async take(count: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.stream(count)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async *stream(count: number): AsyncGenerator<Buffer> {
    let remaining = count;
    while (remaining > 0) {
      if (this.rest.length === 0 && !(await this.fill())) throw damaged('it is cut off');
      const chunk = this.rest.subarray(0, remaining);
      this.rest = this.rest.subarray(chunk.length);
      remaining -= chunk.length;
      this.hash.update(chunk);
      this.size += chunk.length;
      yield chunk;
    }
  }

  async atEnd(): Promise<boolean> {
    return this.rest.length === 0 && !(await this.fill());
  }

  sha256(): string {
    return this.hash.digest('hex');
  }

  private async fill(): Promise<boolean> {
    while (this.rest.length === 0) {
      const next = await this.iterator.next();
      if (next.done === true) return false;
      this.rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    return true;
  }
}

function damaged(what: string): Failure {
  return new Failure('archive-damaged', `The archive is damaged: ${what}.`, 'Fetch or export it again.');
}
