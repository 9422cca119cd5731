import assert from 'node:assert/strict';
import { assembleIndex, type IndexMember } from '../../../src/engine/registry/assemble-index.js';
import { mediaTypes, RegistryClient } from '../../../src/engine/registry/registry-client.js';
import { failing } from '../failing.js';
import { type Answer, RegistryDouble, sha256 } from './registry-double.js';

const forever = new AbortController().signal;

describe('an index', () => {
  let registry: RegistryDouble;
  let target: string;
  beforeEach(async () => {
    registry = await RegistryDouble.open();
    target = `${registry.host}/a/b:1`;
  });
  afterEach(() => registry.close());

  const assemble = (members: readonly IndexMember[], to = target): Promise<{ digest: string }> => {
    const client = new RegistryClient({ credentialsFor: () => Promise.resolve(undefined), backoffMilliseconds: 1 });
    return assembleIndex(client, to, members, forever);
  };
  /** A manifest or index that is in the registry, and asked for with the methods. */
  const there = (mediaType: string, content: object, methods: readonly ('HEAD' | 'GET')[] = ['HEAD']): string => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType, ...content });
    const answer: Answer = { headers: { 'Content-Type': mediaType, 'Docker-Content-Digest': sha256(body) }, body };
    for (const method of methods) registry.expect(`${method} /v2/a/b/manifests/${sha256(body)}`, answer);
    return sha256(body);
  };
  const member = (platform: string, digest: string, reference = target): IndexMember => ({
    platform,
    reference,
    digest,
  });
  const written = (): { type: string | undefined; content: unknown; digest: string } => {
    const put = registry.heard.at(-1);
    assert.equal(`${put?.method ?? ''} ${put?.path ?? ''}`, 'PUT /v2/a/b/manifests/1');
    const body = put?.body ?? '';
    return { type: put?.headers['content-type'], content: JSON.parse(body), digest: sha256(body) };
  };

  it('has the type, size and platform of each manifest', async () => {
    const amd = there(mediaTypes.ociManifest, { n: 1 });
    const arm = there(mediaTypes.dockerManifest, { number: 20 });
    registry.expect('PUT /v2/a/b/manifests/1', { status: 201 });
    const { digest } = await assemble([
      member('linux/amd64', amd, `${registry.host}/a/b:1-amd64`),
      member('linux/arm/v7', arm, `${registry.host}/a/b:1-arm`),
    ]);
    const { type, content, digest: put } = written();
    assert.equal(digest, put);
    assert.equal(type, mediaTypes.ociIndex);
    assert.deepEqual(content, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [
        {
          mediaType: mediaTypes.ociManifest,
          size: 82,
          digest: amd,
          platform: { architecture: 'amd64', os: 'linux' },
        },
        {
          mediaType: mediaTypes.dockerManifest,
          size: 98,
          digest: arm,
          platform: { architecture: 'arm', os: 'linux', variant: 'v7' },
        },
      ],
    });
  });

  it("is Docker's list where all manifests are Docker's", async () => {
    const amd = there(mediaTypes.dockerManifest, { n: 1 });
    registry.expect('PUT /v2/a/b/manifests/1', { status: 201 });
    await assemble([member('linux/x86_64', amd)]);
    const { type, content } = written();
    assert.equal(type, mediaTypes.dockerList);
    assert.deepEqual((content as { mediaType: string }).mediaType, mediaTypes.dockerList);
  });

  it('has the image for the platform of a member that is an index itself', async () => {
    const image = (digest: string, platform?: object): object => ({
      mediaType: mediaTypes.ociManifest,
      digest: sha256(digest),
      size: 7,
      ...(platform === undefined ? {} : { platform }),
    });
    const manifests = [
      image('none'),
      image('attestation', { os: 'unknown', architecture: 'unknown' }),
      image('amd', { os: 'linux', architecture: 'amd64' }),
      image('arm', { os: 'linux', architecture: 'arm64', variant: 'v8' }),
    ];
    const nested = there(mediaTypes.ociIndex, { manifests }, ['HEAD', 'GET', 'HEAD', 'GET']);
    registry.expect('PUT /v2/a/b/manifests/1', { status: 201 });
    await assemble([member('linux/arm64', nested)]);
    const { content } = written();
    assert.deepEqual((content as { manifests: unknown[] }).manifests, [
      image('arm', { os: 'linux', architecture: 'arm64' }),
    ]);
    await assert.rejects(
      assemble([member('linux/s390x', nested)]),
      failing('platform-not-available', /no image for linux\/s390x/),
    );
  });

  it('is not written where a member is not there', async () => {
    const missing = sha256('missing');
    registry.expect(`HEAD /v2/a/b/manifests/${missing}`, { status: 404 });
    await assert.rejects(assemble([member('linux/amd64', missing)]), failing('image-not-found', /does not have/));
  });

  it('is not made of what cannot be in it', async () => {
    const digest = sha256('x');
    const amd = there(mediaTypes.ociManifest, {});
    const cases: [members: IndexMember[], words: RegExp, to?: string][] = [
      [[], /needs an image/],
      [[member('amiga', digest)], /not a platform/],
      [[member('linux/amd64', digest, `${registry.host}/a/c:1`)], /not in the repository/],
      [[member('linux/amd64', digest, 'a/b:1')], /not in the repository/],
      [[member('linux/amd64', 'latest')], /not a digest/],
      [[member('linux/amd64', amd), member('linux/x86_64', amd)], /Two images/],
      [[member('linux/amd64', digest)], /digest cannot be given/, `${target}@${digest}`],
      [[member('linux/amd64', digest)], /lower case/, 'Not/Valid'],
    ];
    for (const [members, words, to] of cases) {
      await assert.rejects(assemble(members, to), failing('invalid-argument', words), String(words));
    }
  });
});
