import assert from 'node:assert/strict';
import { lstatSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { dataPacketHead, statPacket } from '../../../../src/engine/buildkit/file-sync/packets.js';
import { frame, readFrames } from '../../../../src/engine/buildkit/grpc/frames.js';
import { Packet_Type, PacketSchema } from '../../../../src/engine/buildkit/wire_pb.js';

describe('packets of a folder', () => {
  for (const [id, size] of [
    [0, 1],
    [1, 127],
    [127, 128],
    [128, 16_383],
    [300, 16_384],
    [20_000, 131_072],
    [2_097_152, 5],
  ] as const) {
    it(`with content ${id} of ${size} bytes are what the generated code writes`, () => {
      const data = new Uint8Array(size).fill(7);
      const generated = frame(toBinary(PacketSchema, create(PacketSchema, { type: Packet_Type.DATA, id, data })));
      assert.deepEqual(Buffer.concat([dataPacketHead(id, size), data]), generated);
    });
  }

  it('say that a folder is one, as Go writes modes, and that root owns it', () => {
    const stats = lstatSync('/tmp', { bigint: true });
    const { stat } = fromBinary(PacketSchema, statPacket({ path: 'x', stats, link: '' }).subarray(5));
    assert.equal(stat?.mode, 0x80000000 + 0x00100000 + 0o777);
    assert.deepEqual([stat.uid, stat.gid, stat.size, stat.modTime], [0, 0, 0n, stats.mtimeNs]);
  });

  it('are read however they are cut', async () => {
    const whole = Buffer.concat([frame(Buffer.from('one')), frame(Buffer.alloc(0)), frame(Buffer.from('three'))]);
    for (let size = 1; size <= whole.length; size++) {
      const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_each, index) =>
        whole.subarray(index * size, (index + 1) * size),
      );
      const read: string[] = [];
      for await (const message of readFrames(pieces)) read.push(String(message));
      assert.deepEqual(read, ['one', '', 'three']);
    }
  });
});
