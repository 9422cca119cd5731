import { writeFile } from 'node:fs/promises';
import assert from 'node:assert/strict';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInside } from '../../src/engine/inside/open-inside.js';
import { type Failure } from '../../src/host/failure.js';
import { Door } from '../harness/engines/door.js';
import { carrierImages, checkSample, insideBench, never, oddNames, sample, textOf } from './inside-bench.js';
import { connect, engineHost, engineName, failsWith } from './support.js';

describe(`inside volumes on engine ${engineName}`, function () {
  this.timeout(60_000);
  const { docker, helpers, host, inVolume, log, makeVolume, open, sh, startContainer, warnings } = insideBench();
  for (const shells of ['any', 'none'] as const) {
    it(`is listed and read ${shells === 'any' ? 'by a helper' : 'without any shell'}, links only within it`, async () => {
      const name = await makeVolume();
      await inVolume(name, sample);
      await checkSample(await open({ kind: 'volume', name }, { shells }), '', true);
    });

    it(`takes names in any bytes, and files ${shells === 'any' ? 'by a helper' : 'without any shell'}`, async () => {
      const name = await makeVolume();
      const inside = await open({ kind: 'volume', name }, { shells });
      for (const odd of oddNames) {
        await inside.write(`/${odd}`, Buffer.from(`of ${odd}`), never);
        assert.equal(await textOf(inside.read(`/${odd}`, never)), `of ${odd}`);
      }
      const { entries } = await inside.list('/', never);
      assert.deepEqual(
        entries.map((entry) => entry.name),
        oddNames,
      );
    });
  }

  it('is looked into through a running container that has it, if that may write where something is changed', async () => {
    const name = await makeVolume();
    const id = await startContainer({ HostConfig: { NetworkMode: 'none', Binds: [`${name}:/mnt/v:ro`] } });
    const inside = await open({ kind: 'volume', name });
    assert.deepEqual((await inside.list('/', never)).entries, []);
    assert.deepEqual(await helpers(), []);
    await inside.write('/f', Buffer.from('text'), never);
    assert.equal((await helpers()).length, 1, 'one to write');
    assert.equal(await sh(id, 'cat /mnt/v/f'), 'text');
    await docker.getContainer(id).remove({ force: true });
    assert.equal((await inside.list('/', never)).entries.length, 1);
  });

  it('goes on when its helper has ended, or is gone', async () => {
    const name = await makeVolume();
    const inside = await open({ kind: 'volume', name });
    const [helper = ''] = await helpers();
    await docker.getContainer(helper).kill();
    assert.deepEqual((await inside.list('/', never)).entries, []);
    const [other = ''] = await helpers();
    assert.notEqual(other, helper);
    await docker.getContainer(other).remove({ force: true });
    assert.deepEqual((await inside.list('/', never)).entries, []);
  });

  it('moves little to be listed, whatever is in it, and is listed while it is read', async () => {
    const name = await makeVolume();
    await inVolume(name, 'dd if=/dev/zero of=large bs=1M count=300 2>/dev/null; mkdir sub; touch sub/x');
    const counter = await countingDoor();
    const through = connect(`unix://${counter.path}`);
    try {
      const inside = await openInside(through, { kind: 'volume', name }, log);
      const list = async (): Promise<unknown> => (await inside.list('/', never)).entries.map(({ size }) => size)[0];
      assert.equal(await list(), 300 * 1024 * 1024);
      assert.ok(counter.bytes() < 100_000, `${counter.bytes()} bytes were moved`);
      for await (const chunk of inside.read('/large', never)) {
        assert.ok(chunk.length > 0);
        assert.equal(await list(), 300 * 1024 * 1024);
        break;
      }
      assert.equal((await helpers()).length, 1, 'that of the content is gone with it');
      await inside.dispose();
    } finally {
      through.dispose();
      await counter.close();
    }
  });

  it('ends reads with an error when the engine is lost, and tells what it cannot remove', async () => {
    const name = await makeVolume();
    await inVolume(name, 'dd if=/dev/zero of=large bs=1M count=100 2>/dev/null');
    const door = new Door(engineHost);
    await door.open();
    const through = connect(`unix://${door.path}`);
    const inside = await openInside(through, { kind: 'volume', name }, log);
    const chunks = inside.read('/large', never)[Symbol.asyncIterator]();
    await chunks.next();
    await door.close();
    await assert.rejects(async () => {
      while ((await chunks.next()).done !== true);
    }, failsWith('engine-lost'));
    await assert.rejects(inside.list('/', never), ({ reason }: Failure) => /^engine-/.test(reason));
    assert.equal(warnings().length, 1, 'the one for the content');
    await door.open();
    assert.equal((await inside.list('/', never)).entries.length, 1, 'it came back');
    await inside.dispose();
    through.dispose();
    await door.close();
    for (const id of await helpers()) await docker.getContainer(id).remove({ force: true });
    for (const image of await carrierImages()) await docker.getImage(image).remove();
  });

  it('keeps the old content where the new one does not fit', async () => {
    const name = await makeVolume({ Driver: 'local', DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' } });
    // What is on a tmpfs is gone with the last container that has it.
    const id = await startContainer({ HostConfig: { NetworkMode: 'none', Binds: [`${name}:/v`] } });
    const inside = await open({ kind: 'volume', name });
    await inside.write('/f', Buffer.from('old'), never);
    await assert.rejects(inside.write('/f', Buffer.alloc(2 * 1024 * 1024), never), failsWith('disk-full'));
    assert.equal(await sh(id, 'cat /v/f; ls -A /v'), 'oldf\n');
    await writeFile(join(host(), 'big'), Buffer.alloc(2 * 1024 * 1024));
    const options = { signal: never, onBytes: () => undefined };
    await assert.rejects(inside.upload([join(host(), 'big')], '/', options), failsWith('disk-full'));
    assert.equal(await sh(id, 'ls -A /v'), 'f\n');
  });

  it('is not made by looking for it', async () => {
    await assert.rejects(open({ kind: 'volume', name: 'research-containers-none' }), failsWith('volume-not-found'));
    assert.ok(!(await docker.listVolumes()).Volumes.some(({ Name }) => Name === 'research-containers-none'));
  });
});

/** A socket in front of the engine's that counts what comes from it. */
async function countingDoor(): Promise<{ path: string; bytes: () => number; close: () => Promise<void> }> {
  const path = join(tmpdir(), `research-containers-count-${process.pid}.sock`);
  let bytes = 0;
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connectSocket({ path: engineHost.replace('unix://', ''), allowHalfOpen: true });
    far.on('data', (chunk) => (bytes += chunk.length));
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    bytes: () => bytes,
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
}
