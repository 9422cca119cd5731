import assert from 'node:assert/strict';
import { readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { type EngineConnection } from '../../src/engine/connection.js';
import { copyVolume, exportVolume, importVolume } from '../../src/engine/volume-archive.js';
import { createVolume } from '../../src/engine/volume-operations.js';
import { connectTo } from '../harness/engines/connect.js';
import { runCommand } from '../harness/machine/commands.js';
import { connect, engineHost, engineName, failsWith, project } from './support.js';
import { clear, inVolume, nothingIsLeft, packed, prefix, volumes } from './volume-support.js';

const signal = new AbortController().signal;

describe(`volumes as files that fail, engine ${engineName}`, function () {
  this.timeout(60_000);
  let connection: EngineConnection;
  let place: { folder: string; dispose: () => Promise<void> };
  const file = (name: string): string => join(place.folder, name);
  before(() => {
    connection = connect();
  });
  after(() => {
    connection.dispose();
  });
  beforeEach(async () => {
    place = await project({});
  });
  afterEach(async () => {
    await place.dispose();
    await clear(engineHost);
  });

  it('are not made of a file that is not there, not whole, or hostile', async () => {
    const whole = await packed({ name: './file' }, 'content'.repeat(10_000));
    const zipped = zlib.gzipSync(whole);
    const damaged: [string, Buffer][] = [
      ['cut.tar', whole.subarray(0, 20_000)],
      ['cut.tar.gz', zipped.subarray(0, -20)],
      ['garbage.tar.gz', Buffer.concat([zipped, Buffer.from('garbage')])],
      ['flipped.tar.gz', Buffer.from(zipped.map((byte, index) => (index === zipped.length - 6 ? byte ^ 1 : byte)))],
      ['garbage.tar', Buffer.alloc(4096, 'garbage')],
      ['nothing.tar', Buffer.alloc(0)],
      ['hostile.tar', await packed({ name: '../hostile' })],
      ['hostile-link.tar', await packed({ name: 'a', type: 'link', linkname: '/etc/passwd' })],
    ];
    for (const [name, content] of damaged) {
      await writeFile(file(name), content);
      const importing = importVolume(connection, `${prefix}-bad`, { file: file(name), existing: 'fail', signal });
      await assert.rejects(importing, failsWith('archive-damaged'), name);
    }
    await writeFile(file('zstd.tar'), Buffer.from('28b52ffd00000000', 'hex'));
    const modern = importVolume(connection, `${prefix}-bad`, { file: file('zstd.tar'), existing: 'fail', signal });
    const reason = 'createZstdDecompress' in zlib ? 'archive-damaged' : 'archive-unsupported';
    await assert.rejects(
      modern,
      failsWith(reason, ({ message }) => message.includes('zstd')),
    );
    for (const path of [file('none.tar'), place.folder]) {
      const missing = importVolume(connection, `${prefix}-bad`, { file: path, existing: 'fail', signal });
      await assert.rejects(missing, failsWith('file-unreadable'));
    }
    await writeFile(file('good.tar'), whole);
    const misnamed = importVolume(connection, '../x', { file: file('good.tar'), existing: 'fail', signal });
    await assert.rejects(misnamed, failsWith('invalid-argument'));
    assert.deepEqual(await volumes(), []);
    await nothingIsLeft();
  });

  it('leave neither file nor volume when it is given up, and say what may be half there', async () => {
    await inVolume(`${prefix}-one`, 'head -c 30000000 /dev/urandom > random');
    for (const name of ['one.tar', 'one.tar.gz']) {
      const stop = new AbortController();
      const options = { file: file(name), existing: 'fail' as const, signal: stop.signal, onBytes: stopAt(stop, 1e6) };
      await assert.rejects(exportVolume(connection, `${prefix}-one`, options), failsWith('cancelled'));
    }
    assert.deepEqual(await readdir(place.folder), []);
    const stop = new AbortController();
    const copying = copyVolume(connection, `${prefix}-one`, `${prefix}-two`, {
      signal: stop.signal,
      onBytes: stopAt(stop, 1e6),
    });
    await assert.rejects(copying, failsWith('cancelled'));
    await exportVolume(connection, `${prefix}-one`, { file: file('one.tar'), existing: 'fail', signal });
    const { size } = await stat(file('one.tar'));
    for (const at of [1e6, size + 1e6]) {
      const stop = new AbortController();
      const options = { file: file('one.tar'), signal: stop.signal, onBytes: stopAt(stop, at) };
      const importing = importVolume(connection, `${prefix}-two`, { ...options, existing: 'fail' });
      await assert.rejects(importing, failsWith('cancelled'));
    }
    assert.deepEqual(await volumes(), [`${prefix}-one`]);
    await inVolume(`${prefix}-three`, 'echo kept > kept');
    const late = new AbortController();
    const merging = importVolume(connection, `${prefix}-three`, {
      file: file('one.tar'),
      existing: 'merge',
      signal: late.signal,
      onBytes: stopAt(late, size + 1e6),
    });
    await assert.rejects(
      merging,
      failsWith('cancelled', ({ message }) => message.includes('may have a part of the files')),
    );
    assert.deepEqual(await inVolume(`${prefix}-three`, 'cat kept'), ['kept', '']);
    await nothingIsLeft();
  });

  it('say where the disk is full', async () => {
    const docker = connectTo(engineHost);
    await docker.createVolume({
      Name: `${prefix}-small`,
      Driver: 'local',
      DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' },
    });
    for (const size of [1_500_000, 20_000_000]) {
      await writeFile(file('large.tar'), await packed({ name: 'large' }, 'x'.repeat(size)));
      const importing = importVolume(connection, `${prefix}-small`, {
        file: file('large.tar'),
        existing: 'fail',
        signal,
      });
      await assert.rejects(
        importing,
        failsWith('disk-full', ({ message }) => message.includes(`${prefix}-small may have a part`)),
      );
    }
    await nothingIsLeft();
  });

  it('do not miss a file that is cut short after it was checked', async () => {
    await writeFile(file('one.tar'), await packed({ name: 'file' }, 'x'.repeat(5_000_000)));
    const { size } = await stat(file('one.tar'));
    let cut: Promise<void> | undefined;
    const importing = importVolume(connection, `${prefix}-one`, {
      file: file('one.tar'),
      existing: 'fail',
      signal,
      onBytes: (bytes) => {
        if (bytes >= size) cut ??= truncate(file('one.tar'), 1_000_000);
      },
    });
    await assert.rejects(importing, failsWith('archive-damaged'));
    await cut;
    assert.deepEqual(await volumes(), []);
    await nothingIsLeft();
  });

  it('say that the disk of this machine is full', async () => {
    await inVolume(`${prefix}-one`, 'head -c 5000000 /dev/urandom > random');
    await runCommand(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place.folder]);
    try {
      for (const name of ['one.tar', 'one.tar.gz']) {
        const exporting = exportVolume(connection, `${prefix}-one`, { file: file(name), existing: 'fail', signal });
        await assert.rejects(exporting, failsWith('disk-full'));
      }
      assert.deepEqual(await readdir(place.folder), []);
    } finally {
      await runCommand(['umount', place.folder]);
    }
    await nothingIsLeft();
  });

  it('are written where there is a folder, and nowhere else', async () => {
    await createVolume(connection, `${prefix}-one`);
    const nowhere = { file: file('none/one.tar'), existing: 'fail' as const, signal };
    await assert.rejects(exportVolume(connection, `${prefix}-one`, nowhere), failsWith('folder-not-writable'));
    const strange = exportVolume(connection, `${prefix}-one`, { file: file('x.tar.zst'), existing: 'fail', signal });
    await assert.rejects(strange, failsWith('invalid-argument'));
    for (const name of [`${prefix}-none`, '../version', '..']) {
      const missing = exportVolume(connection, name, { file: file('x.tar'), existing: 'fail', signal });
      await assert.rejects(missing, failsWith('volume-not-found'));
    }
    assert.deepEqual(await readdir(place.folder), []);
    assert.deepEqual(await volumes(), [`${prefix}-one`]);
    await nothingIsLeft();
  });
});

function stopAt(stop: AbortController, bytes: number): (sofar: number) => void {
  return (sofar) => {
    if (sofar >= bytes) stop.abort();
  };
}
