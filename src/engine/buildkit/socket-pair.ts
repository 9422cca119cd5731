import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Two sockets that are connected to each other, by a path that only this user may enter. Node's HTTP/2 is safe on sockets
 * of the system alone: over a stream of JavaScript's, Node 20 was seen to end with a damaged heap.
 */
export async function socketPair(): Promise<[Socket, Socket]> {
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-'));
  const path =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\research-containers-${randomBytes(16).toString('hex')}`
      : join(folder, 'pair.sock');
  const server = createServer();
  try {
    server.listen(path);
    await once(server, 'listening');
    const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
    const near = connect(path);
    await once(near, 'connect');
    return [near, await accepted];
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
