import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectImage } from '../../src/engine/images.js';
import { pullImage } from '../../src/engine/pull.js';
import { assembleIndex } from '../../src/engine/registry/assemble-index.js';
import { type RegistryCredentials, type RegistryCredentialsFor } from '../../src/engine/registry/credentials.js';
import { dockerCredentials } from '../../src/engine/registry/docker-credentials.js';
import { pushReference } from '../../src/engine/registry/push.js';
import { mediaTypes, RegistryClient } from '../../src/engine/registry/registry-client.js';
import { connectTo } from '../harness/engines/connect.js';
import { type RunningRegistry, startRegistry } from '../harness/engines/registry.js';
import { startTlsProxy } from '../harness/engines/tls-proxy.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { busybox, connect, dropImage, engineHost, engineName, failsWith, imageExists, work } from './support.js';

describe(`a registry that wants a sign-in, with engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  const docker = connectTo(engineHost);
  const tags = new Set<string>();
  const user = { user: 'ann', password: 'a:geheim?' };
  const ann: RegistryCredentials = { kind: 'password', username: user.user, password: user.password };
  const wrong: RegistryCredentials = { ...ann, password: 'not this one' };
  let registry: RunningRegistry;
  let repository: string;

  before(async function () {
    const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
    if (running === undefined) return this.skip();
    registry = await startRegistry(running, { log: () => undefined, htpasswd: user });
    repository = `${registry.sharedAddress}/test-registry/signed-in`;
  });
  after(async () => {
    connection.dispose();
    for (const tag of tags) await dropImage(tag);
    // One that wants no sign-in can start in its place.
    if (tags.size > 0) await registry.stop();
  });

  const tagged = async (tag: string): Promise<string> => {
    await docker.getImage(busybox).tag({ repo: repository, tag });
    tags.add(`${repository}:${tag}`);
    return `${repository}:${tag}`;
  };
  const push = (
    reference: string,
    credentials: RegistryCredentials | undefined,
    doing = work(),
  ): Promise<{ digest: string }> => pushReference(connection, reference, credentials, undefined, doing);
  const clientWith = (credentialsFor: RegistryCredentialsFor): RegistryClient =>
    new RegistryClient({ credentialsFor, insecure: [registry.sharedAddress] });
  const client = (credentials?: RegistryCredentials): RegistryClient =>
    clientWith((host) => Promise.resolve(host === registry.sharedAddress ? credentials : undefined));
  const forever = new AbortController().signal;
  const hides = ({ message, remedy }: Error & { remedy: string }): boolean =>
    !/geheim|not this one/.test(`${message} ${remedy}`);

  it('is pushed to with credentials alone, and has what the digest says', async () => {
    const reference = await tagged('push');
    const pushing = work();
    const { digest } = await push(reference, ann, pushing);
    assert.match(digest, /^sha256:[0-9a-f]{64}$/);
    const fractions = pushing.reports.map(({ fraction }) => fraction).filter((fraction) => fraction !== undefined);
    assert.ok(fractions.length > 0);
    assert.deepEqual(
      fractions,
      [...fractions].sort((left, right) => left - right),
    );
    assert.equal(fractions.at(-1), 0.99);

    const described = await client(ann).headManifest(reference, forever);
    assert.equal(described.digest, digest);
    const { bytes, ...same } = await client(ann).getManifest(`${repository}@${digest}`, forever);
    assert.deepEqual(same, described);
    const { config } = JSON.parse(bytes.toString('utf8')) as { config: { digest: string } };
    const { rootfs } = (await client(ann).getBlobJson(reference, config.digest, forever)) as {
      rootfs: { diff_ids: string[] };
    };
    assert.deepEqual(rootfs.diff_ids, (await inspectImage(connection, reference)).diffIds);
  });

  it('lets nobody push or read without credentials, or with wrong ones', async () => {
    const reference = await tagged('denied');
    for (const credentials of [undefined, wrong, { kind: 'identity-token', token: 'geheim' } as const]) {
      const what = credentials?.kind ?? 'nobody';
      const denied = failsWith('registry-denied', hides);
      await assert.rejects(push(reference, credentials), denied, what);
      await assert.rejects(pullImage(connection, reference, { credentials }, work()), denied, what);
      await assert.rejects(client(credentials).headManifest(reference, forever), denied, what);
      const put = client(credentials).putManifest(reference, mediaTypes.ociIndex, Buffer.from('{}'), forever);
      await assert.rejects(put, denied, what);
    }
    await assert.rejects(client(ann).headManifest(reference, forever), failsWith('image-not-found'));
  });

  it('is pulled from with credentials', async () => {
    const reference = await tagged('pull');
    const { digest } = await push(reference, ann);
    await dropImage(reference);
    await assert.rejects(pullImage(connection, reference, undefined, work()), failsWith('registry-denied'));
    assert.ok(!(await imageExists(reference)));
    const pulled = await pullImage(connection, reference, { credentials: ann }, work());
    assert.deepEqual(pulled, { reference, digest });
    assert.ok(await imageExists(reference));
    const missing = pullImage(connection, `${repository}:nothing`, { credentials: ann }, work());
    await assert.rejects(missing, failsWith('image-not-found'));
  });

  it("is signed in to with what docker's own login leaves", async () => {
    const reference = await tagged('docker');
    const folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
    try {
      const auth = Buffer.from(`${user.user}:${user.password}`).toString('base64');
      await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.sharedAddress]: { auth } } }));
      const credentialsFor = dockerCredentials({ configFolder: folder, environment: {} });
      const { digest } = await push(reference, await credentialsFor(registry.sharedAddress, forever));
      assert.equal((await clientWith(credentialsFor).headManifest(reference, forever)).digest, digest);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('gets an index over what was pushed, from which the engine takes its own platform', async () => {
    const one = await tagged('index-amd64');
    const two = await tagged('index-arm64');
    const target = `${repository}:index`;
    tags.add(target);
    const members = [
      { platform: 'linux/amd64', reference: one, digest: (await push(one, ann)).digest },
      { platform: 'linux/arm64', reference: two, digest: (await push(two, ann)).digest },
    ];
    const { digest } = await assembleIndex(client(ann), target, members, forever);
    const { mediaType, bytes, ...read } = await client(ann).getManifest(target, forever);
    assert.equal(read.digest, digest);
    const { manifests } = JSON.parse(bytes.toString('utf8')) as {
      manifests: { digest: string; mediaType: string; size: number; platform: object }[];
    };
    const described = await client(ann).headManifest(one, forever);
    assert.deepEqual(manifests, [
      { ...described, platform: { architecture: 'amd64', os: 'linux' } },
      { ...described, platform: { architecture: 'arm64', os: 'linux' } },
    ]);
    const isDockers = described.mediaType === mediaTypes.dockerManifest;
    assert.equal(mediaType, isDockers ? mediaTypes.dockerList : mediaTypes.ociIndex);
    assert.deepEqual(await assembleIndex(client(ann), target, members, forever), { digest });

    await dropImage(one);
    await dropImage(two);
    await pullImage(connection, target, { credentials: ann }, work());
    const { platform, diffIds } = await inspectImage(connection, target);
    assert.equal(platform, 'linux/amd64');
    assert.deepEqual(diffIds, (await inspectImage(connection, busybox)).diffIds);
  });

  it('is not asked for what the engine does not have, or nobody waits for', async () => {
    await assert.rejects(push(`${repository}:nothing`, ann), failsWith('image-not-found'));
    await assert.rejects(push(`${repository}-nothing:1`, ann), failsWith('image-not-found'));
    const reference = await tagged('cancelled');
    await assert.rejects(push(reference, ann, work(AbortSignal.abort())), failsWith('cancelled'));
    const nowhere = client(ann).headManifest('127.0.0.1:1/x:1', forever);
    await assert.rejects(nowhere, failsWith('registry-unreachable'));
  });

  it('is not spoken to over TLS with a certificate that nobody vouches for', async () => {
    const proxy = await startTlsProxy('/nowhere');
    try {
      // The same machine, by a name that does not say so.
      const asking = client(ann).headManifest(`0.0.0.0:${proxy.port}/x:1`, forever);
      const untrusted = failsWith('registry-unreachable', ({ message }) => /certificate.*not trusted/.test(message));
      await assert.rejects(asking, untrusted);
    } finally {
      await proxy.dispose();
    }
  });
});
