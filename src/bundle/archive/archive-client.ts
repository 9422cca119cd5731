import { Worker } from 'node:worker_threads';
import { bytesOf } from '../../engine/saved-image/tar-entries.js';
import { cancelled, Failure } from '../../host/failure.js';
import { type ArchiveOrder, type FromWorker, type ToWorker } from './archive-messages.js';
import { type ArchiveOptions, type ArchiveResult } from './write-archive.js';

/**
 * What passes through is garbage at once: with little room for the young, it would be looked for all over the heap again and
 * again.
 */
const youngMegabytes = 64;
/** Chunks of the source that may be on their way to the worker at once. */
const chunksInFlight = 64;

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
  const { tag, file, compression, layers } = options;
  const order: ArchiveOrder = { tag, file, compression, layers };
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
          options.onProgress(message.readBytes);
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
    for await (const chunk of bytesOf(source)) {
      while (inFlight >= chunksInFlight && !ended()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (ended()) break;
      // A copy of its own, so that its memory can be handed over instead of being copied once more.
      const bytes = new Uint8Array(chunk);
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
