import { type Duplex } from 'node:stream';
import * as v from 'valibot';
import { cancelled } from '../host/failure.js';
import { readAnswer } from './answer.js';
import { type EngineConnection, streamFailure } from './connection.js';
import { demultiplex } from './demultiplex.js';

const createAnswer = v.object({ Id: v.string() });
const inspectAnswer = v.object({ Running: v.boolean(), ExitCode: v.nullish(v.number()), Pid: v.nullish(v.number()) });

/** What a program in a container printed, and how it ended. */
export interface ExecResult {
  exitCode: number;
  stdout: Buffer;
  stderr: Buffer;
  /** False where more was printed than was asked for: then the program may not have ended. */
  isWhole: boolean;
}

/** A program in a running container, with a terminal. */
export interface ExecTerminal {
  /** What is written is its input, what is read its screen. */
  stream: Duplex;
  resize(size: { columns: number; rows: number }): Promise<void>;
  /** Undefined while it runs, or is still being started. */
  exitCode(): Promise<number | undefined>;
}

interface Program {
  command: readonly string[];
  /** `uid:gid` or a name; the container's own user where undefined. */
  user?: string;
  /** An absolute path; the container's own working folder where undefined. */
  folder?: string;
  environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a program in a running container, without input. A program that cannot be started ends with 126 or 127, on engines that do
 * not refuse it with `command-not-found`.
 *
 * Rejects `container-not-running`, `container-not-found`, `command-not-found`, `cancelled`.
 *
 * @param limit bytes of output, stdout and stderr together, after which no more is read
 */
export async function runExec(
  connection: EngineConnection,
  container: string,
  program: Program,
  { signal, limit = Infinity }: { signal: AbortSignal; limit?: number },
): Promise<ExecResult> {
  const id = await create(connection, container, program, false, signal);
  const stream = await start(connection, id, false, signal);
  const output: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  let bytes = 0;
  // What took the connection over does not hear of the signal any more.
  const onAbort = (): void => {
    stream.destroy(cancelled('Running a program in the container'));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const { stream: kind, data } of demultiplex(stream)) {
      bytes += data.length;
      output[kind].push(Buffer.from(data));
      if (bytes > limit) break;
    }
  } catch (error) {
    throw streamFailure(error, connection, 'Running a program in the container', signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.destroy();
  }
  if (signal.aborted) throw cancelled('Running a program in the container');
  const isWhole = bytes <= limit;
  const exitCode = isWhole ? ((await inspect(connection, id, signal)).ExitCode ?? 0) : 0;
  return { exitCode, stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr), isWhole };
}

/**
 * Starts a program with a terminal in a running container. Closing the stream does not end it: who opens it has to. Rejects as
 * `runExec`.
 */
export async function openExecTerminal(
  connection: EngineConnection,
  container: string,
  program: Program,
  signal: AbortSignal,
): Promise<ExecTerminal> {
  const id = await create(connection, container, program, true, signal);
  const stream = await start(connection, id, true, signal);
  return {
    stream,
    resize: async ({ columns, rows }) => {
      await connection.request({ method: 'POST', path: `/exec/${id}/resize`, query: { w: columns, h: rows } });
    },
    exitCode: async () => {
      const { Running: running, ExitCode: exitCode } = await inspect(connection, id);
      // One that the engine is still starting does not run, and has no exit code.
      return running ? undefined : (exitCode ?? undefined);
    },
  };
}

async function create(
  connection: EngineConnection,
  container: string,
  { command, user, folder, environment = {} }: Program,
  terminal: boolean,
  signal: AbortSignal,
): Promise<string> {
  const answer = await connection.request({
    method: 'POST',
    path: `/containers/${container}/exec`,
    body: {
      Cmd: command,
      AttachStdin: terminal,
      AttachStdout: true,
      AttachStderr: true,
      Tty: terminal,
      ...(user === undefined ? {} : { User: user }),
      ...(folder === undefined ? {} : { WorkingDir: folder }),
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    },
    signal,
  });
  return readAnswer(createAnswer, answer).Id;
}

function start(connection: EngineConnection, id: string, terminal: boolean, signal: AbortSignal): Promise<Duplex> {
  return connection.hijack({
    method: 'POST',
    path: `/exec/${id}/start`,
    body: { Detach: false, Tty: terminal },
    signal,
  });
}

async function inspect(
  connection: EngineConnection,
  id: string,
  signal?: AbortSignal,
): Promise<v.InferOutput<typeof inspectAnswer>> {
  return readAnswer(inspectAnswer, await connection.request({ method: 'GET', path: `/exec/${id}/json`, signal }));
}
