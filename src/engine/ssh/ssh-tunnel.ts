import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { errorCode, Failure } from '../../host/failure.js';
import { type SshTarget } from '../endpoint.js';
import { explainArguments, forwardArguments, stdioArguments } from './ssh-command.js';
import { noDockerCommand, socketFailure, sshFailure } from './ssh-failure.js';
import { listen, type Words } from './ssh-process.js';

const listenMilliseconds = 2000;
const betweenMilliseconds = 5;

/** A local socket that leads to a remote engine. */
interface Way {
  kind: 'way';
  path: string;
  /** Settles when the way is no more. */
  ended: Promise<void>;
}

/** The host can be reached, and leads to no engine in this way. */
interface NoWay {
  kind: 'none';
  failure: Failure;
}

/**
 * The way to an engine on another host, by the system's own `ssh`: its configuration, agent and known hosts count. One
 * ssh forwards all connections to the engine's socket; where that cannot be, each connection gets one of its own that
 * runs `docker system dial-stdio` there. A way that broke is made anew when it is next asked for.
 */
export class SshTunnel {
  private current: { way: Promise<Way>; ending: AbortController } | undefined;
  private disposed = false;

  constructor(private readonly target: SshTarget) {}

  /** A local socket to connect to. Rejects with what ssh says, and `engine-lost` once disposed. */
  async localSocket(): Promise<string> {
    // A request that is repeated because its connection ended must not start an ssh that nobody ends.
    if (this.disposed) {
      throw new Failure('engine-lost', `The connection to the host ${this.target.hostname} was closed.`, 'Try again.');
    }
    this.current ??= this.begin();
    return (await this.current.way).path;
  }

  /** Ends ssh, also one that is still on its way to the host. */
  dispose(): void {
    this.disposed = true;
    this.current?.ending.abort();
    this.current = undefined;
  }

  private begin(): { way: Promise<Way>; ending: AbortController } {
    const ending = new AbortController();
    const begun = { way: open(this.target, ending.signal), ending };
    const forget = (): void => {
      if (this.current === begun) this.current = undefined;
    };
    begun.way.then(({ ended }) => ended.then(forget), forget);
    return begun;
  }
}

async function open(target: SshTarget, signal: AbortSignal): Promise<Way> {
  // OpenSSH for Windows forwards no sockets.
  const forwarded = process.platform === 'win32' ? undefined : await forward(target, signal);
  if (forwarded?.kind === 'way') return forwarded;
  const stdio = await byStdio(target, signal);
  if (stdio.kind === 'way') return stdio;
  const { failure } = stdio;
  if (failure.reason !== 'engine-unreachable') throw failure;
  const state = await explain(target, signal);
  // sshd does not say why it forwards nothing; only a docker command there tells that nobody listens.
  const isUntold = state === 'refused' && failure.message === noDockerCommand(target.hostname).message;
  throw (isUntold ? undefined : socketFailure(state, target.hostname)) ?? forwarded?.failure ?? failure;
}

/** Rejects where the host cannot be reached. */
async function forward(target: SshTarget, signal: AbortSignal): Promise<Way | NoWay> {
  const folder = await mkdtemp(join(tmpdir(), 'rc-ssh-'));
  const path = join(folder, 's');
  const child = spawn('ssh', forwardArguments(target, path), { stdio: ['ignore', 'ignore', 'pipe'], signal });
  const words = listen(child);
  const close = async (): Promise<void> => {
    child.kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await appeared(folder, 's', words);
    if (await answers(path)) return { kind: 'way', path, ended: words.ended.then(close) };
    const said = await words.about(/open failed/);
    await close();
    return { kind: 'none', failure: sshFailure(said, target.hostname) };
  } catch (error) {
    await close();
    throw error instanceof Ended ? words.failure(target.hostname) : error;
  }
}

/** A socket here, each connection to which gets an ssh of its own. */
async function byStdio(target: SshTarget, signal: AbortSignal): Promise<Way | NoWay> {
  const onWindows = process.platform === 'win32';
  const folder = onWindows ? undefined : await mkdtemp(join(tmpdir(), 'rc-ssh-'));
  const path = folder === undefined ? `\\\\.\\pipe\\research-containers-${randomUUID()}` : join(folder, 's');
  const children = new Set<ChildProcess>();
  let last: Words | undefined;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const child = spawn('ssh', stdioArguments(target), { stdio: ['pipe', 'pipe', 'pipe'] });
    last = listen(child);
    children.add(child);
    const end = (): void => {
      children.delete(child);
      child.kill();
      socket.destroy();
    };
    child.on('error', end);
    child.on('close', end);
    socket.on('error', end);
    socket.on('close', end);
    child.stdin.on('error', () => undefined);
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
  });
  const ended = new Promise<void>((resolve) => server.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  const close = (): void => {
    server.close();
    for (const child of children) child.kill();
    if (folder !== undefined) void rm(folder, { recursive: true, force: true });
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close, { once: true });
  if (await answers(path)) return { kind: 'way', path, ended };
  await last?.ended;
  signal.removeEventListener('abort', close);
  close();
  return { kind: 'none', failure: last?.failure(target.hostname) ?? sshFailure('', target.hostname) };
}

async function explain(target: SshTarget, signal: AbortSignal): Promise<string> {
  const child = spawn('ssh', explainArguments(target), { stdio: ['ignore', 'pipe', 'ignore'], signal });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await listen(child).ended;
  // A shell may greet first.
  return said.trim().split('\n').at(-1) ?? '';
}

/** That ssh is no more. */
class Ended extends Error {}

/** Resolves when a file of that name is in the folder; rejects `Ended` when ssh ends before. */
async function appeared(folder: string, name: string, { ended }: Words): Promise<void> {
  const watcher = watch(folder);
  try {
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (existsSync(join(folder, name))) resolve();
      };
      watcher.on('change', look);
      watcher.on('error', reject);
      void ended.then(() => {
        reject(new Ended());
      });
      look();
    });
  } finally {
    watcher.close();
  }
}

/** Whether something at the other end of a socket answers a request: ssh accepts connections that lead nowhere. */
async function answers(path: string): Promise<boolean> {
  const end = performance.now() + listenMilliseconds;
  for (;;) {
    const answer = await answersOnce(path);
    if (answer !== 'not-listening' || performance.now() > end) return answer === 'yes';
    await wait(betweenMilliseconds);
  }
}

/** A socket's file is there some moments before anybody listens. */
function answersOnce(path: string): Promise<'yes' | 'no' | 'not-listening'> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.write('GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n');
    });
    socket.once('data', () => {
      resolve('yes');
      socket.destroy();
    });
    socket.once('error', (error) => {
      if (errorCode(error) === 'ECONNREFUSED') resolve('not-listening');
    });
    socket.once('close', () => {
      resolve('no');
    });
  });
}
