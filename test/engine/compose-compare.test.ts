import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeDown } from '../../src/compose/down.js';
import { connectTo } from '../harness/engines/connect.js';
import { commandInside } from '../harness/engines/inside.js';
import { findRunning, isEngineName, type RunningEngine } from '../harness/engines/state.js';
import { runCommand } from '../harness/machine/commands.js';
import { bringUp } from './compose-bench.js';
import { composeFiles } from './compose-files.js';
import { connect, engineHost, engineName, work } from './support.js';

const project = 'compose-compare';

// The compose CLI is that of this engine's own system.
if (engineName === '28') {
  describe(`applications as the compose CLI brings them up, on engine ${engineName}`, function () {
    this.timeout(60_000);
    const connection = connect();
    const docker = connectTo(engineHost);
    let engine: RunningEngine;
    let folder: string;
    let file: string;

    before(async function () {
      const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
      if (running === undefined) return this.skip();
      engine = running;
      folder = await mkdtemp(join(tmpdir(), 'research-containers-compose-'));
      await chmod(folder, 0o755);
      await mkdir(join(folder, 'data'));
      for (const name of ['token', 'settings']) await writeFile(join(folder, 'data', name), name);
      file = join(folder, 'compose.yaml');
    });
    afterEach(() => cli('kill').then(() => cli('down', '--volumes', '--timeout', '0')));
    after(async () => {
      connection.dispose();
      await rm(folder, { recursive: true, force: true });
    });

    const cli = async (...args: string[]): Promise<string> => {
      const command = ['docker', 'compose', '--project-name', project, '--file', file, ...args];
      return runCommand(commandInside(engine, command, { folder })).catch((error: unknown) => {
        if (args[0] === 'kill') return '';
        throw error;
      });
    };
    const observed = async (): Promise<object> => {
      const filters = { label: [`com.docker.compose.project=${project}`] };
      const containers = await docker.listContainers({ all: true, filters });
      const inspected = await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).inspect()));
      const networks = await docker.listNetworks({ filters });
      const volumes = (await docker.listVolumes({ filters })).Volumes;
      return comparable({
        containers: byName(inspected, ({ Name }) => Name),
        networks: byName(
          await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).inspect())),
          ({ Name }: { Name: string }) => Name,
        ),
        volumes: byName(volumes, ({ Name }) => Name),
      });
    };

    for (const [name, text] of Object.entries(composeFiles)) {
      it(name, async () => {
        await writeFile(file, text);
        await cli('up', '--detach');
        const theirs = await observed();
        await cli('kill');
        await cli('down', '--volumes', '--timeout', '0');
        const results = await bringUp(connection, project, file);
        assert.deepEqual(await observed(), theirs);

        // What is there already is left alone, and the CLI knows it for its own.
        const again = await bringUp(connection, project, file);
        assert.deepEqual(
          again,
          results.map((result) => ({ ...result, change: 'unchanged' })),
        );
        const services = (await cli('ps', '--services')).trim().split('\n').sort();
        assert.deepEqual(services, results.map((result) => result.name).sort());
      });
    }

    it('and takes them down, with nothing of theirs left and nothing else gone', async () => {
      await writeFile(file, composeFiles['a named volume'] ?? '');
      await docker.createVolume({ Name: 'compose-compare-other' });
      try {
        await cli('up', '--detach');
        await cli('kill');
        const kept = await composeDown(connection, project, { volumes: false }, work());
        assert.deepEqual(kept.volumes, []);
        assert.equal((await docker.listVolumes({ filters: { name: [`${project}_kept`] } })).Volumes.length, 1);
        const gone = await composeDown(connection, project, { volumes: true }, work());
        assert.deepEqual(gone, { containers: [], networks: [], volumes: [`${project}_kept`], kept: [] });
        assert.equal((await docker.listVolumes({ filters: { name: ['compose-compare-other'] } })).Volumes.length, 1);
      } finally {
        await docker.getVolume('compose-compare-other').remove();
      }
    });
  });
}

function byName<T>(items: readonly T[], nameOf: (item: T) => string): Record<string, T> {
  return Object.fromEntries(
    items.map((item): [string, T] => [nameOf(item), item]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What is another one each time: identifiers, times, addresses, and what is counted. */
const passing = new Set(
  `Id ID Created CreatedAt StartedAt Pid SandboxID SandboxKey NetworkID EndpointID MacAddress IPAddress Gateway HostnamePath HostsPath
   LogPath ResolvConfPath GlobalIPv6Address IPv6Gateway GraphDriver Storage Containers State LinkLocalIPv6Address SecondaryIPAddresses
   DNSNames ImageManifestDescriptor`.split(/\s+/),
);
/** The CLI's own marks, and ours. */
const marks = /^(?:com\.docker\.compose\.(?:config-hash|version|depends_on|replace)|org\.research-containers\.)/;

function comparable(value: unknown): object {
  const plain: unknown = JSON.parse(JSON.stringify(value), (key, item: unknown) => {
    if (passing.has(key) || marks.test(key)) return undefined;
    if (item === null || (Array.isArray(item) && item.length === 0)) return undefined;
    if (typeof item === 'object' && !Array.isArray(item) && Object.keys(item).length === 0) return undefined;
    // The CLI has them in no order.
    if (/^(?:Binds|Env|ExtraHosts|Mounts|Ulimits)$/.test(key) && Array.isArray(item)) {
      return item.map((each: unknown) => JSON.stringify(each)).sort();
    }
    // A port that the engine has chosen.
    if (key === 'HostPort' && Number(item) >= 32_768) return '…';
    // The first names of a container come from its identifier, and volumes without a name have one that is made up.
    if (typeof item === 'string') return item.replaceAll(/\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b/g, '…');
    return item;
  });
  return typeof plain === 'object' && plain !== null ? plain : {};
}
