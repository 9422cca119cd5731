import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { withPortUser } from '../../../src/compose/port-in-use.js';
import { Failure } from '../../../src/host/failure.js';
import { EngineDouble } from './engine-double.js';

describe('a port that is taken', () => {
  const server = createServer();
  let port: number;

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  after(() => {
    server.close();
  });

  it('is named with the program that has it, in the words of each engine', async () => {
    const engine = await EngineDouble.start();
    const connection = engine.connect();
    const said = async (text: string): Promise<string> => {
      const failure = new Failure('port-in-use', `A port is already in use: ${text}`, 'Stop it.');
      return (await withPortUser(connection, 'web', failure, new AbortController().signal)).message;
    };
    try {
      const expected = new RegExp(`^web wants port ${port}, and .*process ${process.pid}\\) has it\\.$`);
      for (const text of [
        `driver failed programming external connectivity: listen tcp4 0.0.0.0:${port}: bind: address already in use`,
        `driver failed programming external connectivity: Bind for 0.0.0.0:${port} failed: port is already allocated`,
        `failed to bind host port for 0.0.0.0:${port}:172.18.0.2:80/tcp: address already in use`,
        `failed to bind host port for [::1]:${port}:172.18.0.2:80/tcp: address already in use`,
        `failed to bind host port 127.0.0.1:${port}/tcp: address already in use`,
      ]) {
        assert.match(await said(text), expected);
      }
      assert.match(await said('address already in use'), /^web: A port is already in use: address already in use/);
    } finally {
      connection.dispose();
      await engine.stop();
    }
  });
});
