import assert from 'node:assert/strict';
import { join } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { imageTraits, inspectImage } from '../../src/engine/images.js';
import { engineInfo } from '../../src/engine/system.js';
import { importBusybox } from '../harness/engines/busybox.js';
import { isEngineName } from '../harness/engines/state.js';
import { ensureEmulation, removeEmulation } from '../harness/machine/emulation.js';
import { configurationOf } from './saved-image.js';
import {
  buildHost,
  connect,
  dropImage,
  engineHost,
  engineName,
  failsWith,
  imageExists,
  project,
  readRecord,
  work,
} from './support.js';

const both = ['linux/amd64', 'linux/arm64'];

describe(`building for several platforms on engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  let wasEmulated = false;
  before(async function () {
    // The kernel that emulates must be this machine's.
    if (!isEngineName(engineName)) this.skip();
    wasEmulated = await ensureEmulation('arm64', () => undefined);
    for (const architecture of ['amd64', 'arm64'] as const) await importBusybox(engineHost, { architecture });
  });
  after(async () => {
    connection.dispose();
    if (wasEmulated) await ensureEmulation('arm64', () => undefined);
    else await removeEmulation('arm64');
    for (const architecture of ['amd64', 'arm64']) await dropImage(`busybox:stand-in-${architecture}`);
    for (const tag of ['two', 'two-arm64', 'half', 'half-arm64', 'alone']) await dropImage(`test-platforms:${tag}`);
  });
  const dockerfile = (...lines: string[]): Record<string, string> => ({
    Dockerfile: ['FROM busybox:stand-in-$TARGETARCH', ...lines, ''].join('\n'),
    file: 'content',
  });

  it('makes one index where the store keeps one, and a reference for each elsewhere', async () => {
    const { folder, dispose } = await project(dockerfile('COPY file /file', 'RUN uname -m > /machine'));
    try {
      const building = work();
      const request = { dockerfile: join(folder, 'Dockerfile'), platforms: both, tag: 'test-platforms:two' };
      const { images, record } = await buildImage(connection, request, buildHost(folder), building);
      const { store } = await engineInfo(connection);
      assert.deepEqual(
        images.map(({ platform, reference }) => [platform, reference]),
        [
          ['linux/amd64', 'test-platforms:two'],
          ['linux/arm64', store === 'containerd' ? 'test-platforms:two' : 'test-platforms:two-arm64'],
        ],
      );
      if (store === 'containerd') {
        assert.deepEqual((await imageTraits(connection, 'test-platforms:two', store)).platforms, both);
      }
      const kept = await readRecord(record);
      for (const { platform, reference, configDigest } of images) {
        const { digest, architecture, diffIds } = await configurationOf(connection, reference, platform);
        assert.equal(configDigest, digest, platform);
        assert.equal(`linux/${architecture}`, platform);
        assert.deepEqual(kept.images.find((image) => image.platform === platform)?.diffIds, diffIds);
      }
      for (const platform of both) {
        assert.ok(
          building.output().some((line) => line.includes(`[${platform} 3/3] RUN uname`)),
          platform,
        );
      }
    } finally {
      await dispose();
    }
  });

  it('names the platform whose step fails, and leaves nothing of the others', async () => {
    const { folder, dispose } = await project(dockerfile('RUN test $(uname -m) = x86_64 || { echo no arm; exit 3; }'));
    try {
      const request = { dockerfile: join(folder, 'Dockerfile'), platforms: both, tag: 'test-platforms:half' };
      await assert.rejects(
        buildImage(connection, request, buildHost(folder), work()),
        failsWith('build-step-failed', ({ message, location, output }) => {
          assert.match(message, /for linux\/arm64 with exit code 3/);
          assert.deepEqual([location?.line, output.at(-1)], [2, 'no arm']);
          return true;
        }),
      );
      assert.ok(!(await imageExists('test-platforms:half')));
    } finally {
      await dispose();
    }
  });

  it('says that emulation is missing', async () => {
    await removeEmulation('arm64');
    const { folder, dispose } = await project(dockerfile(`RUN echo ${Date.now()}`));
    try {
      const request = {
        dockerfile: join(folder, 'Dockerfile'),
        platforms: ['linux/arm64'],
        tag: 'test-platforms:alone',
      };
      await assert.rejects(
        buildImage(connection, request, buildHost(folder), work()),
        failsWith('platform-not-available', ({ message, remedy, location }) => {
          assert.match(message, /programs of linux\/arm64: its host has no emulation/);
          assert.match(remedy, /qemu-user-static/);
          return location?.line === 2;
        }),
      );
    } finally {
      await ensureEmulation('arm64', () => undefined);
      await dispose();
    }
  });

  it('builds another platform alone under the reference itself', async () => {
    const { folder, dispose } = await project(dockerfile('COPY file /alone'));
    try {
      const request = {
        dockerfile: join(folder, 'Dockerfile'),
        platforms: ['linux/arm64/v8'],
        tag: 'test-platforms:alone',
      };
      const { images } = await buildImage(connection, request, buildHost(folder), work());
      assert.deepEqual([images[0]?.platform, images[0]?.reference], ['linux/arm64', 'test-platforms:alone']);
      assert.equal((await inspectImage(connection, 'test-platforms:alone')).platform, 'linux/arm64');
    } finally {
      await dispose();
    }
  });
});
