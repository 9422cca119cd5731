import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { diagnose } from '../../src/engine/diagnose.js';
import { freePort } from '../harness/engines/sshd.js';
import { endpoint, never } from './remote-support.js';
import { engineHost } from './support.js';

/** A server that answers everything with these headers. */
async function answering(headers: string): Promise<{ port: number; close: () => void }> {
  const server = createServer((near) => near.resume().end(`HTTP/1.1 200 OK\r\n${headers}Content-Length: 2\r\n\r\nOK`));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, close: () => server.close() };
}

describe('a diagnosis', function () {
  this.timeout(60_000);

  it('tells each place for what it is, in the order of the places', async () => {
    const noEngine = await answering('');
    const old = await answering('Api-Version: 1.39\r\n');
    const windows = await answering('Api-Version: 1.51\r\nOstype: windows\r\n');
    const closed = await freePort();
    const places: [string, string][] = [
      [engineHost, 'ok'],
      ['unix:///nowhere/docker.sock', 'not-there'],
      [`tcp://127.0.0.1:${closed}`, 'not-running'],
      [`tcp://127.0.0.1:${noEngine.port}`, 'unreachable'],
      [`tcp://127.0.0.1:${old.port}`, 'unsupported'],
      [`tcp://127.0.0.1:${windows.port}`, 'unsupported'],
      ['tcp://no-such-host.invalid:2375', 'unreachable'],
      ['ftp://x', 'unsupported'],
    ];
    const told: string[] = [];
    const found = await diagnose(
      places.map(([host], index) => ({ ...endpoint(host), name: String(index) })),
      never,
      ({ endpoint: { name } }) => told.push(name),
    );
    for (const each of [noEngine, old, windows]) each.close();
    assert.deepEqual(
      found.map(({ endpoint: { host }, state }) => [host, state]),
      places,
    );
    assert.equal(told.length, places.length);
    const reasons = found.map((each) => (each.state === 'ok' ? 'ok' : each.failure.reason));
    assert.deepEqual(reasons.slice(4, 6), ['engine-too-old', 'engine-windows-containers']);
    for (const each of found) if (each.state !== 'ok') assert.notEqual(each.failure.remedy, '');
  });
});
