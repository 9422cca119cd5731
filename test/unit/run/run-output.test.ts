import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { RunOutput } from '../../../src/run/run-output.js';

/** As the engine sends a piece of a program without a terminal. */
function frame(stream: 'stdout' | 'stderr', text: string): Buffer {
  const header = Buffer.from([stream === 'stdout' ? 1 : 2, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

const never = new AbortController().signal;
const ignore = (): Promise<void> => Promise.resolve();

function heardBy(output: RunOutput): string[] {
  const heard: string[] = [];
  output.onOutput((data, stream) => heard.push(`${stream}: ${Buffer.from(data).toString()}`));
  return heard;
}

describe('what a run prints', () => {
  it('is handed to all who listen, each stream by its name, and written', async () => {
    const output = new RunOutput();
    const [first, second, written] = [heardBy(output), heardBy(output), [] as string[]];
    const pieces = Readable.from([frame('stdout', 'a\n'), frame('stderr', 'b\n')]);
    const write = (data: Uint8Array, stream: string): Promise<void> => {
      written.push(`${stream}: ${Buffer.from(data).toString()}`);
      return Promise.resolve();
    };
    await output.read(pieces, false, write, never);
    assert.deepEqual(first, ['stdout: a\n', 'stderr: b\n']);
    assert.deepEqual([second, written], [first, first]);
  });

  it('is one stream as it is where it comes from a terminal', async () => {
    const output = new RunOutput();
    const heard = heardBy(output);
    await output.read(Readable.from([frame('stderr', 'x')]), true, ignore, never);
    assert.deepEqual(heard, [`stdout: ${frame('stderr', 'x').toString()}`]);
  });

  it('is told from its beginning to who listens later, though the memory that it came in is used again', async () => {
    const output = new RunOutput();
    const piece = Buffer.from('early');
    await output.read(Readable.from([piece]), true, ignore, never);
    piece.fill('x');
    assert.deepEqual(heardBy(output), ['stdout: early']);
  });

  it('is not told from its beginning where that has become much', async () => {
    const output = new RunOutput();
    await output.read(Readable.from([Buffer.alloc(65_536)]), true, ignore, never);
    assert.equal(heardBy(output).length, 1);
    await output.read(Readable.from([Buffer.alloc(1)]), true, ignore, never);
    assert.deepEqual(heardBy(output), []);
  });

  it('is not told any more to who has stopped to listen', async () => {
    const output = new RunOutput();
    let count = 0;
    const listening = output.onOutput(() => count++);
    await output.read(Readable.from([Buffer.from('a')]), true, ignore, never);
    listening.dispose();
    await output.read(Readable.from([Buffer.from('b')]), true, ignore, never);
    assert.equal(count, 1);
  });

  it('is read no faster than it is written', async () => {
    const output = new RunOutput();
    const heard = heardBy(output);
    let goOn = (): void => undefined;
    let isWaiting = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (isWaiting = resolve));
    const write = (): Promise<void> => {
      isWaiting();
      return new Promise((resolve) => (goOn = resolve));
    };
    const reading = output.read(Readable.from([Buffer.from('a'), Buffer.from('b')]), true, write, never);
    await waiting;
    assert.deepEqual(heard, ['stdout: a']);
    goOn();
    while (heard.length < 2) await new Promise(setImmediate);
    goOn();
    await reading;
  });

  it('is left when that is asked for, before and while it is read', async () => {
    for (const before of [true, false]) {
      const controller = new AbortController();
      const endless = new PassThrough();
      if (before) controller.abort();
      const reading = new RunOutput().read(endless, true, ignore, controller.signal);
      controller.abort();
      await assert.rejects(reading);
      endless.destroy();
    }
  });
});
