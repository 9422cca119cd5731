import assert from 'node:assert/strict';
import { placesOf, read, sayProblems } from './application.js';

/** What a file with one service, `a`, that has these keys, has as problems. */
async function problemsOf(keys: string, rest = ''): Promise<string[]> {
  return sayProblems((await read(`services:\n  a:\n    image: x\n    ${keys}\n${rest}`)).problems);
}

describe('a problem of a compose file', () => {
  const values: [keys: string, expected: string][] = [
    ['user: 1000', 'type compose.yaml:4:11 “user” takes text, and this is the number 1000. | Put it in quotes: "1000"'],
    ['hostname: [a]', 'type compose.yaml:4:15 “hostname” takes text, and this is a list. | Write text.'],
    ['working_dir:', 'type compose.yaml:4:5 “working_dir” has no value. | Give it one, or take the key out.'],
    [
      'restart: false',
      'type compose.yaml:4:14 “restart” takes text, and this is the boolean false. | Put it in quotes: "false"',
    ],
    ['ports: "80"', 'type compose.yaml:4:12 “ports” takes a list, and this is “80”. | Write a list.'],
    [
      'depends_on: a',
      'type compose.yaml:4:17 “depends_on” takes a list or a mapping, and this is “a”. | Write a list or a mapping.',
    ],
    [
      'networks: a',
      'type compose.yaml:4:15 “networks” takes a list or a mapping, and this is “a”. | Write a list or a mapping.',
    ],
    ['cap_add: A', 'type compose.yaml:4:14 “cap_add” takes a list, and this is “A”. | Write a list.'],
    [
      'command: [a, 1]',
      'type compose.yaml:4:18 “command” takes text, and this is the number 1. | Put it in quotes: "1"',
    ],
    [
      'healthcheck: curl',
      'type compose.yaml:4:18 “healthcheck” takes a mapping, and this is “curl”. | Write a mapping.',
    ],
    [
      'scale: 1.5',
      'type compose.yaml:4:12 “scale” takes a whole number from 0, and this is the number 1.5. | Write a whole number from 0.',
    ],
    ['init: maybe', 'type compose.yaml:4:11 “init” takes true or false, and this is “maybe”. | Write true or false.'],
    [
      'shm_size: 5x',
      'type compose.yaml:4:15 “shm_size” takes a size such as 64m or 2g, and this is “5x”. | Write a size such as 64m or 2g.',
    ],
    [
      'stop_grace_period: "5"',
      'type compose.yaml:4:24 “stop_grace_period” takes a duration such as 10s or 1m30s, and this is “5”. | Write a duration such as 10s or 1m30s.',
    ],
    ['environment: {A: [1]}', 'type compose.yaml:4:22 “A” takes text, and this is a list. | Write text.'],
    [
      'environment: [1]',
      'type compose.yaml:4:19 An item of this list is NAME=value, and this is the number 1. | Write it as NAME=value, as text.',
    ],
    [
      'environment: ["A =1"]',
      'value compose.yaml:4:19 The name “A” is followed by a space. | Write NAME=value without spaces around “=”.',
    ],
    [
      'cgroup: none',
      'type compose.yaml:4:13 “cgroup” takes one of host, private, and this is “none”. | Write one of host, private.',
    ],
    [
      'restart: sometimes',
      'value compose.yaml:4:5 “sometimes” is no way to restart a service. | Write no, always, unless-stopped, on-failure or on-failure:3.',
    ],
    [
      'pull_policy: sometimes',
      'value compose.yaml:4:5 “sometimes” says nothing about when to pull. | Write always, never, missing, build, daily, weekly or every_12h.',
    ],
    [
      'healthcheck: {test: [curl]}',
      'value compose.yaml:4:25 A list under “test” begins with CMD, CMD-SHELL or NONE, and this with “curl”. | Put CMD in front, or write text for a shell.',
    ],
    [
      'command: "a \'b"',
      'value compose.yaml:4:14 “command” has a quote, a parenthesis or a backslash without its counterpart. | Close it, or write a list of words.',
    ],
    [
      'ports: ["8000-8003:80-81"]',
      'value compose.yaml:4:13 The two ranges of “8000-8003:80-81” are not equally long. | Write "8080:80", or "127.0.0.1:8080:80", or "80" for a free port of the host.',
    ],
    [
      'extra_hosts: [host]',
      'value compose.yaml:4:19 “host” is not a host with its address. | Write it as "host=192.0.2.1", or as "host=host-gateway".',
    ],
    [
      'volumes: ["v:/v"]',
      'value compose.yaml:4:15 “v:/v” is no absolute path in a container: one letter before a colon counts as a drive. | Begin it with “/”; write a volume with a short name in the long form.',
    ],
    [
      'volumes: ["/a:/b", "data:/c:rshared"]\n  b: {image: y}\nvolumes: {data: }',
      'value compose.yaml:4:24 A volume has no propagation, and engines refuse one. | Take “rshared” out.',
    ],
    [
      'ulimits: {nofile: {soft: 5}}',
      'missing-key compose.yaml:4:23 “nofile” has a “soft” and a “hard” limit. | Write both, or one number for both.',
    ],
    [
      'volumes: [./data: "/data:ro"]',
      'type compose.yaml:4:15 A space behind a colon makes this a mapping. | Write it without the space: "./data:/data:ro"',
    ],
    ['env_file: [{}]', 'missing-key compose.yaml:4:16 An item of “env_file” has a path. | Write it under “path:”.'],
    [
      'build: {context: ., secrets: [{}]}',
      'missing-key compose.yaml:4:35 An item of “secrets” has a source. | Name one of the “secrets” of the file.',
    ],
    [
      'volumes: [{type: tmpfs, target: /a, tmpfs: {mode: 1.5}}]',
      'type compose.yaml:4:55 “mode” takes permissions such as 0440, and this is the number 1.5. | Write permissions such as 0440.',
    ],
    ['gpus: some', 'value compose.yaml:4:11 “gpus” is “all”, or a list of devices. | Write “gpus: all”.'],
    [
      'gpus: [{count: 1, device_ids: ["0"]}]',
      'conflict compose.yaml:4:13 “count” and “device_ids” exclude each other. | Take one of them out.',
    ],
    [
      'deploy: {replicas: 2}\n    scale: 3',
      'conflict compose.yaml:5:5 “scale” and “deploy.replicas” say different things. | Take one of them out.',
    ],
    [
      'deploy: {resources: {limits: {memory: 1g}}}\n    mem_limit: 2g',
      'conflict compose.yaml:5:5 “mem_limit” and “deploy.resources.limits.memory” say different things. | Take one of them out, or make them the same.',
    ],
    [
      'scale: 2\n    container_name: c1',
      'conflict compose.yaml:5:5 2 containers cannot all have the name “c1”. | Take “container_name” out.',
    ],
    [
      'tmpfs: /a\n    volumes: [/a]',
      'conflict compose.yaml:5:15 “tmpfs” and “volumes” both have something at /a. | Give each its own place in the container.',
    ],
    [
      'network_mode: host\n    networks: [default]',
      'conflict compose.yaml:4:5 “network_mode” and “networks” exclude each other. | Take one of them out.',
    ],
    [
      'enviroment: {}',
      'unknown-key compose.yaml:4:5 A compose file has no key “enviroment” here. | Did you mean “environment”?',
    ],
    [
      'zzz: {}',
      'unknown-key compose.yaml:4:5 A compose file has no key “zzz” here. | Take it out, or begin it with “x-” if it is your own.',
    ],
    [
      'healthcheck: {tst: a}',
      'unknown-key compose.yaml:4:19 A compose file has no key “tst” here. | Did you mean “test”?',
    ],
    [
      'deploy: {resources: {limits: {cpu: 1}}}',
      'unknown-key compose.yaml:4:35 A compose file has no key “cpu” here. | Did you mean “cpus”?',
    ],
    [
      'depends_on: [b]',
      'undefined compose.yaml:4:18 There is no service “b”. | Declare it under “services:”, or take it out.',
    ],
    [
      'links: [web]',
      'undefined compose.yaml:4:5 There is no service “web”. | Declare it under “services:”, or take it out.',
    ],
    [
      'networks: [front]',
      'undefined compose.yaml:4:16 No network “front” is declared. | Declare it under “networks:”, or take it out.',
    ],
    [
      'volumes: ["data:/data"]',
      'undefined compose.yaml:4:15 No volume “data” is declared. | Declare it under “volumes:”, or take it out.',
    ],
    [
      'secrets: [token]',
      'undefined compose.yaml:4:15 No secret “token” is declared. | Declare it under “secrets:”, or take it out.',
    ],
    [
      'configs: [conf]',
      'undefined compose.yaml:4:15 No config “conf” is declared. | Declare it under “configs:”, or take it out.',
    ],
    [
      'depends_on: [a]',
      'cycle compose.yaml:4:18 Services depend on each other in a circle: a → a. | Let one of them depend on none of the others.',
    ],
    [
      'hostname: "${A:?set A}"',
      'missing-variable compose.yaml:4:16 The variable A has to be set: set A. | Set it, in “.env” beside the compose file for instance: A=value',
    ],
    [
      'hostname: a${A!}',
      'interpolation compose.yaml:4:16 This is no variable that Compose could put a value in for. | Write ${NAME} or ${NAME:-default}; write “$$” for a “$” that stays.',
    ],
  ];
  for (const [keys, expected] of values) {
    it(`is told of ${keys}`, async () => {
      assert.deepEqual(await problemsOf(keys), [`error ${expected}`]);
    });
  }

  it('suggests what is declared under almost the same name', async () => {
    const problems = await problemsOf(
      'networks: [fornt]\n    depends_on: [wbe]\n  web: {image: x}',
      'networks: {front: }',
    );
    assert.deepEqual(
      problems.map((problem) => problem.split('| ')[1]),
      ['Did you mean “front”?', 'Did you mean “web”?'],
    );
  });

  it('is a warning where something is left out as Compose leaves it out', async () => {
    const warnings = [
      ['command: a && b', 'value compose.yaml:4:14 No shell reads “command”: what begins with “&&” is left out'],
      ['ports: ["80:80", "80:80/tcp"]', 'conflict compose.yaml:4:22 “ports” has two items for 0.0.0.0:80:80/tcp'],
      ['volumes: ["./a:/data", "./b:/data"]', 'conflict compose.yaml:4:28 “volumes” has two items for /data'],
      ['volumes: ["./a:/data:raw"]', 'no-effect compose.yaml:4:15 “raw” is no option of a volume'],
      [
        'volumes: ["./a:/data:nocopy"]',
        'no-effect compose.yaml:4:15 “nocopy” has no meaning for a mount of the type “bind”',
      ],
      [
        'volumes: [{type: tmpfs, target: /data, volume: {subpath: a}}]',
        'no-effect compose.yaml:4:53 “subpath” has no meaning for a mount of the type “tmpfs”',
      ],
      [
        'volumes: [{type: tmpfs, source: a, target: /data}]',
        'no-effect compose.yaml:4:29 “source” has no meaning for a mount of the type “tmpfs”',
      ],
      [
        'volumes: [{type: volume, target: /data, bind: {create_host_path: true}}]',
        'no-effect compose.yaml:4:52 “create_host_path” has no meaning for a mount of the type “volume”',
      ],
      [
        'volumes: [{type: bind, source: ., target: /data, bind: {selinux: z}}]',
        'no-effect compose.yaml:4:61 “selinux” counts only together with “create_host_path: true”',
      ],
      [
        'volumes: [{type: volume, target: /data, bind: {selinux: z}, volume: {nocopy: true}}]',
        'no-effect compose.yaml:4:52 “selinux” counts only for a volume with a source, and without “nocopy”, “subpath” and “labels”',
      ],
      ['deploy: {placement: {}}', 'no-effect compose.yaml:4:14 This has a meaning for a swarm only'],
      ['deploy: {mode: global}', 'no-effect compose.yaml:4:14 This has a meaning for a swarm only'],
      ['hostname: $A', 'missing-variable compose.yaml:4:15 The variable A is not set: it counts as empty'],
    ];
    for (const [keys = '', expected = ''] of warnings) {
      const [warning = '', ...more] = await problemsOf(keys);
      assert.deepEqual([warning.startsWith(`warning ${expected}`), more], [true, []], warning);
    }
  });

  it('stands in the line of a variable within a text of several lines', async () => {
    const { problems } = await read(
      'services:\n  a:\n    image: x\n    environment:\n      A: |\n        one\n        two $B\n      C: "x $D"',
    );
    assert.deepEqual(placesOf(problems), [
      'warning missing-variable compose.yaml:7:1',
      'warning missing-variable compose.yaml:8:13',
    ]);
  });

  const files: [what: string, text: string, ...expected: string[]][] = [
    ['the format of Compose 1', 'web: {image: x}', 'error missing-key compose.yaml:1:1'],
    ['no services', 'networks: {a: }', 'error missing-key compose.yaml:1:1'],
    ['an old version', 'version: "3.8"\nservices: {a: {image: x}}', 'warning no-effect compose.yaml:1:1'],
    ['a misspelt section', 'services: {a: {image: x}}\nvolume: {}', 'error unknown-key compose.yaml:2:1'],
    ['a service that is no mapping', 'services: {a: x}', 'error type compose.yaml:1:15'],
    ['a service that is nothing', 'services: {a: }', 'error type compose.yaml:1:12'],
    ['services in a list', 'services: [a]', 'error type compose.yaml:1:11'],
    ['a service with a bad name', 'services: {"a b": {image: x}}', 'error value compose.yaml:1:12'],
    ['an empty image', 'services:\n  a:\n    image: "${IMAGE:-}"', 'error missing-key compose.yaml:3:5'],
    ['an empty context', 'services:\n  a:\n    build:\n      context: "${CONTEXT:-}"', 'error value compose.yaml:4:7'],
    [
      'an empty target',
      'services: {a: {image: x, volumes: [{type: volume, target: ""}]}}',
      'error missing-key compose.yaml:1:36',
    ],
    ['a container with a bad name', 'services: {a: {image: x, container_name: a b}}', 'error value compose.yaml:1:26'],
    ['neither image nor build', 'services: {a: {tty: true}}', 'error missing-key compose.yaml:1:12'],
    [
      'two Dockerfiles',
      'services: {a: {build: {dockerfile: D, dockerfile_inline: FROM x}}}',
      'error conflict compose.yaml:1:39',
    ],
    [
      'a platform that is not built',
      'services: {a: {platform: linux/arm64, build: {context: ., platforms: [linux/amd64]}}}',
      'error conflict compose.yaml:1:46',
    ],
    [
      'a circle',
      'services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [c]}\n  c: {image: x, depends_on: [b]}',
      'error cycle compose.yaml:4:30',
    ],
    [
      'a missing env file',
      'services: {a: {image: x, env_file: [missing.env]}}',
      'error missing-file compose.yaml:1:37',
    ],
    ['a folder as env file', 'services: {a: {image: x, env_file: .}}', 'error missing-file compose.yaml:1:36'],
    ['a missing label file', 'services: {a: {image: x, label_file: no}}', 'error missing-file compose.yaml:1:38'],
    [
      'a missing file of a secret',
      'services: {a: {image: x, secrets: [s]}}\nsecrets:\n  s: {file: ./no}',
      'error missing-file compose.yaml:3:3',
    ],
    [
      'a secret of a variable that is not set',
      'services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {environment: NO}}',
      'error missing-variable compose.yaml:1:36',
    ],
    [
      'a secret from two places',
      'services: {a: {image: x}}\nsecrets: {s: {environment: NO, file: a}}',
      'error conflict compose.yaml:2:11',
    ],
    ['a secret from nowhere', 'services: {a: {image: x}}\nsecrets: {s: {}}', 'error missing-key compose.yaml:2:11'],
    [
      'an external secret and config',
      'services: {a: {image: x, secrets: [s], configs: [c]}}\nsecrets: {s: {external: true}, t: {external: true}}\nconfigs: {c: {external: true}}',
      'error value compose.yaml:2:15',
      'error value compose.yaml:3:15',
    ],
    [
      'an external secret for a build',
      'services: {a: {build: {context: ., secrets: [s]}}}\nsecrets: {s: {external: true}}',
      'error value compose.yaml:2:15',
    ],
    ['an external secret that nothing uses', 'services: {a: {image: x}}\nsecrets: {s: {external: true}}'],
    [
      'an external volume that is made',
      'services: {a: {image: x}}\nvolumes: {v: {external: true, driver: local}}',
      'error conflict compose.yaml:2:31',
    ],
    [
      'the old form of an external name',
      'services: {a: {image: x}}\nvolumes: {v: {external: {name: w}}}',
      'warning no-effect compose.yaml:2:25',
    ],
  ];
  for (const [what, text, ...expected] of files) {
    it(`is told of ${what}`, async () => {
      const { problems } = await read(text);
      assert.deepEqual(placesOf(problems), expected, sayProblems(problems).join('\n'));
    });
  }

  it('names the line of a file of variables', async () => {
    const { problems } = await read({
      'compose.yaml': 'services: {a: {image: x, env_file: a.env}}',
      'a.env': 'A=1\nB="open',
      '.env': 'C D=1',
    });
    assert.deepEqual(placesOf(problems), ['error env-file .env:1:1', 'error env-file a.env:2:1']);
  });

  it('is only a warning in a service that is not active, unless its text means nothing', async () => {
    const { project, problems } = await read(`services:
  a: {image: x}
  b: {image: x, profiles: [p], provider: {type: x}, env_file: no.env, depends_on: [nobody]}`);
    assert.ok(project !== undefined);
    assert.deepEqual(placesOf(problems), [
      'warning unsupported compose.yaml:3:32',
      'warning missing-file compose.yaml:3:63',
    ]);
    const wrong = await read('services: {a: {image: x}, b: {image: 5, profiles: [p]}}');
    assert.deepEqual(placesOf(wrong.problems), ['error type compose.yaml:1:38']);
  });
});
