import assert from 'node:assert/strict';
import { firstCredentials, type RegistryCredentials } from '../../../src/engine/registry/credentials.js';
import { forgetSignIn, keepSignIn, keptCredentials, type SecretStore } from '../../../src/engine/registry/sign-ins.js';
import { Failure } from '../../../src/host/failure.js';

const secret = 'geheim';
const forever = new AbortController().signal;
const password = (username: string): RegistryCredentials => ({ kind: 'password', username, password: secret });

describe('kept sign-ins', () => {
  const store = (): SecretStore & { values: Map<string, string> } => {
    const values = new Map<string, string>();
    return {
      values,
      get: (key) => Promise.resolve(values.get(key)),
      store: (key, value) => Promise.resolve(void values.set(key, value)),
      delete: (key) => Promise.resolve(void values.delete(key)),
    };
  };

  it('are answered for their own registry until they are forgotten', async () => {
    const secrets = store();
    const kept = keptCredentials(secrets);
    await keepSignIn(secrets, 'docker.io', password('ann'));
    await keepSignIn(secrets, 'ghcr.io', { kind: 'identity-token', token: secret });
    assert.deepEqual(await kept('registry-1.docker.io', forever), password('ann'));
    assert.deepEqual(await kept('GHCR.io', forever), { kind: 'identity-token', token: secret });
    assert.equal(await kept('quay.io', forever), undefined);
    await forgetSignIn(secrets, 'registry-1.docker.io');
    await forgetSignIn(secrets, 'quay.io');
    assert.equal(await kept('docker.io', forever), undefined);
    assert.equal(secrets.values.size, 1);
  });

  it('are none, and a problem without the secret, where the store is broken', async () => {
    const problems: string[] = [];
    const note = (problem: string): unknown => problems.push(problem);
    const secrets = store();
    await keepSignIn(secrets, 'ghcr.io', password('ann'));
    for (const [key] of secrets.values) secrets.values.set(key, `{"password":"${secret}"}`);
    assert.equal(await keptCredentials(secrets, note)('ghcr.io', forever), undefined);
    const locked = (): Promise<never> => Promise.reject(new Error('the keyring is locked'));
    const none = { get: locked, store: locked, delete: locked };
    assert.equal(await keptCredentials(none, note)('ghcr.io', forever), undefined);
    assert.equal(problems.length, 2);
    assert.ok(!problems.join().includes(secret));
    await assert.rejects(keepSignIn(none, 'ghcr.io', password('ann')), Failure);
    await assert.rejects(forgetSignIn(none, 'ghcr.io'), Failure);
  });

  it('come first, where there are some', async () => {
    const secrets = store();
    const both = firstCredentials(keptCredentials(secrets), () => Promise.resolve(password('of docker')));
    assert.deepEqual(await both('ghcr.io', forever), password('of docker'));
    await keepSignIn(secrets, 'ghcr.io', password('kept'));
    assert.deepEqual(await both('ghcr.io', forever), password('kept'));
    assert.deepEqual(await both('quay.io', forever), password('of docker'));
    assert.equal(await firstCredentials()('quay.io', forever), undefined);
  });
});
