import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Layer } from '../../engine/saved-image/read-saved.js';
import { markFile, removeMarked } from '../../host/abandoned-folders.js';
import { Failure } from '../../host/failure.js';
import { processMark } from '../../host/process-mark.js';
import { compressedBlocks, type Compressor, crcsOfBlocks } from './block-compression.js';
import { type KeptLayer, type LayerCache } from './layer-cache.js';
import { type LayerSearch, searchLayer, searchVersion } from './layer-secrets.js';
import { paddingLength } from './tar-format.js';

/** How it is known that a file holds the layer that it should. */
type Origin =
  /** It was just written. */
  | { kind: 'fresh' }
  /** An earlier archive left it, and the engine sent the layer again: the checksums that its members must have. */
  | { kind: 'kept'; crcs: number[] }
  /** An earlier archive left it, and of the layer only the digest of its compressed blob was compared. */
  | { kind: 'known-blob' };

export interface SpooledLayer {
  /** Absolute path. */
  path: string;
  /** Lengths in bytes of the members in it; one a chunk in a file that is not compressed. */
  members: number[];
  origin: Origin;
}

/** The layers of an image with their padding, as files that are laid into the archive. */
export class SpooledLayers {
  private readonly files = new Map<string, SpooledLayer>();
  private readonly searches = new Map<string, LayerSearch>();
  private count = 0;

  /**
   * @param folder absolute path
   * @param compressor none where the layers stay as they are
   */
  constructor(
    private readonly folder: string,
    private readonly compressor: Compressor | undefined,
    private readonly cache: LayerCache | undefined,
    private readonly signal: AbortSignal,
  ) {}

  get(diffId: string): SpooledLayer | undefined {
    return this.files.get(diffId);
  }

  /** What was found of secrets in a layer. */
  searchOf(diffId: string): LayerSearch {
    return this.searches.get(diffId) ?? { kind: 'unknown' };
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
      const spooled = await searchLayer(content, this.signal, (whole) =>
        spoolLayer(padded(whole), path, this.compressor),
      );
      const { taken: members, search } = spooled;
      return (layer) => this.settle(layer, { path, members, origin: { kind: 'fresh' } }, search);
    }
    const { taken: crcs, search } = await this.compared(content, kept);
    return async (layer) => {
      if (layer.diffId !== expected || (kept !== undefined && kept.size !== layer.size)) {
        throw damagedImage(`the layer ${expected ?? ''} is ${layer.diffId}`);
      }
      if (kept !== undefined) {
        this.files.set(layer.diffId, { path, members: kept.members, origin: { kind: 'kept', crcs } });
        if (search !== undefined) this.searches.set(layer.diffId, search);
      }
      return Promise.resolve();
    };
  }

  /** Reads a layer of which there is a file already; it is searched again only where the search has become another one. */
  private async compared(
    content: AsyncIterable<Uint8Array>,
    kept: KeptLayer | undefined,
  ): Promise<{ taken: number[]; search?: LayerSearch }> {
    const search = keptSearch(kept);
    if (kept !== undefined && search === undefined) {
      return searchLayer(content, this.signal, (whole) => crcsOfBlocks(padded(whole)));
    }
    return { taken: await crcsOfBlocks(padded(content)), ...(search === undefined ? {} : { search }) };
  }

  /** A layer that an earlier archive had, known by the digest of its compressed blob. */
  async takeBlob(digest: string): Promise<Layer | undefined> {
    const layer = await this.cache?.blob(digest);
    if (layer === undefined || this.files.has(layer.diffId)) return layer;
    const path = this.next();
    const kept = await this.cache?.take(layer.diffId, path);
    const search = keptSearch(kept);
    // What was not searched has to be uncompressed once more.
    if (kept === undefined || search === undefined) return undefined;
    this.files.set(layer.diffId, { path, members: kept.members, origin: { kind: 'known-blob' } });
    this.searches.set(layer.diffId, search);
    return layer;
  }

  private async settle(layer: Layer, spooled: SpooledLayer, search: LayerSearch): Promise<void> {
    const { path, members } = spooled;
    // The same layer twice in one stream: the second one is not needed.
    if (this.files.has(layer.diffId)) return rm(path);
    this.files.set(layer.diffId, spooled);
    this.searches.set(layer.diffId, search);
    const note = search.kind === 'unknown' ? {} : { search: { version: searchVersion, result: search } };
    await this.cache?.keep({ ...layer, members, ...note }, path).catch(() => undefined);
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

function keptSearch(kept: KeptLayer | undefined): LayerSearch | undefined {
  return kept?.search?.version === searchVersion ? kept.search.result : undefined;
}

const spoolPrefix = 'spool-';

/**
 * A fresh folder on the disk of the kept layers, to which links can be made, or beside the archive.
 *
 * @param file absolute path of the archive
 * @param root absolute path of the kept layers
 */
export async function spoolFolder(file: string, root: string | undefined): Promise<string> {
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

/** A layer with the zeros that follow it in a tar. */
async function* padded(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    yield chunk;
  }
  const padding = paddingLength(size);
  if (padding > 0) yield Buffer.alloc(padding);
}

/** Writes a layer as members of its own, so that it does not depend on its place. Resolves to the members' lengths. */
async function spoolLayer(
  content: AsyncIterable<Uint8Array>,
  path: string,
  compressor: Compressor | undefined,
): Promise<number[]> {
  const lengths: number[] = [];
  const handle = await open(path, 'wx');
  try {
    for await (const part of compressor === undefined ? content : compressedBlocks(content, compressor)) {
      lengths.push(part.length);
      await handle.writev([part]);
    }
  } finally {
    await handle.close();
  }
  return lengths;
}

/** What an engine saved is not what it says. */
export function damagedImage(what: string): Failure {
  return new Failure('archive-damaged', `The saved image is damaged: ${what}.`, 'Export the image again.');
}
