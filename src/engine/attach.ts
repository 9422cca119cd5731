import { type Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { Failure } from '../host/failure.js';
import { readAnswer } from './answer.js';
import { type EngineConnection } from './connection.js';
import { attachOutput, attachTerminal, resizeTerminal } from './container-process.js';
import { inspectContainer } from './containers.js';

const inspectAnswer = v.object({
  State: v.object({ Running: v.boolean() }),
  Config: v.object({ Tty: v.optional(v.boolean(), false), OpenStdin: v.optional(v.boolean(), false) }),
});

/** The program of a running container, listened to from now on; it goes on when the stream is destroyed. */
export interface Attachment {
  /** `terminal`: the stream is its screen. `output`: stdout and stderr multiplexed (`demultiplex.ts`). */
  kind: 'terminal' | 'output';
  /** Whether what is written to the stream is its input. */
  takesInput: boolean;
  stream: Duplex;
  /** Sets the size of its terminal, in characters, where it has one. */
  resize(size: { columns: number; rows: number }): Promise<void>;
  /**
   * Once the stream has ended: the exit code; undefined where the program goes on and only the connection has ended. Rejects
   * `container-not-found` where the container is gone.
   */
  exitCode(): Promise<number | undefined>;
}

/** How long the engine may take to notice the end of a container whose output has ended, and how often it is asked, in milliseconds. */
const longestWait = 2000;
const every = 100;

/**
 * Listens to the program of a running container, and writes to it where it has a terminal and an input.
 *
 * Rejects `container-not-running`, `container-not-found`, `cancelled`.
 */
export async function attachContainer(
  connection: EngineConnection,
  container: string,
  signal: AbortSignal,
): Promise<Attachment> {
  const path = `/containers/${container}/json`;
  const { State, Config } = readAnswer(inspectAnswer, await connection.request({ method: 'GET', path, signal }));
  if (!State.Running) {
    throw new Failure('container-not-running', 'The container is not running.', 'Start it first.');
  }
  const takesInput = Config.Tty && Config.OpenStdin;
  const attach = takesInput ? attachTerminal : attachOutput;
  return {
    kind: Config.Tty ? 'terminal' : 'output',
    takesInput,
    stream: await attach(connection, container, signal),
    resize: async (size) => {
      if (Config.Tty) await resizeTerminal(connection, container, size);
    },
    exitCode: async () => {
      const deadline = performance.now() + longestWait;
      do {
        const { state, exitCode } = await inspectContainer(connection, container);
        if (state !== 'running' && state !== 'paused') return exitCode;
        await pause(every);
      } while (performance.now() < deadline);
      return undefined;
    },
  };
}
