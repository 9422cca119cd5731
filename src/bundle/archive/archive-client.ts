import { Worker } from 'node:worker_threads';
import { bytesOf } from '../../engine/saved-image/tar-entries.js';
import { cancelled, Failure } from '../../host/failure.js';
import { type ArchiveOrder, type FromWorker, type ToWorker } from './archive-messages.js';
import { type ArchiveOptions, type ArchiveResult } from './write-archive.js';

/**
 * What passes through is garbage at once: with little room for the young, it would be looked for all over the heap again and
 * again.
 */
const youngMegabytes = 32;
/** Bytes of the source that go to the worker together: a message costs more than what it carries. */
const parcelSize = 1 << 20;
/** Parcels that may be on their way at once. */
const parcelsInFlight = 6;

/**
 * `writeArchive` in a worker thread, so that hashing and compressing do not hold up the caller's event loop.
 *
 * @param script absolute path of the bundled `archive-worker.ts`
 */
export async function writeArchiveInWorker(
  script: string,
  source: AsyncIterable<Uint8Array>,
  options: ArchiveOptions,
): Promise<ArchiveResult> {
  const { signal } = options;
  const { tag, diffIds, file, compression, layers } = options;
  const order: ArchiveOrder = {
    tag,
    ...(diffIds === undefined ? {} : { diffIds: [...diffIds] }),
    file,
    compression,
    layers,
  };
  const worker = new Worker(script, {
    workerData: order,
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
  });
  const say = (message: ToWorker, transfer: ArrayBuffer[] = []): void => {
    worker.postMessage(message, transfer);
  };
  let inFlight = 0;
  let wake = (): void => undefined;
  let over = false;
  const onAbort = (): void => {
    say({ kind: 'abort' });
    wake();
  };
  const answer = new Promise<ArchiveResult>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'more':
          inFlight--;
          wake();
          return;
        case 'progress':
          options.onProgress(message.progress);
          return;
        case 'done':
          resolve(message.result);
          return;
        case 'failed':
          reject(new Failure(message.reason, message.message, message.remedy));
          return;
      }
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Failure('internal', `The archive's worker ended with code ${code}.`, 'Export the image again.'));
    });
  }).finally(() => {
    over = true;
    wake();
  });
  answer.catch(() => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  // As a call: the flags change while the pump waits, which the compiler cannot see.
  const ended = (): boolean => over || signal.aborted;
  try {
    if (signal.aborted) throw cancelled('Archiving the image');
    for await (const bytes of parcels(bytesOf(source))) {
      while (inFlight >= parcelsInFlight && !ended()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (ended()) break;
      inFlight++;
      say({ kind: 'chunk', bytes }, [bytes.buffer]);
    }
    if (!ended()) say({ kind: 'end' });
    return await answer;
  } catch (error) {
    say({ kind: 'abort' });
    // The worker removes what it has written before it ends.
    await answer.catch(() => undefined);
    throw signal.aborted ? cancelled('Archiving the image') : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await worker.terminate();
  }
}

/** The source in pieces that have their memory to themselves, so that it can be handed over. */
async function* parcels(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let parcel = new Uint8Array(parcelSize);
  let filled = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(chunk.length - at, parcelSize - filled);
      parcel.set(chunk.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled < parcelSize) continue;
      yield parcel;
      parcel = new Uint8Array(parcelSize);
      filled = 0;
    }
  }
  if (filled > 0) yield parcel.slice(0, filled);
}
