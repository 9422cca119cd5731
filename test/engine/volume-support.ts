import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { connectTo } from '../harness/engines/connect.js';
import { busybox, engineHost } from './support.js';

/** How the volumes and containers of these tests are called. */
export const prefix = 'test-archive';

/** Runs a script in the root of a volume and gives what it prints, one character a byte. */
export async function inVolume(name: string, script: string, host = engineHost): Promise<string[]> {
  const docker = connectTo(host);
  const [out, errors]: [Buffer[], Buffer[]] = [[], []];
  const into = (list: Buffer[]): Writable =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        list.push(chunk);
        done();
      },
    });
  const container = await docker.createContainer({
    Image: busybox,
    Cmd: ['sh', '-c', script],
    WorkingDir: '/data',
    HostConfig: { Mounts: [{ Type: 'volume', Source: name, Target: '/data' }] },
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    docker.modem.demuxStream(stream, into(out), into(errors));
    const ended = new Promise((resolve) => stream.once('end', resolve));
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    await ended;
    assert.equal(StatusCode, 0, Buffer.concat(errors).toString());
  } finally {
    await container.remove({ force: true });
  }
  return Buffer.concat(out).toString('latin1').split('\n');
}

export async function packed(header: Parameters<ReturnType<typeof pack>['entry']>[0], content = ''): Promise<Buffer> {
  const tar = pack();
  tar.entry(header, content);
  tar.finalize();
  return buffer(tar);
}

export async function volumes(host = engineHost): Promise<string[]> {
  const { Volumes } = await connectTo(host).listVolumes();
  return Volumes.map(({ Name }) => Name)
    .filter((name) => name.startsWith(prefix))
    .sort();
}

export async function nothingIsLeft(host = engineHost): Promise<void> {
  const docker = connectTo(host);
  const containers = await docker.listContainers({ all: true });
  assert.deepEqual(
    containers.filter(({ Mounts }) => Mounts.some(({ Name }) => Name?.startsWith(prefix) === true)),
    [],
  );
  const images = await docker.listImages();
  const marks = ['research-containers-carrier:', '"org.research-containers.helper"'];
  const carriers = images.filter((image) => marks.some((mark) => JSON.stringify(image).includes(mark)));
  assert.deepEqual(carriers, []);
}

export async function clear(host: string): Promise<void> {
  const docker = connectTo(host);
  for (const { Id, Names, Mounts } of await docker.listContainers({ all: true })) {
    const isOurs = Names.some((name) => name.startsWith(`/${prefix}`));
    const hasOurs = Mounts.some(({ Name }) => Name?.startsWith(prefix) === true);
    if (isOurs || hasOurs) await docker.getContainer(Id).remove({ force: true, v: true });
  }
  for (const name of await volumes(host)) await docker.getVolume(name).remove();
}
