import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { discoverable } from './support.js';
import { Engine } from '../../src/engine/engine.js';
import { Inventory, type InventoryState } from '../../src/inventory/inventory.js';
import { listAll } from '../../src/inventory/look-into.js';
import { type Kind, type Lists } from '../../src/inventory/model.js';
import { connectTo } from '../harness/engines/connect.js';
import { Door } from '../harness/engines/door.js';
import { startEngine } from '../harness/engines/start.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { stopEngine } from '../harness/engines/stop.js';
import { busybox, connect, dropImage, engineHost, engineName, quiet } from './support.js';

const never = new AbortController().signal;

/** Lists in an order of their own: that of the engine means nothing. */
function inOrder(lists: Lists): Lists {
  const by =
    <T>(key: (item: T) => string) =>
    (left: T, right: T): number =>
      key(left) < key(right) ? -1 : 1;
  return {
    images: [...lists.images].sort(by(({ id }) => id)),
    containers: [...lists.containers].sort(by(({ id }) => id)),
    volumes: [...lists.volumes].sort(by(({ name }) => name)),
  };
}

/** An inventory that is watched, and what the tests ask of it. */
class Watched {
  readonly engine: Engine;
  readonly inventory: Inventory;
  readonly changes: { at: number; kinds: readonly Kind[] }[] = [];
  private readonly watch: { dispose(): void };

  constructor(host: string) {
    this.engine = new Engine(discoverable(host), quiet);
    this.inventory = new Inventory(this.engine, quiet);
    this.inventory.onChange((kinds) => this.changes.push({ at: performance.now(), kinds }));
    this.watch = this.inventory.watch();
  }

  get state(): InventoryState {
    return this.inventory.state;
  }

  get lists(): Lists {
    const { state } = this;
    assert.ok(state.kind === 'live');
    return state.lists;
  }

  /** Resolves when the state is as wanted. */
  until(wanted: (state: InventoryState) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!wanted(this.inventory.state)) return;
        listening.dispose();
        resolve();
      };
      const listening = this.inventory.onChange(look);
      look();
    });
  }

  untilLists(wanted: (lists: Lists) => boolean): Promise<void> {
    return this.until((state) => state.kind === 'live' && wanted(state.lists));
  }

  /** Every event before this one has been looked into when this volume has come and gone: events keep their order. */
  async settle(): Promise<void> {
    const name = `test-settle-${performance.now()}`;
    await connectTo(engineHost).createVolume({ Name: name });
    await this.untilLists(({ volumes }) => volumes.some((each) => each.name === name));
    await connectTo(engineHost).getVolume(name).remove();
    await this.untilLists(({ volumes }) => !volumes.some((each) => each.name === name));
  }

  /** The model says what a list says that is asked for now, field by field. */
  async requireFresh(): Promise<void> {
    await this.settle();
    const connection = connect();
    try {
      assert.deepEqual(inOrder(this.lists), inOrder(await listAll(connection, never)));
    } finally {
      connection.dispose();
    }
  }

  dispose(): void {
    this.watch.dispose();
    this.inventory.dispose();
    this.engine.dispose();
  }
}

describe(`the inventory of engine ${engineName}`, function () {
  this.timeout(60_000);
  const docker = connectTo(engineHost);
  let watched: Watched | undefined;
  const follow = (host = engineHost): Watched => (watched = new Watched(host));
  afterEach(async () => {
    watched?.dispose();
    for (const { Id, Names } of await docker.listContainers({ all: true })) {
      if (Names.some((name) => name.startsWith('/test-inventory')))
        await docker.getContainer(Id).remove({ force: true });
    }
    for (const { Name } of (await docker.listVolumes()).Volumes) {
      if (Name.startsWith('test-inventory')) await docker.getVolume(Name).remove();
    }
  });

  it('follows a container through its life', async () => {
    const model = follow();
    await docker.createVolume({ Name: 'test-inventory' });
    const container = await docker.createContainer({
      Image: busybox,
      name: 'test-inventory',
      Cmd: ['sleep', '300'],
      ExposedPorts: { '80/tcp': {}, '81/udp': {}, '82/tcp': {} },
      HostConfig: {
        PortBindings: { '80/tcp': [{ HostPort: '' }] },
        Mounts: [{ Type: 'volume', Source: 'test-inventory', Target: '/data', ReadOnly: true }],
        Tmpfs: { '/scratch': '' },
        Binds: ['/tmp:/host'],
      },
      Labels: { 'com.docker.compose.project': 'a project' },
    });
    const find = (lists: Lists): Lists['containers'][number] | undefined =>
      lists.containers.find(({ id }) => id === container.id);
    const untilState = (state: string): Promise<void> => model.untilLists((lists) => find(lists)?.state === state);
    await untilState('created');
    await container.start();
    await untilState('running');
    const { ports = [], mounts = [] } = find(model.lists) ?? {};
    assert.ok(ports.some((port) => port.container === 80 && (port.host?.port ?? 0) > 0));
    assert.deepEqual(
      mounts.filter(({ type }) => type === 'volume'),
      [{ type: 'volume', name: 'test-inventory', target: '/data', readOnly: true }],
    );
    await model.requireFresh();
    await container.pause();
    await untilState('paused');
    await container.unpause();
    await untilState('running');
    await container.rename({ name: 'test-inventory-renamed' });
    await model.untilLists((lists) => find(lists)?.name === 'test-inventory-renamed');
    await container.kill();
    await untilState('exited');
    assert.equal(find(model.lists)?.exitCode, 137);
    await model.requireFresh();
    await container.remove();
    await model.untilLists((lists) => find(lists) === undefined);
    await model.requireFresh();
  });

  it('follows references from image to image, and images that lose their last one', async () => {
    const model = follow();
    await docker.getImage(busybox).tag({ repo: 'test-inventory', tag: 'one' });
    await model.untilLists(({ images }) => images.some(({ references }) => references.includes('test-inventory:one')));
    await model.requireFresh();
    const container = await docker.createContainer({
      Image: 'test-inventory:one',
      name: 'test-inventory',
      Cmd: ['true'],
    });
    await container.commit({ repo: 'test-inventory', tag: 'other' });
    await model.requireFresh();
    // The reference moves to the other image: the container's line names its own image by the identifier from now on.
    await docker.getImage('test-inventory:other').tag({ repo: 'test-inventory', tag: 'one' });
    await model.requireFresh();
    await container.commit();
    await model.requireFresh();
    const left = model.lists.images.filter(({ references }) => references.length === 0);
    await dropImage('test-inventory:one');
    await dropImage('test-inventory:other');
    await model.requireFresh();
    await container.remove();
    for (const { id } of left) await dropImage(id);
    await model.requireFresh();
    assert.ok(
      !model.lists.images.some(({ references }) => references.some((each) => each.startsWith('test-inventory'))),
    );
  });

  it('follows an image that is imported, saved, loaded and untagged', async () => {
    const model = follow();
    const tar = Buffer.alloc(1024);
    const imported = await docker.importImage(Readable.from([tar]), { repo: 'test-inventory', tag: 'imported' });
    imported.resume();
    await new Promise((resolve) => imported.once('end', resolve));
    await model.untilLists(({ images }) =>
      images.some(({ references }) => references.includes('test-inventory:imported')),
    );
    await model.requireFresh();
    const saved: Buffer[] = [];
    for await (const chunk of await docker.getImage('test-inventory:imported').get()) saved.push(Buffer.from(chunk));
    await dropImage('test-inventory:imported');
    await model.requireFresh();
    const loaded = await docker.loadImage(Readable.from([Buffer.concat(saved)]));
    loaded.resume();
    await new Promise((resolve) => loaded.once('end', resolve));
    await model.untilLists(({ images }) =>
      images.some(({ references }) => references.includes('test-inventory:imported')),
    );
    await model.requireFresh();
    await dropImage('test-inventory:imported');
    await model.requireFresh();
  });

  it('takes a burst with few refreshes and without a full list', async () => {
    const door = new Door(engineHost);
    await door.open();
    try {
      const model = follow(`unix://${door.path}`);
      await model.untilLists(() => true);
      await model.settle();
      const before = { requests: door.requests.length, changes: model.changes.length };
      const begin = performance.now();
      const names = Array.from({ length: 60 }, (_, index) => `test-inventory-${index}`);
      await Promise.all(
        names.map(async (name) => {
          await docker.createVolume({ Name: name });
          const container = await docker.createContainer({ Image: busybox, name, Cmd: ['true'] });
          for (let round = 0; round < 4; round++) await container.rename({ name: `${name}-${round}` });
        }),
      );
      for (const name of names) await docker.getImage(busybox).tag({ repo: 'test-inventory', tag: name });
      for (const name of names) await docker.getImage(`test-inventory:${name}`).remove();
      await model.requireFresh();
      const seconds = (performance.now() - begin) / 1000;
      const refreshes = model.changes.length - before.changes;
      assert.ok(refreshes <= Math.ceil(seconds * 10) + 1, `${refreshes} refreshes in ${seconds} s`);
      const full = door.requests
        .slice(before.requests)
        .filter((line) => /^GET \/(?:containers\/json\?all=true|images\/json|volumes)$/.test(line));
      assert.deepEqual(full, []);
      assert.ok(door.requests.length > before.requests);
    } finally {
      watched?.dispose();
      await door.close();
    }
  });

  it('learns the platforms of images, and asks nothing when nobody watches', async () => {
    const door = new Door(engineHost);
    await door.open();
    try {
      const model = follow(`unix://${door.path}`);
      await model.untilLists(() => true);
      await model.settle();
      const platforms = (): boolean =>
        model.lists.images.every(({ id }) => model.inventory.traits.get(id) !== undefined);
      await model.until(platforms);
      assert.ok(model.lists.images.length > 0);
      // Each request has been answered, so what is asked after this would be asked without a cause.
      const quietFrom = door.requests.length;
      model.dispose();
      await docker.getImage(busybox).tag({ repo: 'test-inventory', tag: 'unseen' });
      await dropImage('test-inventory:unseen');
      assert.deepEqual(door.requests.slice(quietFrom), []);
    } finally {
      await door.close();
    }
  });

  it('keeps what it knew through a lost engine, and is right again when it is back', async () => {
    const door = new Door(engineHost);
    await door.open();
    const model = follow(`unix://${door.path}`);
    try {
      await docker.getImage(busybox).tag({ repo: 'test-inventory', tag: 'lost' });
      const container = await docker.createContainer({ Image: busybox, name: 'test-inventory', Cmd: ['true'] });
      await model.untilLists(({ containers }) => containers.some(({ id }) => id === container.id));
      await door.close();
      await model.until(({ kind }) => kind === 'unavailable');
      const lost = model.state;
      assert.ok(lost.kind === 'unavailable' && (lost.last?.images.length ?? 0) > 0, 'what was known is kept');
      await container.remove();
      await dropImage('test-inventory:lost');
      await door.open();
      await model.untilLists(({ containers }) => !containers.some(({ id }) => id === container.id));
      await model.requireFresh();
    } finally {
      watched?.dispose();
      await door.close();
    }
  });

  it('is right again after each of many restarts of the engine, the last one a kill -9', async function () {
    if (!isEngineName(engineName)) return this.skip();
    const name = engineName;
    // The way of the inventory is the same on each engine: one of them is restarted often.
    const restarts = name === '28' ? 20 : 2;
    this.timeout(restarts * 20_000 + 60_000);
    const model = follow();
    await model.untilLists(() => true);
    const log = (): void => undefined;
    for (let restart = 1; restart <= restarts; restart++) {
      // Killed every second time, and in the end: that is also the quicker way.
      const kill = restart % 2 === 0;
      const running = await findRunning(name);
      assert.ok(running !== undefined);
      const gone = model.until(({ kind }) => kind === 'unavailable');
      if (kill) process.kill(running.pid, 'SIGKILL');
      else await stopEngine(name, { log });
      await gone;
      await startEngine(name, { log });
      await model.untilLists(() => true);
      await docker.createVolume({ Name: `test-inventory-${restart}` });
      await model.requireFresh();
    }
  });
});
