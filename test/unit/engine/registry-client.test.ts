import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type RegistryCredentials } from '../../../src/engine/registry/credentials.js';
import { mediaTypes, RegistryClient } from '../../../src/engine/registry/registry-client.js';
import { Failure, type Reason } from '../../../src/host/failure.js';
import { type Answer, errorBody, RegistryDouble, sha256 } from './registry-double.js';

const secret = 'geheim';
const ann: RegistryCredentials = { kind: 'password', username: 'ann', password: secret };
const basicAnn = `Basic ${Buffer.from(`ann:${secret}`).toString('base64')}`;
const token: RegistryCredentials = { kind: 'identity-token', token: secret };
const forever = new AbortController().signal;
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest });
const digest = sha256(manifest);
const found: Answer = {
  headers: { 'Content-Type': `${mediaTypes.ociManifest}; charset=utf-8`, 'Docker-Content-Digest': digest },
  body: manifest,
};
const one = '/v2/a/b/manifests/1';

describe('the client of registries', () => {
  let registry: RegistryDouble;
  let other: RegistryDouble;
  let image: string;
  const asked: string[] = [];
  beforeEach(async () => {
    registry = await RegistryDouble.open();
    other = await RegistryDouble.open();
    image = `${registry.host}/a/b:1`;
    asked.length = 0;
  });
  afterEach(async () => {
    await Promise.all([registry.close(), other.close()]);
  });

  const client = (credentials?: RegistryCredentials, backoffMilliseconds = 1): RegistryClient =>
    new RegistryClient({
      credentialsFor: (host) => {
        asked.push(host);
        return Promise.resolve(host === registry.host ? credentials : undefined);
      },
      backoffMilliseconds,
    });
  const bearer = (realm: string, rest = ',service="reg",scope="repository:a/b:pull"'): Answer => ({
    status: 401,
    headers: { 'WWW-Authenticate': `Bearer realm="${realm}"${rest}` },
    body: errorBody('UNAUTHORIZED', 'authentication required'),
  });
  const basic: Answer = { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="test"' } };
  const fails =
    (reason: Reason, words = /./) =>
    (error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      assert.equal(error.reason, reason, error.message);
      assert.match(error.message, words);
      assert.notEqual(error.remedy, '');
      const all = inspect(error, { depth: 10, showHidden: true });
      assert.ok(!all.includes(secret) && !all.includes(basicAnn.slice(6)), all);
      return true;
    };

  it('reads what a manifest is without fetching it, and fetches it', async () => {
    registry.expect(`HEAD ${one}`, found).expect(`GET ${one}`, found).expect(`GET /v2/a/b/manifests/${digest}`, found);
    const described = { digest, mediaType: mediaTypes.ociManifest, size: manifest.length };
    assert.deepEqual(await client().headManifest(image, forever), described);
    const bytes = Buffer.from(manifest);
    assert.deepEqual(await client().getManifest(image, forever), { ...described, bytes });
    assert.deepEqual(await client().getManifest(`${registry.host}/a/b:2@${digest}`, forever), { ...described, bytes });
    for (const { headers } of registry.heard) {
      for (const type of Object.values(mediaTypes)) assert.ok(headers.accept?.includes(type));
      assert.equal(headers['accept-encoding'], 'identity');
      assert.equal(headers.authorization, undefined);
    }
    assert.deepEqual(asked, []);
  });

  it('fetches a manifest where the registry does not say its digest', async () => {
    const silent = { headers: { 'Content-Type': mediaTypes.dockerManifest }, body: manifest };
    registry.expect('HEAD /v2/a/b/manifests/latest', silent).expect('GET /v2/a/b/manifests/latest', silent);
    const { mediaType, size } = await client().headManifest(`${registry.host}/a/b`, forever);
    assert.deepEqual([mediaType, size], [mediaTypes.dockerManifest, manifest.length]);
  });

  it('puts a manifest byte by byte', async () => {
    registry.expect(`PUT ${one}`, { status: 201, headers: { 'Docker-Content-Digest': digest } });
    const put = await client().putManifest(image, mediaTypes.ociManifest, Buffer.from(manifest), forever);
    assert.equal(put, digest);
    const [heard] = registry.heard;
    assert.equal(heard?.body, manifest);
    assert.equal(heard.headers['content-type'], mediaTypes.ociManifest);
  });

  it('reads a blob that is JSON', async () => {
    const blob = '{"os":"linux"}';
    registry.expect(`GET /v2/a/b/blobs/${sha256(blob)}`, { body: blob }).expect(`GET /v2/a/b/blobs/${sha256('no')}`, {
      body: 'no',
    });
    assert.deepEqual(await client().getBlobJson(image, sha256(blob), forever), { os: 'linux' });
    await assert.rejects(client().getBlobJson(image, sha256('no'), forever), fails('registry-refused', /not JSON/));
    await assert.rejects(client().getBlobJson(image, '../../x', forever), fails('invalid-argument'));
  });

  it('takes no other bytes than the digest says', async () => {
    const wrong = { ...found, body: manifest.replace('2', '3') };
    registry.expect(`GET ${one}`, wrong).expect(`GET /v2/a/b/manifests/${digest}`, { body: 'x' });
    registry.expect(`GET /v2/a/b/blobs/${digest}`, { body: '{}' });
    registry.expect(`PUT ${one}`, { status: 201, headers: { 'Docker-Content-Digest': sha256('x') } });
    const byDigest = `${registry.host}/a/b@${digest}`;
    const refused = fails('registry-refused', /other bytes/);
    await assert.rejects(client().getManifest(image, forever), refused);
    await assert.rejects(client().getManifest(byDigest, forever), refused);
    await assert.rejects(client().getBlobJson(image, digest, forever), refused);
    const put = client().putManifest(image, mediaTypes.ociManifest, Buffer.from(manifest), forever);
    await assert.rejects(put, refused);
  });

  describe('signs in', () => {
    it('with a password at the realm, and keeps the token for the repository and what it is for', async () => {
      const realm = `http://${other.host}/token?account=x`;
      registry.expect(`HEAD ${one}`, bearer(realm), found).expect(`GET ${one}`, found);
      registry.expect(`PUT ${one}`, bearer(realm, ',service="reg",scope="repository:a/b:pull,push"'), { status: 201 });
      other.expect('GET /token', { body: '{"token":"t1","expires_in":60}' }, { body: '{"access_token":"t2"}' });
      const signedIn = client(ann);
      await signedIn.headManifest(image, forever);
      await signedIn.getManifest(image, forever);
      await signedIn.putManifest(image, mediaTypes.ociManifest, Buffer.from(manifest), forever);
      assert.deepEqual(registry.authorizations, [undefined, 'Bearer t1', 'Bearer t1', undefined, 'Bearer t2']);
      assert.deepEqual(other.authorizations, [basicAnn, basicAnn]);
      assert.deepEqual(
        other.heard.map(({ path }) => path),
        [
          '/token?account=x&service=reg&scope=repository%3Aa%2Fb%3Apull',
          '/token?account=x&service=reg&scope=repository%3Aa%2Fb%3Apull%2Cpush',
        ],
      );
      assert.deepEqual(asked, [registry.host, registry.host]);
    });

    it('anew when a token has run out', async () => {
      const realm = `http://${registry.host}/token`;
      registry.expect(`GET ${one}`, bearer(realm), found, bearer(realm), found);
      registry.expect('GET /token', { body: '{"token":"t1"}' }, { body: '{"token":"t2"}' });
      const signedIn = client(ann);
      await signedIn.getManifest(image, forever);
      await signedIn.getManifest(image, forever);
      assert.equal(registry.authorizations.at(-1), 'Bearer t2');
    });

    it('with an identity token, which is never a password', async () => {
      registry.expect(`GET ${one}`, bearer(`http://${other.host}/oauth`), found);
      other.expect('POST /oauth', { body: '{"access_token":"t1"}' });
      await client(token).getManifest(image, forever);
      const [heard] = other.heard;
      assert.equal(heard?.headers['content-type'], 'application/x-www-form-urlencoded');
      assert.equal(heard.headers.authorization, undefined);
      assert.deepEqual(Object.fromEntries(new URLSearchParams(heard.body)), {
        grant_type: 'refresh_token',
        client_id: 'research-containers',
        refresh_token: secret,
        service: 'reg',
        scope: 'repository:a/b:pull',
      });
      assert.equal(registry.authorizations.at(-1), 'Bearer t1');
    });

    it('anonymously, and with a scope of its own where the registry names none', async () => {
      registry.expect(`GET ${one}`, bearer(`http://${other.host}/token`, ''), found);
      other.expect('GET /token', { body: '{"token":"t1"}' });
      await client().getManifest(image, forever);
      assert.equal(other.heard[0]?.path, '/token?scope=repository%3Aa%2Fb%3Apull');
      assert.deepEqual(other.authorizations, [undefined]);
    });

    it('by Basic, and by Bearer where both are offered', async () => {
      registry.expect(`GET ${one}`, basic, found, {
        status: 401,
        headers: { 'WWW-Authenticate': `Basic realm="x", Bearer realm="http://${other.host}/token"` },
      });
      registry.expect(`GET ${one}`, found);
      other.expect('GET /token', { body: '{"token":"t1"}' });
      const signedIn = client(ann);
      await signedIn.getManifest(image, forever);
      await signedIn.getManifest(image, forever);
      assert.deepEqual(registry.authorizations, [undefined, basicAnn, basicAnn, 'Bearer t1']);
    });

    it('nowhere without TLS but on this machine', async () => {
      for (const credentials of [ann, token]) {
        registry.expect(`GET ${one}`, bearer('http://auth.example.org/token'));
        await assert.rejects(client(credentials).getManifest(image, forever), fails('registry-denied', /without TLS/));
      }
    });

    const refused: [what: string, answers: Answer[], credentials: RegistryCredentials | undefined, words: RegExp][] = [
      ['by Basic without credentials', [basic], undefined, /wants a sign-in/],
      ['by Basic with a token', [basic], token, /only a token/],
      ['by Basic with a wrong password', [basic, basic], ann, /does not accept/],
      ['in a way that is not known', [{ status: 401, headers: { 'WWW-Authenticate': 'NTLM' } }], ann, /not known/],
      ['without saying how', [{ status: 401 }], ann, /not known/],
    ];
    for (const [what, answers, credentials, words] of refused) {
      it(`not ${what}`, async () => {
        registry.expect(`GET ${one}`, ...answers);
        await assert.rejects(client(credentials).getManifest(image, forever), fails('registry-denied', words));
      });
    }

    const realms: [status: number, credentials: RegistryCredentials | undefined, reason: Reason, words: RegExp][] = [
      [401, ann, 'registry-denied', /password/],
      [403, undefined, 'registry-denied', /wants a sign-in/],
      [400, token, 'registry-denied', /token/],
      [404, ann, 'registry-refused', /404/],
      [200, ann, 'registry-refused', /no token/],
    ];
    for (const [status, credentials, reason, words] of realms) {
      it(`not where the realm answers ${credentials?.kind ?? 'nobody'} with ${status}`, async () => {
        registry.expect(`GET ${one}`, bearer(`http://${other.host}/token`));
        const method = credentials?.kind === 'identity-token' ? 'POST' : 'GET';
        other.expect(`${method} /token`, { status, body: '{"token":"a\\r\\nb"}' });
        await assert.rejects(client(credentials).getManifest(image, forever), fails(reason, words));
      });
    }

    it('not where the realm is no address', async () => {
      for (const realm of ['', 'token', 'file:///etc/passwd', 'http://']) {
        registry.expect(`GET ${one}`, bearer(realm));
        await assert.rejects(client(ann).getManifest(image, forever), fails('registry-refused', /where to sign in/));
      }
    });

    it('once only where the token is not enough', async () => {
      const realm = `http://${other.host}/token`;
      registry.expect(`PUT ${one}`, bearer(realm), bearer(realm));
      other.expect('GET /token', { body: '{"token":"t1"}' });
      const put = client(ann).putManifest(image, mediaTypes.ociManifest, Buffer.from(manifest), forever);
      await assert.rejects(put, fails('registry-denied'));
    });

    it('does not send a token request twice that is not idempotent', async () => {
      registry.expect(`GET ${one}`, bearer(`http://${other.host}/oauth`), bearer(`http://${other.host}/oauth`));
      other.expect('POST /oauth', { status: 503 }, { breaks: 'at-once' });
      await assert.rejects(client(token).getManifest(image, forever), fails('registry-unreachable'));
      await assert.rejects(client(token).getManifest(image, forever), fails('registry-unreachable'));
    });
  });

  describe('is redirected', () => {
    const to = (location: string): Answer => ({ status: 307, headers: { Location: location } });

    it('to another host without credentials, and asks for none there', async () => {
      registry.expect(`GET ${one}`, basic, to(`http://${other.host}/elsewhere`), to(`http://${other.host}/closed`));
      other.expect('GET /elsewhere', found).expect('GET /closed', basic);
      const signedIn = client(ann);
      await signedIn.getManifest(image, forever);
      await assert.rejects(signedIn.getManifest(image, forever), fails('registry-denied'));
      assert.deepEqual(registry.authorizations, [undefined, basicAnn, basicAnn]);
      assert.deepEqual(other.authorizations, [undefined, undefined]);
      assert.deepEqual(asked, [registry.host]);
    });

    it('by the realm to another host without the password', async () => {
      registry.expect(`GET ${one}`, bearer(`http://${registry.host}/token`), found);
      registry.expect('GET /token', to(`http://${other.host}/token`));
      other.expect('GET /token', { body: '{"token":"t1"}' });
      await client(ann).getManifest(image, forever);
      assert.deepEqual(other.authorizations, [undefined]);
    });

    it('within its host with credentials', async () => {
      registry.expect(`GET ${one}`, basic, to('/v2/moved')).expect('GET /v2/moved', found);
      await client(ann).getManifest(image, forever);
      assert.deepEqual(registry.authorizations, [undefined, basicAnn, basicAnn]);
    });

    it('not without an end, to nowhere, or with what it writes', async () => {
      registry.expect(`GET ${one}`, ...Array.from({ length: 6 }, () => to(one)), to('http://'), to('ftp://x/y'));
      await assert.rejects(client().getManifest(image, forever), fails('registry-refused', /without an end/));
      await assert.rejects(client().getManifest(image, forever), fails('registry-refused', /nowhere/));
      await assert.rejects(client().getManifest(image, forever), fails('registry-refused', /without TLS/));
      registry.expect(`PUT ${one}`, to(`http://${other.host}/x`));
      const put = client().putManifest(image, mediaTypes.ociManifest, Buffer.from(manifest), forever);
      await assert.rejects(put, fails('registry-refused'));
    });
  });

  it('asks without TLS only on this machine, and where it is told to', async () => {
    const everywhere = registry.host.replace('127.0.0.1', '0.0.0.0');
    registry.expect(`GET ${one}`, found, found);
    const options = { credentialsFor: () => Promise.resolve(undefined), backoffMilliseconds: 1 };
    await new RegistryClient(options).getManifest(image.replace('127.0.0.1', 'localhost'), forever);
    await new RegistryClient({ ...options, insecure: [everywhere] }).getManifest(`${everywhere}/a/b:1`, forever);
    const secure = new RegistryClient({ ...options, insecure: ['0.0.0.0', registry.host] });
    await assert.rejects(
      secure.getManifest(`${everywhere}/a/b:1`, forever),
      fails('registry-unreachable', /does not speak TLS/),
    );
  });
});
