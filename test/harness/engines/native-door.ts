import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How every HTTP/2 connection begins (RFC 9113, section 3.4). */
const preface = 'PRI * HTTP/2.0';
const upgrade =
  'POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n';

let doors = 0;

/**
 * A socket before an engine that takes HTTP/2 with prior knowledge, as engines since API 1.53 do by themselves: it is
 * brought to the engine's `/grpc` by an upgrade. All else goes through as it is.
 */
export class NativeDoor {
  readonly host: string;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly path: string,
  ) {
    this.host = `unix://${path}`;
  }

  static async open(engineHost: string): Promise<NativeDoor> {
    const path = join(tmpdir(), `research-containers-native-${process.pid}-${doors++}.sock`);
    await rm(path, { force: true });
    const server = createServer({ allowHalfOpen: true });
    const door = new NativeDoor(server, path);
    server.on('connection', (near) => {
      const far = connect({ path: engineHost.replace('unix://', ''), allowHalfOpen: true });
      for (const socket of [near, far]) {
        door.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => door.sockets.delete(socket));
      }
      near.once('data', (first: Buffer) => {
        near.pause();
        void (async () => {
          if (first.toString('latin1').startsWith(preface)) {
            far.write(upgrade);
            const rest = await afterHead(far);
            if (rest.length > 0) near.write(rest);
          }
          far.write(first);
          near.pipe(far).pipe(near);
        })();
      });
    });
    server.listen(path);
    await once(server, 'listening');
    return door;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
    await rm(this.path, { force: true });
  }
}

/** Reads the head of an answer, and resolves to what came behind it. */
async function afterHead(socket: Socket): Promise<Buffer> {
  let read = Buffer.alloc(0);
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    read = Buffer.concat([read, chunk]);
    const end = read.indexOf('\r\n\r\n');
    if (end < 0) continue;
    socket.pause();
    if (!read.toString('latin1').startsWith('HTTP/1.1 101'))
      throw new Error(`The engine said: ${read.toString('latin1')}`);
    return read.subarray(end + 4);
  }
}
