import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { asFailure } from '../../host/failure.js';
import { archiveOrder, type ArchiveOrder, type FromWorker, type ToWorker } from './archive-messages.js';
import { type ArchiveProgress, writeArchive } from './write-archive.js';

const queue: ToWorker[] = [];
let wake = (): void => undefined;

function listen(port: MessagePort, order: ArchiveOrder): void {
  const abort = new AbortController();
  const say = (message: FromWorker): void => {
    port.postMessage(message);
  };
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'abort') abort.abort();
    queue.push(message);
    wake();
  });
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      const message = queue.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (message.kind === 'chunk') {
        say({ kind: 'more' });
        yield message.bytes;
      } else return;
    }
  };
  const onProgress = (progress: ArchiveProgress): void => {
    say({ kind: 'progress', progress });
  };
  writeArchive(source(), { ...order, signal: abort.signal, onProgress }).then(
    (result) => {
      say({ kind: 'done', result });
      port.close();
    },
    (error: unknown) => {
      const { reason, message, remedy } = asFailure(error, 'Archiving the image');
      say({ kind: 'failed', reason, message, remedy });
      port.close();
    },
  );
}

if (parentPort !== null) listen(parentPort, v.parse(archiveOrder, workerData));
