import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { tarEnd, tarHeader } from '../../src/engine/tar/write-tar.js';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSample, insideBench, never, oddNames, sample, textOf } from './inside-bench.js';
import { busybox, engineName, failsWith } from './support.js';

describe(`inside containers and images on engine ${engineName}`, function () {
  this.timeout(60_000);
  const { docker, host, open, sh, startContainer } = insideBench();
  describe('a running container', () => {
    it('is listed and read, with links as the container follows them', async () => {
      const id = await startContainer();
      await sh(id, `mkdir /data; cd /data; ${sample}`);
      const inside = await open({ kind: 'container', id });
      assert.deepEqual([inside.isReadOnly, inside.canRearrange], [false, true]);
      await checkSample(inside, '/data', false);
      assert.ok((await inside.list('/', never)).entries.some(({ name, kind }) => name === 'proc' && kind === 'folder'));
    });

    it('has names in any bytes, which can be listed, read, written, renamed and removed', async () => {
      const id = await startContainer();
      const inside = await open({ kind: 'container', id });
      await inside.makeFolder('/odd', never);
      const names = oddNames;
      for (const name of names) await inside.write(`/odd/${name}`, Buffer.from(`of ${name}`), never);
      assert.deepEqual(
        (await inside.list('/odd', never)).entries.map(({ name }) => name),
        names,
      );
      assert.match(await sh(id, 'cd /odd; echo *'), /caf\xe9/);
      for (const name of names) {
        assert.equal(await textOf(inside.read(`/odd/${name}`, never)), `of ${name}`);
        await inside.rename(`/odd/${name}`, `/odd/moved`, { replace: false, signal: never });
        await inside.rename(`/odd/moved`, `/odd/${name}`, { replace: false, signal: never });
        await inside.download(`/odd/${name}`, join(host(), 'one'), { signal: never, onBytes: () => undefined });
        assert.equal(await readFile(join(host(), 'one'), 'utf8'), `of ${name}`);
        await rm(join(host(), 'one'));
        await inside.remove(`/odd/${name}`, never);
      }
      assert.deepEqual((await inside.list('/odd', never)).entries, []);
    });

    it('has files that its engine does not see: of a tmpfs, and of /proc', async () => {
      const id = await startContainer({ HostConfig: { NetworkMode: 'none', Tmpfs: { '/scratch': '' } } });
      await sh(id, 'echo hidden > /scratch/file');
      const inside = await open({ kind: 'container', id });
      const { kind, size } = await inside.stat('/scratch/file', never);
      assert.deepEqual([kind, size], ['file', 7]);
      assert.equal(await textOf(inside.read('/scratch/file', never)), 'hidden\n');
      assert.match(await textOf(inside.read('/proc/version', never)), /^Linux version /);
      await assert.rejects(inside.stat('/scratch/nothing', never), failsWith('file-not-found'));
      await assert.rejects(textOf(inside.read('/proc/nothing', never)), failsWith('file-not-found'));
      await assert.rejects(inside.write('/scratch/new', Buffer.from('x'), never));
      assert.equal(await sh(id, 'ls /scratch'), 'file\n', 'what cannot be written where it is seen is written nowhere');
    });

    it('lists a folder of 5,000 files', async () => {
      const id = await startContainer();
      await sh(id, 'mkdir /many; cd /many; i=0; while [ $i -lt 5000 ]; do : > "file $i"; i=$((i+1)); done');
      const { entries, isWhole } = await (await open({ kind: 'container', id })).list('/many', never);
      assert.equal(entries.length, 5000);
      assert.equal(isWhole, true);
      assert.ok(entries.every(({ kind, size }) => kind === 'file' && size === 0));
    });

    it('is listed without stat and readlink, too', async () => {
      const id = await startContainer();
      await sh(id, `mkdir /data; cd /data; ${sample}`);
      await sh(
        id,
        'for p in stat readlink; do rm -f $(which $p) /usr/bin/$p /bin/$p; done; ln -sf /bin/none /bin/stat',
      );
      await checkSample(await open({ kind: 'container', id }), '/data', false, undefined);
    });

    it('is not waited for when its programs hang', async () => {
      const id = await startContainer();
      await sh(id, 'rm /bin/sh; printf "#!/bin/busybox sh\\nsleep 60\\n" > /bin/sh; chmod 755 /bin/sh');
      const inside = await open({ kind: 'container', id });
      await assert.rejects(inside.list('/etc', AbortSignal.timeout(300)), failsWith('cancelled'));
      const listing = inside.list('/etc', never);
      await Promise.all([assert.rejects(listing, failsWith('cancelled')), inside.dispose()]);
    });

    it('keeps the owner and the mode of a file that is written, through a link, and gives new ones to the owner of the folder', async () => {
      const id = await startContainer();
      await sh(id, 'mkdir /w; cd /w; echo old > f; chown 12:34 f; chmod 2640 f; ln -s f l; chown 5:6 /w');
      const inside = await open({ kind: 'container', id });
      await inside.write('/w/l', Buffer.from('new'), never);
      await inside.write('/w/g', Buffer.from('other'), never);
      await inside.makeFolder('/w/h', never);
      assert.equal(
        await sh(id, "cd /w; stat -c '%n %a %u:%g %F' *; cat f; ls -A"),
        'f 2640 12:34 regular file\ng 644 5:6 regular file\nh 755 5:6 directory\nl 777 0:0 symbolic link\nnewf\ng\nh\nl\n',
      );
      await assert.rejects(inside.write('/w/h', Buffer.from(''), never), failsWith('not-a-file'));
      await assert.rejects(inside.write('/w/no/x', Buffer.from(''), never), failsWith('file-not-found'));
      await assert.rejects(inside.makeFolder('/w/h', never), failsWith('file-exists'));
    });

    it('is renamed in and removed from with care', async () => {
      const id = await startContainer();
      await sh(id, 'mkdir -p /r/d/e /r/target; cd /r; echo a > a; echo b > b; ln -s d link; echo t > target/t');
      const inside = await open({ kind: 'container', id });
      const keep = { replace: false, signal: never };
      const replace = { replace: true, signal: never };
      await assert.rejects(inside.rename('/r/a', '/r/b', keep), failsWith('file-exists'));
      await assert.rejects(inside.rename('/r/a', '/r/d', keep), failsWith('file-exists'));
      await assert.rejects(inside.rename('/r/d', '/r/d/e/f', keep), failsWith('invalid-argument'));
      await assert.rejects(inside.rename('/r/none', '/r/x', keep), failsWith('file-not-found'));
      await inside.rename('/r/a', '/r/b', replace);
      await inside.rename('/r/b', '/r/link', replace);
      assert.equal(
        await sh(id, 'cd /r; cat link; ls -A d'),
        'a\ne\n',
        'a link to a folder was replaced, not gone through',
      );
      await inside.rename('/r/d', '/r/target', replace);
      assert.equal(await sh(id, 'cd /r; find . | sort'), '.\n./link\n./target\n./target/e\n');
      await sh(id, 'cd /r; ln -s target to-target');
      await inside.remove('/r/to-target', never);
      await inside.remove('/r/target', never);
      assert.equal(await sh(id, 'ls -A /r'), 'link\n');
      await assert.rejects(inside.remove('/r/target', never), failsWith('file-not-found'));
      await assert.rejects(inside.remove('/', never), failsWith('invalid-argument'));
    });

    it('goes on by the archive when it stops, and ends a read with an error when it is removed', async () => {
      const id = await startContainer();
      await sh(id, 'mkdir /d; echo x > /d/f; dd if=/dev/zero of=/d/large bs=1M count=200 2>/dev/null');
      const inside = await open({ kind: 'container', id });
      assert.equal((await inside.list('/d', never)).entries.length, 2);
      await docker.getContainer(id).kill();
      assert.equal((await inside.list('/d', never)).isWhole, false, 'more than the budget is below');
      assert.equal(inside.canRearrange, false);
      await assert.rejects(inside.remove('/d/f', never), failsWith('place-read-only'));
      const chunks = inside.read('/d/large', never)[Symbol.asyncIterator]();
      await chunks.next();
      const removing = docker.getContainer(id).remove({ force: true });
      const dispose = inside.dispose();
      await assert.rejects(async () => {
        while ((await chunks.next()).done !== true);
      });
      await Promise.all([removing, dispose]);
      await assert.rejects(open({ kind: 'container', id }), failsWith('container-not-found'));
    });
  });

  describe('a stopped container', () => {
    it('is listed, read and written by the archive', async () => {
      const id = await startContainer();
      await sh(id, `mkdir /data; cd /data; ${sample}`);
      await docker.getContainer(id).kill();
      const inside = await open({ kind: 'container', id });
      assert.deepEqual([inside.isReadOnly, inside.canRearrange], [false, false]);
      await checkSample(inside, '/data', false);
      await inside.write('/data/new', Buffer.from('new'), never);
      await inside.makeFolder('/data/made', never);
      assert.equal(await textOf(inside.read('/data/new', never)), 'new');
      assert.equal((await inside.stat('/data/made', never)).kind, 'folder');
    });
  });
  describe('an image', () => {
    it('is looked into, and nothing else', async () => {
      const inside = await open({ kind: 'image', reference: busybox });
      assert.deepEqual([inside.isReadOnly, inside.canRearrange], [true, false]);
      const { entries } = await inside.list('/bin', never);
      assert.deepEqual(entries.find(({ name }) => name === 'sh')?.link, { target: 'busybox', kind: 'file' });
      assert.match(await textOf(inside.read('/etc/passwd', never)), /^root:/);
      await assert.rejects(inside.write('/x', Buffer.from(''), never), failsWith('place-read-only'));
      await assert.rejects(
        open({ kind: 'image', reference: 'research-containers:none' }),
        failsWith('image-not-found'),
      );
    });

    it('without anything in it but files is looked into by the archive', async () => {
      const reference = 'research-containers-test-scratch:1';
      const member = { kind: 'file', size: 0, modified: 0, mode: 0o644, uid: 0, gid: 0, target: '' } as const;
      const tar = Buffer.concat([tarHeader({ ...member, name: 'only' }), tarEnd]);
      const stream = await docker.importImage(Readable.from([tar]), { repo: reference.split(':')[0], tag: '1' });
      for await (const line of stream) assert.ok(line);
      try {
        const inside = await open({ kind: 'image', reference });
        const { entries, isWhole } = await inside.list('/', never);
        assert.equal(isWhole, true);
        assert.ok(entries.some(({ name, kind }) => name === 'only' && kind === 'file'));
        assert.equal(await textOf(inside.read('/only', never)), '');
        await inside.dispose();
      } finally {
        await docker.getImage(reference).remove();
      }
    });

    it('of a distribution is listed by its own shell', async () => {
      const inside = await open({ kind: 'image', reference: 'python:3.11-slim-bookworm' });
      const { entries } = await inside.list('/', never);
      assert.deepEqual(entries.find(({ name }) => name === 'usr')?.kind, 'folder');
      assert.ok((await inside.list('/usr/bin', never)).entries.length > 0);
    });
  });
});
