/**
 * Compose files that the compose CLI and this extension bring up, each with services that run until they are ended. `busybox:stand-in`
 * is the image that is there on every test engine.
 */
export const composeFiles: Readonly<Record<string, string>> = {
  'a command as words': service('command: ["sleep", "300"]'),
  'a command as a line': service(`command: sh -c "echo 'two words' && sleep 300"`),
  'an entrypoint': service('entrypoint: ["sleep"]\ncommand: ["300"]'),
  'a working folder and a user': service('command: sleep 300\nworking_dir: /tmp\nuser: "1000:1000"'),
  'an environment as a list': service('command: sleep 300\nenvironment: ["A=1", "B=two words", "EMPTY="]'),
  'an environment as a map': service('command: sleep 300\nenvironment: {A: 1, B: true, C: "", D: 0.5}'),
  'ports, short': service('command: sleep 300\nports: ["18080:80", "127.0.0.1:18081:81", "18082:82/udp", "83"]'),
  'ports, long': service(
    'command: sleep 300\nports: [{target: 80, published: "18083", protocol: tcp, host_ip: 127.0.0.1}]',
  ),
  'a range of ports': service('command: sleep 300\nports: ["18090-18092:90-92"]'),
  expose: service('command: sleep 300\nexpose: ["8000", "9000-9002", "53/udp"]'),
  'a bind mount, short': service('command: sleep 300\nvolumes: ["./data:/data", "./data:/read-only:ro"]'),
  'a bind mount, long': service(
    'command: sleep 300\nvolumes: [{type: bind, source: ./data, target: /data, read_only: true, bind: {propagation: rprivate}}]',
  ),
  'a named volume': `${service('command: sleep 300\nvolumes: ["kept:/kept", {type: volume, source: kept, target: /again, volume: {nocopy: true}}]')}volumes: {kept: {labels: {of: test}}}\n`,
  'a named volume with a label': `${service('command: sleep 300\nvolumes: ["kept:/kept:z"]')}volumes: {kept: {}}\n`,
  'an anonymous volume': service('command: sleep 300\nvolumes: ["/scratch"]'),
  tmpfs: service('command: sleep 300\ntmpfs: ["/tmp:size=1m", "/run"]'),
  'a mount of tmpfs': service(
    'command: sleep 300\nvolumes: [{type: tmpfs, target: /cache, tmpfs: {size: 1mb, mode: 0o1777}}]',
  ),
  'a health check': service(
    'command: sleep 300\nhealthcheck: {test: ["CMD", "true"], interval: 2s, timeout: 1s, retries: 2, start_period: 1s}',
  ),
  'a health check as a line': service('command: sleep 300\nhealthcheck: {test: "true", interval: 1m30s}'),
  'no health check': service('command: sleep 300\nhealthcheck: {disable: true}'),
  restarts: service('command: sleep 300\nrestart: on-failure:3'),
  'restarts unless stopped': service('command: sleep 300\nrestart: unless-stopped'),
  names: service('command: sleep 300\nhostname: host-one\ndomainname: example.org\ncontainer_name: compose-test-named'),
  'labels and annotations': service('command: sleep 300\nlabels: {a.b: "1", c: "x=y"}\nannotations: {k: v}'),
  'hosts and dns': service(
    'command: sleep 300\nextra_hosts: ["one:10.0.0.1", "two=10.0.0.2"]\ndns: [1.1.1.1]\ndns_search: [example.org]\ndns_opt: ["ndots:2"]',
  ),
  'limits of the kernel': service(
    'command: sleep 300\nshm_size: 128mb\nulimits: {nofile: {soft: 1000, hard: 2000}, nproc: 500}\nsysctls: {net.core.somaxconn: 1024}',
  ),
  capabilities: service(
    'command: sleep 300\ncap_add: [NET_ADMIN]\ncap_drop: [ALL]\nsecurity_opt: ["no-new-privileges:true"]\nread_only: true',
  ),
  terminals: service(
    'command: sleep 300\ntty: true\nstdin_open: true\ninit: true\nstop_signal: SIGINT\nstop_grace_period: 1s',
  ),
  'limits of resources': service(
    'command: sleep 300\nmem_limit: 64m\nmem_reservation: 32m\ncpus: 0.5\ncpu_shares: 512\npids_limit: 100\noom_score_adj: 100',
  ),
  'a deployment': service(
    'command: sleep 300\ndeploy: {replicas: 2, resources: {limits: {cpus: "0.25", memory: 50M, pids: 50}, reservations: {memory: 20M}}}',
  ),
  'a log': service('command: sleep 300\nlogging: {driver: json-file, options: {max-size: 1m}}'),
  'networks of its own': `services:
  one:
    image: busybox:stand-in
    command: sleep 300
    networks: {front: {aliases: [face]}, back: {priority: 10}}
  two:
    image: busybox:stand-in
    command: sleep 300
    networks: [back]
    depends_on: [one]
networks:
  front: {internal: true}
  back: {driver: bridge, labels: {of: test}, ipam: {config: [{subnet: 10.199.7.0/24}]}}
`,
  'the network of another one': `services:
  one: {image: "busybox:stand-in", command: sleep 300}
  two: {image: "busybox:stand-in", command: sleep 300, network_mode: "service:one", depends_on: [one]}
  three: {image: "busybox:stand-in", command: sleep 300, network_mode: none}
`,
  'links to another one': `services:
  one: {image: "busybox:stand-in", command: sleep 300}
  two: {image: "busybox:stand-in", command: sleep 300, links: ["one:other"]}
`,
  'secrets and configs': `services:
  one:
    image: busybox:stand-in
    command: sleep 300
    secrets: [token]
    configs: [{source: settings, target: /etc/settings.conf}]
secrets: {token: {file: ./data/token}}
configs: {settings: {file: ./data/settings}}
`,
};

function service(body: string): string {
  return `services:\n  one:\n    image: busybox:stand-in\n${body
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`;
}
