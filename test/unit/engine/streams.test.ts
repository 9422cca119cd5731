import assert from 'node:assert/strict';
import { demultiplex } from '../../../src/engine/demultiplex.js';
import { readJsonLines } from '../../../src/engine/json.js';
import { inChunks } from '../chunks.js';

describe('JSON lines', () => {
  it('join characters and lines that are split between chunks', async () => {
    const text = '{"a":"über"}\r\n\n[1]\nnot JSON\n{"last":true}';
    for (const size of [1, 2, 3, 7, 1000]) {
      const values: unknown[] = [];
      for await (const line of readJsonLines(inChunks(Buffer.from(text), size))) {
        values.push(line.ok ? line.value : line.text);
      }
      assert.deepEqual(values, [{ a: 'über' }, [1], 'not JSON', { last: true }]);
    }
  });
});

describe("a container's multiplexed output", () => {
  const frame = (stream: number, text: string): Buffer => {
    const payload = Buffer.from(text);
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(payload.length, 4);
    return Buffer.concat([header, payload]);
  };
  const collect = async (bytes: Buffer, size: number): Promise<{ stdout: string; stderr: string }> => {
    const output = { stdout: '', stderr: '' };
    for await (const { stream, data } of demultiplex(inChunks(bytes, size))) output[stream] += data.toString('latin1');
    return output;
  };

  it('is split into stdout and stderr however it is cut', async () => {
    const bytes = Buffer.concat([frame(1, 'out 1\n'), frame(2, 'err\n'), frame(1, ''), frame(1, 'out 2\n')]);
    for (const size of [1, 3, 8, 9, 1000]) {
      assert.deepEqual(await collect(bytes, size), { stdout: 'out 1\nout 2\n', stderr: 'err\n' });
    }
  });

  it('does not overflow the stack with many small frames in one chunk', async () => {
    const bytes = Buffer.concat(Array.from({ length: 50_000 }, () => frame(1, 'x')));
    assert.equal((await collect(bytes, bytes.length)).stdout.length, 50_000);
  });
});
