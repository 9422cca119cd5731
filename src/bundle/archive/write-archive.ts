import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { cancelled, Failure } from '../../host/failure.js';
import { gzipBlocks, gzipMember } from './gzip-blocks.js';
import { canonicalLayout, layerHeader, parseConfig, sha256 } from './layout.js';
import { readSaved, type SavedImage } from '../../engine/saved-image/read-saved.js';
import { paddingLength, tarEnd } from './tar-format.js';

export interface ArchiveOptions {
  /** `name:tag` that the archive brings back when it is loaded. */
  tag: string;
  /** Absolute path of the archive; it appears when it is whole. */
  file: string;
  compression: 'gzip' | 'none';
  signal: AbortSignal;
  /** Told the bytes of the source that have been read so far. */
  onProgress: (readBytes: number) => void;
}

export interface ArchiveResult {
  tag: string;
  /** Bytes of the file. */
  size: number;
  /** Of the file, in lower-case hex. */
  sha256: string;
  md5: string;
  /** Of the tar inside: the same for the same image, whatever compressed it. */
  tarSha256: string;
  /** Bytes. */
  tarSize: number;
  configDigest: string;
  manifestDigest: string;
  diffIds: string[];
  platform: string;
}

const dockerManifest = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ Config: v.string(), Layers: v.array(v.string()) })),
);

/**
 * Writes the canonical archive (`layout.ts`) of what an engine saves. Each layer is compressed once, while it is read,
 * into a spool beside the file; every digest that the image names is compared on the way.
 *
 * Rejects `archive-damaged`, `archive-unsupported`, `cancelled`, and errors of the file system. Nothing is left behind.
 */
export async function writeArchive(source: AsyncIterable<Uint8Array>, options: ArchiveOptions): Promise<ArchiveResult> {
  const { file, signal } = options;
  const spool = await mkdtemp(join(dirname(file), `.${basename(file)}.spool-`));
  try {
    const spooled = new Map<string, string>();
    let count = 0;
    const saved = await readSaved(watched(source, options), async (content) => {
      const path = join(spool, String(count++));
      await spoolLayer(content, path, options.compression);
      return async (diffId) => {
        // The same layer twice in one stream: the second one is not needed.
        if (spooled.has(diffId)) await rm(path);
        else spooled.set(diffId, path);
      };
    });
    const layout = canonicalLayout(configOf(saved), layerSizes(saved), options.tag);
    const partial = join(spool, 'archive');
    const sums = await assemble(layout, spooled, partial, options.compression, signal);
    if (signal.aborted) throw cancelled('Archiving the image');
    await rename(partial, file);
    const { configDigest, manifestDigest, diffIds, platform } = layout;
    return { tag: options.tag, ...sums, configDigest, manifestDigest, diffIds, platform };
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

async function* watched(
  source: AsyncIterable<Uint8Array>,
  { signal, onProgress }: ArchiveOptions,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of source) {
    if (signal.aborted) throw cancelled('Archiving the image');
    read += chunk.length;
    onProgress(read);
    yield chunk;
  }
}

/** Writes a layer with its padding, compressed into gzip members of its own, so that it does not depend on its place. */
async function spoolLayer(
  content: AsyncIterable<Uint8Array>,
  path: string,
  compression: 'gzip' | 'none',
): Promise<void> {
  const padded = async function* (): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of content) {
      size += chunk.length;
      yield chunk;
    }
    const padding = paddingLength(size);
    if (padding > 0) yield Buffer.alloc(padding);
  };
  const handle = await open(path, 'wx');
  try {
    await pipeline(compression === 'gzip' ? gzipBlocks(padded()) : padded(), handle.createWriteStream());
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** The configuration that `manifest.json` names, compared with the digest in its name. */
function configOf(saved: SavedImage): Buffer {
  const manifest = v.safeParse(dockerManifest, saved.documents.get('manifest.json')?.toString('utf8'));
  if (!manifest.success) throw damaged('it has no manifest.json that can be read');
  const [entry, second] = manifest.output;
  if (entry === undefined || second !== undefined) throw damaged('its manifest.json does not name exactly one image');
  const config = saved.documents.get(resolveLink(saved, entry.Config));
  if (config === undefined) throw damaged(`the configuration ${entry.Config} is missing`);
  const named = /([0-9a-f]{64})(?:\.json)?$/.exec(entry.Config)?.[1];
  if (named !== undefined && named !== sha256(config))
    throw damaged(`the configuration has not the digest in its name`);
  const diffIds = entry.Layers.map((path) => saved.layers.get(resolveLink(saved, path))?.diffId);
  const wanted = parseConfig(config).rootfs.diff_ids;
  if (diffIds.length !== wanted.length) throw damaged(`it lists ${diffIds.length} layers for ${wanted.length}`);
  for (const [index, diffId] of wanted.entries()) {
    if (diffIds[index] !== diffId)
      throw damaged(`layer ${index + 1} is ${diffIds[index] ?? 'missing'} instead of ${diffId}`);
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
  throw damaged(`the link ${path} leads in a circle`);
}

function layerSizes(saved: SavedImage): Map<string, number> {
  return new Map([...saved.layers.values()].map(({ diffId, size }) => [diffId, size]));
}

type Sums = Pick<ArchiveResult, 'size' | 'sha256' | 'md5' | 'tarSha256' | 'tarSize'>;

/** Writes file and checksums of file and tar at once. */
class ArchiveFile {
  private readonly sha256 = createHash('sha256');
  private readonly md5 = createHash('md5');
  readonly tar: Hash = createHash('sha256');
  private size = 0;
  tarSize = 0;

  constructor(private readonly handle: FileHandle) {}

  async write(bytes: Uint8Array): Promise<void> {
    this.sha256.update(bytes);
    this.md5.update(bytes);
    this.size += bytes.length;
    await this.handle.writev([bytes]);
  }

  addTar(bytes: Uint8Array): void {
    this.tar.update(bytes);
    this.tarSize += bytes.length;
  }

  sums(): Sums {
    return {
      size: this.size,
      sha256: this.sha256.digest('hex'),
      md5: this.md5.digest('hex'),
      tarSha256: this.tar.digest('hex'),
      tarSize: this.tarSize,
    };
  }
}

async function assemble(
  layout: ReturnType<typeof canonicalLayout>,
  spooled: ReadonlyMap<string, string>,
  path: string,
  compression: 'gzip' | 'none',
  signal: AbortSignal,
): Promise<Sums> {
  const handle = await open(path, 'wx');
  try {
    const archive = new ArchiveFile(handle);
    const writePlain = async (bytes: Buffer): Promise<void> => {
      archive.addTar(bytes);
      await archive.write(compression === 'gzip' ? await gzipMember(bytes) : bytes);
    };
    let between = layout.head;
    for (const layer of layout.layers) {
      const file = spooled.get(layer.diffId);
      if (file === undefined) throw damaged(`the layer ${layer.diffId} is missing`);
      await writePlain(Buffer.concat([between, layerHeader(layer)]));
      await appendSpooled(archive, file, compression, signal);
      between = Buffer.alloc(0);
    }
    await writePlain(Buffer.concat([between, tarEnd]));
    await handle.sync();
    return archive.sums();
  } finally {
    await handle.close();
  }
}

async function appendSpooled(
  archive: ArchiveFile,
  file: string,
  compression: 'gzip' | 'none',
  signal: AbortSignal,
): Promise<void> {
  const copy = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      await archive.write(chunk);
      yield chunk;
    }
  };
  const hash = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) archive.addTar(chunk);
  };
  const spooled = createReadStream(file, { highWaterMark: 1 << 20 });
  if (compression === 'gzip') {
    await pipeline(spooled, copy, createGunzip({ chunkSize: 1 << 18 }), hash, { signal });
  } else await pipeline(spooled, copy, hash, { signal });
}

function damaged(what: string): Failure {
  return new Failure('archive-damaged', `The saved image is damaged: ${what}.`, 'Export the image again.');
}
