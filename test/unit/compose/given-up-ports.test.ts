import assert from 'node:assert/strict';
import { holdersOfGivenUpPorts } from '../../../src/compose/given-up-ports.js';
import { projectContainers } from '../../../src/compose/observed.js';
import { read } from './application.js';
import { summaryOf } from './container-summary.js';

/** The services, of two that run with the ports of the host that are given, that are in the way of `web` by now. */
async function inTheWay(app: string, running: Record<string, number>, oneOff = 'False'): Promise<string[]> {
  const { project } = await read(`services:
  web: {image: x, ports: ["8080:80"]}
  app: {image: x, ports: [${app}]}
`);
  const [web] = project?.services ?? [];
  assert.ok(project !== undefined && web?.name === 'web');
  const summaries = Object.entries(running).map(([service, port]) =>
    summaryOf(service, { 'com.docker.compose.oneoff': oneOff }, [
      { container: 80, protocol: 'tcp', host: { address: '0.0.0.0', port } },
    ]),
  );
  const containers = projectContainers(summaries, 'app');
  return holdersOfGivenUpPorts(web, project.services, containers).map(({ service }) => service);
}

describe('a port that goes from one service to another', () => {
  it('is kept by the container of the one that has given it up', async () => {
    assert.deepEqual(await inTheWay('"8081:80"', { app: 8080 }), ['app']);
    assert.deepEqual(await inTheWay('"8080:80/udp"', { app: 8080 }), ['app']);
    assert.deepEqual(await inTheWay('"8081:80"', { app: 8081 }), []);
  });

  it('is not taken from one that may have it, nor from what is not brought up', async () => {
    assert.deepEqual(await inTheWay('"8079-8080:80"', { app: 8080 }), []);
    assert.deepEqual(await inTheWay('"80"', { app: 8080 }), []);
    assert.deepEqual(await inTheWay('"8081:80"', { web: 8080, gone: 8080 }), []);
    assert.deepEqual(await inTheWay('"8081:80"', { app: 8080 }, 'True'), []);
  });
});
