import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { insideBench, never, sample } from './inside-bench.js';
import { engineName, failsWith } from './support.js';

describe(`inside volumes, what is copied on engine ${engineName}`, function () {
  this.timeout(60_000);
  const { host, inVolume, makeVolume, open } = insideBench();
  const tell = (): { signal: AbortSignal; onBytes: (bytes: number) => void; bytes: number } => {
    const told = { signal: never, bytes: 0, onBytes: (bytes: number) => void (told.bytes = bytes) };
    return told;
  };

  it('to the host keeps links, leaves out what leads outside, and is there only when it is whole', async () => {
    const name = await makeVolume();
    await inVolume(name, `mkdir tree; cd tree; ${sample}; ln hello.txt hard; printf x > "$(printf 'caf\\351')"`);
    const inside = await open({ kind: 'volume', name });
    const told = tell();
    const to = join(host(), 'copy');
    const { leftOut } = await inside.download('/tree', to, told);
    assert.deepEqual([...leftOut].sort(), ['absolute', 'beyond', 'device', 'outside', 'pipe']);
    assert.equal(await readFile(join(to, 'hard'), 'utf8'), 'hello');
    assert.equal((await stat(join(to, 'hello.txt'))).mtimeMs, Date.UTC(2020, 0, 2, 3, 4, 5));
    assert.equal(await readlink(join(to, 'link')), 'sub/deep');
    assert.ok(
      (await readdir(to, { encoding: 'buffer' })).some((entry) => entry.equals(Buffer.from('caf\xe9', 'latin1'))),
    );
    assert.equal(told.bytes, 10);
    await assert.rejects(inside.download('/tree', to, told), failsWith('file-exists'));
    await assert.rejects(inside.download('/tree/pipe', join(host(), 'p'), told), failsWith('not-a-file'));
    assert.deepEqual(await readdir(host()), ['copy']);
  });

  it('to the host is nothing after a cancel', async () => {
    const name = await makeVolume();
    await inVolume(name, 'mkdir d; dd if=/dev/zero of=d/large bs=1M count=100 2>/dev/null');
    const inside = await open({ kind: 'volume', name });
    const stop = new AbortController();
    const onBytes = (bytes: number): void => {
      if (bytes > 1e6) stop.abort();
    };
    await assert.rejects(
      inside.download('/d', join(host(), 'd'), { signal: stop.signal, onBytes }),
      failsWith('cancelled'),
    );
    assert.deepEqual(await readdir(host()), []);
  });

  for (const shells of ['any', 'none'] as const) {
    it(`from the host belongs to the folder's owner, merged with what is there (shells: ${shells})`, async () => {
      const name = await makeVolume();
      await inVolume(name, 'chown 7:8 .; mkdir tree; echo kept > tree/kept; echo old > tree/new');
      await mkdir(join(host(), 'tree', 'empty'), { recursive: true });
      await writeFile(join(host(), 'tree', 'new'), 'new', { mode: 0o755 });
      await writeFile(join(host(), 'single'), Buffer.alloc(100_000, 'x'));
      await symlink('new', join(host(), 'tree', 'link'));
      await symlink('/etc/passwd', join(host(), 'outside'));
      const inside = await open({ kind: 'volume', name }, { shells });
      const told = tell();
      const sources = ['tree', 'single', 'outside'].map((one) => join(host(), one));
      await inside.upload(sources, '/', told);
      assert.equal(told.bytes, 100_003);
      await inside.dispose();
      assert.equal(
        await inVolume(
          name,
          "find . ! -name . | sort; stat -c '%u:%g %a' tree/new; cat tree/new tree/kept; readlink outside; readlink tree/link",
        ),
        './outside\n./single\n./tree\n./tree/empty\n./tree/kept\n./tree/link\n./tree/new\n7:8 755\nnewkept\n/etc/passwd\n'.concat(
          'new\n',
        ),
      );
    });
  }

  it('from the host is told where it cannot be read, and leaves nothing', async () => {
    const name = await makeVolume();
    const inside = await open({ kind: 'volume', name });
    await writeFile(join(host(), 'a'), 'a');
    const sources = [join(host(), 'a'), join(host(), 'none')];
    await assert.rejects(inside.upload(sources, '/', tell()), failsWith('file-not-found'));
    assert.deepEqual((await inside.list('/', never)).entries, []);
  });
});
