import assert from 'node:assert/strict';
import { type Service } from '../../../src/compose/model.js';
import { read, readService } from './application.js';

/** A service that has one more key than it needs. */
async function serviceWith(keys: string, rest = ''): Promise<Service> {
  return (await readService(`services:\n  a:\n    image: x\n    ${keys}\n${rest}`)).service;
}

const second = 1e9;

describe('a service of a compose file', () => {
  it('is left to its image and engine where the file says nothing', async () => {
    const { service } = await readService('services: {a: {image: x}}');
    const { place, places, networks, ...rest } = service;
    assert.deepEqual([place.line, place.column, [...places.keys()]], [1, 12, ['image']]);
    assert.deepEqual(
      networks.map(({ network }) => network),
      ['default'],
    );
    assert.deepEqual(
      Object.entries(rest).filter(
        ([, value]) => value !== undefined && !(Array.isArray(value) || value instanceof Map) && value !== false,
      ),
      [
        ['name', 'a'],
        ['replicas', 1],
        ['image', 'x'],
        ['attach', true],
        ['resources', { ...rest.resources }],
      ],
    );
    assert.deepEqual(
      Object.values(rest.resources).filter((value) => value !== undefined),
      [false],
    );
  });

  it('says nothing where a text is empty', async () => {
    const empty = await readService(`services:
  a:
    image: x
    build: {context: ., dockerfile: "$D", target: "$D", dockerfile_inline: "$D"}
    platform: "$D"
    restart: "$D"
    network_mode: "$D"
    dns: ["$D"]
    ports: [{target: 80, host_ip: "$D", protocol: "$D", published: "$D"}]
    secrets: [{source: s, target: "$D", uid: "$D"}]
    logging: {driver: "$D"}
    networks: {default: {ipv4_address: "$D"}}
secrets: {s: {environment: HOME}}`);
    const { service, at } = empty;
    assert.deepEqual(service.build?.dockerfile, { kind: 'file', file: at('Dockerfile') });
    assert.deepEqual(
      [service.build.target, service.platform, service.restart, service.networkMode, service.dns],
      [undefined, undefined, undefined, undefined, []],
    );
    assert.deepEqual(
      service.ports.map(({ hostIp, protocol, published }) => [hostIp, protocol, published]),
      [[undefined, 'tcp', undefined]],
    );
    assert.deepEqual(
      service.secrets.map(({ target, uid }) => [target, uid]),
      [['/run/secrets/s', undefined]],
    );
    assert.deepEqual(
      service.networks.map(({ network, ipv4Address }) => [network, ipv4Address]),
      [['default', undefined]],
    );
  });

  it('is in the network “default” where “network_mode” is empty', async () => {
    const { project } = await read('services: {a: {image: x, network_mode: "${MODE:-}"}}');
    assert.deepEqual(
      project?.networks.map(({ key }) => key),
      ['default'],
    );
  });

  it('is read as al-folio describes it', async () => {
    const text = `services:
  jekyll:
    image: amirpourmand/al-folio:v0.14.3
    build: .
    ports:
      - 8080:8080
      - 35729:35729
    volumes:
      - .:/srv/jekyll
    environment:
      - JEKYLL_ENV=development
`;
    const files = { 'docker-compose.yml': text };
    const { project, problems, at } = await read(files, {}, ['docker-compose.yml']);
    assert.deepEqual(problems, []);
    assert.equal(project?.name, 'app');
    const [service, ...others] = project.services;
    assert.ok(service !== undefined && others.length === 0);
    assert.equal(service.image, 'amirpourmand/al-folio:v0.14.3');
    assert.equal(service.build?.context, at('.'));
    assert.deepEqual(service.build.dockerfile, { kind: 'file', file: at('Dockerfile') });
    assert.deepEqual(
      service.ports.map(({ target, published, protocol }) => [target, published, protocol]),
      [
        [8080, '8080', 'tcp'],
        [35729, '35729', 'tcp'],
      ],
    );
    assert.deepEqual(service.mounts, [
      {
        kind: 'bind',
        source: at('.'),
        target: '/srv/jekyll',
        readOnly: false,
        createHostPath: true,
        propagation: undefined,
        selinux: undefined,
        place: { file: at('docker-compose.yml'), line: 9, column: 9 },
      },
    ]);
    assert.deepEqual([...service.environment], [['JEKYLL_ENV', 'development']]);
    assert.deepEqual(service.places.get('volumes'), { file: at('docker-compose.yml'), line: 8, column: 5 });
  });

  const environments: [text: string, expected: Record<string, string | undefined>][] = [
    ['{A: 1, B: true, C: "x=y", D: }', { A: '1', B: 'true', C: 'x=y', D: undefined }],
    ['[A=1, B=, C, D=x=y, SET, "E=${SET}"]', { A: '1', B: '', C: undefined, D: 'x=y', SET: 'value', E: 'value' }],
    ['{SET: , E: "$$SET"}', { SET: 'value', E: '$SET' }],
  ];
  for (const [text, expected] of environments) {
    it(`has the variables ${text}`, async () => {
      const options = { environment: { SET: 'value' } };
      const { service } = await readService(`services: {a: {image: x, environment: ${text}}}`, 'a', options);
      assert.deepEqual(Object.fromEntries(service.environment), expected);
    });
  }

  it('has the variables of its files under its own', async () => {
    const { service, warnings } = await readService(
      {
        'compose.yaml': `services:
  a:
    image: x
    env_file: [one.env, {path: sub/two.env}, {path: raw.env, format: raw}, {path: missing.env, required: false}]
    environment: {OWN: own, UNSET: }`,
        'one.env': 'ONE=1\nSHARED=1\nOWN=file\nUNSET=file\nSHELL=$SHELL',
        'sub/two.env': 'SHARED=$SHARED-2\nSEES=$OWN',
        'raw.env': 'RAW="$ONE"',
      },
      'a',
      { environment: { SHELL: 'sh' } },
    );
    assert.deepEqual(Object.fromEntries(service.environment), {
      ONE: '1',
      SHARED: '1-2',
      OWN: 'own',
      // A name alone means the variable of the environment, and there is none.
      UNSET: undefined,
      SHELL: 'sh',
      SEES: 'own',
      RAW: '"$ONE"',
    });
    assert.deepEqual(warnings, []);
  });

  it('has the labels of its files under its own', async () => {
    const { service } = await readService({
      'compose.yaml': 'services: {a: {image: x, label_file: one, labels: [b=own, c]}}',
      one: 'a=1\nb=2',
    });
    assert.deepEqual(Object.fromEntries(service.labels), { a: '1', b: 'own', c: '' });
  });

  const commands: [text: string, expected: readonly string[] | undefined][] = [
    ['echo "a  b" $$HOME', ['echo', 'a  b', '$HOME']],
    ['[echo, "a b"]', ['echo', 'a b']],
    ['[]', []],
    ['""', []],
    ['null', undefined],
  ];
  for (const [text, expected] of commands) {
    it(`runs ${text}`, async () => {
      const service = await serviceWith(`command: ${text}\n    entrypoint: ${text}`);
      assert.deepEqual([service.command, service.entrypoint], [expected, expected]);
    });
  }

  const checks: [text: string, expected: Partial<Service['healthcheck']>][] = [
    ['{test: curl x || exit 1}', { kind: 'check', test: ['CMD-SHELL', 'curl x || exit 1'] }],
    ['{test: [CMD, curl, x]}', { kind: 'check', test: ['CMD', 'curl', 'x'] }],
    ['{disable: true}', { kind: 'none' }],
    ['{test: [NONE]}', { kind: 'none' }],
    [
      '{interval: 1m30s, timeout: 500ms, retries: "3", start_period: 1h, start_interval: 2s}',
      {
        kind: 'check',
        test: undefined,
        interval: 90 * second,
        timeout: second / 2,
        startPeriod: 3600 * second,
        startInterval: 2 * second,
        retries: 3,
      },
    ],
  ];
  for (const [text, expected] of checks) {
    it(`has the healthcheck ${text}`, async () => {
      const { healthcheck } = await serviceWith(`healthcheck: ${text}`);
      assert.deepEqual({ ...healthcheck, ...expected }, healthcheck);
    });
  }

  const restarts: [text: string, expected: Service['restart']][] = [
    ['restart: no', { kind: 'no' }],
    ['restart: always', { kind: 'always' }],
    ['restart: on-failure', { kind: 'on-failure', attempts: undefined }],
    ['restart: on-failure:3', { kind: 'on-failure', attempts: 3 }],
    ['deploy: {restart_policy: {condition: any}}', { kind: 'always' }],
    ['deploy: {restart_policy: {condition: on-failure, max_attempts: 2}}', { kind: 'on-failure', attempts: 2 }],
    ['deploy: {restart_policy: {condition: none}}', { kind: 'no' }],
  ];
  for (const [text, expected] of restarts) {
    it(`restarts by “${text}”`, async () => {
      assert.deepEqual((await serviceWith(text)).restart, expected);
    });
  }

  const policies: [text: string, expected: Service['pullPolicy']][] = [
    ['always', { kind: 'always' }],
    ['if_not_present', { kind: 'missing' }],
    ['build', { kind: 'build' }],
    ['daily', { kind: 'refresh', after: 86_400 * second }],
    ['every_12h', { kind: 'refresh', after: 43_200 * second }],
  ];
  for (const [text, expected] of policies) {
    it(`pulls ${text}`, async () => {
      assert.deepEqual((await serviceWith(`pull_policy: ${text}`)).pullPolicy, expected);
    });
  }

  it('depends on what it names, and on what it shares something with', async () => {
    const { service } = await readService(
      `services:
  a:
    image: x
    depends_on:
      b: {condition: service_healthy, restart: true}
      c: {condition: service_completed_successfully, required: false}
    links: [b, "d:alias"]
    network_mode: service:e
    pid: container:other
    ipc: shareable
  b: &any {image: x}
  c: *any
  d: *any
  e: *any`,
      'a',
    );
    assert.deepEqual(
      service.dependsOn.map(({ service: name, condition, required, restart }) => [name, condition, required, restart]),
      [
        ['b', 'service_healthy', true, true],
        ['c', 'service_completed_successfully', false, false],
        ['d', 'service_started', true, true],
        ['e', 'service_started', true, true],
      ],
    );
    assert.deepEqual(service.links, [
      { service: 'b', alias: 'b' },
      { service: 'd', alias: 'alias' },
    ]);
    assert.deepEqual(service.networkMode, { kind: 'service', service: 'e' });
    assert.deepEqual(service.pid, { kind: 'container', container: 'other' });
    assert.deepEqual(service.ipc, { kind: 'engine', mode: 'shareable' });
    assert.deepEqual(service.networks, []);
  });

  it('is in the networks that it names, the most important one first', async () => {
    const service = await serviceWith(
      'networks: {front: , back: {aliases: [db], ipv4_address: 10.0.0.5, priority: 100, mac_address: "02:42:ac:11:00:01"}}',
      'networks: {front: , back: }',
    );
    assert.deepEqual(
      service.networks.map(({ network, aliases, ipv4Address, priority }) => [network, aliases, ipv4Address, priority]),
      [
        ['back', ['db'], '10.0.0.5', 100],
        ['front', [], undefined, 0],
      ],
    );
  });

  it('gets GPUs by “gpus” and by “deploy”', async () => {
    const all = { driver: undefined, count: 'all', deviceIds: [], capabilities: ['gpu'], options: new Map() };
    const requests: [text: string, expected: unknown][] = [
      ['gpus: all', [all]],
      [
        'gpus: [{driver: nvidia, device_ids: ["0"]}]',
        [{ ...all, driver: 'nvidia', count: undefined, deviceIds: ['0'] }],
      ],
      [
        'deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu, utility]}]}}}',
        [{ ...all, driver: 'nvidia', count: 1, capabilities: ['gpu', 'utility'] }],
      ],
      ['deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}', [all]],
      ['gpus: [{options: [a=b]}]', [{ ...all, options: new Map([['a', 'b']]) }]],
    ];
    for (const [text, expected] of requests) assert.deepEqual((await serviceWith(text)).deviceRequests, expected);
  });

  it('has limits, those of “deploy” among them', async () => {
    const { resources } = await serviceWith(
      `mem_limit: 1g
    memswap_limit: -1
    cpu_shares: "512"
    cpuset: 0,1
    deploy: {resources: {limits: {cpus: "0.5", pids: 100}, reservations: {memory: 512m}}}`,
    );
    assert.deepEqual(
      [resources.memory, resources.memorySwap, resources.cpuShares, resources.cpuSet],
      [1_073_741_824, -1, 512, '0,1'],
    );
    assert.deepEqual([resources.cpus, resources.pids, resources.memoryReservation], [0.5, 100, 536_870_912]);
  });

  const others: [text: string, key: keyof Service, expected: unknown][] = [
    ['annotations: [a=b]', 'annotations', new Map([['a', 'b']])],
    ['attach: false', 'attach', false],
    ['cap_add: [SYS_ADMIN]', 'capAdd', ['SYS_ADMIN']],
    ['cap_drop: [ALL]', 'capDrop', ['ALL']],
    ['cgroup: host', 'cgroup', 'host'],
    ['container_name: c1', 'containerName', 'c1'],
    ['devices: [/dev/a]', 'devices', [{ kind: 'path', source: '/dev/a', target: '/dev/a', permissions: 'rwm' }]],
    [
      'devices: ["/dev/a:/dev/b:r"]',
      'devices',
      [{ kind: 'path', source: '/dev/a', target: '/dev/b', permissions: 'r' }],
    ],
    ['devices: [nvidia.com/gpu=all]', 'devices', [{ kind: 'cdi', name: 'nvidia.com/gpu=all' }]],
    ['dns: 1.1.1.1', 'dns', ['1.1.1.1']],
    ['expose: [80, "90/udp"]', 'expose', ['80', '90/udp']],
    [
      'extra_hosts: ["a:1.1.1.1", "b=[::1]"]',
      'extraHosts',
      [
        { host: 'a', address: '1.1.1.1' },
        { host: 'b', address: '::1' },
      ],
    ],
    [
      'extra_hosts: {a: [1.1.1.1, "::2"]}',
      'extraHosts',
      [
        { host: 'a', address: '1.1.1.1' },
        { host: 'a', address: '::2' },
      ],
    ],
    ['group_add: [5, video]', 'groupAdd', ['5', 'video']],
    ['init: "true"', 'init', true],
    [
      'logging: {driver: local, options: {max-file: 5}}',
      'logging',
      { driver: 'local', options: new Map([['max-file', '5']]) },
    ],
    ['deploy: {replicas: "3"}', 'replicas', 3],
    ['scale: 0', 'replicas', 0],
    ['shm_size: 64m', 'shmSize', 67_108_864],
    ['stop_grace_period: 1m30s', 'stopGracePeriod', 90 * second],
    ['sysctls: [a.b=1]', 'sysctls', new Map([['a.b', '1']])],
    [
      'tmpfs: [/run, "/tmp:size=64m,mode=1777"]',
      'tmpfs',
      new Map([
        ['/run', ''],
        ['/tmp', 'size=64m,mode=1777'],
      ]),
    ],
    ['tty: true', 'tty', true],
    [
      'ulimits: {nofile: {soft: 1, hard: "2"}, core: -1}',
      'ulimits',
      [
        { name: 'nofile', soft: 1, hard: 2 },
        { name: 'core', soft: -1, hard: -1 },
      ],
    ],
    ['user: "1000:1000"', 'user', '1000:1000'],
    ['userns_mode: host', 'userNamespace', 'host'],
  ];
  for (const [text, key, expected] of others) {
    it(`reads ${text}`, async () => {
      assert.deepEqual((await serviceWith(text))[key], expected);
    });
  }
});
