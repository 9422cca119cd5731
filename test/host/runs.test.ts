import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Api } from '../../src/ui/register-commands.js';
import { api, hostData } from './support.js';

const image = 'busybox:stand-in';
const shell = (script: string): string[] => ['sh', '-c', script];

describe('the results of runs, as an unprivileged user', function () {
  this.timeout(120_000);
  const { scratch } = hostData();
  let commands: Api;
  before(async () => {
    assert.notEqual(process.getuid?.(), 0, 'these tests do not run as root');
    commands = await api();
  });
  const ownersOf = async (folder: string): Promise<Map<string, number>> => {
    const owners = new Map<string, number>();
    for (const path of (await readdir(folder, { recursive: true })).sort()) {
      owners.set(path, (await lstat(join(folder, path))).uid);
    }
    return owners;
  };
  const allMine = async (folder: string): Promise<string[]> => {
    const owners = await ownersOf(folder);
    for (const [path, uid] of owners) assert.equal(uid, process.getuid?.(), `${path} belongs to the user`);
    return [...owners.keys()];
  };
  const script =
    'echo 1 > /out/open; echo 2 > /out/private; chmod 600 /out/private; mkdir -m 700 /out/sub; echo 3 > /out/sub/x; ' +
    'ln -s /etc/shadow /out/link';

  it('belong to the user though the container ran as root, and are listed whole', async () => {
    const output = join(scratch, 'as-root');
    const { outputs, record } = await commands.execute('runImage', {
      image,
      output,
      target: '/out',
      command: shell(script),
      keep: false,
    });
    assert.deepEqual(await allMine(output), ['link', 'open', 'private', 'sub', 'sub/x']);
    assert.deepEqual(
      outputs,
      ['link', 'open', 'private', 'sub/x'].map((path) => join(output, path)),
    );
    const kept = JSON.parse(await readFile(record, 'utf8')) as { outputs: { sha256?: string; link?: string }[] };
    assert.ok(kept.outputs.every(({ sha256, link }) => sha256 !== undefined || link !== undefined));
  });

  it('belong to the user though the container ran as somebody else, in a folder that only the user may write', async () => {
    const output = join(scratch, 'as-another');
    await mkdir(output, { mode: 0o755 });
    const { exitCode } = await commands.execute('runImage', {
      image,
      output,
      target: '/out',
      user: '54321:54321',
      command: shell(script),
      keep: false,
    });
    assert.equal(exitCode, 0);
    assert.deepEqual(await allMine(output), ['link', 'open', 'private', 'sub', 'sub/x']);
    assert.equal((await stat(output)).mode & 0o777, 0o755, 'the folder is open only while the container runs');
  });

  it('belong to the user where the image has nothing to give them with', async () => {
    const project = join(scratch, 'bare');
    await mkdir(project);
    const lines = ['FROM scratch', `COPY --from=${image} /bin/busybox /bin/sh`, 'CMD ["/bin/sh"]', ''];
    await writeFile(join(project, 'Dockerfile'), lines.join('\n'));
    await commands.execute('buildImage', { dockerfile: join(project, 'Dockerfile'), tag: 'test-host:bare' });
    const output = join(scratch, 'without-chown');
    const { outputs } = await commands.execute('runImage', {
      image: 'test-host:bare',
      output,
      target: '/out',
      // The shell's own words are all that there is.
      command: [
        '/bin/sh',
        '-c',
        'echo 1 > /out/first; umask 077; echo two > /out/second; i=0; ' +
          'while [ $i -lt 60000 ]; do echo 0123456789012345678901234567890123456789; i=$((i+1)); done > /out/third',
      ],
      keep: false,
    });
    assert.equal(outputs.length, 3);
    assert.deepEqual(await allMine(output), ['first', 'second', 'third']);
    assert.equal((await stat(join(output, 'third'))).size, 60_000 * 41);
    assert.equal(await readFile(join(output, 'second'), 'utf8'), 'two\n');
  });

  it('are added to what is there without touching it', async () => {
    const output = join(scratch, 'among-others');
    await mkdir(output);
    await writeFile(join(output, 'mine'), 'x', { mode: 0o640 });
    const before = await stat(join(output, 'mine'));
    await commands.execute('runImage', {
      image,
      output,
      target: '/out',
      existing: 'use',
      command: shell(script),
      keep: false,
    });
    assert.deepEqual(await allMine(output), ['link', 'mine', 'open', 'private', 'sub', 'sub/x']);
    const after = await stat(join(output, 'mine'));
    assert.deepEqual([after.mode, after.mtimeMs, after.ctimeMs], [before.mode, before.mtimeMs, before.ctimeMs]);
  });
});
