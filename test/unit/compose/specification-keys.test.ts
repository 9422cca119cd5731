import assert from 'node:assert/strict';
import { placesOf, read, readService } from './application.js';

describe('a key of the specification', () => {
  // The schema of Compose 2.40: each is read, or told of.
  const supported = `annotations attach build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_period
    cpu_quota cpu_shares cpus cpuset depends_on deploy device_cgroup_rules devices dns dns_opt dns_search domainname
    entrypoint env_file environment expose extends extra_hosts gpus group_add healthcheck hostname image init ipc label_file
    labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit network_mode networks
    oom_kill_disable oom_score_adj pid pids_limit platform ports privileged profiles pull_policy read_only restart runtime
    scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits user
    userns_mode uts volumes working_dir`;
  const unsupported = `blkio_config cpu_count cpu_percent cpu_rt_period cpu_rt_runtime credential_spec develop external_links
    isolation models post_start pre_stop provider pull_refresh_after use_api_socket volumes_from`;
  const ofBuilds = `additional_contexts cache_from cache_to entitlements extra_hosts isolation network privileged provenance pull
    sbom shm_size ssh ulimits`;

  it('is known, where it is supported', async () => {
    const keys = supported.split(/\s+/).map((key) => `${key}: `);
    const { problems } = await read(`services: {a: {${keys.join(', ')}}}`);
    assert.ok(problems.length > 50);
    assert.deepEqual(
      problems.filter(({ code }) => code === 'unknown-key' || code === 'unsupported' || code === 'no-effect'),
      [],
    );
  });

  const told = (code: string): boolean => code === 'unsupported' || code === 'no-effect';

  for (const key of unsupported.split(/\s+/)) {
    it(`is told of, where it is ${key}`, async () => {
      const { problems } = await read(`services:\n  a:\n    image: x\n    ${key}: {}`);
      assert.deepEqual(
        problems.map(({ code, line, column }) => [told(code), line, column]),
        [[true, 4, 5]],
      );
    });
  }

  for (const key of ofBuilds.split(/\s+/)) {
    it(`is told of, where it is ${key} of a build`, async () => {
      const { problems } = await read(`services:\n  a:\n    build:\n      context: .\n      ${key}: []`);
      assert.deepEqual(
        problems.map(({ code, line, column }) => [told(code), line, column]),
        [[true, 5, 7]],
      );
    });
  }

  it('that begins with “x-” is its author’s own, everywhere', async () => {
    const { warnings } = await readService(`x-a: 1
services:
  a: {image: x, x-a: 1, build: {context: ., x-a: 1}, deploy: {x-a: 1, resources: {x-a: 1}}, healthcheck: {x-a: 1}}
networks: {default: {x-a: 1, ipam: {x-a: 1}}}
volumes: {v: {x-a: 1}}`);
    assert.deepEqual(warnings, []);
  });

  it('that is not supported comes with the command that Compose does it with', async () => {
    const text = 'services: {a: {image: x, post_start: [{command: b}], develop: {watch: []}}}';
    const { problems, at } = await read(text, { profiles: ['p q'], projectName: 'name', services: ['a'] });
    const command = `docker compose -f ${at('compose.yaml')} -p name --profile 'p q' up -d a`;
    assert.deepEqual(
      problems.map(({ severity, code, command: said, remedy }) => [severity, code, said, remedy]),
      [
        ['error', 'unsupported', command, `Take it out, or start the application with: ${command}`],
        ['warning', 'unsupported', command, `Leave it, or start the application with: ${command}`],
      ],
    );
  });

  const elsewhere: [text: string, place: string][] = [
    ['services: {a: {build: "https://github.com/o/r.git#main"}}', '1:23'],
    ['services: {a: {build: {context: "git@github.com:o/r.git"}}}', '1:24'],
    ['services: {a: {image: x, volumes: [{type: image, source: y, target: /y}]}}', '1:36'],
    ['services: {a: {image: x, volumes: [{type: bind, source: ., target: /y, bind: {recursive: disabled}}]}}', '1:79'],
    ['services: {a: {image: x}}\nmodels: {m: {model: n}}', '2:1'],
  ];
  for (const [text, place] of elsewhere) {
    it(`is not supported in ${text}`, async () => {
      assert.deepEqual(placesOf((await read(text)).problems), [`error unsupported compose.yaml:${place}`]);
    });
  }
});
