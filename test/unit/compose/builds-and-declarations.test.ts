import assert from 'node:assert/strict';
import { join } from 'node:path';
import { read, readService } from './application.js';

describe('the build of a service', () => {
  it('is built as it says', async () => {
    const { service, at } = await readService(
      {
        'compose.yaml': `services:
  a:
    build:
      context: ./sub
      dockerfile: Other.Dockerfile
      args: [A=1, SET, NOPE]
      target: final
      platforms: [linux/amd64]
      labels: {a: b}
      tags: ["x:1"]
      no_cache: true
      secrets: [token, {source: file, target: other}]
  b: {build: {dockerfile_inline: FROM scratch}}
secrets: {token: {environment: SET}, file: {file: ./f}}`,
        f: '',
      },
      'a',
      { environment: { SET: 's' } },
    );
    const { place, ...build } = service.build ?? assert.fail();
    assert.equal(place.line, 4);
    assert.deepEqual(build, {
      context: at('sub'),
      dockerfile: { kind: 'file', file: at('sub/Other.Dockerfile') },
      args: new Map([
        ['A', '1'],
        ['SET', 's'],
      ]),
      target: 'final',
      platforms: ['linux/amd64'],
      labels: new Map([['a', 'b']]),
      tags: ['x:1'],
      secrets: new Map<string, unknown>([
        ['token', { kind: 'environment', variable: 'SET', value: 's' }],
        ['other', { kind: 'file', file: at('f') }],
      ]),
      noCache: true,
    });
  });

  it('is built from a Dockerfile in the compose file', async () => {
    const { service, at } = await readService('services: {b: {build: {dockerfile_inline: FROM scratch}}}');
    assert.equal(service.build?.context, at('.'));
    assert.deepEqual(service.build.dockerfile, { kind: 'inline', content: 'FROM scratch' });
  });
});

describe('what a compose file declares', () => {
  it('is named after the application, or as the file says', async () => {
    const { project } =
      await read(`services: {a: {image: x, networks: [one, two, three], volumes: ["four:/4", "five:/5"]}}
networks:
  one:
  two: {name: "n-$COMPOSE_PROJECT_NAME", driver: bridge, internal: true, labels: [a=b], ipam: {config: [{subnet: 10.0.0.0/24}]}}
  three: {external: true}
  unused: {}
volumes:
  four: {external: true, name: elsewhere}
  five: {driver: local, driver_opts: {type: none, o: bind, device: ./data}}`);
    assert.deepEqual(
      project?.networks.map(({ kind, key, name }) => [kind, key, name]),
      [
        ['own', 'one', 'app_one'],
        ['own', 'two', 'n-app'],
        ['external', 'three', 'three'],
      ],
    );
    const two = project.networks[1];
    assert.ok(two?.kind === 'own');
    assert.deepEqual([two.driver, two.internal, [...two.labels]], ['bridge', true, [['a', 'b']]]);
    assert.deepEqual(
      two.ipam?.pools.map(({ subnet }) => subnet),
      ['10.0.0.0/24'],
    );
    const [four, five] = project.volumes;
    assert.deepEqual([four?.kind, four?.name], ['external', 'elsewhere']);
    assert.ok(five?.kind === 'own');
    assert.equal(five.name, 'app_five');
    assert.equal(five.driverOptions.get('device'), join(project.folder, 'data'));
  });

  it('has the network “default” only if a service is in it', async () => {
    const without = await read('services: {a: {image: x, network_mode: host}}');
    assert.deepEqual(without.project?.networks, []);
    const renamed = await read('services: {a: {image: x}}\nnetworks: {default: {name: mine}}');
    assert.equal(renamed.project?.networks[0]?.name, 'mine');
  });

  it('has secrets and configs, which services get as files', async () => {
    const { project, at } = await read(
      {
        'compose.yaml': `services:
  a:
    image: x
    secrets: [file, {source: variable, target: short, mode: 0440, uid: "1"}]
    configs: [text, {source: text, target: /etc/text, mode: "0400"}]
secrets: {file: {file: ./secret}, variable: {environment: TOKEN}, unused: {file: ./nowhere}}
configs: {text: {content: "a=$TOKEN"}}`,
        secret: '',
      },
      { environment: { TOKEN: 't' } },
    );
    const [service] = project?.services ?? [];
    assert.deepEqual(
      service?.secrets.map(({ source, target, mode, uid }) => [source, target, mode, uid]),
      [
        ['file', '/run/secrets/file', undefined, undefined],
        ['variable', '/run/secrets/short', 0o440, '1'],
      ],
    );
    assert.deepEqual(
      service.configs.map(({ target, mode }) => [target, mode]),
      [
        ['/text', undefined],
        ['/etc/text', 0o400],
      ],
    );
    assert.deepEqual(
      project?.secrets.map(({ key, name, source }) => ({ key, name, source })),
      [
        { key: 'file', name: 'app_file', source: { kind: 'file', file: at('secret') } },
        { key: 'variable', name: 'app_variable', source: { kind: 'environment', variable: 'TOKEN', value: 't' } },
      ],
    );
    assert.deepEqual(
      project.configs.map(({ source }) => source),
      [{ kind: 'content', content: 'a=t' }],
    );
  });
});
