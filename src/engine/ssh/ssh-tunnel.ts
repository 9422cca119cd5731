import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asFailure, errorCode, Failure } from '../../host/failure.js';
import { type SshTarget } from '../endpoint.js';
import { explainArguments, forwardArguments, stdioArguments } from './ssh-command.js';
import { socketFailure, sshFailure, sshNotInstalled } from './ssh-failure.js';

const mostWords = 4000;
/** What ssh says about a connection that it closed comes on another way than the closing. */
const wordsMilliseconds = 2000;
const listenMilliseconds = 2000;
const betweenMilliseconds = 5;

/** A local socket that leads to a remote engine. */
interface Way {
  path: string;
  /** Settles when the way is no more. */
  ended: Promise<void>;
  close: () => void;
}

/**
 * The way to an engine on another host, by the system's own `ssh`: its configuration, agent and known hosts count. One
 * ssh forwards all connections to the engine's socket; where that cannot be, each connection gets one of its own that
 * runs `docker system dial-stdio` there. A way that broke is made anew when it is next asked for.
 */
export class SshTunnel {
  private way: Promise<Way> | undefined;

  constructor(private readonly target: SshTarget) {}

  /** A local socket to connect to. Rejects with what ssh says. */
  async localSocket(): Promise<string> {
    const way = (this.way ??= this.open());
    const forget = (): void => {
      if (this.way === way) this.way = undefined;
    };
    try {
      const { path, ended } = await way;
      void ended.then(forget);
      return path;
    } catch (error) {
      forget();
      throw error;
    }
  }

  dispose(): void {
    const { way } = this;
    this.way = undefined;
    way?.then(
      ({ close }) => {
        close();
      },
      () => undefined,
    );
  }

  private async open(): Promise<Way> {
    // OpenSSH for Windows forwards no sockets.
    if (process.platform === 'win32') return serveStdio(this.target);
    const way = await forward(this.target);
    if (!(way instanceof Failure)) return way;
    const stdio = await serveStdio(this.target);
    if (await answers(stdio.path)) return stdio;
    stdio.close();
    throw socketFailure(await explain(this.target), this.target.hostname) ?? way;
  }
}

/** Rejects where the host cannot be reached; resolves to a Failure where it can, but leads to no engine this way. */
async function forward(target: SshTarget): Promise<Way | Failure> {
  const folder = await mkdtemp(join(tmpdir(), 'rc-ssh-'));
  const path = join(folder, 's');
  const child = spawn('ssh', forwardArguments(target, path), { stdio: ['ignore', 'ignore', 'pipe'] });
  const words = listen(child);
  const close = (): void => {
    child.kill();
    void rm(folder, { recursive: true, force: true });
  };
  try {
    await appeared(folder, 's', words);
    if (await answers(path)) return { path, ended: words.ended.then(close), close };
    const failure = sshFailure(await words.about(/open failed/), target.hostname);
    close();
    return failure;
  } catch (error) {
    close();
    throw error instanceof Ended ? words.failure(target.hostname) : error;
  }
}

async function explain(target: SshTarget): Promise<string> {
  const child = spawn('ssh', explainArguments(target), { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await new Promise<void>((resolve) => {
    child.once('error', () => {
      resolve();
    });
    child.once('close', () => {
      resolve();
    });
  });
  return said.trim();
}

/** A socket here, each connection to which gets an ssh of its own. */
async function serveStdio(target: SshTarget): Promise<Way> {
  const onWindows = process.platform === 'win32';
  const folder = onWindows ? undefined : await mkdtemp(join(tmpdir(), 'rc-ssh-'));
  const path = folder === undefined ? `\\\\.\\pipe\\research-containers-${randomUUID()}` : join(folder, 's');
  const children = new Set<ChildProcess>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    const child = spawn('ssh', stdioArguments(target), { stdio: ['pipe', 'pipe', 'ignore'] });
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
  return { path, ended, close };
}

/** That ssh is no more. */
class Ended extends Error {}

/** What an ssh says on its standard error, and its end. */
interface Words {
  ended: Promise<void>;
  /** All words, once some match or nothing more comes. */
  about(pattern: RegExp): Promise<string>;
  failure(host: string): Failure;
}

function listen(child: ChildProcess): Words {
  let said = '';
  let problem: Error | undefined;
  const listeners = new Set<() => void>();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-mostWords);
    for (const listener of listeners) listener();
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      problem = error;
      resolve();
    });
    child.once('close', () => {
      resolve();
    });
  });
  return {
    ended,
    about: (pattern) =>
      new Promise((resolve) => {
        const finish = (): void => {
          listeners.delete(look);
          clearTimeout(timer);
          resolve(said);
        };
        const look = (): void => {
          if (pattern.test(said)) finish();
        };
        const timer = setTimeout(finish, wordsMilliseconds);
        listeners.add(look);
        void ended.then(finish);
        look();
      }),
    failure: (host) => {
      if (problem === undefined) return sshFailure(said, host);
      return errorCode(problem) === 'ENOENT' ? sshNotInstalled(problem) : asFailure(problem, 'Starting ssh');
    },
  };
}

/** Resolves when a file of that name is in the folder; rejects `Ended` when ssh ends before. */
function appeared(folder: string, name: string, { ended }: Words): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(folder);
    const look = (): void => {
      if (!existsSync(join(folder, name))) return;
      watcher.close();
      resolve();
    };
    watcher.on('change', look);
    watcher.on('error', reject);
    void ended.then(() => {
      watcher.close();
      reject(new Ended());
    });
    look();
  });
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
