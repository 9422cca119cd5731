import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { type LiveRun } from '../../src/run/live-run.js';
import { listPending } from '../../src/run/pending.js';
import { pickUpRun } from '../../src/run/pick-up-run.js';
import { type FinishedRecord, readRunRecord } from '../../src/run/record.js';
import { runImage } from '../../src/run/run-image.js';
import { type RunRequest } from '../../src/run/run-request.js';
import { startRun } from '../../src/run/start-run.js';
import { connectTo } from '../harness/engines/connect.js';
import { commandInside } from '../harness/engines/inside.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { runCommand } from '../harness/machine/commands.js';
import { waitFor } from '../harness/machine/waiting.js';
import { busybox, connect, containerIds, engineHost, engineName, failsWith, runPlace, work } from './support.js';

/** A folder of this machine that the harness's engines do not see. */
const unseen = '/var/opt';

const shell = (script: string): string[] => ['sh', '-c', script];

describe(`running on engine ${engineName} as if it were elsewhere`, function () {
  this.timeout(60_000);
  const docker = connectTo(engineHost);
  const connection = connect();
  let folder: string;
  let found: { containers: string[]; volumes: string[] };
  const volumes = async (): Promise<string[]> =>
    (await docker.listVolumes()).Volumes.map((volume) => volume.Name).sort();
  before(function () {
    // An engine that is given sees all of this machine.
    if (!isEngineName(engineName)) this.skip();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(unseen, 'research-containers-'));
    found = { containers: await containerIds(), volumes: await volumes() };
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    assert.deepEqual({ containers: await containerIds(), volumes: await volumes() }, found, 'nothing is left over');
  });
  after(() => {
    connection.dispose();
  });
  const results = (): string => join(folder, 'results');
  const run = (request: Partial<RunRequest>, doing = work()): ReturnType<typeof runImage> =>
    runImage(
      connection,
      { image: busybox, output: results(), target: '/out', keep: false, ...request },
      runPlace(folder),
      doing,
    );
  const inside = async (command: readonly string[]): Promise<string> => {
    const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
    if (running === undefined) throw new Error(`Engine ${engineName} does not run.`);
    return runCommand(commandInside(running, command));
  };
  const recordOf = async (file: string): Promise<FinishedRecord> => {
    const record = await readRunRecord(file);
    assert.ok(record.state === 'finished');
    return record;
  };

  const start = (more: Partial<RunRequest>): ReturnType<typeof startRun> =>
    startRun(
      connection,
      { image: busybox, output: results(), target: '/out', keep: false, ...more },
      runPlace(folder),
      work(),
    );
  /** Makes the file that a program waits for. */
  const go = async (live: LiveRun): Promise<void> => {
    const exec = await docker.getContainer(live.current.container.id).exec({ Cmd: ['touch', '/tmp/go'] });
    await exec.start({});
  };

  it('brings the results here as they are there', async () => {
    const script = [
      'cd /out; mkdir -p a/b empty; printf 1,2 > a/b/x.csv; echo run > a/go; chmod 755 a/go',
      'ln -s /etc/passwd outside; ln a/go again; printf "" > nothing; echo ü > "ö ä.txt"; touch -t 200102030405 old',
      'head -c 3000000 /dev/zero > large; chmod 000 a/b/x.csv; mkfifo pipe',
    ].join('; ');
    const { outputs, record } = await run({ command: shell(script) });
    assert.deepEqual((await readdir(results(), { recursive: true })).sort(), [
      'a',
      'a/b',
      'a/b/x.csv',
      'a/go',
      'again',
      'empty',
      'large',
      'nothing',
      'old',
      'outside',
      'ö ä.txt',
    ]);
    assert.equal(await readFile(join(results(), 'a/b/x.csv'), 'utf8'), '1,2');
    assert.equal((await stat(join(results(), 'a/go'))).mode & 0o777, 0o755);
    assert.equal(await readlink(join(results(), 'outside')), '/etc/passwd', 'a link is what it says');
    assert.equal((await stat(join(results(), 'old'))).mtime.getUTCFullYear(), 2001);
    assert.equal(outputs.length, 8);
    const listed = new Map((await recordOf(record)).outputs.map((file) => [file.path, file]));
    const sha256 = createHash('sha256').update(Buffer.alloc(3_000_000)).digest('hex');
    assert.deepEqual(listed.get('large'), { path: 'large', size: 3_000_000, sha256 });
    assert.deepEqual(listed.get('outside'), { path: 'outside', link: '/etc/passwd' });
    const again = createHash('sha256').update('run\n').digest('hex');
    assert.deepEqual(listed.get('again'), { path: 'again', size: 4, sha256: again });
  });

  it('does not take a folder of the same name on its host for this one', async () => {
    await inside(['mkdir', '-p', results()]);
    await inside(['touch', join(results(), 'not-mine')]);
    try {
      await run({ command: shell('echo 1 > /out/mine') });
      assert.deepEqual(await readdir(results()), ['mine']);
      assert.equal((await inside(['ls', results()])).trim(), 'not-mine');
    } finally {
      await inside(['rm', '-r', folder]);
    }
  });

  it('brings inputs there, and changes of those that may be written back', async () => {
    await mkdir(join(folder, 'data/sub'), { recursive: true });
    await writeFile(join(folder, 'data/sub/in'), 'given', { mode: 0o600 });
    await symlink('sub/in', join(folder, 'data/link'));
    await mkdir(join(folder, 'state'));
    await writeFile(join(folder, 'state/count'), '1');
    await writeFile(join(folder, 'config.ini'), 'a=1');
    const { exitCode } = await run({
      // Whoever the program runs as.
      user: '12345:12345',
      volumes: [
        { source: join(folder, 'data'), target: '/data/', readOnly: true },
        { source: join(folder, 'state'), target: '/state' },
        { source: join(folder, 'config.ini'), target: '/deep/er/config.ini', readOnly: true },
      ],
      command: shell(
        'test "$(cat /data/link)" = given && ! touch /data/x 2>/dev/null && test "$(cat /deep/er/config.ini)" = a=1 && ' +
          'echo 2 > /state/count && echo new > /state/new && echo 1 > /out/y',
      ),
    });
    assert.equal(exitCode, 0);
    assert.equal(await readFile(join(folder, 'state/count'), 'utf8'), '2\n');
    assert.equal(await readFile(join(folder, 'state/new'), 'utf8'), 'new\n');
    assert.deepEqual(await readdir(join(folder, 'data')), ['link', 'sub']);
    assert.deepEqual(await readdir(results()), ['y']);
  });

  it('gives a program what the folder of its results holds already', async () => {
    await mkdir(results());
    await writeFile(join(results(), 'checkpoint'), 'epoch 7');
    await symlink('/etc', join(results(), 'elsewhere'));
    const { exitCode } = await run({
      existing: 'use',
      command: shell(
        'cat /out/checkpoint > /out/seen; rm /out/elsewhere; mkdir /out/elsewhere; echo 1 > /out/elsewhere/file',
      ),
    });
    assert.equal(exitCode, 0);
    assert.equal(await readFile(join(results(), 'seen'), 'utf8'), 'epoch 7');
    assert.ok((await lstat(join(results(), 'elsewhere'))).isDirectory(), 'nothing is written through a link');
    assert.equal(await readFile(join(results(), 'elsewhere/file'), 'utf8'), '1\n');
  });

  it('binds a folder that only its host has', async () => {
    await inside(['mkdir', '-p', '/var/opt/research-containers-data-set']);
    await inside(['touch', '/var/opt/research-containers-data-set/images']);
    const volumes = [{ source: '/var/opt/research-containers-data-set', target: '/data', readOnly: true }];
    const { exitCode } = await run({ volumes, command: shell('ls /data > /out/list') });
    assert.equal(exitCode, 0);
    assert.equal(await readFile(join(results(), 'list'), 'utf8'), 'images\n');
    await assert.rejects(
      run({ existing: 'use', volumes: [{ source: '/var/opt/nowhere', target: '/data' }] }),
      failsWith('file-unreadable', ({ message }) => message.includes('/var/opt/nowhere')),
    );
  });

  it('shows results while the program runs, and takes back what it removes again', async () => {
    const live = await start({
      command: shell(
        'echo 1 > /out/first; echo 2 > /out/gone; while [ ! -e /tmp/go ]; do sleep 0.1; done; rm /out/gone',
      ),
    });
    const isHere = async (): Promise<boolean> => (await readdir(results())).includes('gone');
    await waitFor('the results to come', isHere, { within: 20_000 });
    await go(live);
    await live.end;
    assert.deepEqual(await readdir(results()), ['first']);
  });

  it('leaves alone what is behind a link that the program made in place of a folder', async () => {
    const script =
      'cd /out; mkdir latest; echo 1 > latest/model; while [ ! -e /tmp/go ]; do sleep 0.1; done; ' +
      'mkdir run-2; mv latest/model run-2/model; rmdir latest; ln -s run-2 latest';
    const live = await start({ command: shell(script) });
    const isHere = async (): Promise<boolean> => (await readdir(results())).includes('latest');
    await waitFor('the results to come', isHere, { within: 20_000 });
    await go(live);
    const { outputs } = await live.end;
    assert.deepEqual(
      outputs.map(({ path }) => path),
      ['latest', 'run-2/model'],
    );
    assert.equal(await readFile(join(results(), 'run-2/model'), 'utf8'), '1\n');
  });

  it('does not write over what was changed here meanwhile', async () => {
    await mkdir(join(folder, 'code'));
    await writeFile(join(folder, 'code/train.py'), 'version 1', { mode: 0o600 });
    await writeFile(join(folder, 'code/state'), 'a');
    const live = await start({
      volumes: [{ source: join(folder, 'code'), target: '/code' }],
      command: shell('echo longer > /code/state; while [ ! -e /tmp/go ]; do sleep 0.1; done'),
    });
    await writeFile(join(folder, 'code/train.py'), 'version 2, edited');
    const later = new Date(Date.now() + 5000);
    await utimes(join(folder, 'code/train.py'), later, later);
    await go(live);
    await live.end;
    assert.equal(await readFile(join(folder, 'code/train.py'), 'utf8'), 'version 2, edited');
    assert.equal((await stat(join(folder, 'code/train.py'))).mode & 0o777, 0o600);
    assert.equal(await readFile(join(folder, 'code/state'), 'utf8'), 'longer\n');
  });

  it('refuses a file that could not be written back', async () => {
    await writeFile(join(folder, 'log.db'), 'x');
    const volumes = [{ source: join(folder, 'log.db'), target: '/log.db' }];
    await assert.rejects(run({ volumes, command: ['true'] }), failsWith('invalid-argument'));
  });

  it('keeps results that do not fit on this machine, and brings them when there is room', async () => {
    await mkdir(results());
    await runCommand(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', results()]);
    try {
      const failing = run({ command: shell('head -c 3000000 /dev/zero > /out/large; echo 1 > /out/small') });
      await assert.rejects(failing, failsWith('disk-full'));
      const { storage } = runPlace(folder);
      const [pending] = await listPending(storage);
      assert.ok(pending !== undefined);
      assert.equal((await recordOf(pending.record)).problem?.reason, 'disk-full');
      await runCommand(['mount', '-o', 'remount,size=16m', results()]);
      const again = await pickUpRun(connection, pending, runPlace(folder));
      const record = await again?.end;
      assert.equal(record?.problem, undefined);
      assert.deepEqual(
        record?.outputs.map(({ path }) => path),
        ['large', 'small'],
      );
      assert.deepEqual((await readdir(results())).sort(), ['large', 'small']);
      assert.deepEqual(await listPending(storage), []);
    } finally {
      await runCommand(['umount', results()]);
    }
  });

  it('brings 5,000 files', async () => {
    const script = 'mkdir /out/d; cd /out/d; i=0; while [ $i -lt 5000 ]; do echo $i > $i; i=$((i+1)); done';
    const { outputs } = await run({ command: shell(script) });
    assert.equal(outputs.length, 5000);
    assert.equal(await readFile(join(results(), 'd/4999'), 'utf8'), '4999\n');
  });

  it('leaves nothing after a start that fails', async () => {
    await assert.rejects(run({ command: ['no-such-command'] }), failsWith('command-not-found'));
    assert.deepEqual(await listPending(runPlace(folder).storage), []);
  });
});
