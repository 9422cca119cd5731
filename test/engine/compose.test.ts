import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeRestart } from '../../src/compose/down.js';
import { addressesOf, firstAnswering } from '../../src/compose/find-url.js';
import { observe } from '../../src/compose/observed.js';
import { ensureBaseImage } from '../harness/engines/base-images.js';
import { Door } from '../harness/engines/door.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { waitFor } from '../harness/machine/waiting.js';
import { changes, composeBench, failureOf, forever, lasting, workCancelledAt, workWhile } from './compose-bench.js';
import { buildBench, busybox, connect, engineHost, engineName, failsWith, work } from './support.js';

const name = 'compose-test';
/** As al-folio has it (https://github.com/alshedivat/al-folio/blob/main/docker-compose.yml). */
const alFolio = `# This file is used to run the full al-folio image
services:
  jekyll:
    image: amirpourmand/al-folio:v0.14.6
    build: .
    ports:
      - 8080:8080
      - 35729:35729
    volumes:
      - .:/srv/jekyll
    environment:
      - JEKYLL_ENV=development
`;
const alFolioImage = 'amirpourmand/al-folio:v0.14.6';
// Where images are stored makes no difference here: the oldest engine and a new one are enough.
if (engineName !== '28-containerd') {
  describe(`applications from compose files, on engine ${engineName}`, function () {
    this.timeout(60_000);
    const { connection, docker, write, up, down, containers } = composeBench(name);
    const { make, buildImage, tag } = buildBench(connection);
    const logOf = async (container: string): Promise<string> =>
      (await docker.getContainer(container).logs({ stdout: true, stderr: true })).toString('latin1');

    it('serve al-folio’s page, and a file that was changed', async () => {
      await ensureBaseImage(engineHost, 'python:3.11-slim-bookworm', { log: () => undefined });
      const serve =
        'mkdir -p /site && ln -sfn /srv/jekyll /site/al-folio && exec python3 -m http.server 8080 --directory /site';
      const { dockerfile } = await make({
        Dockerfile: `FROM python:3.11-slim-bookworm\nCMD ["sh", "-c", "${serve}"]\nSTOPSIGNAL SIGKILL\n`,
      });
      await buildImage({ dockerfile, tag: tag(alFolioImage) }, work());
      const { file, folder } = await write(alFolio, {
        '_pages/about.md': 'before\n',
        'index.html': '<h1>al-folio</h1>',
      });
      assert.deepEqual(changes(await up(file)), { jekyll: 'created' });
      const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
      const [jekyll] = (await observe(connection, name)).containers;
      assert.ok(jekyll !== undefined);
      const addresses = addressesOf(jekyll.container, running?.address ?? 'localhost', '/al-folio/');
      const address = await waitFor('the page', () => firstAnswering(addresses, new AbortController().signal), {
        within: 20_000,
      });
      assert.match(address, /:8080\/al-folio\/$/);
      assert.match(await (await fetch(address)).text(), /<h1>al-folio<\/h1>/);
      await writeFile(join(folder, '_pages/about.md'), 'after\n');
      assert.equal(await (await fetch(`${address}_pages/about.md`)).text(), 'after\n');
    });

    it('change only what has changed, keep anonymous volumes, and remove what is too many', async () => {
      const text = (value: string, replicas: number): string => `services:
  still: {${lasting}}
  changing: {${lasting}, environment: {VALUE: "${value}"}, volumes: [/scratch]}
  many: {${lasting}, scale: ${replicas}}
`;
      const { file } = await write(text('one', 3));
      const first = await up(file);
      assert.deepEqual(changes(first), { still: 'created', changing: 'created', many: 'created' });
      const volumeOf = async (): Promise<string | undefined> =>
        (await observe(connection, name)).containers
          .find(({ service }) => service === 'changing')
          ?.container.mounts.map((mount) => (mount.type === 'volume' ? mount.name : ''))[0];
      const volume = await volumeOf();
      await writeFile(file, text('two', 2));
      const second = await up(file);
      assert.deepEqual(changes(second), { still: 'unchanged', changing: 'recreated', many: 'unchanged' });
      assert.equal(await volumeOf(), volume);
      assert.deepEqual(await containers(), [
        `${name}-changing-1 running`,
        `${name}-many-1 running`,
        `${name}-many-2 running`,
        `${name}-still-1 running`,
      ]);
      assert.deepEqual(await composeRestart(connection, name, { services: ['still'] }, work()), ['still']);
      assert.deepEqual(changes(await up(file)), { still: 'unchanged', changing: 'unchanged', many: 'unchanged' });
    });

    it('start a service when those that it depends on are as it needs them', async () => {
      const { file } = await write(`services:
  last:
    image: ${busybox}
    command: ["sh", "-c", "cat /shared/order; ${forever}"]
    volumes: [shared:/shared]
    depends_on:
      healthy: {condition: service_healthy}
      done: {condition: service_completed_successfully}
  healthy:
    image: ${busybox}
    command: ["sh", "-c", "sleep 1; echo healthy >> /shared/order; touch /ready; ${forever}"]
    volumes: [shared:/shared]
    healthcheck: {test: ["CMD", "test", "-e", "/ready"], interval: 200ms, retries: 50}
  done:
    image: ${busybox}
    command: ["sh", "-c", "sleep 0.5; echo done >> /shared/order"]
    volumes: [shared:/shared]
volumes: {shared: {}}
`);
      const doing = work();
      const results = await up(file, {}, doing);
      const last = results.find((result) => result.name === 'last')?.containers[0] ?? '';
      assert.equal((await logOf(last)).match(/done|healthy/g)?.join(), 'done,healthy');
      assert.ok(doing.reports.some(({ message }) => message === 'last: waiting until healthy is healthy'));
    });

    it('say why a service ended at once, with its last lines, and what became of the others', async () => {
      const { file } = await write(`services:
  good: {${lasting}}
  bad: {image: "${busybox}", command: ["sh", "-c", "echo first; echo 'no such table' >&2; exit 3"]}
  after: {${lasting}, depends_on: {bad: {condition: service_completed_successfully}}}
`);
      const { reason, message, output } = await failureOf(up(file));
      assert.equal(reason, 'service-failed');
      assert.match(message, /“bad” \(compose-test-bad-1\) ended with exit code 3/);
      assert.ok(output.includes('no such table'));
      assert.ok(output.includes('good: runs (created)'));
      assert.ok(output.includes('after: failed') || output.includes('after: not started'), output.join('\n'));
      assert.ok(output.includes('bad: failed') || output.includes('bad: runs (created)'), output.join('\n'));
      await writeFile(
        file,
        `services:\n  good: {${lasting}}\n  bad: {image: "${busybox}", command: ["true"]}\n  after: {${lasting}, depends_on: {bad: {condition: service_completed_successfully}}}\n`,
      );
      assert.deepEqual(changes(await up(file)), { good: 'unchanged', bad: 'recreated', after: 'created' });
    });

    it('say who has a port that is taken', async () => {
      const { file } = await write(`services:\n  first: {${lasting}, ports: ["18180:80"]}\n`);
      await up(file);
      await writeFile(
        file,
        `services:\n  first: {${lasting}, ports: ["18180:80"]}\n  second: {${lasting}, ports: ["18180:81"]}\n`,
      );
      const { reason, message } = await failureOf(up(file));
      assert.equal(reason, 'port-in-use');
      assert.match(message, /second wants port 18180, and the container compose-test-first-1 has it/);
    });

    it('are not begun when an image cannot be had', async () => {
      const { file } = await write(`services:\n  good: {${lasting}}\n  bad: {image: "127.0.0.1:1/none:1"}\n`);
      const { reason } = await failureOf(up(file));
      assert.match(reason, /^(?:registry-unreachable|image-not-found)$/);
      assert.deepEqual(await containers(), []);
    });

    it('go on from where an engine was lost', async () => {
      const { file } = await write(`services:\n  one: {${lasting}}\n  two: {${lasting}, depends_on: [one]}\n`);
      const door = new Door(engineHost);
      await door.open();
      const over = connect(`unix://${door.path}`);
      try {
        const closing: Promise<void>[] = [];
        const doing = workWhile('two: creating', () => closing.push(door.close()));
        const { reason, output } = await failureOf(up(file, {}, doing, over));
        await Promise.all(closing);
        assert.match(reason, /^engine-(?:lost|not-running|not-found)$/);
        assert.ok(output.includes('one: runs (created)'), output.join('\n'));
        assert.ok(output.includes('two: failed'));
      } finally {
        over.dispose();
        await door.close();
      }
      assert.deepEqual(changes(await up(file))['one'], 'unchanged');
      assert.deepEqual(await containers(), [`${name}-one-1 running`, `${name}-two-1 running`]);
    });

    it('leave nothing half-done when they are cancelled', async () => {
      const { file } = await write(
        `services:\n  one: {${lasting}, healthcheck: {test: ["CMD", "false"], interval: 300ms, retries: 1000}}\n  two: {${lasting}, depends_on: {one: {condition: service_healthy}}}\n`,
      );
      const doing = workCancelledAt('two: waiting');
      const { reason, output } = await failureOf(up(file, {}, doing));
      assert.equal(reason, 'cancelled');
      assert.deepEqual(output, ['one: runs (created)', 'two: not started']);
      assert.deepEqual(await containers(), [`${name}-one-1 running`]);
    });

    it('have all rights only when that is allowed', async () => {
      const { file } = await write(`services:\n  one: {${lasting}, privileged: true}\n`);
      await assert.rejects(up(file), failsWith('privileged-not-allowed'));
      assert.deepEqual(await containers(), []);
      // The oldest engine's program for containers does not give away the rights that this machine has.
      if (engineName === '20.10') return;
      await up(file, { allowPrivileged: true });
      const { HostConfig } = await docker.getContainer(`${name}-one-1`).inspect();
      assert.equal(HostConfig.Privileged, true);
    });

    it('have networks and volumes from elsewhere only where they are there', async () => {
      const { file } = await write(
        `services:\n  one: {${lasting}, networks: [far]}\nnetworks: {far: {external: true, name: compose-test-far}}\n`,
      );
      const { reason, location } = await failureOf(up(file));
      assert.deepEqual([reason, location?.line], ['network-not-found', 3]);
      const network = await docker.createNetwork({ Name: 'compose-test-far' });
      try {
        await up(file);
        await down();
        assert.equal(((await network.inspect()) as { Name: string }).Name, 'compose-test-far');
      } finally {
        await network.remove();
      }
    });

    it('read secrets of variables and texts, which are in no file of the host', async () => {
      const { file } = await write(
        `services:
  one:
    image: ${busybox}
    command: ["sh", "-c", "cat /run/secrets/token /etc/app.conf; stat -c %a /run/secrets/token; ${forever}"]
    secrets: [token]
    configs: [{source: app, target: /etc/app.conf}]
secrets: {token: {environment: TOKEN}}
configs: {app: {content: "debug = 1\\n"}}
`,
        { '.env': 'TOKEN=abc\n' },
      );
      const [one] = await up(file);
      const id = one?.containers[0] ?? '';
      assert.match(await logOf(id), /abcdebug = 1/);
      assert.doesNotMatch(JSON.stringify(await docker.getContainer(id).inspect()), /abc"/);
    });

    it('build what has to be built, a Dockerfile in the file itself included', async () => {
      tag(`${name}-one`);
      const { file } = await write(`services:
  one:
    build:
      context: .
      dockerfile_inline: |
        FROM ${busybox}
        ARG WORD=none
        RUN echo "built with $\${WORD}" > /word
      args: {WORD: care}
    command: ["sh", "-c", "cat /word; ${forever}"]
`);
      const [one] = await up(file);
      assert.match(await logOf(one?.containers[0] ?? ''), /built with care/);
      assert.deepEqual(changes(await up(file)), { one: 'unchanged' });
    });

    it('refuse a folder that the engine does not have, with the reason', async function () {
      if (!isEngineName(engineName)) return this.skip();
      const unseen = await mkdtemp('/var/opt/research-containers-');
      try {
        await mkdir(join(unseen, 'data'));
        await writeFile(join(unseen, 'compose.yaml'), `services:\n  one: {${lasting}, volumes: ["./data:/data"]}\n`);
        const { reason, message } = await failureOf(up(join(unseen, 'compose.yaml')));
        assert.equal(reason, 'folder-not-shared');
        assert.ok(message.includes(join(unseen, 'data')));
        assert.deepEqual(await containers(), []);
      } finally {
        await rm(unseen, { recursive: true, force: true });
      }
    });
  });
}
