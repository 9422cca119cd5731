import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApplication } from '../../src/compose/application.js';
import { composeRestart } from '../../src/compose/down.js';
import { observe } from '../../src/compose/observed.js';
import { remarksOn } from '../../src/compose/remarks.js';
import { isEngineName } from '../harness/engines/state.js';
import { composeBench, forever, lasting, workCancelledAt } from './compose-bench.js';
import { buildBench, busybox, engineName, failsWith, work } from './support.js';

const name = 'compose-changes';

// Where images are stored makes no difference here: the oldest engine and a new one are enough.
if (engineName !== '28-containerd') {
  describe(`applications that change, on engine ${engineName}`, function () {
    this.timeout(60_000);
    const { connection, docker, upText: up, folder, down, inspect, inside, outsider } = composeBench(name);
    const { tag } = buildBench(connection);

    it('keep the data of volumes that the image asks for, and leave none of them behind', async () => {
      tag(`${name}-one`);
      const text = (value: string): string => `services:
  one:
    build: {context: ., dockerfile_inline: "FROM ${busybox}\\nVOLUME /data\\n"}
    command: ["sh", "-c", "${forever}"]
    environment: {VALUE: ${value}}
`;
      const volumes = async (): Promise<string[]> =>
        (await docker.listVolumes()).Volumes.map((each) => each.Name).sort();
      const before = await volumes();
      await up(text('first'));
      await inside('one', 'echo kept > /data/file');
      assert.deepEqual(await up(text('second')), { one: 'recreated' });
      assert.equal(await inside('one', 'cat /data/file; echo $VALUE'), 'kept\r\nsecond');
      await down();
      assert.deepEqual(await volumes(), before);
    });

    it('restart what is to be restarted after a service that is made anew', async () => {
      const text = (value: string): string => `services:
  base: {${lasting}, environment: {VALUE: ${value}}}
  again: {${lasting}, depends_on: {base: {condition: service_started, restart: true}}}
  still: {${lasting}, depends_on: [base]}
  inside: {${lasting}, network_mode: "service:base"}
`;
      await up(text('first'));
      const [again, still] = [await inspect('again'), await inspect('still')];
      assert.deepEqual(await up(text('second')), {
        base: 'recreated',
        again: 'started',
        still: 'unchanged',
        inside: 'recreated',
      });
      const now = await inspect('again');
      assert.deepEqual([now.id, now.state], [again.id, 'running']);
      assert.notEqual(now.started, again.started);
      assert.deepEqual(await inspect('still'), still);
      assert.equal((await inspect('inside')).network, `container:${(await inspect('base')).id}`);
      const restarted = await composeRestart(connection, name, { services: ['base'] }, work());
      assert.deepEqual(restarted.sort(), ['again', 'base', 'inside']);
    });

    it('keep the container that they have when a change of it is cancelled', async () => {
      const text = (value: string): string => `services:\n  one: {${lasting}, environment: {VALUE: ${value}}}\n`;
      await up(text('first'));
      const before = await inspect('one');
      const doing = workCancelledAt('one: creating');
      await assert.rejects(up(text('second'), doing), failsWith('cancelled'));
      assert.deepEqual(await inspect('one'), before);
      assert.equal((await observe(connection, name)).containers.length, 1);
    });

    it('give a container that shares a network which has ended the new one', async () => {
      const text = `services:\n  base: {${lasting}}\n  inside: {${lasting}, network_mode: "service:base"}\n`;
      await up(text);
      await docker.getContainer(`${name}-base-1`).stop({ t: 1 });
      assert.deepEqual(await up(text), { base: 'started', inside: 'started' });
      assert.equal(await inside('inside', 'hostname -i'), await inside('base', 'hostname -i'));
    });

    it('wait for a service that needs more than one try', async () => {
      const doing = work();
      const changes = await up(
        `services:
  done: {image: "${busybox}", command: ["sh", "-c", "test -e /tmp/tried || { touch /tmp/tried; exit 4; }"], restart: on-failure}
  after: {${lasting}, depends_on: {done: {condition: service_completed_successfully}}}
`,
        doing,
      );
      assert.deepEqual(changes, { done: 'created', after: 'created' });
    });

    it('do not wait for a service that has no container', async () => {
      const text = `services:
  none: {${lasting}, scale: 0}
  after: {${lasting}, depends_on: {none: {condition: service_healthy}}}
`;
      assert.deepEqual(await up(text), { none: 'unchanged', after: 'created' });
    });

    it('find a service by the other name that a link gives it, made anew or not', async () => {
      const text = (value: string): string => `services:
  one: {${lasting}, links: ["two:other"]}
  two: {${lasting}, environment: {VALUE: ${value}}}
`;
      const address = (): Promise<string> => inside('one', 'ping -c 1 -w 2 other | sed -n "s/.*(\\(.*\\)).*/\\1/p;1q"');
      await up(text('first'));
      assert.equal(await address(), await inside('two', 'hostname -i'));
      assert.deepEqual(await up(text('second')), { two: 'recreated', one: 'started' });
      assert.equal(await address(), await inside('two', 'hostname -i'));
    });

    it('go on with one that is paused', async () => {
      const text = `services:\n  one: {${lasting}}\n`;
      await up(text);
      await docker.getContainer(`${name}-one-1`).pause();
      assert.deepEqual(await up(text), { one: 'started' });
      assert.equal((await inspect('one')).state, 'running');
    });

    it('get a network that is as the file says by now, and one that is not there any more', async () => {
      const text = (subnet: string): string =>
        `services:\n  one: {${lasting}}\nnetworks: {default: {ipam: {config: [{subnet: ${subnet}}]}}}\n`;
      await up(text('10.199.8.0/24'));
      assert.deepEqual(await up(text('10.199.9.0/24')), { one: 'recreated' });
      assert.match(await inside('one', 'hostname -i'), /^10\.199\.9\./);
      await docker.getContainer(`${name}-one-1`).stop({ t: 1 });
      await docker.getNetwork(`${name}_default`).remove();
      assert.deepEqual(await up(text('10.199.9.0/24')), { one: 'recreated' });
      assert.match(await inside('one', 'hostname -i'), /^10\.199\.9\./);
    });

    it('are made anew for another value of a secret only', async () => {
      const text = (value: string): string => {
        const inner = `services:\n  one: {${lasting}, secrets: [token]}\nsecrets: {token: {environment: TOKEN}}\n`;
        return `${inner}x-value: "${value}"\n`;
      };
      const withToken = async (value: string): Promise<Record<string, string>> => {
        await writeFile(join(await folder(), '.env'), `TOKEN=${value}\n`);
        return up(text(value));
      };
      assert.deepEqual(await withToken('one'), { one: 'created' });
      assert.deepEqual(await withToken('one'), { one: 'unchanged' });
      assert.deepEqual(await withToken('two'), { one: 'recreated' });
      assert.equal(await inside('one', 'cat /run/secrets/token'), 'two');
    });

    it('are taken down but for what others use, who are named', async () => {
      await up(`services:\n  one: {${lasting}, volumes: ["data:/data"]}\nvolumes: {data: {}}\n`);
      const other = await outsider({ NetworkMode: `${name}_default`, Binds: [`${name}_data:/data`] });
      try {
        assert.deepEqual(await down(), {
          containers: [`${name}-one-1`],
          networks: [],
          volumes: [],
          kept: [
            { kind: 'network', name: `${name}_default`, users: [other.name] },
            { kind: 'volume', name: `${name}_data`, users: [other.name] },
          ],
        });
      } finally {
        await other.remove();
      }
      const { networks, volumes } = await down();
      assert.deepEqual([networks, volumes], [[`${name}_default`], [`${name}_data`]]);
    });

    it('are taken down with containers that the engine removes itself when they end', async () => {
      await up(`services:\n  one: {${lasting}}\n`);
      const container = await docker.createContainer({
        Image: busybox,
        Cmd: ['sh', '-c', forever],
        Labels: {
          'com.docker.compose.project': name,
          'com.docker.compose.service': 'one',
          'com.docker.compose.oneoff': 'True',
        },
        HostConfig: { AutoRemove: true },
      });
      await container.start();
      assert.equal((await down()).containers.length, 2);
      assert.deepEqual((await observe(connection, name)).containers, []);
    });

    it('say what is left of services that are gone from the file, and what was there before', async () => {
      await docker.createVolume({ Name: `${name}_data` });
      try {
        await up(`services:\n  one: {${lasting}}\n  old: {${lasting}}\n`);
        await up(`services:\n  one: {${lasting}, volumes: ["data:/data"]}\nvolumes: {data: {}}\n`);
        const { project: application } = await openApplication(join(await folder(), 'compose.yaml'), {
          COMPOSE_PROJECT_NAME: name,
        });
        const [orphans, before, ...more] = await remarksOn(connection, application, new AbortController().signal);
        assert.match(orphans ?? '', /^compose-changes-old-1: left from .*“Compose Down”/);
        assert.match(before ?? '', /^The volume compose-changes_data was there/);
        assert.deepEqual(more, []);
        assert.equal((await down()).containers.length, 2);
        assert.equal((await docker.listVolumes({ filters: { name: [`${name}_data`] } })).Volumes.length, 1);
      } finally {
        await down();
        await docker.getVolume(`${name}_data`).remove();
      }
    });

    it('refuse a secret’s file that the engine does not have, and what it would pass over', async function () {
      if (!isEngineName(engineName)) return this.skip();
      const unseen = await mkdtemp('/var/opt/research-containers-');
      try {
        await writeFile(join(unseen, 'token'), 'abc');
        const text = `services:\n  one: {${lasting}, secrets: [token]}\nsecrets: {token: {file: ${unseen}/token}}\n`;
        await assert.rejects(up(text), failsWith('folder-not-shared'));
      } finally {
        await rm(unseen, { recursive: true, force: true });
      }
      const later = `services:\n  one: {${lasting}, healthcheck: {test: [CMD, "true"], start_period: 2s, start_interval: 1s}}\n`;
      if (engineName === '20.10') await assert.rejects(up(later), failsWith('engine-too-old'));
      else assert.deepEqual(await up(later), { one: 'created' });
      await assert.rejects(
        up(`services:\n  one: {${lasting}, profiles: [extra]}\n`),
        failsWith('invalid-argument', ({ remedy }) => remedy.includes('extra')),
      );
    });
  });
}
