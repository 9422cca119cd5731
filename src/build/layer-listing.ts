import { createHash } from 'node:crypto';
import { type Header } from 'tar-stream';
import * as v from 'valibot';
import { type EngineConnection, streamFailure } from '../engine/connection.js';
import { instructionOf } from '../engine/image-operations.js';
import { saveImage } from '../engine/images.js';
import { readSaved } from '../engine/saved-image/read-saved.js';
import { tarEntries } from '../engine/saved-image/tar-entries.js';
import { type LayerEntry, type LayerListing } from './layer-differences.js';

/** Layers of images on an engine, by DiffID. */
export interface ListedLayers {
  listings: ReadonlyMap<string, LayerListing>;
  /** The instructions of the Dockerfile that made them, as far as the images say it. */
  instructions: ReadonlyMap<string, string>;
}

/** Lists those layers of images that are wanted; what an image holds is read once, and only the lists are kept. */
export async function listLayers(
  connection: EngineConnection,
  images: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ListedLayers> {
  const listings = new Map<string, LayerListing>();
  const instructions = new Map<string, string>();
  for (const image of images) {
    try {
      const { documents } = await readSaved(await saveImage(connection, image, signal), async (content) => {
        const listing = await listLayer(content);
        return ({ diffId }) => {
          if (wanted.has(diffId)) listings.set(diffId, listing);
          return Promise.resolve();
        };
      });
      for (const document of documents.values()) {
        for (const [diffId, instruction] of instructionsIn(document)) instructions.set(diffId, instruction);
      }
    } catch (error) {
      throw streamFailure(error, connection, 'Reading the image', signal);
    }
  }
  return { listings, instructions };
}

/** The members of a layer's tar. Rejects with the reader's error where it is damaged. */
export async function listLayer(content: AsyncIterable<Uint8Array>): Promise<LayerListing> {
  const listing = new Map<string, LayerEntry>();
  for await (const { header, content: bytes } of tarEntries(content)) {
    const hash = createHash('sha256');
    for await (const chunk of bytes) hash.update(chunk);
    listing.set(pathOf(header.name), entryOf(header, hash.digest('base64')));
  }
  return listing;
}

function pathOf(name: string): string {
  return name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '') || '.';
}

const paxAttributes = v.fallback(v.record(v.string(), v.string()), {});

function entryOf(header: Header, content: string): LayerEntry {
  const pax = v.parse(paxAttributes, header.pax ?? {});
  const extended = Object.entries(pax).filter(([name]) => name.startsWith('SCHILY.xattr.'));
  const isDevice = header.type === 'block-device' || header.type === 'character-device';
  const device = isDevice ? [header.devmajor, header.devminor] : [];
  return {
    kind: header.type,
    mode: header.mode,
    owner: `${header.uid}:${header.gid}`,
    // The header has whole seconds only.
    time: pax['mtime'] ?? String(header.mtime.getTime() / 1000),
    linkTarget: header.type === 'symlink' || header.type === 'link' ? header.linkname : '',
    attributes: JSON.stringify([extended.sort(([a], [b]) => (a < b ? -1 : 1)), device]),
    content: header.type === 'file' || header.type === 'contiguous-file' ? content : '',
  };
}

const configuration = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    rootfs: v.object({ diff_ids: v.array(v.string()) }),
    history: v.array(v.object({ created_by: v.optional(v.string(), ''), empty_layer: v.optional(v.boolean(), false) })),
  }),
);

/** Which instruction made which layer (OCI image-spec 1.1, `config.md`); none for a document that is no configuration. */
function instructionsIn(document: Buffer): [diffId: string, instruction: string][] {
  const parsed = v.safeParse(configuration, document.toString('utf8'));
  if (!parsed.success) return [];
  const { rootfs, history } = parsed.output;
  const made = history.filter(({ empty_layer: isEmpty }) => !isEmpty);
  if (made.length !== rootfs.diff_ids.length) return [];
  return rootfs.diff_ids.map((diffId, index) => [diffId, instructionOf(made[index]?.created_by ?? '')]);
}
