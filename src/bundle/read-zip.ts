import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { bytesOf, collect } from '../engine/saved-image/tar-entries.js';
import { cancelled, Failure } from '../host/failure.js';
import { fetchAgain } from './check.js';
import { isZipName } from './write-zip.js';

/** A file or a symbolic link in a zip. */
export interface ZipMember {
  /** Relative, with `/`; see `isZipName`. */
  name: string;
  kind: 'file' | 'link';
  /** Bytes of the content. */
  size: number;
  /**
   * The content, of a link its target. Ends after `size` bytes whose CRC-32 is the listed one, else rejects `archive-damaged`;
   * `cancelled`. Only while the zip is open.
   */
  content(): AsyncIterable<Uint8Array>;
}

/** How much a zip may claim to hold: entries, and bytes of all contents together. */
interface ZipLimits {
  entries: number;
  bytes: number;
}

/** More than the outputs of several runs, and as many as are kept in memory; twenty times what Zenodo takes in one record. */
const largestZip: ZipLimits = { entries: 300_000, bytes: 1e12 };
/** Of all names together: as many as are kept in memory, in bytes. */
const largestNames = 1 << 27;

/**
 * Opens a zip (APPNOTE 6.3, zip64 too) for as long as `use` takes. What it is used with are its files and links by name, in the
 * order of its directory; folders are left out. Nothing of it is believed: a name that leads elsewhere or comes twice, and entries
 * that share bytes make the whole zip damaged. Contents are read only when they are asked for.
 *
 * Rejects `archive-damaged`, `file-unreadable`, `cancelled`, and what `use` rejects with.
 */
export async function withZip<Value>(
  file: string,
  signal: AbortSignal,
  use: (members: ReadonlyMap<string, ZipMember>) => Promise<Value>,
  limits = largestZip,
): Promise<Value> {
  const name = basename(file);
  if (signal.aborted) throw cancelled(`Reading ${name}`);
  const reader = await openFile(file);
  try {
    let members: ReadonlyMap<string, ZipMember>;
    try {
      members = await readMembers(reader, name, limits, signal);
    } catch (error) {
      throw damaged(name, error);
    }
    return await use(members);
  } finally {
    await reader.end();
  }
}

/** All of a content that is not large. Rejects as `content` does, and `archive-damaged` for more than so many bytes. */
export async function bytesOfMember(member: ZipMember, largest: number): Promise<Buffer> {
  if (member.size > largest) {
    throw damaged(member.name, new Error(`it has ${member.size} bytes, more than the ${largest} that it may have`));
  }
  return collect(member.content());
}

async function openFile(file: string): Promise<FileReader> {
  try {
    const stats = await stat(file);
    // Who opens a pipe waits for who writes into it.
    if (!stats.isFile()) throw new Error('it is not a file');
    return new FileReader(await open(file), stats.size);
  } catch (error) {
    throw new Failure(
      'file-unreadable',
      `${basename(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Change its permissions, or fetch it again from where the bundle was published.',
      { cause: error },
    );
  }
}

async function readMembers(
  reader: FileReader,
  name: string,
  limits: ZipLimits,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ZipMember>> {
  const zip = await fromRandomAccessReaderPromise(reader, reader.size, {
    ...{ autoClose: false, decodeStrings: true, strictFileNames: true, validateEntrySizes: true },
  });
  if (zip.entryCount > limits.entries) throw new Error(`it has more than ${limits.entries} entries`);
  const entries: Entry[] = [];
  const names = new Set<string>();
  let [bytes, nameBytes] = [0, 0];
  for await (const entry of zip.eachEntry()) {
    if (signal.aborted) throw cancelled(`Reading ${name}`);
    const { fileName } = entry;
    if (!isZipName(fileName.replace(/\/$/, ''))) {
      throw new Error(`${JSON.stringify(fileName)} cannot be the name of a file in a bundle`);
    }
    if (names.has(fileName)) throw new Error(`${fileName} is in it twice`);
    names.add(fileName);
    bytes += entry.uncompressedSize;
    nameBytes += entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (bytes > limits.bytes) throw new Error(`it claims to hold more than ${limits.bytes} bytes`);
    if (nameBytes > largestNames) throw new Error('its names are too long');
    entries.push(entry);
  }
  const ends = endsOf(entries, reader.size);
  return new Map(
    entries.flatMap((entry) => {
      const { fileName, uncompressedSize } = entry;
      if (fileName.endsWith('/')) return [];
      const content = (): AsyncIterable<Uint8Array> => contentOf(zip, entry, ends.get(entry) ?? 0, name, signal);
      return [[fileName, { name: fileName, kind: kindOf(entry), size: uncompressedSize, content }]];
    }),
  );
}

/** Bytes that each member has at least besides its name and its content. */
const headerLength = 30;

/** Where the next entry begins: what is before it is an entry's own. Small zips that unpack to petabytes share contents. */
function endsOf(entries: readonly Entry[], size: number): Map<Entry, number> {
  const sorted = [...entries].sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  const ends = new Map<Entry, number>();
  for (const [index, entry] of sorted.entries()) {
    const end = sorted[index + 1]?.relativeOffsetOfLocalHeader ?? size;
    if (entry.relativeOffsetOfLocalHeader + headerLength + entry.compressedSize > end) throw sharesBytes(entry);
    ends.set(entry, end);
  }
  return ends;
}

/** By the type of file in `st_mode`, which only systems like Unix write. */
function kindOf({ versionMadeBy, externalFileAttributes }: Entry): ZipMember['kind'] {
  return versionMadeBy >> 8 === 3 && ((externalFileAttributes >>> 16) & 0o170000) === 0o120000 ? 'link' : 'file';
}

async function* contentOf(
  zip: ZipFile,
  entry: Entry,
  end: number,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    const header = await zip.readLocalFileHeaderPromise(entry);
    if (!header.fileName.equals(entry.fileNameRaw)) throw new Error(`${entry.fileName} has two names`);
    if (header.fileDataStart + entry.compressedSize > end) throw sharesBytes(entry);
    let checksum = 0;
    for await (const chunk of bytesOf(await openContent(zip, entry, header.fileDataStart))) {
      if (signal.aborted) throw cancelled(`Reading ${name}`);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
    if (checksum !== entry.crc32) throw new Error(`the content of ${entry.fileName} has another CRC-32`);
  } catch (error) {
    throw damaged(name, error);
  }
}

function openContent(zip: ZipFile, entry: Entry, start: number): Promise<Readable> {
  const { compressedSize, uncompressedSize, fileName } = entry;
  if (!entry.canDecodeFileData()) throw new Error(`${fileName} is encrypted or compressed in an unknown way`);
  return new Promise((resolve, reject) => {
    const isDeflated = entry.compressionMethod === 8;
    zip.openReadStreamLowLevel(
      start,
      compressedSize,
      0,
      compressedSize,
      isDeflated,
      uncompressedSize,
      (error, stream) => {
        if (error === null) resolve(stream);
        else reject(error);
      },
    );
  });
}

/** Bytes. */
const blockSize = 1 << 16;

/** Reads a file in blocks, and nothing beyond its end, whatever place a damaged zip points to. */
class FileReader extends RandomAccessReader {
  private block: { start: number; bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };

  constructor(
    private readonly handle: FileHandle,
    /** Bytes. */
    readonly size: number,
  ) {
    super();
  }

  async end(): Promise<void> {
    this.block = { start: 0, bytes: Buffer.alloc(0) };
    await this.handle.close();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.range(start, end));
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.at(position, length).then(
      (bytes) => {
        bytes.copy(buffer, offset);
        callback(null);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  private async *range(start: number, end: number): AsyncGenerator<Buffer> {
    for (let at = start; at < end; at += blockSize) yield await this.at(at, Math.min(blockSize, end - at));
  }

  private async at(position: number, length: number): Promise<Buffer> {
    const end = position + length;
    if (!Number.isSafeInteger(end) || position < 0 || end > this.size) throw new Error('it ends too early');
    const { start, bytes } = this.block;
    if (position >= start && end <= start + bytes.length) return bytes.subarray(position - start, end - start);
    const wanted = Buffer.allocUnsafe(Math.min(Math.max(length, blockSize), this.size - position));
    let filled = 0;
    while (filled < wanted.length) {
      const { bytesRead } = await this.handle.read(wanted, filled, wanted.length - filled, position + filled);
      if (bytesRead === 0) throw new Error('it ends too early');
      filled += bytesRead;
    }
    this.block = { start: position, bytes: wanted };
    return wanted.subarray(0, length);
  }
}

function sharesBytes({ fileName }: Entry): Error {
  return new Error(`${fileName} shares bytes with another entry, or goes beyond the end`);
}

function damaged(name: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new Failure('archive-damaged', `${name} is damaged: ${what}.`, fetchAgain, { cause: error });
}
