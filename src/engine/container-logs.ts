import { type EngineConnection, streamFailure } from './connection.js';
import { inspectContainer } from './containers.js';
import { FrameDecoder, type LogLine, TerminalDecoder } from './log-lines.js';

export interface LogOptions {
  /** The first time that is wanted, as the engine takes it: seconds since 1970, with up to nine digits behind the point. */
  since?: string | undefined;
  /** How many lines at the end are wanted; all where undefined. */
  tail?: number | undefined;
  /** Whether to go on with what a running container will print, until it ends. */
  follow: boolean;
  signal: AbortSignal;
}

/**
 * What a container printed, in batches of as many lines as have arrived. The lines are in the order of the log; those of stdout and
 * stderr can be as much out of order as the engine read them.
 *
 * Rejects `container-not-found`, `cancelled`, `engine-lost`; `engine-refused` where the container's logging driver cannot be read.
 */
export async function* containerLogs(
  connection: EngineConnection,
  container: string,
  { since, tail, follow, signal }: LogOptions,
): AsyncGenerator<LogLine[]> {
  const { isTerminal } = await inspectContainer(connection, container, signal);
  const decoder = isTerminal ? new TerminalDecoder() : new FrameDecoder();
  const stream = await connection.stream({
    method: 'GET',
    path: `/containers/${container}/logs`,
    // Times are always asked for: without them nothing could go on exactly where it was interrupted.
    query: { follow, stdout: true, stderr: true, timestamps: true, since, tail },
    signal,
  });
  try {
    for await (const piece of stream) {
      if (!(piece instanceof Uint8Array)) continue;
      const lines = decoder.push(piece);
      if (lines.length > 0) yield lines;
    }
    const last = decoder.end();
    if (last.length > 0) yield last;
  } catch (error) {
    throw streamFailure(error, connection, 'Reading the log', signal);
  } finally {
    stream.destroy();
  }
}
