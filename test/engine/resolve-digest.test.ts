import assert from 'node:assert/strict';
import { pushReference } from '../../src/engine/registry/push.js';
import { resolveDigest } from '../../src/engine/registry/resolve-digest.js';
import { type RegistryCredentials } from '../../src/engine/registry/credentials.js';
import { connectTo } from '../harness/engines/connect.js';
import { type RunningRegistry, startRegistry } from '../harness/engines/registry.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { busybox, connect, dropImage, engineHost, engineName, failsWith, work } from './support.js';

describe(`the digest of a reference, with engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  const docker = connectTo(engineHost);
  const user = { user: 'ann', password: 'geheim' };
  const ann: RegistryCredentials = { kind: 'password', username: user.user, password: user.password };
  const forever = new AbortController().signal;
  let registry: RunningRegistry;
  let reference: string;
  let pushed: string;

  before(async function () {
    const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
    if (running === undefined) return this.skip();
    registry = await startRegistry(running, { log: () => undefined, htpasswd: user });
    reference = `${registry.sharedAddress}/test-digest/base:1.0`;
    await docker.getImage(busybox).tag({ repo: `${registry.sharedAddress}/test-digest/base`, tag: '1.0' });
    pushed = (await pushReference(connection, reference, ann, undefined, work())).digest;
  });
  after(async () => {
    connection.dispose();
    await dropImage(reference);
    await registry.stop();
  });

  it('is asked of the registry, with its credentials, and nothing is pulled', async () => {
    await dropImage(reference);
    assert.equal(await resolveDigest(connection, reference, ann, forever), pushed);
    await assert.rejects(docker.getImage(reference).inspect(), /no such image/i);
  });

  it('is the one that is written already', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    assert.equal(await resolveDigest(connection, `nowhere.invalid/name@${digest}`, undefined, forever), digest);
  });

  it('is that of the engine’s copy where the registry does not answer, if it came from there', async () => {
    const name = `${registry.sharedAddress}/test-digest/copy`;
    await docker.getImage(busybox).tag({ repo: name, tag: '1.0' });
    const { digest } = await pushReference(connection, `${name}:1.0`, ann, undefined, work());
    try {
      const asked = resolveDigest(connection, `${name}:1.0`, undefined, forever);
      // The containerd store does not say whether a registry ever had that digest.
      if (engineName === '28-containerd') await assert.rejects(asked, failsWith('registry-denied'));
      else assert.equal(await asked, digest);
    } finally {
      await dropImage(`${name}:1.0`);
    }
  });

  it('is refused in plain words', async () => {
    await assert.rejects(
      resolveDigest(connection, reference.replace(':1.0', ':2.0'), ann, forever),
      failsWith('image-not-found'),
    );
    await assert.rejects(
      resolveDigest(connection, `${registry.sharedAddress}/other:1`, undefined, forever),
      failsWith('registry-denied'),
    );
    await assert.rejects(
      resolveDigest(connection, 'Not A Reference', undefined, forever),
      failsWith('invalid-argument'),
    );
  });
});
