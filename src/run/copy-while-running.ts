import { type EngineConnection } from '../engine/connection.js';
import { asFailure } from '../host/failure.js';
import { type Copied } from './copy-from-container.js';
import { copyBack } from './finish-run.js';
import { type PendingRun } from './pending.js';
import { type RunPlace } from './run-place.js';

/** How often results of a run elsewhere are brought here, at most, in milliseconds. */
const leastBetweenCopies = 5000;
/** Copying takes no more than this part of the time. */
const copyingShare = 0.1;

/**
 * Brings the results of a run elsewhere here now and then, until the signal is raised. While a program writes, a copy may be
 * of half a file: only the one after the end counts. Does not reject.
 *
 * @param copies gets what was copied, by folders
 */
export async function copyWhileRunning(
  connection: EngineConnection,
  { placement, container }: PendingRun,
  copies: Map<string, Copied>,
  { log }: RunPlace,
  signal: AbortSignal,
): Promise<void> {
  if (placement.kind !== 'copied') return;
  let pause = leastBetweenCopies;
  while (await isOverAfter(pause, signal)) {
    const begin = performance.now();
    try {
      for (const folder of placement.back.filter(({ isOutput }) => isOutput)) {
        const before = copies.get(folder.folder);
        copies.set(folder.folder, await copyBack(connection, container, folder, { signal, before }));
      }
    } catch (error) {
      if (!signal.aborted) log.info(`Not all results could be read yet: ${asFailure(error, 'Copying').message}`);
    }
    pause = Math.max(leastBetweenCopies, (performance.now() - begin) * (1 / copyingShare - 1));
  }
}

/** Waits; false as soon as the signal is raised. */
function isOverAfter(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    }, milliseconds);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
