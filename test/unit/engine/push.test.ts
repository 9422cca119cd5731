import assert from 'node:assert/strict';
import { EngineConnection } from '../../../src/engine/connection.js';
import { parseHost } from '../../../src/engine/endpoint.js';
import { pullImage } from '../../../src/engine/pull.js';
import { type RegistryCredentials, registryAuthHeader } from '../../../src/engine/registry/credentials.js';
import { pushReference } from '../../../src/engine/registry/push.js';
import { Failure, type Reason } from '../../../src/host/failure.js';
import { type ProgressReport } from '../../../src/host/progress.js';
import { type Answer, RegistryDouble } from './registry-double.js';

const ann: RegistryCredentials = { kind: 'password', username: 'ann', password: 'geheim' };
const digest = `sha256:${'ab'.repeat(32)}`;
const pushPath = 'POST /images/ghcr.io/a/b/push';

describe("the engine's pushes and pulls", () => {
  let engine: RegistryDouble;
  let connection: EngineConnection;
  let reports: ProgressReport[];
  beforeEach(async () => {
    engine = await RegistryDouble.open();
    connection = new EngineConnection({
      name: 'test',
      source: 'setting',
      ...parseHost(`tcp://${engine.host}`, undefined),
    });
    reports = [];
  });
  afterEach(async () => {
    connection.dispose();
    await engine.close();
  });

  const lines = (...values: readonly object[]): Answer => ({
    headers: { 'Content-Type': 'application/json' },
    body: values.map((value) => `${JSON.stringify(value)}\r\n`).join(''),
  });
  const done = lines({ progressDetail: {}, aux: { Tag: '1', Digest: digest, Size: 527 } });
  const push = (
    reference = 'ghcr.io/a/b:1',
    credentials?: RegistryCredentials,
    signal = new AbortController().signal,
  ): Promise<{ digest: string }> =>
    pushReference(connection, reference, credentials, undefined, {
      signal,
      onProgress: (report) => reports.push(report),
    });
  const fails = (reason: Reason) => (error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    assert.equal(error.reason, reason, error.message);
    assert.doesNotMatch(`${error.message} ${error.remedy}`, /geheim/);
    return true;
  };

  it('say who asks, also that nobody does', async () => {
    engine.expect(pushPath, done, done).expect('POST /images/a/push', done);
    await push('ghcr.io/a/b:1', ann);
    await push('ghcr.io/a/b');
    await push('a:2', ann);
    const headers = engine.heard.map((heard) => heard.headers['x-registry-auth']);
    assert.deepEqual(headers, [
      registryAuthHeader(ann, 'ghcr.io'),
      'e30=',
      registryAuthHeader(ann, 'registry-1.docker.io'),
    ]);
    assert.deepEqual(
      engine.heard.map(({ path }) => path.replace(/^.*\?/, '')),
      ['tag=1', 'tag=latest', 'tag=2'],
    );
    const pulled = lines({ status: `Digest: ${digest}` });
    engine.expect('POST /images/create', pulled, pulled);
    const work = { signal: new AbortController().signal, onProgress: () => undefined };
    await pullImage(connection, 'ghcr.io/a/b:1', { credentials: ann }, work);
    await pullImage(connection, 'ghcr.io/a/b:1', undefined, work);
    assert.equal(engine.heard.at(-2)?.headers['x-registry-auth'], registryAuthHeader(ann, 'ghcr.io'));
    assert.equal(engine.heard.at(-1)?.headers['x-registry-auth'], undefined);
  });

  it('name the one platform that is wanted', async () => {
    engine.expect(pushPath, done);
    const platform = { os: 'linux', architecture: 'arm64', variant: undefined };
    const work = { signal: new AbortController().signal, onProgress: () => undefined };
    await pushReference(connection, 'ghcr.io/a/b:1', undefined, platform, work);
    const query = new URLSearchParams(engine.heard[0]?.path.replace(/^.*\?/, ''));
    assert.deepEqual(JSON.parse(query.get('platform') ?? ''), { os: 'linux', architecture: 'arm64' });
  });

  it('report how much of the layers is there, never less than before', async () => {
    const layer = (id: string, status: string, current?: number): object => ({
      id,
      status,
      progressDetail: current === undefined ? {} : { current, total: 100 },
    });
    engine.expect(
      pushPath,
      lines(
        { status: 'The push refers to repository [ghcr.io/a/b]' },
        layer('one', 'Preparing'),
        layer('two', 'Waiting'),
        layer('one', 'Pushing', 50),
        layer('one', 'Pushing', 40),
        // More is sent than the layer has, for the tar around it counts.
        layer('one', 'Pushing', 120),
        layer('one', 'Pushed'),
        layer('two', 'Mounted from a/c'),
        { status: `1: digest: ${digest} size: 400` },
      ),
    );
    assert.deepEqual(await push(), { digest });
    assert.deepEqual(
      reports.map(({ fraction }) => fraction),
      [undefined, undefined, 0, 0, 0.25, 0.25, 0.5, 0.5, 0.99, 0.99],
    );
  });

  const words: [text: string, reason: Reason][] = [
    ['no basic auth credentials', 'registry-denied'],
    ['unauthorized: authentication required', 'registry-denied'],
    ['denied: requested access to the resource is denied', 'registry-denied'],
    [
      'push access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
      'registry-denied',
    ],
    [
      'unknown: unexpected status from HEAD request to http://10.0.0.2:5000/v2/x/blobs/sha256:ba: 401 Unauthorized',
      'registry-denied',
    ],
    [
      'unexpected - failed to resolve reference "10.0.0.2:5000/x:1": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
      'registry-denied',
    ],
    ['unexpected status from POST request to https://ghcr.io/v2/a/blobs/uploads/: 403 Forbidden', 'registry-denied'],
    ["pull access denied for nothing, repository does not exist or may require 'docker login'", 'image-not-found'],
    [
      'failed to resolve reference "docker.io/library/x:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      'image-not-found',
    ],
    ['push access denied, repository does not exist: insufficient_scope: authorization failed', 'registry-denied'],
    ['tag does not exist: ghcr.io/a/b:1', 'image-not-found'],
    ['An image does not exist locally with the tag: ghcr.io/a/b', 'image-not-found'],
    ['toomanyrequests: You have reached your pull rate limit.', 'registry-busy'],
    ['unexpected status from GET request to https://ghcr.io/v2/a: 429 Too Many Requests', 'registry-busy'],
    ['received unexpected HTTP status: 503 Service Unavailable', 'registry-unreachable'],
    ['unexpected status from PUT request to https://ghcr.io/v2/a: 502 Bad Gateway', 'registry-unreachable'],
    ['Put "https://ghcr.io/v2/a": EOF', 'registry-unreachable'],
    ['Get "https://ghcr.io/v2/": http: server gave HTTP response to HTTPS client', 'registry-unreachable'],
    ['Get "https://ghcr.io/v2/": x509: certificate signed by unknown authority', 'registry-unreachable'],
    ['Get "https://ghcr.io/v2/": dial tcp 127.0.0.1:1: connect: connection refused', 'registry-unreachable'],
    [
      'image with reference x was found but does not provide the specified platform (linux/arm64)',
      'platform-not-available',
    ],
    ['something new', 'engine-refused'],
  ];
  for (const [text, reason] of words) {
    it(`end with ${reason} for “${text.slice(0, 60)}”, whenever it is said`, async () => {
      const late = lines({ status: 'Preparing', id: 'one' }, { errorDetail: { message: text }, error: text });
      const atOnce: Answer = {
        status: 500,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ message: text }),
      };
      engine.expect(pushPath, late, atOnce).expect('POST /images/create', late, atOnce);
      const work = { signal: new AbortController().signal, onProgress: () => undefined };
      for (let count = 0; count < 2; count += 1) {
        await assert.rejects(push('ghcr.io/a/b:1', ann), fails(reason));
        await assert.rejects(pullImage(connection, 'ghcr.io/a/b:1', { credentials: ann }, work), fails(reason));
      }
    });
  }

  it('are not taken for done when the engine does not say so', async () => {
    engine.expect(pushPath, lines({ status: 'Preparing', id: 'one' }), { ...done, breaks: 'in-body' });
    await assert.rejects(push(), fails('engine-refused'));
    await assert.rejects(push(), fails('engine-lost'));
  });

  it('end when they are cancelled', async () => {
    const abort = new AbortController();
    const then = (): void => {
      abort.abort();
    };
    engine.expect(pushPath, { headers: { 'Content-Length': '1000' }, body: '{"status":"Preparing"}\n', then });
    await assert.rejects(push('ghcr.io/a/b:1', ann, abort.signal), fails('cancelled'));
    await assert.rejects(push('ghcr.io/a/b:1', ann, AbortSignal.abort()), fails('cancelled'));
  });

  it('need a reference with a tag', async () => {
    for (const reference of ['Not Valid', `ghcr.io/a/b@${digest}`]) {
      await assert.rejects(push(reference), fails('invalid-argument'));
    }
  });
});
