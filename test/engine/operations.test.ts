import assert from 'node:assert/strict';
import { type EngineConnection } from '../../src/engine/connection.js';
import {
  deleteContainer,
  killContainer,
  pauseContainer,
  renameContainer,
  restartContainer,
  stopContainer,
  unpauseContainer,
} from '../../src/engine/container-operations.js';
import { startContainer } from '../../src/engine/container-process.js';
import { inspectContainer, listContainers } from '../../src/engine/containers.js';
import { volumeSizes } from '../../src/engine/disk-usage.js';
import { commitContainer, deleteImage, imageHistory, tagImage } from '../../src/engine/image-operations.js';
import { imageTraits, inspectImage } from '../../src/engine/images.js';
import { inspectRaw } from '../../src/engine/inspect.js';
import { pullImage } from '../../src/engine/pull.js';
import { createVolume, deleteVolume } from '../../src/engine/volume-operations.js';
import { listVolumes } from '../../src/engine/volumes.js';
import { connectTo, readProgress } from '../harness/engines/connect.js';
import { startRegistry, stopRegistry } from '../harness/engines/registry.js';
import { type EngineName, findRunning, isEngineName } from '../harness/engines/state.js';
import { busybox, connect, dropImage, engineHost, engineName, failsWith, work } from './support.js';

describe(`what is done with things of engine ${engineName}`, function () {
  this.timeout(60_000);
  const docker = connectTo(engineHost);
  let connection: EngineConnection;
  let registryOf: EngineName | undefined;
  before(() => {
    connection = connect();
  });
  after(async () => {
    connection.dispose();
    if (registryOf !== undefined) await stopRegistry(registryOf);
  });
  afterEach(async () => {
    for (const { Id, Names } of await docker.listContainers({ all: true })) {
      if (Names.some((name) => name.startsWith('/test-operations'))) {
        await docker.getContainer(Id).remove({ force: true });
      }
    }
    await docker
      .getVolume('test-operations')
      .remove()
      .catch(() => undefined);
    await dropImage('test-operations:one');
    await dropImage('test-operations:two');
  });
  const make = async (name = 'test-operations', more: object = {}): Promise<string> =>
    (await docker.createContainer({ Image: busybox, name, Cmd: ['sleep', '300'], ...more })).id;
  const stateOf = async (id: string): Promise<string> => (await inspectContainer(connection, id)).state;

  it('takes a container through its states, and says where a step does not fit', async () => {
    const id = await make();
    await assert.rejects(pauseContainer(connection, id), failsWith('container-not-running'));
    await assert.rejects(killContainer(connection, id), failsWith('container-not-running'));
    await startContainer(connection, id);
    await startContainer(connection, id);
    await pauseContainer(connection, id);
    assert.equal(await stateOf(id), 'paused');
    await unpauseContainer(connection, id);
    await assert.rejects(unpauseContainer(connection, id), failsWith('container-not-running'));
    await assert.rejects(deleteContainer(connection, id), failsWith('container-running'));
    await killContainer(connection, id);
    await restartContainer(connection, id);
    assert.equal(await stateOf(id), 'running');
    await killContainer(connection, id);
    await stopContainer(connection, id);
    await deleteContainer(connection, id);
    await assert.rejects(deleteContainer(connection, id), failsWith('container-not-found'));
  });

  it('renames a container, but not to the name of another', async () => {
    const id = await make();
    await make('test-operations-other');
    await renameContainer(connection, id, 'test-operations-new');
    assert.equal((await inspectContainer(connection, id)).name, 'test-operations-new');
    const taken = renameContainer(connection, id, 'test-operations-other');
    await assert.rejects(
      taken,
      failsWith('name-in-use', ({ message }) => message.includes('test-operations-other')),
    );
  });

  it('commits a container, and says how the image came about', async () => {
    const id = await make('test-operations', { Labels: { kept: 'yes' } });
    await commitContainer(connection, id, 'test-operations:one', work());
    const details = await inspectImage(connection, 'test-operations:one');
    assert.equal(details.labels['kept'], 'yes');
    assert.deepEqual((await imageTraits(connection, 'test-operations:one', 'classic')).platforms, ['linux/amd64']);
    assert.ok((await imageHistory(connection, 'test-operations:one')).length > 0);
    const raw = JSON.stringify(await inspectRaw(connection, 'image', 'test-operations:one'));
    assert.match(raw, /"kept":"yes"/);
  });

  it('tags and removes references, and keeps an image that a container needs', async () => {
    await tagImage(connection, busybox, 'test-operations:one');
    await tagImage(connection, 'test-operations:one', 'test-operations:two');
    await deleteImage(connection, 'test-operations:two');
    await assert.rejects(deleteImage(connection, 'test-operations:two'), failsWith('image-not-found'));
    const id = await make('test-operations');
    const imageId = (await inspectImage(connection, busybox)).id;
    await commitContainer(connection, id, 'test-operations:two', work());
    const user = await docker.createContainer({ Image: 'test-operations:two', name: 'test-operations-user' });
    await assert.rejects(deleteImage(connection, 'test-operations:two'), failsWith('image-in-use'));
    await user.remove();
    await assert.rejects(deleteImage(connection, imageId), failsWith('image-in-use'));
    assert.equal((await inspectImage(connection, busybox)).id, imageId);
  });

  it('creates a volume once, measures it, and keeps one that is in use', async () => {
    assert.deepEqual(await createVolume(connection, 'test-operations'), { name: 'test-operations' });
    await assert.rejects(createVolume(connection, 'test-operations'), failsWith('name-in-use'));
    await assert.rejects(createVolume(connection, '../x'), failsWith('invalid-argument'));
    const mount = { Type: 'volume' as const, Source: 'test-operations', Target: '/data' };
    const writer = await docker.createContainer({
      Image: busybox,
      name: 'test-operations',
      Cmd: ['sh', '-c', 'head -c 1000000 /dev/zero > /data/zeros'],
      HostConfig: { Mounts: [mount] },
    });
    await writer.start();
    await writer.wait();
    assert.ok(((await volumeSizes(connection)).get('test-operations') ?? 0) >= 1_000_000);
    await assert.rejects(deleteVolume(connection, 'test-operations'), failsWith('volume-in-use'));
    await writer.remove();
    await deleteVolume(connection, 'test-operations');
    await assert.rejects(deleteVolume(connection, 'test-operations'), failsWith('volume-not-found'));
    assert.ok(!(await listVolumes(connection)).some(({ name }) => name === 'test-operations'));
  });

  it('lists only the containers that are asked for', async () => {
    const one = await make('test-operations-1');
    await make('test-operations-2');
    const found = await listContainers(connection, undefined, [one, 'f'.repeat(64)]);
    assert.deepEqual(
      found.map(({ id }) => id),
      [one],
    );
  });

  it('pulls from a registry with progress, and says why it cannot', async function () {
    if (!isEngineName(engineName)) return this.skip();
    const engine = await findRunning(engineName);
    assert.ok(engine !== undefined);
    const { address } = await startRegistry(engine, { log: () => undefined });
    registryOf = engineName;
    const reference = `${address}/test-operations:one`;
    await docker.getImage(busybox).tag({ repo: `${address}/test-operations`, tag: 'one' });
    await readProgress(await docker.getImage(reference).push({ authconfig: { username: '', password: '' } }));
    await docker.getImage(reference).remove();
    const pulling = work();
    const { digest } = await pullImage(connection, reference, undefined, pulling);
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    assert.ok(pulling.reports.length > 1);
    assert.equal((await inspectImage(connection, reference)).platform, 'linux/amd64');
    await dropImage(reference);
    const again = await pullImage(connection, `${address}/test-operations@${digest}`, undefined, work());
    assert.equal(again.digest, digest);
    await dropImage(`${address}/test-operations@${digest}`);
    const missing = pullImage(connection, `${address}/test-operations:nothing`, undefined, work());
    await assert.rejects(missing, failsWith('image-not-found'));
    await assert.rejects(pullImage(connection, 'Not Valid', undefined, work()), failsWith('invalid-argument'));
    const nowhere = pullImage(connection, '127.0.0.1:1/x:1', undefined, work());
    await assert.rejects(nowhere, failsWith('registry-unreachable'));
    await assert.rejects(
      pullImage(connection, reference, undefined, work(AbortSignal.abort())),
      failsWith('cancelled'),
    );
  });
});
