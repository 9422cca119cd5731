import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { withVolumes } from '../../src/engine/carrier.js';
import { type EngineConnection } from '../../src/engine/connection.js';
import { copyVolume, exportVolume, importVolume } from '../../src/engine/volume-archive.js';
import { createVolume } from '../../src/engine/volume-operations.js';
import { tarMembers } from '../../src/engine/volume-tar.js';
import { connectTo } from '../harness/engines/connect.js';
import { allEngines, busybox, connect, engineHost, engineName, failsWith, project } from './support.js';
import { clear, inVolume, nothingIsLeft, packed, prefix, volumes } from './volume-support.js';

const signal = new AbortController().signal;

/** All kinds of things that a folder can have, made by a program in the volume. */
const everything = String.raw`
set -e
printf 'plain' > plain; printf 'set' > setuid; chown 1000:70000 plain setuid; chmod 4751 setuid
mkdir -p deep/er empty 'a b'; chmod 1777 empty; chmod 2750 deep; chown 33:44 deep deep/er
ln -s plain relative; ln -s /etc/passwd absolute; ln -s nowhere dangling; ln -s ../../../outside out; ln -s er deep/folder
ln plain deep/er/hard; chown 5:6 -h relative
mkfifo -m 640 pipe; mknod -m 600 device c 1 3
truncate -s 3000000 sparse; printf 'end' >> sparse
printf 'x' > 'new
line'; printf 'y' > "$(printf 'caf\351')"; printf 'z' > ./-rf; printf 'w' > .hidden; printf 'v' > "$(printf '\303\251\360\237\230\200')"
long=$(printf '%0255d' 7); printf 'u' > "$long"; mkdir "deep/$long"; printf 't' > "deep/$long/$long"; ln "deep/$long/$long" "deep/$long/also"
head -c 300000 /dev/urandom > random
for path in plain random pipe; do touch -d '2001-02-03 04:05:06' "$path"; done; touch -h -d '1999-01-01 00:00:00' dangling
for folder in empty deep/er deep .; do touch -d '2002-02-02 02:02:02' "$folder"; done
chown 1234:4321 .; chmod 3770 .; touch -d '2002-02-02 02:02:02' .
`;

/** What a person could tell apart of all that is there. */
const look = String.raw`
find . -print0 | sort -z | xargs -0 stat -c '%n|%f|%u|%g|%Y|%h|%s|%t|%T|%N'
find . -type f -print0 | sort -z | xargs -0 sha256sum
`;

describe(`volumes as files, engine ${engineName}`, function () {
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
    for (const { host } of allEngines) await clear(host);
  });

  it('go out and come back as they were', async () => {
    await inVolume(`${prefix}-one`, everything);
    const before = await inVolume(`${prefix}-one`, look);
    const told: number[] = [];
    const onBytes = (bytes: number): void => void told.push(bytes);
    for (const name of ['one.tar', 'one.tar.gz', 'one.tgz']) {
      await exportVolume(connection, `${prefix}-one`, { file: file(name), existing: 'fail', signal, onBytes });
      await importVolume(connection, `${prefix}-two`, { file: file(name), existing: 'fail', signal, onBytes });
      assert.deepEqual(await inVolume(`${prefix}-two`, look), before, name);
      await connectTo(engineHost).getVolume(`${prefix}-two`).remove();
    }
    assert.match(before.join('\n'), /^\.\|47f8\|1234\|4321\|1012615322\|/);
    assert.ok(before.some((line) => line.startsWith('./setuid|89e9|1000|70000|')));
    assert.ok(before.some((line) => line.startsWith('./caf\xe9|')));
    assert.ok((told.at(-1) ?? 0) > 300_000);
    const plain = await readFile(file('one.tar'));
    assert.equal(plain.length % 512, 0);
    assert.ok(zlib.gunzipSync(await readFile(file('one.tgz'))).equals(plain));
    assert.deepEqual((await readdir(place.folder)).sort(), ['one.tar', 'one.tar.gz', 'one.tgz']);
    await nothingIsLeft();
  });

  it('can be copied, to a name that is free', async () => {
    await inVolume(`${prefix}-one`, everything);
    await copyVolume(connection, `${prefix}-one`, `${prefix}-two`, { signal });
    assert.deepEqual(await inVolume(`${prefix}-two`, look), await inVolume(`${prefix}-one`, look));
    const taken = copyVolume(connection, `${prefix}-one`, `${prefix}-two`, { signal });
    await assert.rejects(taken, failsWith('name-in-use'));
    const missing = copyVolume(connection, `${prefix}-none`, `${prefix}-three`, { signal });
    await assert.rejects(missing, failsWith('volume-not-found'));
    assert.deepEqual(await volumes(), [`${prefix}-one`, `${prefix}-two`]);
    await nothingIsLeft();
  });

  it('come to another engine as they were', async function () {
    const other = allEngines.find(({ name }) => name !== engineName);
    if (other === undefined) this.skip();
    await inVolume(`${prefix}-one`, everything);
    await exportVolume(connection, `${prefix}-one`, { file: file('one.tar.gz'), existing: 'fail', signal });
    const elsewhere = connect(other.host);
    try {
      await importVolume(elsewhere, `${prefix}-one`, { file: file('one.tar.gz'), existing: 'fail', signal });
      const there = await inVolume(`${prefix}-one`, look, other.host);
      assert.deepEqual(there, await inVolume(`${prefix}-one`, look));
      await exportVolume(elsewhere, `${prefix}-one`, { file: file('back.tar'), existing: 'fail', signal });
      await importVolume(connection, `${prefix}-two`, { file: file('back.tar'), existing: 'fail', signal });
      assert.deepEqual(await inVolume(`${prefix}-two`, look), there);
    } finally {
      elsewhere.dispose();
    }
    await nothingIsLeft(other.host);
  });

  it('keep capabilities of files', async () => {
    const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex').toString('latin1');
    await writeFile(
      file('in.tar'),
      await packed({ name: 'ping', pax: { 'SCHILY.xattr.security.capability': capability } }),
    );
    await importVolume(connection, `${prefix}-one`, { file: file('in.tar'), existing: 'fail', signal });
    await copyVolume(connection, `${prefix}-one`, `${prefix}-two`, { signal });
    await exportVolume(connection, `${prefix}-two`, { file: file('out.tar'), existing: 'fail', signal });
    const seen = new Map<string, string | undefined>();
    for await (const { name, records } of tarMembers(chunks(await readFile(file('out.tar'))))) {
      seen.set(name, records.get('SCHILY.xattr.security.capability'));
    }
    assert.deepEqual([...seen].at(-1), ['./ping', capability]);
  });

  it('may be empty, without a name of their own, and in use', async () => {
    const docker = connectTo(engineHost);
    await createVolume(connection, `${prefix}-empty`);
    await exportVolume(connection, `${prefix}-empty`, { file: file('empty.tar'), existing: 'fail', signal });
    await importVolume(connection, `${prefix}-empty`, { file: file('empty.tar'), existing: 'fail', signal });
    assert.deepEqual(await inVolume(`${prefix}-empty`, 'ls -A'), ['']);
    const user = await docker.createContainer({
      Image: busybox,
      name: `${prefix}-user`,
      Cmd: ['sh', '-c', 'echo in use > /data/file; exec sleep 300'],
      HostConfig: { Mounts: [{ Type: 'volume', Source: '', Target: '/data' }] },
    });
    await user.start();
    await until(async () => (await inVolume(await nameless(), 'cat file')).includes('in use'));
    const name = await nameless();
    await exportVolume(connection, name, { file: file('used.tar'), existing: 'fail', signal });
    await importVolume(connection, `${prefix}-copy`, { file: file('used.tar'), existing: 'fail', signal });
    assert.deepEqual(await inVolume(`${prefix}-copy`, 'cat file'), ['in use', '']);
    assert.equal((await user.inspect()).State.Running, true);
    assert.equal(await nameless(), name, 'a volume without a name stays when it was looked into');
    await user.remove({ force: true, v: true });

    async function nameless(): Promise<string> {
      return (await user.inspect()).Mounts[0]?.Name ?? '';
    }
  });

  it('are not mixed without a yes', async () => {
    await inVolume(`${prefix}-one`, 'echo new > both; echo new > new; mkdir old');
    await exportVolume(connection, `${prefix}-one`, { file: file('one.tar'), existing: 'fail', signal });
    await inVolume(`${prefix}-two`, 'echo old > both; mkdir old; echo old > old/file');
    const options = { file: file('one.tar'), signal };
    const refused = importVolume(connection, `${prefix}-two`, { ...options, existing: 'fail' });
    await assert.rejects(refused, failsWith('name-in-use'));
    assert.deepEqual(await inVolume(`${prefix}-two`, 'cat both old/file; ls'), ['old', 'old', 'both', 'old', '']);
    await importVolume(connection, `${prefix}-two`, { ...options, existing: 'merge' });
    assert.deepEqual(await inVolume(`${prefix}-two`, 'cat both old/file new; ls'), [
      ...['new', 'old', 'new'],
      ...['both', 'new', 'old', ''],
    ]);
    const again = exportVolume(connection, `${prefix}-two`, { ...options, existing: 'fail' });
    await assert.rejects(again, failsWith('file-exists'));
    const size = (await stat(file('one.tar'))).size;
    await exportVolume(connection, `${prefix}-two`, { ...options, existing: 'replace' });
    assert.ok((await stat(file('one.tar'))).size > size);
  });

  it('are carried by several at once, and the image of the carriers goes with the last', async () => {
    await inVolume(`${prefix}-one`, 'echo one > one');
    const names = ['a', 'b', 'c', 'd', 'e'];
    const copies = await Promise.allSettled(
      names.map((name) => {
        const { signal } = new AbortController();
        return copyVolume(connection, `${prefix}-one`, `${prefix}-${name}`, { signal });
      }),
    );
    assert.deepEqual(
      copies.filter(({ status }) => status === 'rejected'),
      [],
    );
    for (const name of names) assert.deepEqual(await inVolume(`${prefix}-${name}`, 'cat one'), ['one', '']);
    const failing = withVolumes(connection, [], signal, () => Promise.reject(new Error('of its own')));
    await assert.rejects(failing, /of its own/);
    await assert.rejects(withVolumes(connection, [], AbortSignal.abort(), () => Promise.resolve()));
    await nothingIsLeft();
  });
});

function chunks(data: Buffer): AsyncIterable<Uint8Array> {
  return Readable.from([data]);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) continue;
}
