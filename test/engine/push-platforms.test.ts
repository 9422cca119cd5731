import assert from 'node:assert/strict';
import { join } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { pullImage } from '../../src/engine/pull.js';
import { pushImage } from '../../src/engine/registry/push-image.js';
import { importBusybox } from '../harness/engines/busybox.js';
import { forward } from '../harness/engines/forward.js';
import { type RunningRegistry, startRegistry } from '../harness/engines/registry.js';
import { findRunning, isEngineName, runningEngines } from '../harness/engines/state.js';
import { ensureEmulation, removeEmulation } from '../harness/machine/emulation.js';
import { connectTo } from '../harness/engines/connect.js';
import { buildHost, connect, dropImage, engineHost, engineName, failsWith, project, work } from './support.js';

const both = ['linux/amd64', 'linux/arm64'];
const machines: Record<string, string> = { 'linux/amd64': 'x86_64', 'linux/arm64': 'aarch64' };
const anonymous = (): Promise<undefined> => Promise.resolve(undefined);

describe(`pushing all platforms from engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  let registry: RunningRegistry;
  let road: Awaited<ReturnType<typeof forward>>;
  let wasEmulated = false;
  let reference = '';
  before(async function () {
    const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
    if (running === undefined) this.skip();
    wasEmulated = await ensureEmulation('arm64', () => undefined);
    for (const architecture of ['amd64', 'arm64'] as const) await importBusybox(engineHost, { architecture });
    registry = await startRegistry(running, { log: () => undefined });
    road = await forward(registry.sharedAddress);
    reference = `${registry.sharedAddress}/test/platforms:1`;
  });
  after(async () => {
    connection.dispose();
    for (const tag of ['', '-arm64']) await dropImage(reference + tag);
    for (const architecture of ['amd64', 'arm64']) await dropImage(`busybox:stand-in-${architecture}`);
    await road.close();
    await registry.stop();
    if (!wasEmulated) await removeEmulation('arm64');
  });

  it('gives every engine the image of the platform that it asks for', async () => {
    const { folder, dispose } = await project({
      Dockerfile: 'FROM busybox:stand-in-$TARGETARCH\nRUN uname -m > /machine\n',
    });
    try {
      const request = { dockerfile: join(folder, 'Dockerfile'), platforms: both, tag: reference };
      const { images } = await buildImage(connection, request, buildHost(folder), work());
      const pushed = await pushImage(connection, reference, undefined, anonymous, work());
      assert.match(pushed.digest, /^sha256:[0-9a-f]{64}$/);
      for (const engine of await runningEngines()) {
        const other = connect(engine.host);
        const there = `${engine.address.replace(/\.\d+$/, '.1')}:${road.port}/test/platforms:1`;
        for (const { platform } of images) {
          const pulled = await pullImage(other, there, { platform }, work());
          assert.equal(pulled.digest, pushed.digest, engine.name);
          // What runs is what matters: the containerd store may keep no layer whose files it has unpacked already.
          assert.equal(await printed(engine.host, there, platform), machines[platform], `${engine.name} ${platform}`);
          await dropImage(there, engine.host);
        }
        other.dispose();
      }
    } finally {
      await dispose();
    }
  });

  it('does not push a platform that is not there', async () => {
    await assert.rejects(
      pushImage(connection, 'busybox:stand-in', ['linux/s390x'], anonymous, work()),
      failsWith('platform-not-available'),
    );
  });
});

/** What the image's program prints on that engine. */
async function printed(host: string, image: string, platform: string): Promise<string> {
  const docker = connectTo(host);
  const container = await docker.createContainer({ Image: image, platform, Cmd: ['cat', '/machine'], Tty: true });
  try {
    await container.start();
    await container.wait();
    return (await container.logs({ stdout: true, stderr: true })).toString().trim();
  } finally {
    await container.remove({ force: true });
  }
}
