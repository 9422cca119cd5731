import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { discoverEndpoints, endpointsToTry } from '../../../src/engine/discover-endpoints.js';
import { parseHost } from '../../../src/engine/endpoint.js';
import { type Surroundings } from '../../../src/engine/surroundings.js';

const nothing: Surroundings = {
  platform: 'linux',
  environment: {},
  homeFolder: '/home/ada',
  userId: undefined,
  setting: '',
  readFile: () => undefined,
  listFolder: () => [],
};

/** Files of a home folder with docker contexts, each a name and a host. */
function withContexts(
  contexts: Record<string, string>,
  current: string | undefined,
  more: Record<string, string> = {},
): Pick<Surroundings, 'readFile' | 'listFolder'> {
  const folder = '/home/ada/.docker/contexts';
  const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');
  const files: Record<string, string> = { ...more };
  if (current !== undefined) files['/home/ada/.docker/config.json'] = JSON.stringify({ currentContext: current });
  for (const [name, host] of Object.entries(contexts)) {
    const meta = { Name: name, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
    files[`${folder}/meta/${idOf(name)}/meta.json`] = JSON.stringify(meta);
  }
  return {
    readFile: (path) => files[path],
    listFolder: (path) => (path === `${folder}/meta` ? Object.keys(contexts).map(idOf) : []),
  };
}

const found = (surroundings: Partial<Surroundings>): [string, string][] =>
  discoverEndpoints({ ...nothing, ...surroundings }).map(({ name, host }) => [name, host]);

const tried = (surroundings: Partial<Surroundings>, selected?: string): string[] =>
  endpointsToTry(discoverEndpoints({ ...nothing, ...surroundings }), selected).map(({ host }) => host);

const linuxHome: [string, string][] = [
  ['Docker Engine', 'unix:///var/run/docker.sock'],
  ['Docker Desktop', 'unix:///home/ada/.docker/run/docker.sock'],
  ['Docker Desktop (Linux)', 'unix:///home/ada/.docker/desktop/docker.sock'],
  ['OrbStack', 'unix:///home/ada/.orbstack/run/docker.sock'],
  ['Rancher Desktop', 'unix:///home/ada/.rd/docker.sock'],
];

describe('places where an engine may be', () => {
  const cases: [string, Partial<Surroundings>, [string, string][]][] = [
    [
      'on Linux',
      { environment: { XDG_RUNTIME_DIR: '/run/user/1000' } },
      [
        ...linuxHome,
        ['Colima', 'unix:///home/ada/.colima/default/docker.sock'],
        ['Rootless Docker', 'unix:///run/user/1000/docker.sock'],
        ['Podman', 'unix:///run/user/1000/podman/podman.sock'],
        ['Podman (root)', 'unix:///run/podman/podman.sock'],
      ],
    ],
    [
      'on Linux over ssh, where XDG_RUNTIME_DIR may be missing',
      { userId: 1001 },
      [
        ...linuxHome,
        ['Colima', 'unix:///home/ada/.colima/default/docker.sock'],
        ['Rootless Docker', 'unix:///run/user/1001/docker.sock'],
        ['Podman', 'unix:///run/user/1001/podman/podman.sock'],
        ['Podman (root)', 'unix:///run/podman/podman.sock'],
      ],
    ],
    [
      'in WSL',
      { userId: 1000, environment: { WSL_DISTRO_NAME: 'Ubuntu' } },
      [
        ['Docker Engine', 'unix:///var/run/docker.sock'],
        ['Docker Desktop (WSL)', 'unix:///mnt/wsl/docker-desktop/shared-sockets/guest-services/docker.proxy.sock'],
        ...linuxHome.slice(1),
        ['Colima', 'unix:///home/ada/.colima/default/docker.sock'],
        ['Rootless Docker', 'unix:///run/user/1000/docker.sock'],
        ['Podman', 'unix:///run/user/1000/podman/podman.sock'],
        ['Podman (root)', 'unix:///run/podman/podman.sock'],
      ],
    ],
    [
      'on macOS, with two profiles of Colima',
      {
        platform: 'darwin',
        homeFolder: '/Users/ada',
        userId: 501,
        environment: { TMPDIR: '/var/folders/t/' },
        listFolder: (path) => (path === '/Users/ada/.colima' ? ['_lima', 'gpu', 'default', 'ssh_config'] : []),
      },
      [
        ['Docker', 'unix:///var/run/docker.sock'],
        ['Docker Desktop', 'unix:///Users/ada/.docker/run/docker.sock'],
        ['Docker Desktop (Linux)', 'unix:///Users/ada/.docker/desktop/docker.sock'],
        ['OrbStack', 'unix:///Users/ada/.orbstack/run/docker.sock'],
        ['Rancher Desktop', 'unix:///Users/ada/.rd/docker.sock'],
        ['Colima', 'unix:///Users/ada/.colima/default/docker.sock'],
        ['Colima (gpu)', 'unix:///Users/ada/.colima/gpu/docker.sock'],
        ['Podman Machine', 'unix:///var/folders/t/podman/podman-machine-default-api.sock'],
        ['Podman Machine (older)', 'unix:///Users/ada/.local/share/containers/podman/machine/podman.sock'],
      ],
    ],
    [
      'on Windows',
      { platform: 'win32', homeFolder: 'C:\\Users\\ada' },
      [
        ['Docker Desktop', 'npipe:////./pipe/dockerDesktopLinuxEngine'],
        ['Docker Engine', 'npipe:////./pipe/docker_engine'],
        ['Podman', 'npipe:////./pipe/podman-machine-default'],
      ],
    ],
  ];
  for (const [where, surroundings, expected] of cases) {
    it(`are known ${where}`, () => {
      assert.deepEqual(found(surroundings), expected);
    });
  }

  it('are all there with setting, DOCKER_HOST and contexts, best first, no host twice', () => {
    const names = found({
      setting: ' unix:///s.sock ',
      environment: { DOCKER_HOST: 'tcp://x:1' },
      ...withContexts({ lab: 'ssh://lab', local: 'unix:///var/run/docker.sock', 'a-b': 'tcp://x:1' }, 'lab'),
    });
    assert.deepEqual(names.slice(0, 4), [
      ['Setting', 'unix:///s.sock'],
      ['DOCKER_HOST', 'tcp://x:1'],
      ['Context “lab”', 'ssh://lab'],
      ['Docker Engine', 'unix:///var/run/docker.sock'],
    ]);
    assert.ok(!names.some(([name]) => name === 'Context “local”' || name === 'Context “a-b”'));
    assert.equal(new Set(names.map(([name]) => name)).size, names.length);
  });

  it('include a context with its certificates', () => {
    const id = createHash('sha256').update('lab').digest('hex');
    const tls = `/home/ada/.docker/contexts/tls/${id}/docker`;
    const [first] = discoverEndpoints({
      ...nothing,
      ...withContexts({ lab: 'tcp://lab:2376' }, 'lab', { [`${tls}/ca.pem`]: 'x', [`${tls}/cert.pem`]: 'x' }),
    });
    assert.deepEqual(first, {
      name: 'Context “lab”',
      host: 'tcp://lab:2376',
      source: 'current-context',
      address: {
        kind: 'tcp',
        hostname: 'lab',
        port: 2376,
        tls: { ca: `${tls}/ca.pem`, cert: `${tls}/cert.pem`, key: undefined, verify: true },
      },
    });
  });

  it('include a context that does not exist, to say so', () => {
    const [first] = discoverEndpoints({ ...nothing, environment: { DOCKER_CONTEXT: 'gone' } });
    assert.deepEqual(first?.address, { kind: 'unsupported', why: 'the docker context does not exist' });
  });

  it('survive files that are not JSON', () => {
    const broken = { readFile: () => '{', listFolder: () => ['a'.repeat(64)] };
    assert.equal(found(broken)[0]?.[1], 'unix:///var/run/docker.sock');
  });
});

describe('an engine that is looked for', () => {
  const contexts = withContexts({ lab: 'ssh://lab', local: 'unix:///local.sock', 'a-b': 'tcp://x:1' }, undefined);
  const inUse = (name: string): Partial<Surroundings> => ({ ...contexts, environment: { DOCKER_CONTEXT: name } });

  it('is the one that was selected, while it is there', () => {
    assert.deepEqual(tried({ setting: 'unix:///s.sock' }, 'OrbStack'), ['unix:///home/ada/.orbstack/run/docker.sock']);
    assert.deepEqual(tried({ setting: 'unix:///s.sock' }, 'Context “gone”'), ['unix:///s.sock']);
  });

  it('is the setting before DOCKER_HOST, and that before a context', () => {
    const environment = { DOCKER_HOST: 'tcp://x:1', DOCKER_CONTEXT: 'lab' };
    assert.deepEqual(tried({ setting: 'unix:///s.sock', environment, ...contexts }), ['unix:///s.sock']);
    assert.deepEqual(tried({ environment, ...contexts }), ['tcp://x:1']);
  });

  it('is never silently another one than a context on another host, or one that is wrong', () => {
    assert.deepEqual(tried(inUse('lab')), ['ssh://lab']);
    assert.deepEqual(tried(inUse('gone')), ['']);
  });

  it("is the first of this machine's own that answers, and never a context that is not in use", () => {
    const hosts = tried(inUse('local'));
    assert.deepEqual(hosts.slice(0, 2), ['unix:///local.sock', 'unix:///var/run/docker.sock']);
    assert.ok(!hosts.includes('ssh://lab') && !hosts.includes('tcp://x:1'));
  });
});

describe('an engine host', () => {
  const ssh = { user: undefined, hostname: 'lab', port: undefined, socket: undefined };
  const plain = { ca: undefined, cert: undefined, key: undefined, verify: true };
  const cases: [string, object][] = [
    ['unix:///a.sock', { kind: 'socket', path: '/a.sock' }],
    ['/a.sock', { kind: 'socket', path: '/a.sock' }],
    ['npipe:////./pipe/x', { kind: 'socket', path: '//./pipe/x' }],
    ['lab:1234', { kind: 'tcp', hostname: 'lab', port: 1234, tls: undefined }],
    ['tcp://lab', { kind: 'tcp', hostname: 'lab', port: 2375, tls: undefined }],
    ['tcp://[::1]:2375', { kind: 'tcp', hostname: '::1', port: 2375, tls: undefined }],
    ['https://lab', { kind: 'tcp', hostname: 'lab', port: 2376, tls: plain }],
    ['ssh://lab', { kind: 'ssh', target: ssh }],
    [
      'ssh://ada@lab:2222/run/user/1000/docker.sock',
      { kind: 'ssh', target: { user: 'ada', hostname: 'lab', port: 2222, socket: '/run/user/1000/docker.sock' } },
    ],
    ['ssh://%zz@lab', { kind: 'ssh', target: { ...ssh, user: '%zz' } }],
    ['tcp://1.2.3.999:2375', { kind: 'unsupported', why: 'it is neither a socket nor a URL' }],
    ['unix://', { kind: 'unsupported', why: 'the path of the socket is missing' }],
    ['ftp://lab', { kind: 'unsupported', why: '“ftp://” is no way to an engine' }],
    ['ssh://-oProxyCommand=evil', { kind: 'unsupported', why: 'no name begins with “-”' }],
    ['ssh://-l@lab', { kind: 'unsupported', why: 'no name begins with “-”' }],
    [
      'ssh://ada:secret@lab',
      { kind: 'unsupported', why: 'a password has no place in an address: ssh asks its agent for a key' },
    ],
  ];
  for (const [text, address] of cases) {
    it(text, () => {
      assert.deepEqual(parseHost(text, undefined).address, address);
    });
  }
});
