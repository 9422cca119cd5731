import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeDown } from '../../src/compose/down.js';
import { observe } from '../../src/compose/observed.js';
import { EngineConnection } from '../../src/engine/connection.js';
import { importBusybox } from '../harness/engines/busybox.js';
import { startPodmanService } from '../harness/engines/podman.js';
import { endpoint, say } from './remote-support.js';
import { bringUp, changes, lasting } from './compose-bench.js';
import { busybox, engineName, project, work } from './support.js';

const name = 'compose-podman';

// Podman is an engine of its own: once is enough.
if (engineName === '28') {
  describe('applications on Podman', function () {
    this.timeout(120_000);
    let podman: Awaited<ReturnType<typeof startPodmanService>>;
    let connection: EngineConnection;
    let made: Awaited<ReturnType<typeof project>>;

    before(async () => {
      podman = await startPodmanService(say);
      await importBusybox(podman.host, { log: say });
      connection = new EngineConnection(endpoint(podman.host));
      made = await project({ 'compose.yaml': '' });
    });
    after(async () => {
      connection.dispose();
      await made.dispose();
      await podman.dispose();
    });
    afterEach(() => composeDown(connection, name, { volumes: true }, work()));

    const up = async (text: string): Promise<Record<string, string>> => {
      const file = join(made.folder, 'compose.yaml');
      await writeFile(file, text);
      return changes(await bringUp(connection, name, file));
    };

    it('are brought up, left alone, changed and taken down', async () => {
      const text = (value: string): string => `services:
  one: {${lasting}, environment: {VALUE: ${value}}, networks: [front, back], volumes: ["data:/data", /scratch]}
  two: {${lasting}, depends_on: [one], networks: [back], secrets: [token]}
networks: {front: {}, back: {}}
volumes: {data: {}}
secrets: {token: {environment: HOME_OF_TOKEN}}
`;
      await writeFile(join(made.folder, '.env'), 'HOME_OF_TOKEN=abc\n');
      assert.deepEqual(await up(text('first')), { one: 'created', two: 'created' });
      assert.deepEqual(await up(text('first')), { one: 'unchanged', two: 'unchanged' });
      assert.deepEqual(await up(text('second')), { one: 'recreated', two: 'unchanged' });
      const { containers, networks, volumes } = await composeDown(connection, name, { volumes: true }, work());
      assert.deepEqual(containers.sort(), [`${name}-one-1`, `${name}-two-1`]);
      assert.deepEqual(networks.sort(), [`${name}_back`, `${name}_front`]);
      assert.deepEqual(volumes, [`${name}_data`]);
      const left = await observe(connection, name);
      assert.deepEqual([left.containers, left.networks, left.volumes], [[], [], []]);
    });

    it('wait until a service is done', async () => {
      assert.deepEqual(
        await up(`services:
  done: {image: "${busybox}", command: ["sh", "-c", "sleep 1"]}
  last: {${lasting}, depends_on: {done: {condition: service_completed_successfully}}}
`),
        { done: 'created', last: 'created' },
      );
    });
  });
}
