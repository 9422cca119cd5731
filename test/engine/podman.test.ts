import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineConnection } from '../../src/engine/connection.js';
import { containerLogs } from '../../src/engine/container-logs.js';
import { startContainer } from '../../src/engine/container-process.js';
import { runExec } from '../../src/engine/exec.js';
import { openInside } from '../../src/engine/inside/open-inside.js';
import { type Inside } from '../../src/engine/inside/place.js';
import { createContainer, removeContainer } from '../../src/engine/new-container.js';
import { findShell, openShell } from '../../src/engine/shell.js';
import { identify } from '../../src/engine/system.js';
import { exportVolume, importVolume } from '../../src/engine/volume-archive.js';
import { createVolume, deleteVolume } from '../../src/engine/volume-operations.js';
import { listAll } from '../../src/inventory/look-into.js';
import { openBuilder } from '../../src/engine/build.js';
import { connectTo } from '../harness/engines/connect.js';
import { importBusybox } from '../harness/engines/busybox.js';
import { startPodmanService } from '../harness/engines/podman.js';
import { waitFor } from '../harness/machine/waiting.js';
import { itBuilds } from './build-ways.js';
import { endpoint, never, say } from './remote-support.js';
import { busybox, engineName, quiet } from './support.js';

// Podman is an engine of its own: once is enough.
if (engineName === '28') {
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

  describe('inside containers and volumes of Podman', function () {
    this.timeout(120_000);
    let podman: Awaited<ReturnType<typeof startPodmanService>>;
    let connection: EngineConnection;
    let container: string;
    let folder: string;
    before(async () => {
      podman = await startPodmanService(say);
      await importBusybox(podman.host, { log: say });
      connection = new EngineConnection(endpoint(podman.host));
      folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
      await createVolume(connection, 'test-podman');
      container = await createContainer(connection, {
        image: busybox,
        command: ['sh', '-c', 'echo out; echo err >&2; mkdir /work; sleep 300'],
        environment: {},
        mounts: [{ type: 'volume', source: 'test-podman', target: '/data', readOnly: false }],
        ports: [],
        gpus: { kind: 'none' },
        labels: {},
        network: 'none',
      });
      await startContainer(connection, container);
    });
    after(async () => {
      await removeContainer(connection, container);
      await deleteVolume(connection, 'test-podman');
      connection.dispose();
      await podman.dispose();
      await rm(folder, { recursive: true });
    });
    const textOf = async (inside: Inside, path: string): Promise<string> => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of inside.read(path, never)) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    };

    it('files are listed, written, read, renamed and downloaded', async () => {
      for (const place of [
        { kind: 'container', id: container, root: '/work' },
        { kind: 'volume', name: 'test-podman', root: '' },
      ] as const) {
        const inside = await openInside(connection, place, quiet);
        try {
          await inside.makeFolder(`${place.root}/plots`, never);
          await inside.write(`${place.root}/plots/a b.txt`, Buffer.from('content'), never);
          await inside.rename(`${place.root}/plots/a b.txt`, `${place.root}/plots/c.txt`, {
            replace: false,
            signal: never,
          });
          const { entries } = await inside.list(`${place.root}/plots`, never);
          assert.deepEqual(
            entries.map(({ name, kind, size }) => [name, kind, size]),
            [['c.txt', 'file', 7]],
          );
          assert.equal(await textOf(inside, `${place.root}/plots/c.txt`), 'content');
          const to = join(folder, place.kind);
          await inside.download(`${place.root}/plots`, to, { signal: never, onBytes: () => undefined });
          assert.equal(await readFile(join(to, 'c.txt'), 'utf8'), 'content');
        } finally {
          await inside.dispose();
        }
      }
    });

    it('the log is read, both of its streams', async () => {
      const lines: string[] = [];
      for await (const batch of containerLogs(connection, container, { follow: false, signal: never })) {
        lines.push(...batch.map(({ stream, text }) => `${stream} ${text}`));
      }
      assert.deepEqual(lines.sort(), ['stderr err', 'stdout out']);
    });

    it('a shell is opened, and ended', async () => {
      const found = await findShell(connection, container, { signal: never });
      const shell = await openShell(connection, container, found, { size: { columns: 80, rows: 24 }, signal: never });
      let shown = '';
      shell.stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
      shell.stream.on('error', () => undefined);
      shell.stream.write('echo it is $((6 * 7)); sleep 9876\n');
      await waitFor('the shell to answer', () => shown.includes('it is 42'), { within: 20_000 });
      await shell.end();
      const { stdout } = await runExec(
        connection,
        container,
        { command: ['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'] },
        { signal: never },
      );
      assert.doesNotMatch(stdout.toString(), /sleep 9876/);
    });

    it('a volume is exported, and imported into another one', async () => {
      const file = join(folder, 'volume.tar.gz');
      await exportVolume(connection, 'test-podman', { file, existing: 'fail', signal: never });
      try {
        await importVolume(connection, 'test-podman-2', { file, existing: 'fail', signal: never });
        const inside = await openInside(connection, { kind: 'volume', name: 'test-podman-2' }, quiet);
        try {
          assert.equal(await textOf(inside, '/plots/c.txt'), 'content');
        } finally {
          await inside.dispose();
        }
      } finally {
        await deleteVolume(connection, 'test-podman-2').catch(() => undefined);
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
}
