import assert from 'node:assert/strict';
import { mediaTypes, RegistryClient } from '../../../src/engine/registry/registry-client.js';
import { type Reason } from '../../../src/host/failure.js';
import { failing } from '../failing.js';
import { type Answer, errorBody, RegistryDouble, sha256 } from './registry-double.js';

const forever = new AbortController().signal;
const manifest = '{"schemaVersion":2}';
const found: Answer = { headers: { 'Content-Type': mediaTypes.ociManifest }, body: manifest };
const one = '/v2/a/manifests/1';
const mostTries = 4;

describe('a registry in trouble', () => {
  let registry: RegistryDouble;
  let image: string;
  beforeEach(async () => {
    registry = await RegistryDouble.open();
    image = `${registry.host}/a:1`;
  });
  afterEach(() => registry.close());

  const client = (backoffMilliseconds = 1): RegistryClient =>
    new RegistryClient({ credentialsFor: () => Promise.resolve(undefined), backoffMilliseconds });
  const get = (): Promise<unknown> => client().getManifest(image, forever);
  const put = (): Promise<unknown> =>
    client().putManifest(image, mediaTypes.ociManifest, Buffer.from(manifest), forever);
  const times = (count: number, answer: Answer): Answer[] => Array.from({ length: count }, () => answer);
  const statuses: [status: number, body: string, reason: Reason, words: RegExp][] = [
    [
      403,
      errorBody('DENIED', 'requested access to the resource is denied'),
      'registry-denied',
      /let you read .*is denied\)/,
    ],
    [404, errorBody('MANIFEST_UNKNOWN', 'manifest\nunknown.'), 'image-not-found', /\(manifest unknown\)\./],
    [404, 'no JSON', 'image-not-found', /does not have/],
    [400, errorBody('MANIFEST_INVALID', ''), 'registry-refused', /400 \(MANIFEST_INVALID\)/],
    [405, '{"errors":[]}', 'registry-refused', /405/],
  ];
  for (const [status, body, reason, words] of statuses) {
    it(`is asked once when it answers ${status} with “${body.slice(0, 30)}”`, async () => {
      registry.expect(`GET ${one}`, { status, body }).expect(`PUT ${one}`, { status, body });
      await assert.rejects(get(), failing(reason, words));
      await assert.rejects(put(), failing(reason));
    });
  }

  it('is asked again while it is busy, as soon as it says', async () => {
    const soon = new Date(Date.now() + 1000).toUTCString();
    registry.expect(
      `GET ${one}`,
      { status: 429, headers: { 'Retry-After': '1' } },
      { status: 429, headers: { 'Retry-After': soon } },
      { status: 503, headers: { 'Retry-After': '0' } },
      found,
    );
    const before = performance.now();
    await client(50_000).getManifest(image, forever);
    const seconds = (performance.now() - before) / 1000;
    assert.ok(seconds > 0.99 && seconds < 10, `${seconds} s`);
  });

  it('is left alone when it is busy for long, or again and again', async () => {
    registry.expect(`GET ${one}`, { status: 429, headers: { 'Retry-After': '3600' } });
    await assert.rejects(get(), failing('registry-busy', /in 3600 s/));
    registry.expect(`GET ${one}`, ...times(mostTries, { status: 429 }));
    await assert.rejects(get(), failing('registry-busy', /in a few minutes/));
    registry.expect(`PUT ${one}`, ...times(mostTries, { status: 429 }));
    await assert.rejects(put(), failing('registry-busy'));
  });

  it('is asked a few times when it fails, and what is idempotent gets through', async () => {
    registry.expect(`GET ${one}`, { status: 500 }, { status: 502 }, { status: 503 }, found);
    registry.expect(`PUT ${one}`, { status: 504 }, { status: 201 });
    await get();
    assert.equal(await put(), sha256(manifest));
    registry.expect(`GET ${one}`, ...times(mostTries, { status: 503 }));
    await assert.rejects(get(), failing('registry-unreachable', /503/));
  });

  it('is asked again when the answer breaks off, and is unreachable when it always does', async () => {
    registry.expect(`GET ${one}`, { ...found, breaks: 'in-body' }, { breaks: 'at-once' }, found);
    await get();
    for (const breaks of ['in-body', 'at-once'] as const) {
      registry.expect(`GET ${one}`, ...times(mostTries, { ...found, breaks }));
      await assert.rejects(get(), failing('registry-unreachable'));
    }
  });

  it('is not asked again when nothing listens', async () => {
    const closed = await RegistryDouble.open();
    await closed.close();
    const before = performance.now();
    await assert.rejects(
      client(10_000).getManifest(`${closed.host}/a:1`, forever),
      failing('registry-unreachable', /ECONNREFUSED/),
    );
    assert.ok(performance.now() - before < 5000);
  });

  it('does not fill the memory', async () => {
    const body = Buffer.alloc(17 * 1024 * 1024);
    registry.expect(`GET ${one}`, { body });
    await assert.rejects(get(), failing('registry-refused', /more than/));
  });

  it('is left at once when the request is cancelled', async () => {
    await assert.rejects(client().getManifest(image, AbortSignal.abort()), failing('cancelled'));
    const abort = new AbortController();
    const then = (): void => {
      setImmediate(() => {
        abort.abort();
      });
    };
    registry.expect(`GET ${one}`, { status: 503, then });
    await assert.rejects(client(50_000).getManifest(image, abort.signal), failing('cancelled'));
  });

  it('is left at once when the answer is being read', async () => {
    const abort = new AbortController();
    // Half of the body that was announced, and nothing more.
    const then = (): void => {
      abort.abort();
    };
    registry.expect(`GET ${one}`, { headers: { 'Content-Length': '1000' }, body: 'x', then });
    await assert.rejects(client().getManifest(image, abort.signal), failing('cancelled'));
  });

  it('is not asked for what is no reference', async () => {
    for (const reference of ['Not Valid', '', `${registry.host}/a@x`]) {
      await assert.rejects(client().headManifest(reference, forever), failing('invalid-argument'));
    }
  });
});
