import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import * as v from 'valibot';
import { markFile, removeMarked } from '../../host/abandoned-folders.js';
import { processMark } from '../../host/process-mark.js';
import { cancelled, errorCode, Failure } from '../../host/failure.js';
import { blocksInFlight, gunzipMember, gzipBlocks, gzipMember } from './gzip-blocks.js';
import { LayerCache } from './layer-cache.js';
import { canonicalLayout, layerHeader, parseConfig, sha256 } from './layout.js';
import { type Layer, readSaved, type SavedImage } from '../../engine/saved-image/read-saved.js';
import { paddingLength, tarEnd } from './tar-format.js';

export interface ArchiveOptions {
  /** `name:tag` that the archive brings back when it is loaded. */
  tag: string;
  /** Absolute path of the archive; it appears when it is whole. */
  file: string;
  compression: 'gzip' | 'none';
  /** Where compressed layers are kept for the next archive, as an absolute path, and how many bytes; nothing is where undefined. */
  layers?: { root: string; limit: number } | undefined;
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
  const { file, signal, layers } = options;
  const cache =
    layers === undefined || options.compression === 'none' ? undefined : new LayerCache(layers.root, layers.limit);
  const spool = await spoolFolder(file, cache === undefined ? undefined : layers?.root);
  try {
    const spooled = new SpooledLayers(spool, options.compression, cache);
    const saved = await readSaved(watched(source, options), (content, expected) => spooled.add(content, expected), {
      take: (digest) => spooled.takeBlob(digest),
      remember: async (digest, layer) => cache?.keepBlob(digest, layer),
    });
    const layout = canonicalLayout(configOf(saved), layerSizes(saved), options.tag);
    const partial = `${file}.partial`;
    try {
      const sums = await assemble(layout, spooled, partial, options.compression, signal);
      if (signal.aborted) throw cancelled('Archiving the image');
      await rename(partial, file);
      await cache?.prune();
      const { configDigest, manifestDigest, diffIds, platform } = layout;
      return { tag: options.tag, ...sums, configDigest, manifestDigest, diffIds, platform };
    } finally {
      await rm(partial, { force: true });
    }
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

const spoolPrefix = 'spool-';

/** A fresh folder on the disk of the kept layers, to which links can be made, or beside the archive. */
async function spoolFolder(file: string, root: string | undefined): Promise<string> {
  if (root !== undefined) {
    try {
      await mkdir(root, { recursive: true });
      await removeMarked(root, spoolPrefix);
      const folder = await mkdtemp(join(root, spoolPrefix));
      await writeFile(join(folder, markFile), processMark());
      return folder;
    } catch {
      // Kept layers are a convenience: without them, it only takes longer.
    }
  }
  return mkdtemp(join(dirname(file), `.${basename(file)}.spool-`));
}

interface SpooledLayer {
  /** Absolute path. */
  path: string;
  /** Lengths in bytes of the gzip members in it; one for a file that is not compressed. */
  members: number[];
  /** Whether an earlier archive left it: what is in it is compared with its DiffID again. */
  origin: 'fresh' | 'kept';
}

/** The layers of an image with their padding, as files that are laid into the archive. */
class SpooledLayers {
  private readonly files = new Map<string, SpooledLayer>();
  private count = 0;

  constructor(
    private readonly folder: string,
    private readonly compression: 'gzip' | 'none',
    private readonly cache: LayerCache | undefined,
  ) {}

  get(diffId: string): SpooledLayer | undefined {
    return this.files.get(diffId);
  }

  /** A layer that is kept under the DiffID in its name is read only to compare it with that. */
  async add(
    content: AsyncIterable<Uint8Array>,
    expected: string | undefined,
  ): Promise<(layer: Layer) => Promise<void>> {
    const path = this.next();
    const isHere = expected !== undefined && this.files.has(expected);
    const kept = expected === undefined || isHere ? undefined : await this.cache?.take(expected, path);
    if (!isHere && kept === undefined) {
      const members = await spoolLayer(content, path, this.compression);
      return (layer) => this.settle(layer, { path, members, origin: 'fresh' });
    }
    await drain(content);
    return async (layer) => {
      if (layer.diffId !== expected || (kept !== undefined && kept.size !== layer.size)) {
        throw damaged(`the layer ${expected ?? ''} is ${layer.diffId}`);
      }
      if (kept !== undefined) this.files.set(layer.diffId, { path, members: kept.members, origin: 'kept' });
      return Promise.resolve();
    };
  }

  /** A layer that an earlier archive had, known by the digest of its compressed blob. */
  async takeBlob(digest: string): Promise<Layer | undefined> {
    const layer = await this.cache?.blob(digest);
    if (layer === undefined || this.files.has(layer.diffId)) return layer;
    const path = this.next();
    const kept = await this.cache?.take(layer.diffId, path);
    if (kept === undefined) return undefined;
    this.files.set(layer.diffId, { path, members: kept.members, origin: 'kept' });
    return layer;
  }

  private async settle(layer: Layer, spooled: SpooledLayer): Promise<void> {
    const { path, members } = spooled;
    // The same layer twice in one stream: the second one is not needed.
    if (this.files.has(layer.diffId)) return rm(path);
    this.files.set(layer.diffId, spooled);
    await this.cache?.keep({ ...layer, members }, path).catch(() => undefined);
  }

  /** What an earlier archive left is not what it was. */
  async drop({ diffId }: Layer): Promise<Failure> {
    await this.cache?.drop(diffId);
    return new Failure(
      'archive-damaged',
      `The layer ${diffId} that an earlier export kept is damaged. It was removed.`,
      'Export the image again: the layer is then compressed anew.',
    );
  }

  private next(): string {
    return join(this.folder, String(this.count++));
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

/**
 * Writes a layer with its padding, compressed into gzip members of its own, so that it does not depend on its place. Resolves
 * to the members' lengths.
 */
async function spoolLayer(
  content: AsyncIterable<Uint8Array>,
  path: string,
  compression: 'gzip' | 'none',
): Promise<number[]> {
  const padded = async function* (): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of content) {
      size += chunk.length;
      yield chunk;
    }
    const padding = paddingLength(size);
    if (padding > 0) yield Buffer.alloc(padding);
  };
  const lengths: number[] = [];
  const handle = await open(path, 'wx');
  try {
    for await (const part of compression === 'gzip' ? gzipBlocks(padded()) : padded()) {
      lengths.push(part.length);
      await handle.writev([part]);
    }
  } finally {
    await handle.close();
  }
  return lengths;
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = content[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
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
  spooled: SpooledLayers,
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
      const isWhole = await appendSpooled(archive, layer, file, compression, signal);
      if (!isWhole) throw await spooled.drop(layer);
      between = Buffer.alloc(0);
    }
    await writePlain(Buffer.concat([between, tarEnd]));
    await handle.sync();
    return archive.sums();
  } finally {
    await handle.close();
  }
}

/**
 * Copies the members of a layer, and uncompresses several at once for the checksum of the tar, which wants them in order. Resolves
 * to false where an earlier archive left something else than the layer.
 */
async function appendSpooled(
  archive: ArchiveFile,
  { diffId, size }: Layer,
  { path, members, origin }: SpooledLayer,
  compression: 'gzip' | 'none',
  signal: AbortSignal,
): Promise<boolean> {
  const waiting: Promise<Uint8Array>[] = [];
  const content = origin === 'kept' ? createHash('sha256') : undefined;
  let rest = size;
  const add = (plain: Uint8Array): void => {
    archive.addTar(plain);
    content?.update(plain.subarray(0, rest));
    rest -= Math.min(rest, plain.length);
  };
  const handle = await open(path, 'r');
  try {
    for (const length of members) {
      if (signal.aborted) throw cancelled('Archiving the image');
      const part = Buffer.allocUnsafe(length);
      if ((await handle.read(part, 0, length)).bytesRead !== length) return false;
      const plain = compression === 'gzip' ? gunzipMember(part) : Promise.resolve(part);
      // It is awaited in order; until then its failure must not be unhandled.
      plain.catch(() => undefined);
      waiting.push(plain);
      await archive.write(part);
      const first = waiting.length >= blocksInFlight ? waiting.shift() : undefined;
      if (first !== undefined) add(await first);
    }
    for (const plain of waiting) add(await plain);
    return rest === 0 && (content === undefined || `sha256:${content.digest('hex')}` === diffId);
  } catch (error) {
    if (origin === 'kept' && /^Z_/.test(errorCode(error) ?? '')) return false;
    throw error;
  } finally {
    await handle.close();
  }
}

function damaged(what: string): Failure {
  return new Failure('archive-damaged', `The saved image is damaged: ${what}.`, 'Export the image again.');
}
