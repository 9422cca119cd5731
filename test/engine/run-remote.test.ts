import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineConnection } from '../../src/engine/connection.js';
import { readRunRecord } from '../../src/run/record.js';
import { runImage } from '../../src/run/run-image.js';
import { type RunRequest } from '../../src/run/run-request.js';
import { startRun } from '../../src/run/start-run.js';
import { importBusybox } from '../harness/engines/busybox.js';
import { connectTo } from '../harness/engines/connect.js';
import { type PodmanService, startPodmanService } from '../harness/engines/podman.js';
import { type SshHost, startSshHost } from '../harness/engines/sshd.js';
import { isEngineName } from '../harness/engines/state.js';
import { dockerCommand } from '../harness/engines/trees.js';
import { endpoint, say, socket } from './remote-support.js';
import { busybox, containerIds, engineName, project, runPlace, work } from './support.js';

const shell = (script: string): string[] => ['sh', '-c', script];

/** Runs with results in a folder, over a connection. */
function runsIn(
  connection: EngineConnection,
  folder: string,
  more: Partial<RunRequest> = {},
): ReturnType<typeof runImage> {
  const request = { image: busybox, output: join(folder, 'results'), target: '/out', keep: false, ...more };
  return runImage(connection, request, runPlace(folder), work());
}

describe(`running on engine ${engineName} over ssh`, function () {
  this.timeout(60_000);
  const path = process.env['PATH'] ?? '';
  let host: SshHost;
  let connection: EngineConnection;
  let found: string[];
  before(async () => {
    host = await startSshHost({ log: say, forwarding: true, docker: await dockerCommand(say) });
    process.env['PATH'] = host.path;
    connection = new EngineConnection(endpoint(`ssh://${host.name}${socket}`));
    found = await containerIds();
  });
  after(async () => {
    connection.dispose();
    process.env['PATH'] = path;
    await host.dispose();
    assert.deepEqual(await containerIds(), found, 'no container is left over');
  });

  it('binds a folder that both machines have', async () => {
    const place = await project({});
    try {
      const { exitCode } = await runsIn(connection, place.folder, { command: shell('echo 1 > /out/x; exit 2') });
      assert.equal(exitCode, 2);
      assert.equal(await readFile(join(place.folder, 'results/x'), 'utf8'), '1\n');
    } finally {
      await place.dispose();
    }
  });

  it('brings the results to a machine that the engine is not on', async function () {
    if (!isEngineName(engineName)) return this.skip();
    const folder = await mkdtemp('/var/opt/research-containers-');
    try {
      const script = 'head -c 20000000 /dev/urandom > /out/data; md5sum < /out/data';
      const { outputs } = await runsIn(connection, folder, { command: shell(script) });
      assert.deepEqual(outputs, [join(folder, 'results/data')]);
      assert.equal((await readFile(join(folder, 'results/data'))).length, 20_000_000);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('has a terminal that is typed into', async () => {
    const place = await project({});
    try {
      const request = { image: busybox, command: ['sh'], interactive: true, keep: false };
      const run = await startRun(connection, request, runPlace(place.folder), work());
      run.write('exit 9\n');
      assert.equal((await run.end).exitCode, 9);
    } finally {
      await place.dispose();
    }
  });
});

describe('running with Podman', function () {
  this.timeout(120_000);
  let podman: PodmanService;
  let connection: EngineConnection;
  let folder: string;
  before(async () => {
    podman = await startPodmanService(say);
    await importBusybox(podman.host, { log: say });
    connection = new EngineConnection(endpoint(podman.host));
  });
  beforeEach(async () => {
    folder = (await project({})).folder;
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    assert.deepEqual(await connectTo(podman.host).listContainers({ all: true }), []);
  });
  after(async () => {
    connection.dispose();
    await podman.dispose();
  });

  it('binds the results, and records the run', async () => {
    const command = shell('mkdir /out/a; echo 1 > /out/a/x; echo said; echo wrong >&2; exit 3');
    const { exitCode, record, outputs } = await runsIn(connection, folder, { command, env: { COLOUR: 'red' } });
    assert.equal(exitCode, 3);
    assert.deepEqual(outputs, [join(folder, 'results/a/x')]);
    const kept = await readRunRecord(record);
    assert.ok(kept.state === 'finished');
    assert.deepEqual(kept.environment, { COLOUR: 'red' });
    const log = await readFile(record.replace(/json$/, 'log'), 'utf8');
    assert.deepEqual(log.trim().split('\n').sort(), ['said', 'wrong']);
  });

  it('has a terminal that is typed into', async () => {
    const request = { image: busybox, command: ['sh'], interactive: true, keep: false };
    const run = await startRun(connection, request, runPlace(folder), work());
    run.write('exit 9\n');
    assert.equal((await run.end).exitCode, 9);
    assert.deepEqual(await readdir(folder), ['.research-containers']);
  });
});
