import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Api } from '../../src/ui/register-commands.js';
import { api, failsWith, hostData } from './support.js';

const lasting = 'image: "busybox:stand-in", command: sleep 300, stop_grace_period: 0s, init: true';

describe('applications of several services, from code, as an unprivileged user', function () {
  this.timeout(120_000);
  const { scratch, registry } = hostData();
  let commands: Api;
  before(async () => {
    assert.notEqual(process.getuid?.(), 0, 'these tests do not run as root');
    commands = await api();
  });
  const write = async (name: string, text: string): Promise<string> => {
    const folder = join(scratch, name);
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'compose.yaml');
    await writeFile(file, text);
    return file;
  };

  it('are brought up, kept as they are, and taken down', async () => {
    const file = await write(
      'an application',
      `name: test-host-app
services:
  web: {${lasting}, ports: ["127.0.0.1::8000"], depends_on: [store]}
  store: {${lasting}, volumes: ["kept:/kept"]}
volumes: {kept: {name: test-host-kept}}
`,
    );
    try {
      const { services } = await commands.execute('composeUp', { file });
      assert.deepEqual(services.map(({ name }) => name).sort(), ['store', 'web']);
      assert.ok(services.every(({ container }) => /^[0-9a-f]{64}$/.test(container ?? '')));
      assert.match(services.find(({ name }) => name === 'web')?.url ?? '', /^https?:\/\/[^/]+:\d+/);
      assert.equal(services.find(({ name }) => name === 'store')?.url, undefined);

      const byName = (some: typeof services): Map<string, string | undefined> =>
        new Map(some.map(({ name, container }) => [name, container]));
      const again = await commands.execute('composeUp', { file });
      assert.deepEqual(byName(again.services), byName(services), 'what runs as it should is left alone');
      const one = await commands.execute('composeUp', { file, services: ['store'] });
      assert.deepEqual(byName(one.services), new Map([['store', byName(services).get('store')]]));

      const down = await commands.execute('composeDown', { file });
      assert.deepEqual(down.services.map(({ name }) => name).sort(), ['store', 'web']);
      await assert.rejects(commands.execute('createVolume', { name: 'test-host-kept' }), failsWith('name-in-use'));
      await assert.rejects(
        commands.execute('showLogs', { container: byName(services).get('web') ?? '' }),
        failsWith('container-not-found'),
      );
    } finally {
      assert.deepEqual(await commands.execute('composeDown', { file, volumes: true }), { services: [] });
    }
    await assert.rejects(
      commands.execute('exportVolume', { name: 'test-host-kept', file: join(scratch, 'kept.tar') }),
      failsWith('volume-not-found'),
    );
  });

  it('may be told by several files, of which the last one counts', async () => {
    const file = await write('overridden', `name: test-host-overridden\nservices:\n  one: {${lasting}}\n`);
    const override = join(scratch, 'overridden', 'gpu-free.yaml');
    await writeFile(override, `services:\n  two: {${lasting}}\n`);
    const overrides = [override];
    try {
      const { services } = await commands.execute('composeUp', { file, overrides });
      assert.deepEqual(services.map(({ name }) => name).sort(), ['one', 'two']);
    } finally {
      const down = await commands.execute('composeDown', { file, overrides });
      assert.equal(down.services.length, 2);
    }
  });

  it('are not brought up where the file is wrong', async () => {
    const wrong = {
      'an-unknown-word': 'services:\n  one:\n    imagee: busybox\n',
      'no-yaml': 'services: [\n',
      'no-service': 'name: test-host-nothing\n',
      'a-circle': 'services:\n  a: {image: a, depends_on: [b]}\n  b: {image: b, depends_on: [a]}\n',
    };
    for (const [name, text] of Object.entries(wrong)) {
      const file = await write(name, text);
      for (const command of ['composeUp', 'composePull'] as const) {
        await assert.rejects(commands.execute(command, { file }), (error: unknown) => {
          assert.ok(error instanceof Error && error.message.includes('compose.yaml'), name);
          return failsWith('compose-invalid')(error);
        });
      }
    }
    await assert.rejects(
      commands.execute('composeUp', { file: join(scratch, 'no such.yaml') }),
      failsWith('file-not-found'),
    );
  });

  it('have the services that they have', async () => {
    const file = await write('one-service', `name: test-host-one\nservices:\n  one: {${lasting}}\n`);
    for (const command of ['composeUp', 'composePull'] as const) {
      await assert.rejects(commands.execute(command, { file, services: ['tow'] }), failsWith('invalid-argument'));
    }
    assert.deepEqual(await commands.execute('composeDown', { file }), { services: [] });
  });

  it('get rights that only a person may give where the argument says so', async () => {
    const file = await write('privileged', `name: test-host-all\nservices:\n  one: {${lasting}, privileged: true}\n`);
    await assert.rejects(commands.execute('composeUp', { file }), failsWith('privileged-not-allowed'));
    assert.deepEqual(await commands.execute('composeDown', { file }), { services: [] });
    const outcome = await commands.execute('composeUp', { file, allowPrivileged: true }).then(
      () => 'up',
      (error: unknown) => (error instanceof Error && 'reason' in error ? error.reason : error),
    );
    const { services } = await commands.execute('composeDown', { file });
    // An engine that has not all rights itself cannot give them.
    assert.ok(outcome === 'up' || outcome === 'engine-refused', String(outcome));
    assert.deepEqual(services, [{ name: 'one' }], 'its container was made');
  });

  it('say that an image cannot be pulled', async () => {
    const file = await write('unpullable', 'services:\n  one: {image: "127.0.0.1:1/nothing:here"}\n');
    await assert.rejects(commands.execute('composePull', { file }), failsWith('registry-unreachable'));
  });

  it('pull nothing for a service that is built', async () => {
    const file = await write('built', 'name: test-host-built\nservices:\n  one: {build: .}\n');
    assert.deepEqual(await commands.execute('composePull', { file }), { services: [] });
  });

  if (registry !== undefined) {
    it('pull the images of their services', async () => {
      const reference = `${registry}/test-host/service:1`;
      const file = await write('pulled', `name: test-host-pulled\nservices:\n  one: {image: "${reference}"}\n`);
      await writeFile(join(scratch, 'pulled', 'Dockerfile'), 'FROM busybox:stand-in\nLABEL of=test\n');
      await commands.execute('buildImage', { dockerfile: join(scratch, 'pulled', 'Dockerfile'), tag: reference });
      await commands.execute('pushImage', { reference });
      assert.deepEqual(await commands.execute('composePull', { file }), { services: [{ name: 'one' }] });
    });
  }

  it('can be cancelled, and leave what is there to be taken down', async () => {
    const file = await write('cancelled', `name: test-host-cancelled\nservices:\n  one: {${lasting}}\n`);
    const abort = new AbortController();
    const options = {
      signal: abort.signal,
      onProgress: () => {
        abort.abort();
      },
    };
    await assert.rejects(commands.execute('composeUp', { file }, options), failsWith('cancelled'));
    await commands.execute('composeDown', { file });
    assert.deepEqual(await commands.execute('composeDown', { file }), { services: [] });
  });
});
