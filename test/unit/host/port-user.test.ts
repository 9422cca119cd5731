import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { portUser } from '../../../src/host/port-user.js';

describe('who uses a port', () => {
  it('is this process for one that it listens on, and nobody afterwards', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    assert.equal((await portUser(port))?.pid, process.pid);
    server.close();
    await once(server, 'close');
    assert.equal(await portUser(port), undefined);
  });
});
