import { randomUUID } from 'node:crypto';
import { type Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../host/failure.js';
import { type EngineConnection } from './connection.js';
import { inspectContainer } from './containers.js';
import { type ExecTerminal, openExecTerminal, runExec } from './exec.js';
import { endScript, readEndAnswer, startScript } from './shell-scripts.js';

/** Characters. */
export interface TerminalSize {
  columns: number;
  rows: number;
}

/** A shell that a container has: the one that can run scripts, and the better one for people, each as it is started. */
export interface FoundShell {
  script: readonly string[];
  interactive: readonly string[];
}

/** A shell in a running container, in a terminal of its own. */
export interface Shell {
  /** What is written is its input, what is read its screen; it ends with the shell, and whoever opened it destroys it. */
  stream: Duplex;
  resize(size: TerminalSize): Promise<void>;
  /**
   * The exit code, once the stream has ended. Rejects `container-not-running` where the shell ended with its container,
   * `container-not-found` where that is gone, and `engine-lost` where only the connection has ended.
   */
  exitCode(): Promise<number>;
  /**
   * Ends the shell and what was started in it, as the loss of a terminal does: a hangup, and for what is not gone then a kill.
   * Programs that were told to ignore a hangup (`nohup`), or have left the terminal (`setsid`, tmux), go on. Resolves when all
   * that is done, at once for a shell that has ended.
   */
  end(): Promise<void>;
}

interface ShellOptions {
  /** `uid:gid` or a name; the container's own user where undefined. */
  user?: string;
  signal: AbortSignal;
}

/** Where shells are looked for, in this order; the last one is that of images without anything else. */
const candidates = [
  ['sh'],
  ['bash'],
  ['/bin/sh'],
  ['/bin/bash'],
  ['/bin/ash'],
  ['/bin/busybox', 'sh'],
  ['/busybox/sh'],
] as const;

/** How long a program has to heed a hangup, and how often it is looked whether it did, in milliseconds. */
const grace = 1500;
const every = 150;
/** How long the engine may take to start a shell that is to end at once, or to notice that one has ended. */
const longestWait = 5000;
/** What a program ends with that the kernel killed, as when its container ends. */
const killed = 137;

/**
 * Finds the shell of a running container: bash, or else sh.
 *
 * Rejects `command-not-found` where there is none, `container-not-running`, `container-not-found`, `cancelled`.
 */
export async function findShell(
  connection: EngineConnection,
  container: string,
  options: ShellOptions,
): Promise<FoundShell> {
  for (const script of candidates) {
    const found = await answerOf(connection, container, [...script, '-c', 'command -v bash || echo none'], options);
    if (found === undefined) continue;
    return { script, interactive: found.startsWith('/') ? [found] : script };
  }
  throw new Failure(
    'command-not-found',
    'The container has no shell: its image brings only its own program.',
    'Look at its files with “Browse Files”, or build the image on a base that has a shell.',
  );
}

/** What a program prints on its first line; undefined where there is none, or where it fails. */
async function answerOf(
  connection: EngineConnection,
  container: string,
  command: readonly string[],
  { user, signal }: ShellOptions,
): Promise<string | undefined> {
  try {
    const program = { command, ...(user === undefined ? {} : { user }) };
    const { exitCode, stdout } = await runExec(connection, container, program, { signal });
    return exitCode === 0 ? (stdout.toString('utf8').split('\n')[0] ?? '') : undefined;
  } catch (error) {
    if (error instanceof Failure && error.reason === 'command-not-found') return undefined;
    throw error;
  }
}

/**
 * Opens a shell that `findShell` found. It has its size before it prints anything, where the image has `stty`.
 *
 * Rejects `container-not-running`, `container-not-found`, `cancelled`.
 */
export async function openShell(
  connection: EngineConnection,
  container: string,
  { script, interactive }: FoundShell,
  { user, size, signal }: ShellOptions & { size: TerminalSize },
): Promise<Shell> {
  const mark = randomUUID();
  const asUser = user === undefined ? {} : { user };
  const words = [startScript, 'shell', mark, ...interactive];
  const program = { command: [...script, '-c', ...words], environment: { TERM: 'xterm-256color' }, ...asUser };
  const terminal = await openExecTerminal(connection, container, program, signal);
  const { stream } = terminal;
  // One that has ended already says so by its exit code.
  await terminal.resize(size).catch(() => undefined);
  return {
    stream,
    resize: (to) => terminal.resize(to),
    exitCode: () => exitCodeOf(connection, container, terminal),
    end: async () => {
      try {
        if ((await terminal.exitCode()) === undefined)
          await endSession(connection, container, script, mark, asUser, terminal);
      } catch (error) {
        await unlessGone(connection, container, error);
      } finally {
        // Not earlier: of a program that loses its terminal while it is started, the engine says that it has ended.
        stream.destroy();
      }
    },
  };
}

async function exitCodeOf(connection: EngineConnection, container: string, terminal: ExecTerminal): Promise<number> {
  const deadline = performance.now() + longestWait;
  let code = await codeNow(connection, container, terminal);
  while (code === undefined) {
    if (performance.now() > deadline) {
      throw new Failure('engine-lost', 'The connection to the shell was lost.', 'Open a shell again.');
    }
    await pause(every);
    code = await codeNow(connection, container, terminal);
  }
  // The engine may hear of the end of the shell before that of the container.
  if (code === killed) await pause(2 * every);
  const { state } = await inspectContainer(connection, container);
  if (state === 'running' || state === 'paused') return code;
  throw new Failure(
    'container-not-running',
    'The shell ended with its container, which does not run any more.',
    'Start the container, then open a shell again.',
  );
}

/** Undefined while it runs. Of a container that is gone the engine does not know what ran in it. */
async function codeNow(
  connection: EngineConnection,
  container: string,
  terminal: ExecTerminal,
): Promise<number | undefined> {
  try {
    return await terminal.exitCode();
  } catch (error) {
    if (error instanceof Failure && error.reason === 'engine-refused') await inspectContainer(connection, container);
    throw error;
  }
}

async function endSession(
  connection: EngineConnection,
  container: string,
  script: readonly string[],
  mark: string,
  asUser: { user?: string },
  terminal: ExecTerminal,
): Promise<void> {
  let session = '';
  const send = async (name: 'HUP' | 'KILL' | 'none'): Promise<number> => {
    const program = { command: [...script, '-c', endScript, 'end', mark, name, session], ...asUser };
    const { stdout } = await runExec(connection, container, program, { signal: AbortSignal.timeout(longestWait) });
    const answer = readEndAnswer(stdout.toString('utf8'));
    session = answer.session;
    return answer.left;
  };
  const started = performance.now();
  let left = await send('HUP');
  // A shell that was only just opened may not be there yet.
  while (session === '' && performance.now() - started < longestWait) {
    await pause(every);
    if ((await terminal.exitCode()) !== undefined) return;
    left = await send('HUP');
  }
  const hungUp = performance.now();
  while (left > 0 && performance.now() - hungUp < grace) {
    await pause(every);
    left = await send('none');
  }
  const kills = performance.now();
  while (left > 0 && performance.now() - kills < longestWait) left = await send('KILL');
}

/** With its container a shell has ended, too. */
async function unlessGone(connection: EngineConnection, container: string, error: unknown): Promise<void> {
  const over = new Set<Failure['reason']>(['container-not-running', 'container-not-found']);
  if (error instanceof Failure && over.has(error.reason)) return;
  try {
    const { state } = await inspectContainer(connection, container);
    if (state === 'running' || state === 'paused') throw error;
  } catch (second) {
    if (!(second instanceof Failure) || !over.has(second.reason)) throw error;
  }
}
