import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RegistryCredentials, registryAuthHeader } from '../../../src/engine/registry/credentials.js';
import { dockerCredentials } from '../../../src/engine/registry/docker-credentials.js';
import { failing } from '../failing.js';

const hubKey = 'https://index.docker.io/v1/';
const secret = 'geheim';
const forever = new AbortController().signal;
const password = (username: string): RegistryCredentials => ({ kind: 'password', username, password: secret });
const auth = (user: string, word = secret): { auth: string } => ({
  auth: Buffer.from(`${user}:${word}`).toString('base64'),
});

describe("docker's credentials", () => {
  let folder: string;
  let problems: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
    await mkdir(join(folder, 'bin'));
    problems = [];
  });
  afterEach(async () => {
    // Whatever went wrong, a person who reads the log sees no password.
    for (const problem of problems) assert.ok(!problem.includes(secret), problem);
    await rm(folder, { recursive: true, force: true });
  });

  const configure = (config: object | string): Promise<void> =>
    writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  /** A helper that notes down what it is asked, and goes on as the shell script says. */
  const helper = async (name: string, script: string): Promise<void> => {
    const file = join(folder, 'bin', `docker-credential-${name}`);
    await writeFile(file, `#!/bin/sh\nkey=$(cat)\necho "$* $key" >> '${folder}/asked'\n${script}\n`);
    await chmod(file, 0o755);
  };
  const asked = async (): Promise<string[]> =>
    (await readFile(join(folder, 'asked'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const answer = (user: string, url = '$key'): string =>
    `printf '{"ServerURL":"%s","Username":"%s","Secret":"${secret}"}' "${url}" '${user}'`;
  const ask = (host: string, signal = forever, helperMilliseconds = 10_000): Promise<RegistryCredentials | undefined> =>
    dockerCredentials(
      { configFolder: folder, environment: { PATH: `${folder}/bin:/usr/bin:/bin` }, helperMilliseconds },
      (problem) => problems.push(problem),
    )(host, signal);

  it('are none, and no problem, without a configuration or with nothing in it', async () => {
    assert.equal(await ask('ghcr.io'), undefined);
    for (const nothing of [{}, { auths: {} }, { auths: null, credHelpers: null, credsStore: null }]) {
      await configure(nothing);
      assert.equal(await ask('ghcr.io'), undefined);
    }
    await configure({ auths: { 'ghcr.io': {}, 'quay.io': null } });
    assert.equal(await ask('ghcr.io'), undefined);
    assert.equal(await ask('quay.io'), undefined);
    assert.deepEqual(problems, []);
  });

  it('are none, and a problem that quotes nothing, where the configuration is broken', async () => {
    for (const broken of [`{"auths":{"ghcr.io":{"auth":"${secret}"`, `{"auths":"${secret}"}`, 'null', '']) {
      await configure(broken);
      assert.equal(await ask('ghcr.io'), undefined);
    }
    assert.equal(problems.length, 4);
    await rm(join(folder, 'config.json'));
    await mkdir(join(folder, 'config.json'));
    assert.equal(await ask('ghcr.io'), undefined);
    assert.equal(problems.length, 5);
  });

  it('may be in the configuration itself, for the registry asked for and no other', async () => {
    await configure({ auths: { 'ghcr.io': auth('ann'), 'localhost:5000': auth('bob'), 'quay.io': auth('cy') } });
    assert.deepEqual(await ask('ghcr.io'), password('ann'));
    assert.deepEqual(await ask('GHCR.IO'), password('ann'));
    assert.deepEqual(await ask('localhost:5000'), password('bob'));
    for (const other of [
      'localhost',
      'localhost:5001',
      'evil-ghcr.io',
      'ghcr.io.evil.org',
      'ghcr',
      'constructor',
      '',
    ]) {
      assert.equal(await ask(other), undefined, other);
    }
    assert.deepEqual(problems, []);
  });

  it('know a registry by the URLs that it may be written as', async () => {
    for (const key of [
      'https://ghcr.io/v1/',
      'https://ghcr.io',
      'http://ghcr.io/v2/',
      'https://GHCR.io/',
      'ghcr.io/v1',
    ]) {
      await configure({ auths: { [key]: auth('ann'), 'ghcr.io/part': auth('wrong') } });
      assert.deepEqual(await ask('ghcr.io'), password('ann'), key);
    }
    await configure({ auths: { 'https://ghcr.io/v1/': auth('url'), 'ghcr.io': auth('exact') } });
    assert.deepEqual(await ask('ghcr.io'), password('exact'));
    await configure({ auths: { 'ghcr.io/part': auth('wrong') } });
    assert.equal(await ask('ghcr.io'), undefined);
  });

  it('know Docker Hub by all its names, and leave the tokens of Docker Desktop alone', async () => {
    await configure({
      auths: {
        [`${hubKey}refresh-token`]: auth('wrong'),
        [`${hubKey}access-token`]: auth('wrong'),
        [hubKey]: auth('ann'),
      },
    });
    for (const name of ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']) {
      assert.deepEqual(await ask(name), password('ann'), name);
    }
    assert.equal(await ask('auth.docker.io'), undefined);
    await configure({ auths: { 'docker.io': auth('bob') } });
    assert.deepEqual(await ask('registry-1.docker.io'), password('bob'));
    await configure({ auths: { [`${hubKey}access-token`]: auth('wrong') } });
    assert.equal(await ask('registry-1.docker.io'), undefined);
  });

  it('may have colons and any script in the password, and be tokens', async () => {
    await configure({ auths: { 'ghcr.io': auth('ann', 'a:b:ключ\0\0') } });
    assert.deepEqual(await ask('ghcr.io'), { kind: 'password', username: 'ann', password: 'a:b:ключ' });
    await configure({ auths: { 'ghcr.io': { ...auth('ann'), identitytoken: secret } } });
    assert.deepEqual(await ask('ghcr.io'), { kind: 'identity-token', token: secret });
    await configure({ auths: { 'ghcr.io': { username: 'ann', password: secret } } });
    assert.deepEqual(await ask('ghcr.io'), password('ann'));
    assert.deepEqual(problems, []);
    await configure({ auths: { 'ghcr.io': { auth: Buffer.from(secret).toString('base64') } } });
    assert.equal(await ask('ghcr.io'), undefined);
    await configure({ auths: { 'ghcr.io': { auth: [secret] }, 'quay.io': auth('cy') } });
    assert.equal(await ask('ghcr.io'), undefined);
    assert.equal(problems.length, 2);
    // One entry that is not understood leaves the others.
    assert.deepEqual(await ask('quay.io'), password('cy'));
  });

  it('come from the helper of the registry before that of all, and from the configuration last', async () => {
    await helper('one', answer('of-one'));
    await helper('all', answer('of-all'));
    const auths = { 'ghcr.io': auth('of-config'), 'quay.io': auth('of-config') };
    await configure({ auths, credHelpers: { 'ghcr.io': 'one' }, credsStore: 'all' });
    assert.deepEqual(await ask('ghcr.io'), password('of-one'));
    assert.deepEqual(await ask('quay.io'), password('of-all'));
    await configure({ auths, credHelpers: { 'ghcr.io': 'one' } });
    assert.deepEqual(await ask('quay.io'), password('of-config'));
    await configure({ auths, credHelpers: { 'ghcr.io': '' }, credsStore: 'all' });
    assert.deepEqual(await ask('ghcr.io'), password('of-config'));
    assert.deepEqual(await asked(), ['get ghcr.io', 'get quay.io']);
  });

  it('are asked of a helper by the bare key', async () => {
    await helper('all', answer('ann'));
    await configure({ credsStore: 'all', credHelpers: { 'https://ghcr.io/v1/': 'all', 'index.docker.io': 'all' } });
    for (const host of ['ghcr.io', 'registry-1.docker.io', 'localhost:5000']) {
      assert.deepEqual(await ask(host), password('ann'));
    }
    assert.deepEqual(await asked(), ['get ghcr.io', `get ${hubKey}`, 'get localhost:5000']);
  });

  it('of a helper may be a token, or for anonymous access', async () => {
    await configure({ credsStore: 'x', auths: { 'ghcr.io': auth('of-config') } });
    await helper('x', answer('<token>'));
    assert.deepEqual(await ask('ghcr.io'), { kind: 'identity-token', token: secret });
    await helper('x', 'echo credentials not found in native keychain; exit 1');
    assert.equal(await ask('ghcr.io'), undefined);
    await helper('x', `echo '{"ServerURL":"","Username":"","Secret":""}'`);
    assert.equal(await ask('ghcr.io'), undefined);
    assert.deepEqual(problems, []);
  });

  const broken: [what: string, name: string, script: string | undefined, problem: RegExp][] = [
    ['is not installed', 'absent', undefined, /docker-credential-absent.*not installed/],
    ['has a path for a name', '../x', undefined, /name of a credential helper/],
    ['fails', 'x', `echo ${secret}; echo ${secret} >&2; exit 3`, /docker-credential-x ended with status 3/],
    ['ends by a signal', 'x', 'kill -9 $$', /SIGKILL/],
    ['answers no JSON', 'x', `echo ${secret}`, /not understood/],
    ['answers half', 'x', `echo '{"Username":"${secret}"}'`, /not understood/],
    ['answers for another registry', 'x', answer('ann', 'quay.io'), /another registry/],
    ['says too much', 'x', 'yes 2>/dev/null', /more than/],
  ];
  for (const [what, name, script, problem] of broken) {
    it(`of a helper that ${what} are none, and a problem`, async () => {
      if (script !== undefined) await helper(name, script);
      await configure({ credsStore: name, auths: { 'ghcr.io': auth('ann') } });
      assert.equal(await ask('ghcr.io'), undefined);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });
  }

  it('of a helper that does not read its input are taken all the same', async () => {
    const file = join(folder, 'bin/docker-credential-deaf');
    await writeFile(file, `#!/bin/sh\nexec <&-\necho '{"Username":"ann","Secret":"${secret}"}'\n`);
    await chmod(file, 0o755);
    await configure({ credsStore: 'deaf' });
    assert.deepEqual(await ask('ghcr.io'), password('ann'));
  });

  const isGone = async (pidFile: string): Promise<void> => {
    const pid = Number(await readFile(join(folder, pidFile), 'utf8'));
    assert.ok(pid > 0);
    for (;;) {
      // Where nobody collects orphans, the dead stay in the list.
      const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '0 (sleep) Z');
      if (/\) Z/.test(state)) return;
      await sleep(10);
    }
  };

  it('are not waited for without an end, and the helper ends with all that it started', async () => {
    await helper('slow', `sleep 300 & echo $! > '${folder}/pid'; wait`);
    await configure({ credsStore: 'slow' });
    assert.equal(await ask('ghcr.io', forever, 1000), undefined);
    assert.match(problems[0] ?? '', /did not answer within 1 s/);
    await isGone('pid');
  });

  it('are no more looked for when that is cancelled, and the helper ends', async () => {
    await helper('slow', `sleep 300 & echo $! > '${folder}/new'; mv '${folder}/new' '${folder}/pid'; wait`);
    await configure({ credsStore: 'slow' });
    const abort = new AbortController();
    const asking = ask('ghcr.io', abort.signal);
    const ended = assert.rejects(asking, failing('cancelled'));
    while ((await readFile(join(folder, 'pid'), 'utf8').catch(() => '')) === '') await sleep(10);
    abort.abort();
    await ended;
    await isGone('pid');
    await assert.rejects(ask('ghcr.io', AbortSignal.abort()), failing('cancelled'));
    assert.deepEqual(problems, []);
  });
});

describe('the header X-Registry-Auth', () => {
  const decode = (header: string): unknown => JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));

  it('is padded, URL-safe base64 of what the engine expects', () => {
    for (const each of ['?', '??', '???', '>>>~~~ÿÿÿ', 'ключ']) {
      const credentials: RegistryCredentials = { kind: 'password', username: 'ann', password: each };
      const header = registryAuthHeader(credentials, 'ghcr.io');
      assert.match(header, /^[\w-]+={0,2}$/);
      assert.equal(header.length % 4, 0);
      assert.deepEqual(decode(header), { username: 'ann', password: each, serveraddress: 'ghcr.io' });
    }
    const token = registryAuthHeader({ kind: 'identity-token', token: secret }, 'registry-1.docker.io');
    assert.deepEqual(decode(token), { identitytoken: secret, serveraddress: hubKey });
    assert.deepEqual(decode(registryAuthHeader(undefined, 'ghcr.io')), {});
  });
});
