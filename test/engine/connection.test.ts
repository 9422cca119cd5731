import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { Engine } from '../../src/engine/engine.js';
import { engineInfo } from '../../src/engine/system.js';
import { connect, discoverable, engineName, failsWith, quiet } from './support.js';

describe(`connecting to engine ${engineName}`, function () {
  this.timeout(30_000);

  it('tells what the engine is', async () => {
    const connection = connect();
    const info = await engineInfo(connection);
    connection.dispose();
    assert.match(
      info.version,
      engineName === 'given' ? /./ : new RegExp(`^${engineName.replace('-containerd', '')}\\.`),
    );
    if (engineName !== 'given') assert.equal(info.store, engineName === '28-containerd' ? 'containerd' : 'classic');
    assert.match(info.platform, /^linux\//);
  });

  it('says that no engine is there', async () => {
    const engine = new Engine(discoverable('unix:///nowhere.sock'), quiet);
    await assert.rejects(engine.connect(), failsWith('engine-not-found'));
  });

  it('says that what listens is no engine', async () => {
    const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const engine = new Engine(discoverable(`tcp://127.0.0.1:${port}`), quiet);
    await assert.rejects(engine.connect(), failsWith('engine-unreachable'));
    server.close();
  });
});
