import assert from 'node:assert/strict';
import { EngineConnection } from '../../src/engine/connection.js';
import { identify } from '../../src/engine/system.js';
import { listAll } from '../../src/inventory/look-into.js';
import { openBuilder } from '../../src/engine/build.js';
import { connectTo } from '../harness/engines/connect.js';
import { importBusybox } from '../harness/engines/busybox.js';
import { startPodmanService } from '../harness/engines/podman.js';
import { itBuilds } from './build-ways.js';
import { endpoint, never, say } from './remote-support.js';

describe('Podman as an engine', function () {
  this.timeout(120_000);

  it('is known for what it is, and lists and tells what it holds', async () => {
    const podman = await startPodmanService(say);
    const connection = new EngineConnection(endpoint(podman.host));
    try {
      assert.equal((await identify(connection)).product, 'Podman');
      const docker = connectTo(podman.host);
      await docker.createVolume({ Name: 'test-podman' });
      const { volumes } = await listAll(connection, never);
      assert.deepEqual(
        volumes.map(({ name }) => name),
        ['test-podman'],
      );
      await docker.getVolume('test-podman').remove();
    } finally {
      connection.dispose();
      await podman.dispose();
    }
  });
});

describe('building with Podman', function () {
  this.timeout(120_000);
  itBuilds(
    async () => {
      const podman = await startPodmanService(say);
      await importBusybox(podman.host, { log: say });
      const connection = new EngineConnection(endpoint(podman.host));
      const close = (): Promise<void> => {
        connection.dispose();
        return podman.dispose();
      };
      return { connection, builder: await openBuilder(connection, never), close };
    },
    { secrets: false, cacheMounts: true },
  );
});
