import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { inspectImage } from '../../src/engine/images.js';
import { pullImage } from '../../src/engine/pull.js';
import { pushReference } from '../../src/engine/registry/push.js';
import { tagImage } from '../../src/engine/image-operations.js';
import { type RunningRegistry, startRegistry } from '../harness/engines/registry.js';
import { type Fault, RegistryFront } from '../harness/engines/registry-front.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { buildHost, busybox, connect, dropImage, engineName, failsWith, project, work } from './support.js';

type Reason = Parameters<typeof failsWith>[0];

describe(`a registry in trouble, with engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  let registry: RunningRegistry;
  let front: RegistryFront;
  let reference = '';

  before(async function () {
    const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
    if (running === undefined) return this.skip();
    registry = await startRegistry(running, { log: () => undefined });
    front = await RegistryFront.open(registry.sharedAddress);
    reference = `${running.address.replace(/\.\d+$/, '.1')}:${front.port}/test/faults:1`;
    const place = await project({ Dockerfile: `FROM ${busybox}\nCOPY data /data\n` });
    await writeFile(join(place.folder, 'data'), randomBytes(2_000_000));
    const dockerfile = join(place.folder, 'Dockerfile');
    await buildImage(connection, { dockerfile, tag: reference }, buildHost(place.folder), work());
    await place.dispose();
  });
  afterEach(() => {
    front.set();
  });
  after(async () => {
    connection.dispose();
    if (reference === '') return;
    await dropImage(reference);
    await front.close();
    await registry.stop();
  });

  const push = (what = reference): Promise<{ digest: string }> =>
    pushReference(connection, what, undefined, undefined, work());

  it('that ends a connection in mid-push gets the whole when it is asked again', async () => {
    front.set({ method: 'PATCH', path: /\/blobs\/uploads\//, times: 1, does: 'reset' });
    const { digest } = await push();
    const before = await inspectImage(connection, reference);
    await dropImage(reference);
    const pulled = await pullImage(connection, reference, undefined, work());
    assert.equal(pulled.digest, digest);
    assert.deepEqual((await inspectImage(connection, reference)).diffIds, before.diffIds);
  });

  const pushes: [what: string, fault: Fault, reason: Reason][] = [
    ['401', { method: 'PUT', path: /manifests/, does: answer(401, 'UNAUTHORIZED') }, 'registry-denied'],
    ['403', { method: 'PUT', path: /manifests/, does: answer(403, 'DENIED') }, 'registry-denied'],
    ['404', { method: 'PUT', path: /manifests/, does: answer(404, 'NAME_UNKNOWN') }, 'registry-refused'],
    ['429', { method: 'PUT', path: /manifests/, does: answer(429, 'TOOMANYREQUESTS') }, 'registry-busy'],
    ['503', { method: 'PUT', path: /manifests/, does: answer(503, 'UNAVAILABLE') }, 'registry-unreachable'],
    ['nothing', { method: 'PUT', path: /manifests/, does: 'reset' }, 'registry-unreachable'],
  ];
  for (const [what, fault, reason] of pushes) {
    it(`that answers a push with ${what} is ${reason}`, async () => {
      // What a registry has already is not pushed again.
      const fresh = reference.replace(/:1$/, `-${randomBytes(4).toString('hex')}:1`);
      await tagImage(connection, reference, fresh);
      try {
        front.set(fault);
        await assert.rejects(push(fresh), failsWith(reason, says));
      } finally {
        await dropImage(fresh);
      }
    });
  }

  const pulls: [what: string, fault: Fault, reason: Reason][] = [
    ['401', { method: 'GET', path: /manifests/, does: answer(401, 'UNAUTHORIZED') }, 'registry-denied'],
    ['403', { method: 'GET', path: /manifests/, does: answer(403, 'DENIED') }, 'registry-denied'],
    ['404', { method: 'GET', path: /manifests/, does: answer(404, 'MANIFEST_UNKNOWN') }, 'image-not-found'],
    ['429', { method: 'GET', path: /manifests/, does: answer(429, 'TOOMANYREQUESTS') }, 'registry-busy'],
    ['500', { method: 'GET', path: /manifests/, does: answer(500, 'UNKNOWN') }, 'registry-unreachable'],
  ];
  for (const [what, fault, reason] of pulls) {
    it(`that answers a pull with ${what} is ${reason}`, async () => {
      front.set(fault, { ...fault, method: 'HEAD' });
      await assert.rejects(pullImage(connection, reference, undefined, work()), failsWith(reason, says));
    });
  }
});

function answer(status: number, code: (Fault['does'] & object)['code']): Fault['does'] {
  return { status, code };
}

/** In words for a person, not those of a log. */
function says({ message }: Error): boolean {
  return !/rpc error|level=|\n/.test(message);
}
