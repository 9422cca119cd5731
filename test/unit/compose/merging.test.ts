import assert from 'node:assert/strict';
import { type ComposeProject, type Service } from '../../../src/compose/model.js';
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

describe('a compose file that includes others', () => {
  const servicesOf = (project: ComposeProject | undefined): Record<string, string | undefined> =>
    Object.fromEntries((project?.services ?? []).map(({ name, image }) => [name, image]));

  it('has their services, with the paths and variables of their own folders', async () => {
    const { project, problems, at } = await read(
      {
        'compose.yaml': 'include: [sub/inc.yaml]\nservices: {a: {image: "a${Y-none}", depends_on: [i]}}',
        'sub/inc.yaml':
          'services: {i: {image: "i$X$Y", build: {dockerfile: D}, volumes: ["./v:/v", "data:/d"]}}\nvolumes: {data: }',
        'sub/.env': 'X=inner\nY=y',
      },
      { environment: { X: 'outer' } },
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(servicesOf(project), { a: 'anone', i: 'iouter' + 'y' });
    const included = project?.services.find(({ name }) => name === 'i');
    assert.equal(included?.build?.context, at('sub'));
    const [mount] = included.mounts;
    assert.equal(mount?.kind === 'bind' ? mount.source : undefined, at('sub/v'));
    assert.equal(project?.volumes[0]?.name, 'app_data');
  });

  it('may give several files that override each other, their folder and their variables', async () => {
    const { project, problems, at } = await read({
      'compose.yaml': `include:
  - path: [p/a.yaml, p/b.yaml]
    project_directory: q
    env_file: [one.env, two.env]
services: {z: {image: z}}`,
      'p/a.yaml': 'services: {a: {image: "a$ONE$TWO", build: .}}',
      'p/b.yaml': 'services: {a: {labels: [b]}}',
      'one.env': 'ONE=1',
      'two.env': 'TWO=$ONE-2',
      'q/.env': 'ONE=not this one',
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(servicesOf(project), { a: 'a11-2', z: 'z' });
    const included = project?.services.find(({ name }) => name === 'a');
    assert.equal(included?.build?.context, at('q'));
    assert.ok(included.labels.has('b'));
  });

  it('may be overridden by a file beside it', async () => {
    const { project } = await read(
      {
        'compose.yaml': 'include: [inc.yaml]\nservices: {a: {image: a}}',
        'inc.yaml': 'services: {i: {image: i}}',
        'override.yaml': 'services: {i: {image: other}}',
      },
      {},
      twoFiles,
    );
    assert.deepEqual(servicesOf(project), { a: 'a', i: 'other' });
  });

  it('may include the same file twice', async () => {
    const { project, problems } = await read({
      'compose.yaml': 'include: [b.yaml, c.yaml]\nservices: {a: {image: a}}',
      'b.yaml': 'include: [d.yaml]',
      'c.yaml': 'include: [d.yaml]\nservices: {d: {image: d}}',
      'd.yaml': 'services: {d: {image: d}}',
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(servicesOf(project), { a: 'a', d: 'd' });
  });

  const wrong: [files: Record<string, string>, expected: string[]][] = [
    [
      { 'compose.yaml': 'include: [b.yaml]\nservices: {a: {image: a}}', 'b.yaml': 'include: [compose.yaml]' },
      ['error cycle b.yaml:1:11'],
    ],
    [
      {
        'compose.yaml': 'include: [b.yaml]\nservices: {a: {image: a}}',
        'b.yaml': 'services: {a: {image: b}}',
      },
      ['error conflict compose.yaml:2:12'],
    ],
    [{ 'compose.yaml': 'include: [no.yaml]\nservices: {a: {image: a}}' }, ['error missing-file compose.yaml:1:11']],
    [
      {
        'compose.yaml': 'include: [{path: b.yaml, env_file: no.env}]\nservices: {a: {image: a}}',
        'b.yaml': 'services: {b: {image: b}}',
      },
      ['error missing-file compose.yaml:1:36'],
    ],
    [{ 'compose.yaml': 'include: b.yaml\nservices: {a: {image: a}}' }, ['error type compose.yaml:1:10']],
    [
      { 'compose.yaml': 'include: [{pth: b.yaml}]\nservices: {a: {image: a}}' },
      ['error unknown-key compose.yaml:1:12', 'error type compose.yaml:1:11'],
    ],
    [
      { 'compose.yaml': 'include: ["https://example.org/x.git"]\nservices: {a: {image: a}}' },
      ['error unsupported compose.yaml:1:11'],
    ],
  ];
  for (const [files, expected] of wrong) {
    it(`is refused in ${JSON.stringify(files)}`, async () => {
      assert.deepEqual(placesOf((await read(files)).problems).sort(), [...expected].sort());
    });
  }
});
