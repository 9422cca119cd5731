import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { projectContainers } from '../../../src/compose/observed.js';
import { answeringNow, awaitAnswers, serviceAddresses } from '../../../src/compose/service-addresses.js';
import { type ContainerSummary } from '../../../src/engine/containers.js';

function container(service: string, ports: number[], changes: Partial<ContainerSummary> = {}): ContainerSummary {
  const { labels, ...others } = changes;
  return {
    id: service,
    name: `app-${service}-1`,
    image: 'x',
    imageId: 'sha256:1',
    state: 'running',
    exitCode: undefined,
    health: undefined,
    created: 0,
    ports: ports.map((port) => ({ container: port, protocol: 'tcp', host: { address: '0.0.0.0', port } })),
    mounts: [],
    labels: { 'com.docker.compose.project': 'app', 'com.docker.compose.service': service, ...labels },
    ...others,
  };
}

function found(containers: ContainerSummary[], path = ''): Promise<ReadonlyMap<string, readonly string[]>> {
  return serviceAddresses(projectContainers(containers, 'app'), [], 'localhost', path);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('the addresses of an application', () => {
  it('are those of running services that publish TCP ports', async () => {
    const udp = container('dns', []);
    udp.ports = [{ container: 53, protocol: 'udp', host: { address: '0.0.0.0', port: 53 } }];
    const addresses = await found([
      container('web', [8080, 35_729]),
      container('done', [9000], { state: 'exited', exitCode: 0 }),
      container('inner', []),
      container('task', [9001], { labels: { 'com.docker.compose.oneoff': 'True' } }),
      udp,
    ]);
    assert.deepEqual([...addresses], [['web', ['http://localhost:8080/', 'http://localhost:35729/']]]);
  });

  it('have the path of the label, or else that of the setting', async () => {
    const labels = { 'org.research-containers.path': '/own/' };
    const containers = [container('a', [1], { labels }), container('b', [2])];
    assert.deepEqual(
      [...(await found(containers, 'set/')).values()],
      [['http://localhost:1/own/'], ['http://localhost:2/set/']],
    );
  });

  it('answer, or do not, each in its service', async () => {
    const server = createServer((_request, answer) => answer.writeHead(404).end());
    const greeting = createTcpServer((socket) => socket.end('hello, this is no HTTP\r\n'));
    const port = await listen(server);
    await new Promise<void>((resolve) => greeting.listen(0, '127.0.0.1', resolve));
    const other = (greeting.address() as AddressInfo).port;
    try {
      const all = new Map([
        ['db', [`http://127.0.0.1:${other}/`]],
        ['web', [`http://127.0.0.1:${other}/`, `http://127.0.0.1:${port}/x/`]],
      ]);
      const answering = await answeringNow(all, new AbortController().signal);
      // That the page is not there is an answer, too.
      assert.deepEqual([...answering], [['web', `http://127.0.0.1:${port}/x/`]]);
    } finally {
      server.close();
      greeting.close();
    }
  });

  it('are waited for until they answer', async () => {
    const late = createServer((_request, answer) => answer.end());
    const port = await listen(late);
    late.close();
    const waiting = awaitAnswers(new Map([['web', [`http://127.0.0.1:${port}/`]]]), {
      longest: 5000,
      grace: 0,
      pause: 5,
      signal: new AbortController().signal,
    });
    await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve));
    try {
      assert.deepEqual([...(await waiting)], [['web', `http://127.0.0.1:${port}/`]]);
    } finally {
      late.close();
    }
  });

  it('are waited for no longer than that, and end with the signal', async () => {
    const closed = createServer();
    const port = await listen(closed);
    closed.close();
    const all = new Map([['web', [`http://127.0.0.1:${port}/`]]]);
    const options = { longest: 20, grace: 0, pause: 5, signal: new AbortController().signal };
    assert.equal((await awaitAnswers(all, options)).size, 0);
    const aborted = { ...options, longest: 60_000, pause: 60_000, signal: AbortSignal.timeout(10) };
    assert.equal((await awaitAnswers(all, aborted)).size, 0);
  });

  it('give the better port of a service a little time when another one answers first', async () => {
    const reload = createServer((_request, answer) => answer.end());
    const page = createServer((_request, answer) => answer.end());
    const [reloadPort, pagePort] = [await listen(reload), await listen(page)];
    page.close();
    const all = new Map([['web', [`http://127.0.0.1:${pagePort}/`, `http://127.0.0.1:${reloadPort}/`]]]);
    const signal = new AbortController().signal;
    try {
      // Nothing better comes.
      const early = await awaitAnswers(all, { longest: 5000, grace: 20, pause: 5, signal });
      assert.deepEqual([...early.values()], [`http://127.0.0.1:${reloadPort}/`]);
      const waiting = awaitAnswers(all, { longest: 5000, grace: 5000, pause: 5, signal });
      await new Promise<void>((resolve) => page.listen(pagePort, '127.0.0.1', resolve));
      assert.deepEqual([...(await waiting).values()], [`http://127.0.0.1:${pagePort}/`]);
    } finally {
      reload.close();
      page.close();
    }
  });
});
