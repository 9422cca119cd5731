import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { discoverEndpoints, parseHost, type Surroundings } from '../../../src/engine/endpoint.js';

const nothing: Surroundings = {
  platform: 'linux',
  environment: {},
  homeFolder: '/home/ada',
  setting: '',
  readFile: () => undefined,
};

const hosts = (surroundings: Partial<Surroundings>): string[] =>
  discoverEndpoints({ ...nothing, ...surroundings }).map((endpoint) => endpoint.host);

describe('discovering endpoints', () => {
  it('takes the setting as an explicit choice', () => {
    assert.deepEqual(hosts({ setting: ' unix:///s.sock ', environment: { DOCKER_HOST: 'tcp://x:1' } }), [
      'unix:///s.sock',
    ]);
  });

  it('takes DOCKER_HOST over contexts and sockets', () => {
    assert.deepEqual(hosts({ environment: { DOCKER_HOST: 'tcp://lab:2375' } }), ['tcp://lab:2375']);
  });

  it('takes the current context over the sockets, with its TLS files', () => {
    const id = createHash('sha256').update('lab').digest('hex');
    const folder = `/home/ada/.docker/contexts`;
    const files: Record<string, string> = {
      '/home/ada/.docker/config.json': '{"currentContext":"lab"}',
      [`${folder}/meta/${id}/meta.json`]: '{"Name":"lab","Endpoints":{"docker":{"Host":"tcp://lab:2376"}}}',
      [`${folder}/tls/${id}/docker/cert.pem`]: 'certificate',
    };
    const [first, second] = discoverEndpoints({ ...nothing, readFile: (path) => files[path] });
    assert.deepEqual(first, {
      name: 'Context “lab”',
      host: 'tcp://lab:2376',
      source: 'context',
      address: {
        kind: 'tcp',
        hostname: 'lab',
        port: 2376,
        tls: {
          ca: `${folder}/tls/${id}/docker/ca.pem`,
          cert: `${folder}/tls/${id}/docker/cert.pem`,
          key: `${folder}/tls/${id}/docker/key.pem`,
        },
      },
    });
    assert.equal(second?.host, 'unix:///var/run/docker.sock');
  });

  it('says that a context does not exist', () => {
    const [first] = discoverEndpoints({ ...nothing, environment: { DOCKER_CONTEXT: 'gone' } });
    assert.deepEqual(first?.address, { kind: 'unsupported', why: 'the docker context does not exist' });
  });

  it('survives a config.json that is not JSON', () => {
    assert.equal(hosts({ readFile: () => '{' })[0], 'unix:///var/run/docker.sock');
  });

  it('knows where Docker, its relatives and Podman listen', () => {
    assert.deepEqual(hosts({ environment: { XDG_RUNTIME_DIR: '/run/user/1000' } }), [
      'unix:///var/run/docker.sock',
      'unix:///home/ada/.docker/run/docker.sock',
      'unix:///home/ada/.docker/desktop/docker.sock',
      'unix:///home/ada/.orbstack/run/docker.sock',
      'unix:///home/ada/.rd/docker.sock',
      'unix:///home/ada/.colima/default/docker.sock',
      'unix:///run/user/1000/docker.sock',
      'unix:///run/user/1000/podman/podman.sock',
    ]);
    assert.deepEqual(hosts({ platform: 'win32', homeFolder: 'C:\\Users\\ada' }), [
      'npipe:////./pipe/dockerDesktopLinuxEngine',
      'npipe:////./pipe/docker_engine',
    ]);
  });
});

describe('an engine host', () => {
  const cases: [string, object][] = [
    ['unix:///a.sock', { kind: 'socket', path: '/a.sock' }],
    ['/a.sock', { kind: 'socket', path: '/a.sock' }],
    ['npipe:////./pipe/x', { kind: 'socket', path: '//./pipe/x' }],
    ['lab:1234', { kind: 'tcp', hostname: 'lab', port: 1234, tls: undefined }],
    ['tcp://lab', { kind: 'tcp', hostname: 'lab', port: 2375, tls: undefined }],
    ['unix://', { kind: 'unsupported', why: 'the path of the socket is missing' }],
    ['ssh://lab', { kind: 'unsupported', why: '“ssh://” is not supported yet' }],
  ];
  for (const [text, address] of cases) {
    it(text, () => {
      assert.deepEqual(parseHost(text, undefined).address, address);
    });
  }
});
