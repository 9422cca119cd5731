import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../../host/failure.js';
import { Patterns } from '../../../host/ignore-patterns.js';
import { type Call, type Method } from '../grpc/server.js';
import { GrpcError, statusCodes } from '../grpc/status.js';
import { Packet_Type } from '../wire_pb.js';
import { followLinks } from './follow-links.js';
import { dataPacketHead, endPacket, finPacket, hasContent, readPacket, statPacket } from './packets.js';
import { type Entry, type Filter, walk } from './walk.js';

/** A folder that BuildKit may ask for. */
export interface SyncedFolder {
  /** Absolute. */
  path: string;
  /** Folders of this name are never seen by BuildKit. */
  unseen: string;
  observer?: SyncObserver;
}

/** Learns what BuildKit was told and sent. */
export interface SyncObserver {
  /** Entries that BuildKit was told, in the order of a walk; `ignoreFiles` while it only looks for `.dockerignore`. */
  onEntries(entries: readonly Entry[], purpose: 'content' | 'ignore-files'): void;
  /** A file that was sent whole, with the sha256 of what was sent, in hexadecimal. */
  onSent(entry: Entry, sha256: string): void;
  /** What could not be read. */
  onFailure(failure: Failure): void;
}

/** Files that are read at the same time. */
const readers = 4;
const largestChunk = 128 * 1024;
/** Up to this size a file is read without a detour over threads, which would take longer than the reading. */
const smallFile = 32 * 1024;
/** A pause for everybody else after so long of reading without one, in milliseconds. */
const turn = 12;

/**
 * BuildKit's `FileSync.DiffCopy`: tells what a folder has, and sends what BuildKit asks for, which is what changed since
 * the last time.
 *
 * @param folders by the name that BuildKit asks with
 */
export function fileSync(folders: ReadonlyMap<string, SyncedFolder>): Method {
  return async (call) => {
    const [name = ''] = call.metadata('dir-name');
    const folder = folders.get(name);
    if (folder === undefined) throw new GrpcError(statusCodes.notFound, `no folder is shared as "${name}"`);
    try {
      await new Transfer(call, folder).run();
    } catch (error) {
      if (error instanceof Failure) folder.observer?.onFailure(error);
      throw error;
    }
  };
}

class Transfer {
  private readonly entries: Entry[] = [];
  /** What was asked for, and how much of it was taken up: taking from the front of a long list is slow. */
  private readonly wanted: number[] = [];
  private taken = 0;
  private readonly waiting: (() => void)[] = [];
  private isOver = false;

  constructor(
    private readonly call: Call,
    private readonly folder: SyncedFolder,
  ) {}

  async run(): Promise<void> {
    const filter = await this.filter();
    const stop = (error: unknown): never => {
      this.isOver = true;
      this.wake();
      throw error;
    };
    const work = [this.tell(filter), this.listen(), ...Array.from({ length: readers }, () => this.send())];
    await Promise.all(work.map((each) => each.catch(stop)));
  }

  /** Patterns come as headers, escaped where they are not plain ASCII. */
  private async filter(): Promise<Filter> {
    const include = this.patterns('include-patterns');
    const exclude = this.patterns('exclude-patterns');
    const followed = this.patterns('followpaths');
    try {
      const links = followed.length === 0 ? [] : await followLinks(this.folder.path, followed);
      const only = [...include, ...(links ?? [])];
      return {
        include: links === undefined || only.length === 0 ? undefined : new Patterns(only),
        exclude: exclude.length === 0 ? undefined : new Patterns(exclude),
        unseen: this.folder.unseen,
      };
    } catch (error) {
      throw unreadable(this.folder.path, error);
    }
  }

  private patterns(name: string): string[] {
    const isEscaped = this.call.metadata(`${name}-encoded`)[0] === '1';
    return this.call
      .metadata(name)
      .map((value) => (isEscaped ? decodeURIComponent(value.replaceAll('+', ' ')) : value));
  }

  private async tell(filter: Filter): Promise<void> {
    const include = this.patterns('include-patterns');
    const purpose =
      include.length > 0 && include.every((pattern) => pattern.endsWith('.dockerignore')) ? 'ignore-files' : 'content';
    try {
      for await (const group of walk(this.folder.path, filter)) {
        if (this.isOver) return;
        for (const entry of group) this.entries.push(entry);
        this.folder.observer?.onEntries(group, purpose);
        await this.call.send(Buffer.concat(group.map(statPacket)));
      }
    } catch (error) {
      throw error instanceof GrpcError ? error : unreadable(this.folder.path, error);
    }
    await this.call.send(statPacket(undefined));
  }

  private async listen(): Promise<void> {
    for await (const message of this.call.messages) {
      const packet = readPacket(message);
      if (packet.type === Packet_Type.REQ) {
        this.wanted.push(packet.id);
        this.wake();
      } else if (packet.type === Packet_Type.ERR) {
        throw new GrpcError(statusCodes.unknown, new TextDecoder().decode(packet.data));
      } else if (packet.type === Packet_Type.FIN) {
        this.isOver = true;
        this.wake();
        await this.call.send(finPacket());
        return;
      }
    }
    throw new GrpcError(statusCodes.unknown, 'the call ended before its end');
  }

  private async send(): Promise<void> {
    for (;;) {
      const small = this.takeSmall();
      const id = small.length === 0 ? this.wanted[this.taken] : undefined;
      if (small.length > 0) await this.call.send(Buffer.concat(small));
      else if (id !== undefined) {
        this.taken++;
        await this.sendFile(id);
      } else if (this.isOver) return;
      else {
        await new Promise<void>((resolve) => {
          this.waiting.push(resolve);
        });
      }
    }
  }

  /** The packets of the small files that are next, as many as go well together. */
  private takeSmall(): Buffer[] {
    const packets: Buffer[] = [];
    const since = performance.now();
    let size = 0;
    while (size < largestChunk && performance.now() - since < turn) {
      const id = this.wanted[this.taken];
      if (id === undefined) break;
      const entry = this.entryOf(id);
      if (entry.stats.size > BigInt(smallFile)) break;
      this.taken++;
      const bytes = readWhole(join(this.folder.path, entry.path));
      // It may have grown since it was told of.
      for (let at = 0; at < bytes.length; at += largestChunk) {
        const chunk = bytes.subarray(at, at + largestChunk);
        packets.push(dataPacketHead(id, chunk.length), chunk);
      }
      packets.push(endPacket(id));
      size += bytes.length + 1;
      this.folder.observer?.onSent(entry, createHash('sha256').update(bytes).digest('hex'));
    }
    return packets;
  }

  private wake(): void {
    for (const go of this.waiting.splice(0)) go();
  }

  private entryOf(id: number): Entry {
    const entry = this.entries[id];
    if (entry === undefined || !hasContent(entry)) {
      throw new GrpcError(statusCodes.notFound, `there is no content ${id}`);
    }
    return entry;
  }

  private async sendFile(id: number): Promise<void> {
    const entry = this.entryOf(id);
    const { observer } = this.folder;
    const path = join(this.folder.path, entry.path);
    const hash = observer === undefined ? undefined : createHash('sha256');
    for await (const { head, bytes } of contentOf(path, id, Number(entry.stats.size))) {
      hash?.update(bytes);
      await this.call.send(head);
    }
    await this.call.send(endPacket(id));
    if (hash !== undefined) observer?.onSent(entry, hash.digest('hex'));
  }
}

function readWhole(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The framed packets of a file's content, and the content in them. */
async function* contentOf(
  path: string,
  id: number,
  size: number,
): AsyncGenerator<{ head: Buffer; bytes: Buffer }, void> {
  let file;
  try {
    file = await open(path, 'r');
    for (let at = 0; ;) {
      // One byte more than is expected: a file that ends there needs no second look.
      const room = Math.max(1, Math.min(largestChunk, size + 1 - at));
      const fullHead = dataPacketHead(id, room);
      const packet = Buffer.allocUnsafe(fullHead.length + room);
      const { bytesRead } = await file.read(packet, fullHead.length, room, null);
      if (bytesRead === 0) return;
      at += bytesRead;
      const head = dataPacketHead(id, bytesRead);
      // The head of fewer bytes may be shorter: it ends where the content begins.
      head.copy(packet, fullHead.length - head.length);
      yield {
        head: packet.subarray(fullHead.length - head.length, fullHead.length + bytesRead),
        bytes: packet.subarray(fullHead.length, fullHead.length + bytesRead),
      };
      if (bytesRead < room && at >= size) return;
    }
  } catch (error) {
    throw error instanceof GrpcError ? error : unreadable(path, error);
  } finally {
    await file?.close();
  }
}

/** The Failure for what of a context cannot be read. */
export function unreadable(path: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(
    'context-unreadable',
    `The build context cannot be read: ${message.includes(path) ? message : `${path}: ${message}`}`,
    'Change its permissions, or leave it out with a line in .dockerignore.',
    { cause: error },
  );
}
