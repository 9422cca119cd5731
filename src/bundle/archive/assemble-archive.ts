import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type Layer } from '../../engine/saved-image/read-saved.js';
import { cancelled, errorCode } from '../../host/failure.js';
import { type Compressor, crcOfMember } from './block-compression.js';
import { layerHeader, type Layout } from './layout.js';
import { damagedImage, type SpooledLayer, type SpooledLayers } from './spooled-layers.js';
import { tarEnd } from './tar-format.js';

/** What is known of an archive once it is written. */
export interface ArchiveSums {
  /** Bytes of the file. */
  size: number;
  /** Of the file, in lower-case hex. */
  sha256: string;
  md5: string;
  /** Of the tar inside: the same for the same image, whatever compressed it. */
  tarSha256: string;
  /** Bytes. */
  tarSize: number;
}

/**
 * Lays head, layers and end of an archive into a new file. Rejects `archive-damaged` where a layer is missing, or where one that
 * an earlier archive left is not what it was; `cancelled`; errors of the file system.
 *
 * @param path absolute path of what must not exist yet
 * @param onProgress told the bytes of the tar so far
 */
export async function assembleArchive(
  layout: Layout,
  spooled: SpooledLayers,
  path: string,
  compressor: Compressor | undefined,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (tarBytes: number) => void },
): Promise<ArchiveSums> {
  const handle = await open(path, 'wx');
  try {
    const archive = new ArchiveFile(handle, compressor, onProgress);
    let between = layout.head;
    for (const layer of layout.layers) {
      const file = spooled.get(layer.diffId);
      if (file === undefined) throw damagedImage(`the layer ${layer.diffId} is missing`);
      await archive.writePlain(Buffer.concat([between, layerHeader(layer)]));
      if (!(await archive.append(layer, file, signal))) throw await spooled.drop(layer);
      between = Buffer.alloc(0);
    }
    await archive.writePlain(Buffer.concat([between, tarEnd]));
    await handle.sync();
    return archive.sums();
  } finally {
    await handle.close();
  }
}

/** Members that are uncompressed at once: more would take memory, and wait for the checksums. */
const membersInFlight = 2;

/** Writes file and checksums of file and tar at once. */
class ArchiveFile {
  private readonly sha256 = createHash('sha256');
  private readonly md5 = createHash('md5');
  private readonly tar: Hash = createHash('sha256');
  private size = 0;
  private tarSize = 0;

  constructor(
    private readonly handle: FileHandle,
    private readonly compressor: Compressor | undefined,
    private readonly onProgress: (tarBytes: number) => void,
  ) {}

  async writePlain(bytes: Buffer): Promise<void> {
    this.addTar(bytes);
    await this.write(this.compressor === undefined ? bytes : await this.compressor.compress(bytes));
  }

  /**
   * Copies the members of a layer, and uncompresses several at once for the checksum of the tar, which wants them in order.
   * Resolves to false where an earlier archive left something else than the layer.
   */
  async append(layer: Layer, { path, members, origin }: SpooledLayer, signal: AbortSignal): Promise<boolean> {
    const waiting: Promise<Uint8Array>[] = [];
    const content = origin.kind === 'known-blob' ? new ContentHash(layer.size) : undefined;
    const add = (plain: Uint8Array): void => {
      this.addTar(plain);
      content?.add(plain);
    };
    const handle = await open(path, 'r');
    try {
      if (origin.kind === 'kept' && origin.crcs.length !== members.length) return false;
      for (const [at, length] of members.entries()) {
        if (signal.aborted) throw cancelled('Archiving the image');
        const part = Buffer.allocUnsafe(length);
        if ((await handle.read(part, 0, length)).bytesRead !== length) return false;
        // That a member has the content which its own checksum says is seen when it is uncompressed.
        if (origin.kind === 'kept' && (length < 8 || crcOfMember(part) !== origin.crcs[at])) return false;
        const plain = this.compressor === undefined ? Promise.resolve(part) : this.compressor.uncompress(part);
        // It is awaited in order; until then its failure must not be unhandled.
        plain.catch(() => undefined);
        waiting.push(plain);
        await this.write(part);
        const first = waiting.length >= membersInFlight ? waiting.shift() : undefined;
        if (first !== undefined) add(await first);
      }
      for (const plain of waiting) add(await plain);
      return content === undefined || content.digest() === layer.diffId;
    } catch (error) {
      if (origin.kind !== 'fresh' && /^Z_/.test(errorCode(error) ?? '')) return false;
      throw error;
    } finally {
      await handle.close();
    }
  }

  sums(): ArchiveSums {
    return {
      size: this.size,
      sha256: this.sha256.digest('hex'),
      md5: this.md5.digest('hex'),
      tarSha256: this.tar.digest('hex'),
      tarSize: this.tarSize,
    };
  }

  private async write(bytes: Uint8Array): Promise<void> {
    this.sha256.update(bytes);
    this.md5.update(bytes);
    this.size += bytes.length;
    await this.handle.writev([bytes]);
  }

  private addTar(bytes: Uint8Array): void {
    this.tar.update(bytes);
    this.tarSize += bytes.length;
    this.onProgress(this.tarSize);
  }
}

/** The digest of a layer without the padding that follows it. */
class ContentHash {
  private readonly hash = createHash('sha256');

  /** @param rest bytes of the layer that are still to come */
  constructor(private rest: number) {}

  add(plain: Uint8Array): void {
    this.hash.update(plain.subarray(0, this.rest));
    this.rest -= Math.min(this.rest, plain.length);
  }

  /** Undefined where something is missing. */
  digest(): string | undefined {
    return this.rest === 0 ? `sha256:${this.hash.digest('hex')}` : undefined;
  }
}
