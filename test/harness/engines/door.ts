import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let doors = 0;

/** A socket of its own in front of the engine's, that can be taken away and come back, and writes down what is asked. */
export class Door {
  readonly path = join(tmpdir(), `research-containers-door-${process.pid}-${doors++}.sock`);
  /** Method and path of each request, in their order. */
  readonly requests: string[] = [];
  /** Bytes that went to the engine. */
  bytes = 0;
  /** Bytes that came from the engine. */
  received = 0;
  /** Requests (`GET /info`) that the engine does not get, so that they are never answered. */
  swallow: RegExp | undefined;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  /** @param engineHost `unix://` and the path of the engine's socket */
  constructor(private readonly engineHost: string) {}

  async open(): Promise<void> {
    await rm(this.path, { force: true });
    const target = this.engineHost.replace('unix://', '');
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = new Socket({ allowHalfOpen: true }).connect(target);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.sockets.delete(socket));
      }
      near.on('data', (chunk: Buffer) => {
        this.bytes += chunk.length;
        for (const [, line] of chunk.toString('latin1').matchAll(/^([A-Z]+ \/\S*) HTTP\/1\.1\r$/gm)) {
          if (line !== undefined) this.requests.push(decodeURIComponent(line));
        }
      });
      near.on('data', (chunk: Buffer) => {
        if (this.swallow?.test(decodeURIComponent(chunk.toString('latin1').split('\r\n')[0] ?? '')) !== true)
          far.write(chunk);
      });
      near.on('end', () => far.end());
      far.on('data', (chunk: Buffer) => {
        this.received += chunk.length;
      });
      far.pipe(near);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
    // For programs of another user, too.
    await chmod(this.path, 0o666);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      if (this.server === undefined) resolve();
      else
        this.server.close(() => {
          resolve();
        });
    });
    await rm(this.path, { force: true });
  }
}
