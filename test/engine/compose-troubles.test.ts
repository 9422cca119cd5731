import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { composeDown } from '../../src/compose/down.js';
import { observe } from '../../src/compose/observed.js';
import { Door } from '../harness/engines/door.js';
import { waitFor } from '../harness/machine/waiting.js';
import { changes, composeBench, failureOf, lasting, workCancelledAt, workWhile } from './compose-bench.js';
import { busybox, connect, engineHost, engineName, failsWith, imageExists, work } from './support.js';

const name = 'compose-troubles';
/** Takes a while to end. */
const slow = `trap 'sleep 1; exit' TERM; while :; do sleep 0.1; done`;
const ofProject = { 'com.docker.compose.project': name };

// Where images are stored makes no difference here: the oldest engine and a new one are enough.
if (engineName !== '28-containerd') {
  describe(`applications in trouble, on engine ${engineName}`, function () {
    this.timeout(60_000);
    const { connection, docker, write, up, upText, containers, inspect, inside, outsider } = composeBench(name);

    it('hand a port over from one service to another', async () => {
      await upText(`services:\n  app: {${lasting}, ports: ["18190:80"]}\n`);
      assert.deepEqual(await upText(`services:\n  app: {${lasting}}\n  proxy: {${lasting}, ports: ["18190:80"]}\n`), {
        app: 'recreated',
        proxy: 'created',
      });
      assert.deepEqual(await containers(), [`${name}-app-1 running`, `${name}-proxy-1 running`]);
    });

    it('keep the container that they have when the name that it is to get is taken', async () => {
      await upText(`services:\n  one: {${lasting}}\n`);
      const before = await inspect('one');
      const other = await outsider({});
      try {
        const named = `services:\n  one: {${lasting}, container_name: ${other.name}}\n`;
        await assert.rejects(upText(named), failsWith('name-in-use'));
        assert.deepEqual(await inspect('one'), before);
        assert.deepEqual(await containers(), [`${name}-one-1 running`]);
      } finally {
        await other.remove();
      }
    });

    it('run what they ran when they are cancelled while it is stopped for another one', async () => {
      const text = (value: string): string =>
        `services:\n  one: {image: "${busybox}", command: ["sh", "-c", "${slow}"], environment: {VALUE: ${value}}}\n`;
      await upText(text('first'));
      const before = await inspect('one');
      const doing = workCancelledAt('one: stopping');
      await assert.rejects(upText(text('second'), doing), failsWith('cancelled'));
      const { id, state } = await inspect('one');
      assert.deepEqual([id, state], [before.id, 'running']);
      assert.deepEqual(await containers(), [`${name}-one-1 running`]);
    });

    it('finish what they are at when another service fails', async () => {
      const text = (value: string, more: string): string =>
        `services:\n  one: {image: "${busybox}", command: ["sh", "-c", "${slow}"], environment: {VALUE: ${value}}}\n${more}`;
      await upText(text('first', ''));
      const { output } = await failureOf(
        upText(text('second', `  bad: {image: "${busybox}", command: ["no-such-program"]}\n`)),
      );
      assert.deepEqual(output, ['one: runs (recreated)', 'bad: failed']);
      assert.equal(await inside('one', 'echo $VALUE'), 'second');
    });

    it('say what there is of them when they are cancelled at the end', async () => {
      const doing = workCancelledAt('Watching');
      const { reason, remedy, output } = await failureOf(upText(`services:\n  one: {${lasting}}\n`, doing));
      assert.equal(reason, 'cancelled');
      assert.doesNotMatch(remedy, /nothing is left/);
      assert.deepEqual(output, ['one: runs (created)']);
    });

    it('see what happens to a container while another service is waited for', async () => {
      const text = `services:
  first: {${lasting}, healthcheck: {test: [CMD, "true"], interval: 500ms}}
  stopped: {${lasting}, depends_on: {first: {condition: service_healthy}}}
  removed: {${lasting}, depends_on: {first: {condition: service_healthy}}}
`;
      await upText(text);
      await docker.getContainer(`${name}-first-1`).remove({ force: true });
      const happened: Promise<unknown>[] = [];
      const doing = workWhile('stopped: waiting', () => {
        happened.push(docker.getContainer(`${name}-stopped-1`).stop({ t: 0 }));
        happened.push(docker.getContainer(`${name}-removed-1`).remove({ force: true }));
      });
      assert.deepEqual(await upText(text, doing), { first: 'created', stopped: 'started', removed: 'created' });
      await Promise.all(happened);
      assert.deepEqual(
        (await containers()).map((each) => each.replace(`${name}-`, '')),
        ['first-1 running', 'removed-1 running', 'stopped-1 running'],
      );
    });

    it('do not start a container that an engine was lost over before all was in its place', async () => {
      const { file } = await write(
        `services:\n  one: {${lasting}, secrets: [token]}\nsecrets: {token: {environment: TOKEN}}\n`,
        { '.env': 'TOKEN=abc\n' },
      );
      const door = new Door(engineHost);
      door.swallow = /^PUT \S*\/archive/;
      await door.open();
      const over = connect(`unix://${door.path}`);
      try {
        const failing = failureOf(up(file, {}, work(), over));
        await waitFor('the secret', () => door.requests.find((request) => request.startsWith('PUT ')), {
          within: 20_000,
        });
        await door.close();
        assert.match((await failing).reason, /^engine-(?:lost|not-running|not-found)$/);
      } finally {
        over.dispose();
        await door.close();
      }
      assert.deepEqual(await containers(), [`${name}-one-1 created`]);
      await up(file);
      assert.deepEqual(await containers(), [`${name}-one-1 running`]);
      assert.equal(await inside('one', 'cat /run/secrets/token'), 'abc');
    });

    it('do not take the containers of another folder’s application of the same name', async () => {
      const text = `services:\n  one: {${lasting}}\n`;
      const first = await write(text);
      await up(first.file);
      const before = await inspect('one');
      const second = await write(text);
      const { reason, message } = await failureOf(up(second.file));
      assert.equal(reason, 'name-in-use');
      assert.ok(message.includes(first.file), message);
      assert.deepEqual(await inspect('one'), before);
      // Services that the other one does not have are no matter, and are taken down without it.
      const beside = await write(`services:\n  two: {${lasting}}\n`);
      assert.deepEqual(changes(await up(beside.file)), { two: 'created' });
      const except = [before.id];
      const gone = await composeDown(connection, name, { except, volumes: true }, work());
      assert.deepEqual(gone.containers, [`${name}-two-1`]);
      assert.deepEqual(gone.kept, [{ kind: 'network', name: `${name}_default`, users: [`${name}-one-1`] }]);
      assert.deepEqual(await inspect('one'), before);
      // A folder that was moved takes its application along.
      await rm(first.folder, { recursive: true });
      assert.deepEqual(changes(await up(second.file)), { one: 'unchanged' });
    });

    it('have a network as the file says, whoever made it', async () => {
      const network = async (): Promise<string> =>
        ((await docker.getNetwork(`${name}_default`).inspect()) as { Id: string }).Id;
      const { id: made } = await docker.createNetwork({
        Name: `${name}_default`,
        Labels: { ...ofProject, 'com.docker.compose.network': 'default' },
        IPAM: { Config: [{ Subnet: '10.199.10.0/24' }] },
      });
      const text = (subnet: string): string =>
        `services:\n  one: {${lasting}}\nnetworks: {default: {ipam: {config: [{subnet: ${subnet}}]}}}\n`;
      await upText(text('10.199.10.0/24'));
      assert.equal(await network(), made);
      assert.deepEqual(await upText(text('10.199.11.0/24')), { one: 'recreated' });
      assert.match(await inside('one', 'hostname -i'), /^10\.199\.11\./);
    });

    it('do not stop what is not brought up, for the sake of a network', async () => {
      const text = (subnet: string): string =>
        `services:\n  one: {${lasting}}\n  two: {${lasting}}\nnetworks: {default: {ipam: {config: [{subnet: ${subnet}}]}}}\n`;
      const { file } = await write(text('10.199.12.0/24'));
      await up(file);
      const other = await write(text('10.199.13.0/24'));
      await rm(file);
      const { message } = await failureOf(up(other.file, { services: ['one'] }));
      assert.ok(message.includes(`${name}-two-1`), message);
      assert.deepEqual(await containers(), [`${name}-one-1 running`, `${name}-two-1 running`]);
      assert.deepEqual(changes(await up(other.file)), { one: 'recreated', two: 'recreated' });
    });

    it('give a container that shares a network which has begun anew the new one', async () => {
      const text = `services:\n  base: {${lasting}}\n  inside: {${lasting}, network_mode: "service:base"}\n`;
      await upText(text);
      await docker.getContainer(`${name}-base-1`).restart({ t: 1 });
      assert.deepEqual(await upText(text), { base: 'unchanged', inside: 'started' });
      assert.equal(await inside('inside', 'hostname -i'), await inside('base', 'hostname -i'));
      assert.deepEqual(await upText(text), { base: 'unchanged', inside: 'unchanged' });
    });

    it('are not begun when something from elsewhere is missing', async () => {
      await assert.rejects(
        upText(`services:
  one:
    build: {context: ., dockerfile_inline: "FROM ${busybox}"}
    volumes: ["far:/far"]
volumes: {far: {external: true, name: ${name}-far}}
`),
        failsWith('volume-not-found'),
      );
      assert.equal(await imageExists(`${name}-one:latest`), false);
      assert.deepEqual((await observe(connection, name)).networks, []);
    });
  });
}
