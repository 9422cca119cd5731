import assert from 'node:assert/strict';
import { type Service } from '../../../src/compose/model.js';
import { placesOf, read, readService } from './application.js';

const twoFiles = ['compose.yaml', 'override.yaml'];

/** The service `a` of a file that another one overrides, each with these keys for it. */
async function merged(base: string, override: string, rest = ''): Promise<Service> {
  const files = {
    'compose.yaml': `services: {a: {image: x, ${base}}}\n${rest}`,
    'override.yaml': `services: {a: {${override}}}`,
  };
  return (await readService(files, 'a', {}, twoFiles)).service;
}

describe('a compose file that overrides another', () => {
  const cases: [base: string, override: string, read: (service: Service) => unknown, expected: unknown][] = [
    ['user: one', 'user: two', ({ user }) => user, 'two'],
    ['command: [a, b]', 'command: c', ({ command }) => command, ['c']],
    ['command: [a, b]', 'command: null', ({ command }) => command, undefined],
    ['entrypoint: [a]', 'entrypoint: []', ({ entrypoint }) => entrypoint, []],
    [
      'environment: [A=1, B=2]',
      'environment: {B: 3, C: 4}',
      ({ environment }) => Object.fromEntries(environment),
      { A: '1', B: '3', C: '4' },
    ],
    ['labels: {a: b}', 'labels: [a=c, d]', ({ labels }) => Object.fromEntries(labels), { a: 'c', d: '' }],
    [
      'ports: ["80:80", "81:81"]',
      'ports: ["82:82", {target: 81, published: "81"}]',
      ({ ports }) => ports.map(({ published }) => published),
      ['80', '81', '82'],
    ],
    ['dns: 1.1.1.1', 'dns: [1.1.1.1, 2.2.2.2]', ({ dns }) => dns, ['1.1.1.1', '2.2.2.2']],
    ['expose: [1]', 'expose: ["1", "2"]', ({ expose }) => expose, ['1', '2']],
    ['cap_add: [A]', 'cap_add: [B]', ({ capAdd }) => capAdd, ['A', 'B']],
    [
      'tmpfs: "/a:size=1"',
      'tmpfs: ["/a:size=2", /b]',
      ({ tmpfs }) => [...tmpfs],
      [
        ['/a', 'size=2'],
        ['/b', ''],
      ],
    ],
    [
      'devices: ["/dev/a:/dev/x"]',
      'devices: ["/dev/b:/dev/x"]',
      ({ devices }) => devices.map((device) => (device.kind === 'path' ? device.source : '')),
      ['/dev/b'],
    ],
    [
      'extra_hosts: ["a:1.1.1.1"]',
      'extra_hosts: {a: 1.1.1.1, b: 2.2.2.2}',
      ({ extraHosts }) => extraHosts.map(({ host }) => host),
      ['a', 'b'],
    ],
    [
      'healthcheck: {test: [CMD, a], retries: 3}',
      'healthcheck: {test: b}',
      ({ healthcheck }) => (healthcheck?.kind === 'check' ? [healthcheck.test, healthcheck.retries] : undefined),
      [['CMD-SHELL', 'b'], 3],
    ],
    [
      'ulimits: {nofile: {soft: 1, hard: 2}, core: 3}',
      'ulimits: {nofile: 5}',
      ({ ulimits }) => ulimits,
      [
        { name: 'nofile', soft: 5, hard: 5 },
        { name: 'core', soft: 3, hard: 3 },
      ],
    ],
    [
      'logging: {driver: local, options: {a: b}}',
      'logging: {options: {c: d}}',
      ({ logging }) => [logging?.driver, ...(logging?.options.keys() ?? [])],
      ['local', 'a', 'c'],
    ],
    [
      'logging: {driver: local, options: {a: b}}',
      'logging: {driver: syslog, options: {c: d}}',
      ({ logging }) => [logging?.driver, ...(logging?.options.keys() ?? [])],
      ['syslog', 'c'],
    ],
    ['build: .', 'build: {target: t}', ({ build }) => [build?.target, build?.dockerfile.kind], ['t', 'file']],
    [
      'deploy: {resources: {limits: {cpus: "1", memory: 1g}}}',
      'deploy: {resources: {limits: {memory: 2g}}}',
      ({ resources }) => [resources.cpus, resources.memory],
      [1, 2 * 1024 ** 3],
    ],
    ['group_add: [a]', 'group_add: [b]', ({ groupAdd }) => groupAdd, ['a', 'b']],
    ['init: true', 'init: null', ({ init }) => init, true],
    // A name alone is a value: the one that the environment has, or none.
    [
      'environment: {A: 1, B: 1, C: 1}',
      'environment: {A: , HOME: }',
      ({ environment }) => Object.fromEntries(environment),
      { A: undefined, B: '1', C: '1', HOME: '/home/me' },
    ],
    ['environment: {A: 1}', 'environment: [A]', ({ environment }) => environment.get('A'), undefined],
    ['labels: {a.b: c}', 'labels: [a.b]', ({ labels }) => labels.get('a.b'), ''],
    [
      'build: {args: {A: 1, HOME: 1}}',
      'build: {args: [A, HOME]}',
      ({ build }) => [...(build?.args ?? [])],
      [['HOME', '/home/me']],
    ],
    [
      'logging: {driver: local, options: {a: b}}',
      'logging: {options: {a: }}',
      ({ logging }) => logging?.options.get('a'),
      'b',
    ],
    // What an override says with these tags takes the place of the rest, or takes it away.
    ['ports: ["80:80"]', 'ports: !override ["81:81"]', ({ ports }) => ports.map(({ published }) => published), ['81']],
    ['ports: ["80:80"]', 'ports: !reset []', ({ ports }) => ports, []],
    [
      'environment: {A: 1, B: 2}',
      'environment: {A: !reset null}',
      ({ environment }) => Object.fromEntries(environment),
      { B: '2' },
    ],
  ];
  for (const [base, override, readFrom, expected] of cases) {
    it(`merges “${override}” into “${base}”`, async () => {
      assert.deepEqual(readFrom(await merged(base, override)), expected);
    });
  }

  it('puts volumes, secrets and configs in the place of those with the same target', async () => {
    const files = {
      'compose.yaml': `services:
  a: {image: x, volumes: ["./one:/data", "vol:/other"], secrets: [s], configs: [c]}
volumes: {vol: }
secrets: {s: {file: ./s}, t: {file: ./s}}
configs: {c: {content: one}, d: {content: two}}`,
      'override.yaml': `services:
  a:
    volumes: [{type: bind, source: ./two, target: /data/}]
    secrets: [{source: t, target: /run/secrets/s}]
    configs: [{source: d, target: /c}]`,
      s: '',
    };
    const { service, at } = await readService(files, 'a', {}, twoFiles);
    assert.deepEqual(
      service.mounts.map((mount) => ('source' in mount ? mount.source : undefined)),
      [at('two'), 'vol'],
    );
    assert.deepEqual(
      [...service.secrets, ...service.configs].map(({ source }) => source),
      ['t', 'd'],
    );
  });

  it('merges what services depend on and are in', async () => {
    const rest = 'networks: {n: , m: }';
    const files = {
      'compose.yaml': `services: {a: {image: x, depends_on: [b], networks: [n]}, b: &b {image: x}, c: *b}\n${rest}`,
      'override.yaml': `services: {a: {depends_on: {b: {condition: service_healthy}, c: {condition: service_started}}, networks: {n: {aliases: [q]}, m: }}}`,
    };
    const { service } = await readService(files, 'a', {}, twoFiles);
    assert.deepEqual(
      service.dependsOn.map(({ service: name, condition }) => [name, condition]),
      [
        ['b', 'service_healthy'],
        ['c', 'service_started'],
      ],
    );
    assert.deepEqual(
      service.networks.map(({ network, aliases }) => [network, aliases]),
      [
        ['m', []],
        ['n', ['q']],
      ],
    );
  });

  it('keeps what networks and volumes are labelled with under a name alone', async () => {
    const files = {
      'compose.yaml':
        'services: {a: {image: x, volumes: ["vol:/v"]}}\nnetworks: {default: {labels: {a: b}, driver_opts: {o: p}}}\nvolumes: {vol: {labels: {a: b}}}',
      'override.yaml': 'networks: {default: {labels: {a: }, driver_opts: {o: }}}\nvolumes: {vol: {labels: [a]}}',
    };
    const { project } = await read(files, {}, twoFiles);
    const [network, volume] = [project?.networks[0], project?.volumes[0]];
    assert.ok(network?.kind === 'own' && volume?.kind === 'own');
    assert.deepEqual([network.labels.get('a'), volume.labels.get('a'), network.driverOptions.get('o')], ['', '', 'p']);
  });

  for (const text of ['', '# Nothing yet.\n']) {
    it(`may be ${JSON.stringify(text)}, and overrides nothing then`, async () => {
      const files = { 'compose.yaml': 'services: {a: {image: x}}', 'override.yaml': text };
      const { project, problems } = await read(files, {}, twoFiles);
      assert.deepEqual([project?.services.length, problems], [1, []]);
    });
  }

  it('starts relative paths from the folder of the first file', async () => {
    const files = {
      'compose.yaml': 'services: {a: {image: x}}',
      'sub/override.yaml': 'services: {a: {volumes: ["./data:/data"], env_file: [e.env]}}',
      'e.env': 'A=1',
    };
    const { service, at } = await readService(files, 'a', {}, ['compose.yaml', 'sub/override.yaml']);
    const [mount] = service.mounts;
    assert.equal(mount?.kind === 'bind' ? mount.source : undefined, at('data'));
    assert.equal(service.environment.get('A'), '1');
  });

  it('is told of, where it takes the image away and gives no build', async () => {
    const files = {
      'compose.yaml': 'services: {a: {image: x}}',
      'override.yaml': 'services: {a: {image: !reset null}}',
    };
    assert.deepEqual(placesOf((await read(files, {}, twoFiles)).problems), ['error missing-key override.yaml:1:12']);
  });

  it('tells of the file in which something wrong stands', async () => {
    const files = {
      'compose.yaml': 'services: {a: {image: x}}',
      'override.yaml': 'services:\n  a:\n    imge: y\n    ports: [{target: x}]',
    };
    const { problems } = await read(files, {}, twoFiles);
    assert.deepEqual(placesOf(problems), ['error unknown-key override.yaml:3:5', 'error type override.yaml:4:22']);
  });

  it('merges address pools by their subnet', async () => {
    const files = {
      'compose.yaml': `services: {a: {image: x}}\nnetworks: {default: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}`,
      'override.yaml': `networks: {default: {ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.1}, {subnet: 10.1.0.0/24}]}}}`,
    };
    const { project } = await read(files, {}, twoFiles);
    const [network] = project?.networks ?? [];
    assert.deepEqual(
      network?.kind === 'own' ? network.ipam?.pools.map(({ subnet, gateway }) => [subnet, gateway]) : undefined,
      [
        ['10.0.0.0/24', '10.0.0.1'],
        ['10.1.0.0/24', undefined],
      ],
    );
  });
});

describe('a service that extends another', () => {
  it('has what the other has, and its own over it', async () => {
    const { service, warnings } = await readService(
      `services:
  a: {extends: b, environment: {A: a}, ports: ["1:1"], command: [a]}
  b: {extends: {service: c}, environment: {A: b, B: b}, ports: ["2:2"]}
  c: {image: c, environment: {A: c, B: c, C: c}, command: [c], depends_on: [d]}
  d: {image: d}`,
      'a',
    );
    // So it has the other’s port, too.
    assert.match(warnings.join(), /^warning conflict compose\.yaml:3:\d+ “a” and “b” both publish port 2:[^:]*$/);
    assert.equal(service.image, 'c');
    assert.deepEqual(Object.fromEntries(service.environment), { A: 'a', B: 'b', C: 'c' });
    assert.deepEqual(service.command, ['a']);
    assert.deepEqual(
      service.ports.map(({ target }) => target),
      [2, 1],
    );
    assert.deepEqual(
      service.dependsOn.map(({ service: name }) => name),
      ['d'],
    );
  });

  it('has the paths of the other where its file is', async () => {
    const { service, at } = await readService({
      'compose.yaml': 'services: {a: {extends: {file: x/one.yaml, service: one}, volumes: ["./v:/v"]}}',
      'x/one.yaml': 'services: {one: {extends: {file: y/two.yaml, service: two}, volumes: ["./v1:/v1"]}}',
      'x/y/two.yaml':
        'services: {two: {image: "${U:-two}", volumes: ["../v2:/v2"], env_file: [two.env], build: {context: .}}}',
      'x/y/two.env': 'TWO=2',
    });
    assert.deepEqual(
      service.mounts.map((mount) => (mount.kind === 'bind' ? mount.source : '')),
      [at('x/v2'), at('x/v1'), at('v')],
    );
    assert.equal(service.environment.get('TWO'), '2');
    assert.equal(service.build?.context, at('x/y'));
    assert.equal(service.image, 'two');
  });

  it('may take away what the other has, without taking it from a third', async () => {
    const files = {
      'compose.yaml': 'services: {a: {image: x, ports: ["1:1"], labels: [kept=1]}}',
      'override.yaml': `services:
  base: {image: y, ports: !override ["2:2"], environment: {A: 1, B: 1}}
  a: {extends: base, ports: ["3:3"], environment: {B: !reset null}}`,
    };
    const { service } = await readService(files, 'a', {}, twoFiles);
    assert.deepEqual(
      service.ports.map(({ target }) => target),
      [1, 2, 3],
    );
    assert.deepEqual([...service.environment.keys()], ['A']);
    assert.equal(service.labels.get('kept'), '1');
  });

  const wrong: [files: Record<string, string>, expected: string[]][] = [
    [
      { 'compose.yaml': 'services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}' },
      ['error cycle compose.yaml:2:16'],
    ],
    [{ 'compose.yaml': 'services:\n  a: {extends: a}' }, ['error cycle compose.yaml:2:16']],
    [
      {
        'compose.yaml': 'services:\n  a: {extends: {file: b.yaml, service: b}}',
        'b.yaml': 'services:\n  b: {extends: {file: compose.yaml, service: a}}',
      },
      ['error cycle compose.yaml:2:16'],
    ],
    [{ 'compose.yaml': 'services:\n  a: {extends: b}' }, ['error undefined compose.yaml:2:16']],
    [
      { 'compose.yaml': 'services:\n  a: {extends: {file: no.yaml, service: b}}' },
      ['error missing-file compose.yaml:2:17'],
    ],
    [
      { 'compose.yaml': 'services:\n  a: {extends: {fle: no.yaml, service: b}, image: x}\n  b: {image: y}' },
      ['error unknown-key compose.yaml:2:17'],
    ],
    [{ 'compose.yaml': 'services:\n  a: {extends: {file: x.yaml}}' }, ['error missing-key compose.yaml:2:16']],
    [
      { 'compose.yaml': 'services:\n  a: {extends: {file: "oci://example.org/x", service: a}}' },
      ['error unsupported compose.yaml:2:17'],
    ],
  ];
  for (const [files, expected] of wrong) {
    it(`is refused in ${JSON.stringify(files['compose.yaml'])}`, async () => {
      assert.deepEqual(placesOf((await read(files)).problems), expected);
    });
  }

  it('names the services that extend each other', async () => {
    const { problems } = await read('services: {a: {extends: b}, b: {extends: c}, c: {extends: b}}');
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['Services extend each other in a circle: b → c → b.'],
    );
  });
});
