import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a zip that may lie. */
export interface RawEntry {
  name: string | Buffer;
  content?: Buffer | string;
  /** As it is written; that of the content where undefined. */
  packed?: Buffer;
  /** 8 where undefined. */
  method?: number;
  /** `st_mode`. */
  mode?: number;
  /** What the directory says in place of the truth. */
  claims?: { size?: number; packedSize?: number; crc?: number; offset?: number; flags?: number; madeBy?: number };
  /** How many more bytes than its name the entry claims to have in front of its content. */
  localExtra?: number;
  /** The name in front of the content. */
  localName?: string;
  /** Whether only the directory has it: the content is that of another entry. */
  isOnlyListed?: boolean;
}

/** A zip of entries as they are given, and of a count and an offset of its directory that may be others than the true ones. */
export function zipOf(
  entries: readonly RawEntry[],
  claims: { count?: number; directory?: bigint; zip64?: boolean; comment?: string } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '');
    const packed = entry.packed ?? (entry.method === 0 ? content : deflateRawSync(content));
    const { claims: said = {}, method = 8, mode = 0o100644 } = entry;
    const name = Buffer.from(entry.name);
    const localName = Buffer.from(entry.localName ?? name);
    const shared = Buffer.alloc(22);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(said.flags ?? 0x800, 2);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(said.crc ?? crc32(content), 10);
    shared.writeUInt32LE(said.packedSize ?? packed.length, 14);
    shared.writeUInt32LE(said.size ?? content.length, 18);
    const head = Buffer.alloc(20);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(((said.madeBy ?? 3) << 8) | 20, 4);
    const tail = Buffer.alloc(18);
    tail.writeUInt16LE(name.length, 0);
    tail.writeUInt32LE((mode << 16) >>> 0, 10);
    tail.writeUInt32LE(said.offset ?? at, 14);
    directory.push(head.subarray(0, 6), shared, tail, name);
    if (entry.isOnlyListed === true) continue;
    const local = [Buffer.from('PK\u0003\u0004', 'latin1'), shared, Buffer.alloc(4), localName, packed];
    local[2]?.writeUInt16LE(localName.length, 0);
    local[2]?.writeUInt16LE(entry.localExtra ?? 0, 2);
    parts.push(...local);
    at += local.reduce((sum, part) => sum + part.length, 0);
  }
  const listed = Buffer.concat(directory);
  const count = claims.count ?? entries.length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(claims.zip64 === true ? 0xffff : count, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(claims.zip64 === true ? 0xffffffff : Number(claims.directory ?? at), 16);
  end.writeUInt16LE(claims.comment?.length ?? 0, 20);
  const zip64 = Buffer.alloc(claims.zip64 === true ? 76 : 0);
  if (claims.zip64 === true) {
    zip64.writeUInt32LE(0x06064b50, 0);
    zip64.writeBigUInt64LE(44n, 4);
    zip64.writeBigUInt64LE(BigInt(count), 24);
    zip64.writeBigUInt64LE(BigInt(count), 32);
    zip64.writeBigUInt64LE(BigInt(listed.length), 40);
    zip64.writeBigUInt64LE(claims.directory ?? BigInt(at), 48);
    zip64.writeUInt32LE(0x07064b50, 56);
    zip64.writeBigUInt64LE(BigInt(at + listed.length), 64);
    zip64.writeUInt32LE(1, 72);
  }
  return Buffer.concat([...parts, listed, zip64, end, Buffer.from(claims.comment ?? '', 'latin1')]);
}
