import assert from 'node:assert/strict';
import { read, sayProblems } from './application.js';

async function problemsOf(text: string): Promise<string[]> {
  const files = { 'compose.yaml': text, token: 'abc', '.env': 'TOKEN=abc\n' };
  return sayProblems((await read(files)).problems);
}

describe('services that contradict each other', () => {
  it('may not have several containers that publish one port', async () => {
    assert.deepEqual(await problemsOf('services: {a: {image: x, scale: 3, ports: ["8080:80"]}}'), [
      'error conflict compose.yaml:1:44 The 3 containers of “a” cannot all publish port 8080. | Give a range of ports, such as 8080-8082, or leave the host’s port to the engine.',
    ]);
    assert.match(
      (await problemsOf('services: {a: {image: x, deploy: {replicas: 3}, ports: ["8080-8081:80"]}}')).join(),
      /port 8080-8081\..*such as 8080-8082/,
    );
  });

  for (const fine of [
    'services: {a: {image: x, scale: 3, ports: ["8080-8082:80"]}}',
    'services: {a: {image: x, scale: 3, ports: ["80", "0:81"]}}',
    'services: {a: {image: x, ports: ["8080:80"]}, b: {image: x, ports: ["8080:80/udp"]}}',
    'services: {a: {image: x, ports: ["127.0.0.1:8080:80"]}, b: {image: x, ports: ["127.0.0.2:8080:80"]}}',
    'services: {a: {image: x, ports: ["8080:80"]}, b: {image: x, scale: 0, ports: ["8080:80"]}}',
    'services: {a: {image: x, ports: ["8080:80"]}, b: {image: x, profiles: [p], container_name: c1, ports: ["8080:80"]}}',
    'services: {a: {image: x, security_opt: ["seccomp=unconfined", "systempaths=unconfined"]}}',
  ]) {
    it(`are fine as ${fine}`, async () => {
      assert.deepEqual(await problemsOf(fine), []);
    });
  }

  it('are warned of one port, which they may have one after the other', async () => {
    const text = 'services: {a: {image: x, ports: ["8080:80"]}, b: {image: x, ports: ["127.0.0.1:8080:81"]}}';
    assert.deepEqual(await problemsOf(text), [
      'warning conflict compose.yaml:1:69 “a” and “b” both publish port 8080: they cannot run at the same time. | Publish another port.',
    ]);
    assert.match(
      (await problemsOf('services: {a: {image: x, ports: ["8080:80", "8080:81"]}}')).join(),
      /^warning conflict .*“a” publishes port 8080 twice/,
    );
  });

  it('may not want one name', async () => {
    const text = 'services: {a: {image: x, container_name: c1}, b: {image: x, container_name: c1}}';
    assert.deepEqual(await problemsOf(text), [
      'error conflict compose.yaml:1:61 “a” and “b” cannot both have a container called “c1”. | Give them different names, or none.',
    ]);
  });

  it('may not have two MAC addresses', async () => {
    const text = (own: string): string =>
      `services: {a: {image: x, mac_address: "02:42:ac:11:00:01", networks: {default: {mac_address: "${own}"}}}}`;
    assert.deepEqual(await problemsOf(text('02:42:ac:11:00:01')), []);
    assert.match((await problemsOf(text('02:42:ac:11:00:02'))).join(), /^error conflict .*“a” has two MAC addresses/);
  });

  it('say which profile of seccomp is not read', async () => {
    const [problem = '', ...others] = await problemsOf('services: {a: {image: x, security_opt: ["seccomp=./p.json"]}}');
    assert.match(problem, /^error unsupported .*The seccomp profile in \.\/p\.json is not read\. \|.*docker compose/);
    assert.deepEqual(others, []);
  });
});

describe('a secret that a service gets', () => {
  const text = (grant: string, source: string, keys = ''): string =>
    `services: {a: {image: x, ${keys}secrets: [{source: token, ${grant}}]}}\nsecrets: {token: {${source}}}\n`;

  it('keeps owner and mode of a file, whatever is said', async () => {
    assert.deepEqual(await problemsOf(text('mode: 0400', 'file: ./token')), [
      'warning no-effect compose.yaml:1:36 “uid”, “gid” and “mode” count for a secret of a variable only: a file keeps its own. | Take it out, or leave it: it changes nothing.',
    ]);
    assert.deepEqual(await problemsOf(text('mode: 0400, uid: "7"', 'environment: TOKEN')), []);
  });

  it('has an owner with a number', async () => {
    assert.match(
      (await problemsOf(text('uid: me', 'environment: TOKEN'))).join(),
      /^error value .*“me” is no number of a user or group/,
    );
  });

  it('is not written into a container that is read-only', async () => {
    assert.match(
      (await problemsOf(text('target: t', 'environment: TOKEN', 'read_only: true, '))).join(),
      /^error conflict .*“a” is read-only, and the secret “token” would have to be written into it/,
    );
    assert.deepEqual(await problemsOf(text('target: t', 'file: ./token', 'read_only: true, ')), []);
  });
});
