import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { gpuMemory, hasNvidiaGpu } from '../../src/engine/container-gpu.js';
import { type Measured, measureContainer } from '../../src/ui/explorer/measure-usage.js';
import { connectTo } from '../harness/engines/connect.js';
import { Door } from '../harness/engines/door.js';
import { waitFor } from '../harness/machine/waiting.js';
import { busybox, connect, engineHost, engineName, failsWith } from './support.js';

describe(`what a container of engine ${engineName} uses`, function () {
  this.timeout(60_000);
  const docker = connectTo(engineHost);
  const connection = connect();
  const { signal } = new AbortController();
  const made: string[] = [];
  afterEach(async () => {
    for (const id of made.splice(0)) {
      await docker
        .getContainer(id)
        .remove({ force: true })
        .catch(() => undefined);
    }
  });
  after(() => {
    connection.dispose();
  });
  const start = async (script: string, more: object = {}): Promise<string> => {
    const container = await docker.createContainer({ Image: busybox, Cmd: ['sh', '-c', script], ...more });
    made.push(container.id);
    await container.start();
    return container.id;
  };

  it('is measured until it is not seen any more, with requests for nothing else', async () => {
    const door = new Door(engineHost);
    await door.open();
    const through = connect(`unix://${door.path}`);
    const controller = new AbortController();
    try {
      const limit = 64 * 2 ** 20;
      const id = await start('while :; do :; done', { HostConfig: { Memory: limit, NetworkMode: 'none' } });
      const all: Measured[] = [];
      const measuring = (async () => {
        for await (const measured of measureContainer(through, id, controller.signal)) {
          all.push(measured);
          if (all.length === 3) controller.abort();
        }
      })();
      await assert.rejects(measuring, failsWith('cancelled'));
      const usage = all.at(-1)?.usage;
      assert.equal(usage?.memoryLimit, limit);
      assert.ok((usage.memory ?? 0) > 0 && (usage.memory ?? 0) < limit, `memory ${usage.memory}`);
      assert.ok((usage.cpu?.share ?? 0) > 0.02 && (usage.cpu?.share ?? 2) <= 1, `share ${usage.cpu?.share}`);
      assert.ok((usage.cpu?.processors ?? 0) >= 1);
      assert.ok((usage.processes ?? 1) >= 1);
      assert.deepEqual(door.requests.map((request) => request.replace(id, 'ID')).sort(), [
        'GET /containers/ID/json',
        'GET /containers/ID/stats?stream=true',
      ]);
    } finally {
      through.dispose();
      await door.close();
    }
  });

  it('is measured to the end of the container', async () => {
    const id = await start('sleep 300');
    let isMeasured = false;
    const measuring = (async () => {
      for await (const measured of measureContainer(connection, id, signal)) isMeasured ||= measured.gpu === undefined;
    })();
    await waitFor('a measure', () => isMeasured, { within: 20_000 });
    await docker.getContainer(id).remove({ force: true });
    const ended = await Promise.race([measuring.then(() => true), pause(20_000, false, { ref: false })]);
    assert.equal(ended, true);
  });

  it('has the memory of its GPU from its own nvidia-smi, where there is one', async () => {
    const double = `printf '#!/bin/sh\\n[ "$*" = "--query-gpu=memory.used,memory.total --format=csv,noheader,nounits" ] && echo 1024, 16384' > /bin/nvidia-smi`;
    const id = await start(`${double}; chmod 755 /bin/nvidia-smi; sleep 300`);
    const ask = (): ReturnType<typeof gpuMemory> => gpuMemory(connection, id, signal).catch(() => undefined);
    await waitFor('the double', async () => (await ask()) !== undefined, { within: 20_000 });
    assert.deepEqual(await gpuMemory(connection, id, signal), { used: 2 ** 30, total: 16 * 2 ** 30 });
    assert.equal(await hasNvidiaGpu(connection, id, signal), false);
    const without = await start('sleep 300');
    const answer = await gpuMemory(connection, without, signal).catch(() => undefined);
    assert.equal(answer, undefined);
  });
});
