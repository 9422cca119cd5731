import { join } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { asFailure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { type LiveRun } from './live-run.js';
import { type RunPlace } from './run-place.js';
import { OutputLines } from './output-lines.js';
import { outputFolderOf } from './record.js';
import { type RunRequest } from './run-request.js';
import { startRun } from './start-run.js';

export interface RunResult {
  exitCode: number;
  /** Id of the container; it may be gone already. */
  container: string;
  /** Absolute paths of the files in the output folder. */
  outputs: string[];
  /** Absolute path of the run record. */
  record: string;
}

/**
 * Runs an image once with its outputs bound to a host folder, and keeps a record of the run. A non-zero exit code is a
 * result. After an abort or a failed start no container is left; a cancelled run leaves what it wrote so far, and its record.
 *
 * Rejects what `startRun` rejects, `engine-lost`, `cancelled`, and what keeps the results from coming to the host.
 */
export async function runImage(
  connection: EngineConnection,
  request: RunRequest,
  place: RunPlace,
  work: Work,
): Promise<RunResult> {
  return resultOf(await startRun(connection, request, place, work), place, work);
}

/** Follows a run to its end; an abort cancels it. */
export async function resultOf(run: LiveRun, place: RunPlace, { signal, onProgress }: Work): Promise<RunResult> {
  const lines = new OutputLines((output) => {
    onProgress({ message: 'Running', output });
  });
  const listening = run.onOutput((data, stream) => {
    lines.add(data, stream);
  });
  const onAbort = (): void => {
    run.cancel().catch((error: unknown) => {
      place.log.warn(`The run could not be ended: ${asFailure(error, 'Ending it').message}`);
    });
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const following = run.onChange(() => {
    onProgress({ message: phaseText(run) });
  });
  try {
    const record = await run.end;
    lines.end();
    if (run.phase.kind === 'finished' && run.phase.problem !== undefined) throw run.phase.problem;
    const folder = outputFolderOf(run.file, record);
    const outputs = folder === undefined ? [] : record.outputs.map(({ path }) => join(folder, path));
    return { exitCode: record.exitCode, container: record.container.id, outputs, record: run.file };
  } finally {
    signal.removeEventListener('abort', onAbort);
    listening.dispose();
    following.dispose();
  }
}

function phaseText({ phase }: LiveRun): string {
  switch (phase.kind) {
    case 'copying':
      return 'Copying the results';
    case 'recording':
      return 'Recording the outputs';
    default:
      return 'Running';
  }
}
