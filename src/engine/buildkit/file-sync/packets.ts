import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { frame } from '../grpc/frames.js';
import { type Packet, Packet_Type, PacketSchema } from '../wire_pb.js';
import { type Entry } from './walk.js';

/** Bits of Go's FileMode (https://pkg.go.dev/io/fs#FileMode). */
const goMode = {
  folder: 0x80000000,
  link: 0x08000000,
  device: 0x04000000,
  pipe: 0x02000000,
  setuid: 0x00800000,
  setgid: 0x00400000,
  characterDevice: 0x00200000,
  sticky: 0x00100000,
};

export function readPacket(message: Buffer): Packet {
  return fromBinary(PacketSchema, message);
}

/** The packet that tells of an entry, owned by root as all of a build's context is; without one, that there are no more. */
export function statPacket(entry: Entry | undefined): Buffer {
  if (entry === undefined) return frame(toBinary(PacketSchema, create(PacketSchema, { type: Packet_Type.STAT })));
  const { path, stats, link } = entry;
  return frame(
    toBinary(
      PacketSchema,
      create(PacketSchema, {
        type: Packet_Type.STAT,
        stat: {
          path,
          mode: modeOf(stats),
          size: stats.isDirectory() ? 0n : stats.size,
          modTime: stats.mtimeNs,
          linkname: link,
        },
      }),
    ),
  );
}

export function finPacket(): Buffer {
  return frame(toBinary(PacketSchema, create(PacketSchema, { type: Packet_Type.FIN })));
}

/** Whether BuildKit may ask for the content: a file that is no second name of another. */
export function hasContent({ stats, link }: Entry): boolean {
  return stats.isFile() && link === '';
}

/** The packet that ends a file's content. */
export function endPacket(id: number): Buffer {
  return frame(toBinary(PacketSchema, create(PacketSchema, { type: Packet_Type.DATA, id })));
}

/**
 * What comes before the bytes of a file in a framed packet: they are read into their place behind it, for copying a
 * gigabyte once more would be felt.
 */
export function dataPacketHead(id: number, size: number): Buffer {
  const fields = [
    tag(1, 0),
    Packet_Type.DATA,
    ...(id === 0 ? [] : [tag(3, 0), ...varint(id)]),
    tag(4, 2),
    ...varint(size),
  ];
  const head = Buffer.alloc(5 + fields.length);
  head.writeUInt32BE(fields.length + size, 1);
  head.set(fields, 5);
  return head;
}

/** A field's key in the encoding of protocol buffers (https://protobuf.dev/programming-guides/encoding/). */
function tag(field: number, wireType: number): number {
  return field * 8 + wireType;
}

function varint(value: number): number[] {
  const bytes = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

function modeOf(stats: Entry['stats']): number {
  const permissions = Number(stats.mode & 0o777n);
  // Windows has no executable bit: everything may be run, as Docker has it there.
  let mode = process.platform === 'win32' ? (permissions | 0o111) & 0o755 : permissions;
  const has = (bit: bigint): boolean => (stats.mode & bit) !== 0n;
  if (stats.isDirectory()) mode += goMode.folder;
  else if (stats.isSymbolicLink()) mode += goMode.link;
  else if (stats.isFIFO()) mode += goMode.pipe;
  else if (stats.isBlockDevice()) mode += goMode.device;
  else if (stats.isCharacterDevice()) mode += goMode.device + goMode.characterDevice;
  if (has(0o4000n)) mode += goMode.setuid;
  if (has(0o2000n)) mode += goMode.setgid;
  if (has(0o1000n)) mode += goMode.sticky;
  return mode;
}
