import { createHash } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Layer } from '../../engine/saved-image/read-saved.js';
import { compressorName } from './block-compression.js';
import { layerSearch } from './layer-secrets.js';

const suffix = '.gz';
const compressor = compressorName('gzip');
const layerNote = v.object({ diffId: v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/)), size: v.number() });
const keptNote = v.object({
  ...layerNote.entries,
  members: v.array(v.number()),
  search: v.optional(v.object({ version: v.string(), result: layerSearch })),
});

/** A layer, the lengths in bytes of the gzip members that it is kept as, and the secrets that were found in it. */
export type KeptLayer = v.InferOutput<typeof keptNote>;

/**
 * Compressed layers of earlier archives, by DiffID, so that a layer is compressed once however often it is archived. What other
 * versions of the compressor wrote is not used: the same image is to give the same bytes.
 */
export class LayerCache {
  private readonly folder: string;

  /**
   * @param root absolute path
   * @param limit bytes that may be kept; what was used longest ago goes first
   */
  constructor(
    private readonly root: string,
    private readonly limit: number,
  ) {
    this.folder = join(root, compressor);
  }

  /** Puts a link to a kept layer at `path`, which is then safe from being removed; undefined where it is not kept. */
  async take(diffId: string, path: string): Promise<KeptLayer | undefined> {
    const file = this.fileOf(diffId);
    try {
      const note = v.parse(keptNote, JSON.parse(await readFile(`${file}.json`, 'utf8')));
      await link(file, path);
      const now = new Date();
      await utimes(file, now, now);
      return note;
    } catch {
      return undefined;
    }
  }

  /** Keeps a layer that was compressed, as a link to the file: what is in it must not change any more. */
  async keep(layer: KeptLayer, path: string): Promise<void> {
    const file = this.fileOf(layer.diffId);
    await mkdir(this.folder, { recursive: true });
    await writeWhole(`${file}.json`, JSON.stringify(layer));
    await link(path, file).catch(ignored);
  }

  /** Removes a layer that is not what it was. */
  async drop(diffId: string): Promise<void> {
    const file = this.fileOf(diffId);
    for (const path of [file, `${file}.json`]) await rm(path, { force: true });
  }

  /** What a compressed blob was found to be: its digest stands for its content. */
  async blob(digest: string): Promise<Layer | undefined> {
    try {
      return v.parse(layerNote, JSON.parse(await readFile(this.blobNote(digest), 'utf8')));
    } catch {
      return undefined;
    }
  }

  async keepBlob(digest: string, layer: Layer): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeWhole(this.blobNote(digest), JSON.stringify(layer));
  }

  /** Removes what was used longest ago until the rest is within the limit, and what another compressor left. */
  async prune(): Promise<void> {
    for (const name of await readdir(this.root).catch(() => [])) {
      if (name !== compressor && name.startsWith('gzip-')) await rm(join(this.root, name), { recursive: true });
    }
    const names = (await readdir(this.folder).catch(() => [])).filter((name) => name.endsWith(suffix));
    const files = await Promise.all(
      names.map(async (name) => {
        const { size, mtimeMs } = await stat(join(this.folder, name));
        return { name, size, used: mtimeMs };
      }),
    );
    let kept = 0;
    for (const { name, size } of files.sort((left, right) => right.used - left.used)) {
      kept += size;
      if (kept <= this.limit) continue;
      await rm(join(this.folder, name), { force: true });
      await rm(join(this.folder, `${name}.json`), { force: true });
    }
  }

  private fileOf(diffId: string): string {
    return join(this.folder, `${diffId.replace('sha256:', '')}${suffix}`);
  }

  private blobNote(digest: string): string {
    const name = createHash('sha256').update(digest).digest('hex');
    return join(this.folder, `blob-${name}.json`);
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.partial`, text);
  await rename(`${file}.partial`, file);
}

/** It may be there already, or lie on another disk: then it is not kept. */
function ignored(): void {
  return undefined;
}
