import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineConnection } from '../../src/engine/connection.js';
import { listContainers } from '../../src/engine/containers.js';
import { Engine } from '../../src/engine/engine.js';
import { engineEvents } from '../../src/engine/events.js';
import { listImages } from '../../src/engine/images.js';
import { identify } from '../../src/engine/system.js';
import { connectTo } from '../harness/engines/connect.js';
import { type SshHost, startSshHost } from '../harness/engines/sshd.js';
import { dockerCommand } from '../harness/engines/trees.js';
import { runCommand } from '../harness/machine/commands.js';
import { waitFor } from '../harness/machine/waiting.js';
import { echo, endpoint, never, say, socket } from './remote-support.js';
import { busybox, discoverable, engineHost, engineName, failsWith, quiet } from './support.js';

async function sshClients(): Promise<number> {
  const found = await runCommand(['pgrep', '-c', '-P', String(process.pid), '-x', 'ssh']).catch(() => '0');
  return Number(found.trim());
}

async function noSshClient(): Promise<void> {
  const isGone = async (): Promise<boolean> => (await sshClients()) === 0;
  await waitFor('ssh to end', isGone, { within: 10_000 });
}

async function firstEventOf(
  volume: string,
  connection: EngineConnection,
  cause: () => Promise<unknown>,
): Promise<string> {
  const { time } = await identify(connection);
  const since = String(Math.floor((time ?? 0) / 1000));
  const options = { since, signal: never, onOpen: () => void cause() };
  for await (const { type, action, id } of engineEvents(connection, options)) {
    if (id === volume) return `${type} ${action}`;
  }
  return '';
}

describe(`engine ${engineName} over ssh`, function () {
  this.timeout(60_000);
  const path = process.env['PATH'] ?? '';
  let host: SshHost;
  let connection: EngineConnection | undefined;
  before(async () => {
    host = await startSshHost({ log: say, forwarding: true, docker: await dockerCommand(say) });
    process.env['PATH'] = host.path;
  });
  afterEach(async () => {
    connection?.dispose();
    await host.useKey(true);
    await host.knowHost(true);
  });
  after(async () => {
    process.env['PATH'] = path;
    await host.dispose();
  });
  const open = (at = `ssh://${host.name}${socket}`): EngineConnection =>
    (connection = new EngineConnection(endpoint(at)));

  it('does all that it does here, by one ssh', async () => {
    const remote = open();
    assert.match((await identify(remote)).version, /^\d+\.\d+/);
    assert.ok((await listImages(remote)).some(({ references }) => references.includes(busybox)));
    await Promise.all(Array.from({ length: 40 }, () => listContainers(remote)));
    assert.equal(await sshClients(), 1);
    assert.match(await echo(remote), /over there/);
    const docker = connectTo(engineHost);
    const volume = `test-remote-${Date.now()}`;
    const event = await firstEventOf(volume, remote, () => docker.createVolume({ Name: volume }));
    await docker.getVolume(volume).remove();
    assert.equal(event, 'volume create');
    assert.equal(await sshClients(), 1);
  });

  it('takes user, port and a name that no configuration knows from the address', async () => {
    // The host's key is known by address and port, and the client's key only to the name.
    const remote = open(`ssh://research@127.0.0.1:${host.port}${socket}`);
    await assert.rejects(identify(remote), failsWith('ssh-host-key-unknown'));
  });

  it('ends ssh with the connection', async () => {
    const remote = open();
    await identify(remote);
    remote.dispose();
    await noSshClient();
  });

  it('ends ssh that waits for an engine which says nothing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'research-containers-silent-'));
    await chmod(folder, 0o755);
    const silent = join(folder, 'docker.sock');
    const server = createServer();
    server.listen(silent);
    await once(server, 'listening');
    await chmod(silent, 0o666);
    const remote = open(`ssh://${host.name}${silent}`);
    const asked = once(server, 'connection');
    const ending = new AbortController();
    const answer = identify(remote, ending.signal);
    await asked;
    ending.abort();
    await assert.rejects(answer, failsWith('cancelled'));
    remote.dispose();
    await noSshClient();
    server.close();
    await rm(folder, { recursive: true });
  });

  it('says that the key of the host is not known', async () => {
    await host.knowHost(false);
    await assert.rejects(identify(open()), failsWith('ssh-host-key-unknown'));
  });

  it('says that the host lets nobody in with this key', async () => {
    await host.useKey(false);
    await assert.rejects(identify(open()), failsWith('ssh-denied'));
  });

  it('says that nothing listens at the socket', async () => {
    await assert.rejects(identify(open(`ssh://${host.name}/nowhere/docker.sock`)), failsWith('engine-not-found'));
  });

  it('says that nobody answers at the socket any more, or that it may not be used', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'research-containers-dead-'));
    await chmod(folder, 0o755);
    const dead = join(folder, 'docker.sock');
    // A socket's file outlives a listener that is killed.
    const listener = spawn(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(dead)})`]);
    const watcher = watch(folder);
    while (!existsSync(dead)) await once(watcher, 'change');
    watcher.close();
    listener.kill('SIGKILL');
    await once(listener, 'close');
    await chmod(dead, 0o666);
    await assert.rejects(identify(open(`ssh://${host.name}${dead}`)), failsWith('engine-not-running'));
    connection?.dispose();
    await chmod(dead, 0o600);
    await assert.rejects(identify(open(`ssh://${host.name}${dead}`)), failsWith('engine-permission'));
    await rm(folder, { recursive: true });
  });

  it('says that there is no such host', async () => {
    await assert.rejects(identify(open(`ssh://no-such-host.invalid${socket}`)), failsWith('engine-unreachable'));
  });

  it('says that this machine has no ssh', async () => {
    process.env['PATH'] = '/nowhere';
    try {
      await assert.rejects(identify(open()), failsWith('ssh-not-installed'));
    } finally {
      process.env['PATH'] = host.path;
    }
  });

  it('tells of a host that goes down, and is there again with it', async () => {
    const engine = new Engine(discoverable(`ssh://${host.name}${socket}`), quiet);
    const remote = await engine.connect();
    const events = firstEventOf('none of this name', remote, () => Promise.resolve());
    events.catch(() => undefined);
    await listContainers(remote);
    await host.stop();
    await assert.rejects(events, failsWith('engine-lost'));
    await assert.rejects(engine.connect(), failsWith('engine-unreachable'));
    await host.start();
    await listContainers(await engine.connect());
    engine.dispose();
  });
});

describe(`engine ${engineName} over an ssh that forwards no sockets`, function () {
  this.timeout(60_000);
  const path = process.env['PATH'] ?? '';
  let host: SshHost;
  before(async () => {
    host = await startSshHost({ log: say, forwarding: false, docker: await dockerCommand(say) });
    process.env['PATH'] = host.path;
  });
  after(async () => {
    process.env['PATH'] = path;
    await host.dispose();
  });

  it('is reached by the docker command line of the host', async () => {
    const remote = new EngineConnection(endpoint(`ssh://${host.name}${socket}`));
    try {
      assert.ok((await listImages(remote)).some(({ references }) => references.includes(busybox)));
      await Promise.all(Array.from({ length: 3 }, () => listContainers(remote)));
      assert.match(await echo(remote), /over there/);
    } finally {
      remote.dispose();
    }
  });
});

describe(`engine ${engineName} over an ssh that leads to no engine at all`, function () {
  this.timeout(60_000);
  const path = process.env['PATH'] ?? '';
  let host: SshHost;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-containers-commands-'));
    await chmod(folder, 0o755);
    // As a shell says it of a command that is not there: the machine's own may be.
    const docker = join(folder, 'docker');
    await writeFile(docker, '#!/bin/sh\necho "sh: 1: docker: not found" >&2\nexit 127\n', { mode: 0o755 });
    host = await startSshHost({ log: say, forwarding: false, docker });
    process.env['PATH'] = host.path;
  });
  after(async () => {
    process.env['PATH'] = path;
    await host.dispose();
    await rm(folder, { recursive: true });
  });
  const meeting = async (at: string): Promise<void> => {
    const remote = new EngineConnection(endpoint(`ssh://${host.name}${at}`));
    try {
      await identify(remote);
    } finally {
      remote.dispose();
    }
  };

  it('does not say that the engine is not running', async () => {
    await assert.rejects(
      meeting(socket),
      failsWith('engine-unreachable', ({ message }) => /leads to no/.test(message)),
    );
  });

  it('says that nothing listens there', async () => {
    await assert.rejects(meeting('/nowhere/docker.sock'), failsWith('engine-not-found'));
  });
});
