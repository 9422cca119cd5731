import { type Duplex, type Readable } from 'node:stream';
import * as v from 'valibot';
import { readAnswer } from './answer.js';
import { type EngineConnection } from './connection.js';

/**
 * What leaves a terminal without ending its program, should somebody type it: the engine's own choice, Ctrl-P Ctrl-Q,
 * would swallow the key that brings back a shell's last command.
 */
const detachKeys = 'ctrl-^,ctrl-@,ctrl-^';

/** The output of a container that is not started yet, multiplexed (`demultiplex.ts`); input is not attached. */
export function attachOutput(connection: EngineConnection, container: string, signal?: AbortSignal): Promise<Duplex> {
  return connection.hijack({
    method: 'POST',
    path: `/containers/${container}/attach`,
    query: { stream: true, stdout: true, stderr: true },
    signal,
  });
}

/** The terminal of a container that was made with one: what is written is its input, what is read its screen. */
export function attachTerminal(connection: EngineConnection, container: string, signal?: AbortSignal): Promise<Duplex> {
  return connection.hijack({
    method: 'POST',
    path: `/containers/${container}/attach`,
    query: { stream: true, stdin: true, stdout: true, stderr: true, detachKeys },
    signal,
  });
}

/** All output of a container since it started, and what comes until it ends; as `attachOutput` has it. */
export function followLogs(connection: EngineConnection, container: string, signal?: AbortSignal): Promise<Readable> {
  return connection.stream({
    method: 'GET',
    path: `/containers/${container}/logs`,
    query: { follow: true, stdout: true, stderr: true },
    signal,
  });
}

export async function startContainer(
  connection: EngineConnection,
  container: string,
  signal?: AbortSignal,
): Promise<void> {
  await connection.request({ method: 'POST', path: `/containers/${container}/start`, signal });
}

const waitAnswer = v.object({
  StatusCode: v.number(),
  Error: v.optional(v.nullable(v.object({ Message: v.optional(v.string()) }))),
});

/**
 * Resolves to the exit code when a container that was started does not run any more, at once for one that has ended. Podman
 * never answers to the wait for the next exit, which docker's client asks for before the start.
 */
export async function waitForExit(
  connection: EngineConnection,
  container: string,
  signal?: AbortSignal,
): Promise<number> {
  const path = `/containers/${container}/wait`;
  const answer = await connection.request({ method: 'POST', path, query: { condition: 'not-running' }, signal });
  return readAnswer(waitAnswer, answer).StatusCode;
}

/** Sets the size of a running container's terminal, in characters. Rejects `container-not-running`. */
export async function resizeTerminal(
  connection: EngineConnection,
  container: string,
  { columns, rows }: { columns: number; rows: number },
): Promise<void> {
  await connection.request({
    method: 'POST',
    path: `/containers/${container}/resize`,
    query: { w: columns, h: rows },
  });
}

/** Sends a container's program a signal, `SIGINT`. Rejects `container-not-running`. */
export async function signalContainer(connection: EngineConnection, container: string, name: string): Promise<void> {
  await connection.request({ method: 'POST', path: `/containers/${container}/kill`, query: { signal: name } });
}
