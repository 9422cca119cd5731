import assert from 'node:assert/strict';
import { NotZstdError, zstdFrames } from '../../../src/engine/saved-image/zstd-frames.js';
import { inChunks } from '../chunks.js';

async function framesOf(bytes: Buffer, size: number): Promise<string[]> {
  const frames: string[] = [];
  for await (const frame of zstdFrames(inChunks(bytes, size))) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of frame) chunks.push(chunk);
    frames.push(Buffer.concat(chunks).toString('hex'));
  }
  return frames;
}

const magic = '28b52ffd';
/** A block header: whether it is the last one, its kind, its size. */
const block = (isLast: boolean, kind: number, size: number): string => {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (kind << 1) | (isLast ? 1 : 0), 0, 3);
  return header.toString('hex');
};
const content = (length: number): string => Buffer.alloc(length, magic, 'hex').toString('hex');

// What a frame has in it looks like the beginning of another one.
const frames = {
  'one raw block, a window': `${magic}0070${block(true, 0, 10)}${content(10)}`,
  'a single segment with its size in a byte': `${magic}200a${block(true, 0, 10)}${content(10)}`,
  'a size in 2 bytes and a checksum': `${magic}4470aabb${block(true, 2, 40)}${content(40)}${content(4)}`,
  'a size in 4 bytes and a dictionary of 1': `${magic}817001aabbccdd${block(true, 0, 0)}`,
  'a size in 8 bytes and a dictionary of 4': `${magic}c370${content(4)}${content(8)}${block(true, 0, 1)}ff`,
  'several blocks, one of a repeated byte': `${magic}0070${block(false, 1, 100_000)}28${block(false, 0, 5)}${content(5)}${block(true, 2, 7)}${content(7)}`,
};
const skippable = `5f2a4d1804000000${magic}`;

describe('the frames of a zstd stream', () => {
  for (const [what, frame] of Object.entries(frames)) {
    it(`end where they end: ${what}`, async () => {
      const bytes = Buffer.from(`${frame}${frame}`, 'hex');
      for (const size of [1, 3, 1000]) assert.deepEqual(await framesOf(bytes, size), [frame, frame], String(size));
    });
  }

  it('are told from what is to be skipped', async () => {
    const [first, ...others] = Object.values(frames);
    const bytes = Buffer.from([skippable, first, skippable, ...others, skippable].join(''), 'hex');
    for (const size of [1, 7, 1000]) assert.deepEqual(await framesOf(bytes, size), Object.values(frames));
    assert.deepEqual(await framesOf(Buffer.alloc(0), 1), []);
  });

  it('are damaged where they are cut off, or something else follows', async () => {
    for (const frame of Object.values(frames)) {
      const bytes = Buffer.from(frame, 'hex');
      for (let length = 1; length < bytes.length; length++) {
        await assert.rejects(framesOf(bytes.subarray(0, length), 1000), NotZstdError, `${frame} to ${length}`);
      }
      await assert.rejects(framesOf(Buffer.concat([bytes, Buffer.from('text')]), 5), NotZstdError);
    }
    await assert.rejects(framesOf(Buffer.from(`${magic}0070${block(true, 3, 1)}00`, 'hex'), 5), /no known kind/);
  });

  it('close the stream when they are not read to the end', async () => {
    let isClosed = false;
    const source = async function* (): AsyncGenerator<Buffer> {
      try {
        for (;;) yield await Promise.resolve(Buffer.from(Object.values(frames)[0] ?? '', 'hex'));
      } finally {
        isClosed = true;
      }
    };
    for await (const frame of zstdFrames(source())) {
      await frame[Symbol.asyncIterator]().next();
      break;
    }
    assert.ok(isClosed);
  });
});
