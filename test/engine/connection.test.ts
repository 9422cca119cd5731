import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { createServer, type Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../src/engine/engine.js';
import { parseHost } from '../../src/engine/endpoint.js';
import { engineInfo } from '../../src/engine/system.js';
import { Inventory, type InventoryState } from '../../src/inventory/inventory.js';
import { connectTo } from '../harness/engines/connect.js';
import { busybox, connect, dropImage, engineHost, engineName, failsWith, quiet } from './support.js';

/** A socket of its own in front of the engine's, that can be taken away and come back. */
class Door {
  readonly path = join(tmpdir(), `research-containers-door-${process.pid}.sock`);
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  async open(): Promise<void> {
    await rm(this.path, { force: true });
    const target = engineHost.replace('unix://', '');
    const server = createServer({ allowHalfOpen: true }, (near) => {
      const far = new Socket({ allowHalfOpen: true }).connect(target);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      if (this.server === undefined) resolve();
      else
        this.server.close(() => {
          resolve();
        });
    });
    await rm(this.path, { force: true });
  }
}

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
    const engine = new Engine(
      () => Promise.resolve([{ name: 'x', source: 'setting', ...parseHost('unix:///nowhere.sock', undefined) }]),
      quiet,
    );
    await assert.rejects(engine.connect(), failsWith('engine-not-running'));
  });

  it('says that what listens is no engine', async () => {
    const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const engine = new Engine(
      () => Promise.resolve([{ name: 'x', source: 'setting', ...parseHost(`tcp://127.0.0.1:${port}`, undefined) }]),
      quiet,
    );
    await assert.rejects(engine.connect(), failsWith('engine-unreachable'));
    server.close();
  });
});

describe(`the inventory of engine ${engineName}`, function () {
  this.timeout(60_000);
  const door = new Door();
  let engine: Engine;
  let inventory: Inventory;
  before(async () => {
    await door.open();
    engine = new Engine(
      () => Promise.resolve([{ name: 'door', source: 'setting', ...parseHost(`unix://${door.path}`, undefined) }]),
      quiet,
    );
    inventory = new Inventory(engine, quiet);
  });
  after(async () => {
    inventory.dispose();
    engine.dispose();
    await door.close();
  });

  /** Resolves when the state is as wanted. */
  const until = (wanted: (state: InventoryState) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!wanted(inventory.state)) return;
        listening.dispose();
        resolve();
      };
      const listening = inventory.onChange(look);
      look();
    });
  const hasImage =
    (reference: string) =>
    (state: InventoryState): boolean =>
      state.kind === 'live' && state.lists.images.some((image) => image.references.includes(reference));

  it("follows the engine's events, through a lost and found engine, and asks nothing when nobody watches", async () => {
    const docker = connectTo(engineHost);
    const stateNow = (): InventoryState => inventory.state;
    assert.equal(stateNow().kind, 'unknown');
    const watch = inventory.watch();
    await until(hasImage(busybox));

    await docker.getImage(busybox).tag({ repo: 'test-inventory', tag: 'one' });
    await until(hasImage('test-inventory:one'));
    await docker.createVolume({ Name: 'test-inventory' });
    await until(
      (state) => state.kind === 'live' && state.lists.volumes.some((volume) => volume.name === 'test-inventory'),
    );
    const container = await docker.createContainer({ Image: busybox, name: 'test-inventory', Cmd: ['true'] });
    await until(
      (state) => state.kind === 'live' && state.lists.containers.some(({ name }) => name === 'test-inventory'),
    );

    await door.close();
    await until((state) => state.kind === 'unavailable');
    const lost = stateNow();
    assert.ok(lost.kind === 'unavailable' && lost.last !== undefined, 'what was known is kept');
    await container.remove();
    await docker.getVolume('test-inventory').remove();
    await dropImage('test-inventory:one');
    await door.open();
    await until(
      (state) =>
        state.kind === 'live' &&
        !hasImage('test-inventory:one')(state) &&
        !state.lists.containers.some(({ name }) => name === 'test-inventory'),
    );

    watch.dispose();
    let changed = false;
    inventory.onChange(() => {
      changed = true;
    });
    await docker.getImage(busybox).tag({ repo: 'test-inventory', tag: 'two' });
    await docker.ping();
    await dropImage('test-inventory:two');
    assert.ok(!changed);
  });
});
