import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { EngineConnection } from '../../src/engine/connection.js';
import { discoverEndpoints, endpointsToTry } from '../../src/engine/discover-endpoints.js';
import { type TlsSettings } from '../../src/engine/endpoint.js';
import { identify } from '../../src/engine/system.js';
import { startTlsProxy, type TlsProxy } from '../harness/engines/tls-proxy.js';
import { echo, endpoint, socket } from './remote-support.js';
import { engineName, failsWith } from './support.js';

describe(`engine ${engineName} over TCP with TLS`, function () {
  this.timeout(60_000);
  let proxy: TlsProxy;
  let connection: EngineConnection | undefined;
  before(async () => {
    proxy = await startTlsProxy(socket);
  });
  afterEach(() => {
    connection?.dispose();
  });
  after(() => proxy.dispose());
  const files = (folder: string, client = folder): TlsSettings => ({
    ca: join(folder, 'ca.pem'),
    cert: join(client, 'cert.pem'),
    key: join(client, 'key.pem'),
    verify: true,
  });
  const open = (tls: TlsSettings | undefined): EngineConnection =>
    (connection = new EngineConnection(endpoint(`tcp://127.0.0.1:${proxy.port}`, tls)));

  it('answers a client with the right certificates, taken-over connections too', async () => {
    const remote = open(files(proxy.folder));
    await identify(remote);
    assert.match(await echo(remote), /over there/);
  });

  it('is found by a docker context with its certificates', async () => {
    const id = createHash('sha256').update('lab').digest('hex');
    const home = '/home/somebody';
    const contexts = `${home}/.docker/contexts`;
    const meta = { Name: 'lab', Endpoints: { docker: { Host: `tcp://localhost:${proxy.port}` } } };
    const found = discoverEndpoints({
      platform: 'linux',
      environment: { DOCKER_CONTEXT: 'lab' },
      homeFolder: home,
      userId: 1000,
      setting: '',
      listFolder: () => [],
      readFile: (path) => {
        if (path === `${contexts}/meta/${id}/meta.json`) return JSON.stringify(meta);
        return path.startsWith(`${contexts}/tls/`) ? '' : undefined;
      },
    });
    const [context] = endpointsToTry(found, undefined);
    assert.ok(context?.address.kind === 'tcp' && context.address.tls?.cert?.startsWith(contexts) === true);
    connection = new EngineConnection({ ...context, address: { ...context.address, tls: files(proxy.folder) } });
    await identify(connection);
  });

  for (const [what, settings] of [
    ['a certificate that its authority did not sign', (): TlsSettings => files(proxy.strangerFolder, proxy.folder)],
    [
      'a client without a certificate',
      (): TlsSettings => ({ ...files(proxy.folder), cert: undefined, key: undefined }),
    ],
    ['a client that somebody else trusts', (): TlsSettings => files(proxy.folder, proxy.strangerFolder)],
  ] as const) {
    it(`is refused with the reason: ${what}`, async () => {
      await assert.rejects(identify(open(settings())), failsWith('engine-tls-refused'));
    });
  }

  it('says that certificates cannot be read', () => {
    assert.throws(() => open(files('/nowhere')), failsWith('engine-tls-refused'));
  });

  it('takes an unknown certificate only where the context says so', async () => {
    await identify(open({ ...files(proxy.strangerFolder, proxy.folder), verify: false }));
  });
});
