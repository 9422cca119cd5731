import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

/** What an engine with a GPU answers otherwise than one without. */
export interface GpuAnswers {
  /** What its answer to `GET /info` has besides its own. */
  info: Readonly<Record<string, unknown>>;
  /**
   * What a container that asks for a GPU prints by `nvidia-smi`, or the words that it cannot start with; or it hangs, as
   * with a GPU that is lost.
   */
  container: { prints: string; capabilities: string } | { refused: string } | { hangs: true } | undefined;
}

let doors = 0;

/**
 * A socket before a real engine that makes it look like one with a GPU, of which there is none on this machine: by
 * recorded answers. The containers are real ones, which print what was recorded. A container that asks for a GPU where
 * none was set up is an error.
 */
export class GpuDoor {
  readonly host: string;
  private answers: GpuAnswers = { info: {}, container: undefined };
  private readonly sockets = new Set<Socket>();
  /** Ids of containers that asked for a GPU. */
  private readonly withGpu = new Set<string>();

  private constructor(
    private readonly server: Server,
    private readonly path: string,
    private readonly target: string,
  ) {
    this.host = `unix://${path}`;
  }

  /** @param engineHost `unix://` and the path of the engine's socket */
  static async open(engineHost: string): Promise<GpuDoor> {
    const path = join(tmpdir(), `research-containers-gpu-${process.pid}-${doors++}.sock`);
    await rm(path, { force: true });
    const server = createServer();
    const door = new GpuDoor(server, path, engineHost.replace('unix://', ''));
    server.on('connection', (socket) => {
      door.keep(socket);
    });
    server.on('request', (asked, answer) => {
      void door.answer(asked, answer);
    });
    server.on('upgrade', (asked: IncomingMessage, near: Socket, head: Buffer) => {
      door.takeOver(asked, near, head);
    });
    server.listen(path);
    await once(server, 'listening');
    // For programs of another user, too.
    await chmod(path, 0o666);
    return door;
  }

  /** How many containers have asked for a GPU. */
  get asked(): number {
    return this.withGpu.size;
  }

  set(answers: GpuAnswers): void {
    this.answers = answers;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
    await rm(this.path, { force: true });
  }

  private async answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = '', url = '' } = asked;
    const started = /\/containers\/([0-9a-f]+)\/start$/.exec(url)?.[1];
    const { container } = this.answers;
    if (method === 'GET' && /\/info$/.test(url)) {
      const info = JSON.parse((await this.whole(asked)).toString('utf8')) as object;
      send(answer, 200, { ...info, ...this.answers.info });
    } else if (method === 'POST' && /\/containers\/create(?:\?|$)/.test(url)) {
      await this.create(asked, answer);
    } else if (
      started !== undefined &&
      this.withGpu.has(started) &&
      container !== undefined &&
      'refused' in container
    ) {
      asked.resume();
      send(answer, 500, { message: container.refused });
    } else this.handOn(asked, answer, undefined);
  }

  private async create(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = JSON.parse((await buffer(asked)).toString('utf8')) as {
      Cmd?: string[];
      Entrypoint?: string[];
      HostConfig: { DeviceRequests?: unknown[] };
    };
    const wantsGpu = (body.HostConfig.DeviceRequests ?? []).length > 0;
    const { container } = this.answers;
    if (wantsGpu) {
      if (container === undefined) throw new Error('A container asked for a GPU, and none was set up.');
      body.HostConfig.DeviceRequests = [];
      if ('hangs' in container) {
        body.Entrypoint = ['sleep'];
        body.Cmd = ['300'];
      } else if ('prints' in container && body.Entrypoint?.[0] === 'nvidia-smi') {
        const isQuery = (body.Cmd ?? []).length > 0;
        body.Entrypoint = ['echo'];
        body.Cmd = [isQuery ? container.capabilities : container.prints];
      }
    }
    this.handOn(asked, answer, Buffer.from(JSON.stringify(body)), (created) => {
      const { Id } = JSON.parse(created.toString('utf8')) as { Id?: string };
      if (wantsGpu && Id !== undefined) this.withGpu.add(Id);
    });
  }

  private handOn(
    asked: IncomingMessage,
    answer: ServerResponse,
    body: Buffer | undefined,
    onAnswer?: (answered: Buffer) => void,
  ): void {
    const { method, url, headers } = asked;
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const onward = request(
      { socketPath: this.target, method, path: url, headers: { ...headers, ...length } },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        // Streams that say nothing yet are to be known as begun.
        answer.flushHeaders();
        if (onAnswer !== undefined)
          void buffer(answered).then((bytes) => {
            onAnswer(bytes);
            answer.end(bytes);
          });
        else answered.pipe(answer);
      },
    );
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    if (body === undefined) asked.pipe(onward);
    else onward.end(body);
  }

  private whole(asked: IncomingMessage): Promise<Buffer> {
    const { method, url, headers } = asked;
    asked.resume();
    return new Promise((resolve, reject) => {
      const onward = request({ socketPath: this.target, method, path: url, headers }, (answered) => {
        buffer(answered).then(resolve, reject);
      });
      onward.on('error', reject);
      onward.end();
    });
  }

  /** A connection that is taken over goes through as it is. */
  private takeOver(asked: IncomingMessage, near: Socket, head: Buffer): void {
    const far = connect({ path: this.target, allowHalfOpen: true });
    this.keep(far);
    near.on('error', () => undefined);
    const lines = [`${asked.method ?? ''} ${asked.url ?? ''} HTTP/1.1`];
    for (let at = 0; at < asked.rawHeaders.length; at += 2) {
      lines.push(`${asked.rawHeaders[at] ?? ''}: ${asked.rawHeaders[at + 1] ?? ''}`);
    }
    far.write(`${lines.join('\r\n')}\r\n\r\n`);
    far.write(head);
    near.pipe(far).pipe(near);
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}

function send(answer: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  answer.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  answer.end(text);
}
