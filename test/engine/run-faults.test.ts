import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listPending } from '../../src/run/pending.js';
import { hiddenFiles, previewRun } from '../../src/run/preview-run.js';
import { type FinishedRecord, listRunRecords, logFileOf, readRunRecord } from '../../src/run/record.js';
import { runImage } from '../../src/run/run-image.js';
import { type RunRequest } from '../../src/run/run-request.js';
import { startRun } from '../../src/run/start-run.js';
import { connectTo } from '../harness/engines/connect.js';
import {
  busybox,
  connect,
  containerIds,
  dropImage,
  engineHost,
  engineName,
  failsWith,
  project,
  runPlace,
  work,
} from './support.js';

const shell = (script: string): string[] => ['sh', '-c', script];

describe(`runs of engine ${engineName} that go wrong, or far`, function () {
  this.timeout(90_000);
  const docker = connectTo(engineHost);
  const connection = connect();
  const { signal } = new AbortController();
  let place: { folder: string; dispose(): Promise<void> };
  let found: string[];
  beforeEach(async () => {
    place = await project({});
    found = await containerIds();
  });
  afterEach(async () => {
    await place.dispose();
    assert.deepEqual(await containerIds(), found, 'no container is left over');
  });
  after(() => {
    connection.dispose();
  });
  const request = (more: Partial<RunRequest>): RunRequest => ({
    image: busybox,
    output: join(place.folder, 'results'),
    target: '/out',
    keep: false,
    ...more,
  });
  const run = async (more: Partial<RunRequest>): Promise<FinishedRecord> => {
    const { record } = await runImage(connection, request(more), runPlace(place.folder), work());
    const read = await readRunRecord(record);
    assert.ok(read.state === 'finished');
    return read;
  };
  const nothingIsLeft = async (): Promise<void> => {
    assert.deepEqual(await listRunRecords(place.folder), []);
    assert.deepEqual(await listPending(runPlace(place.folder).storage), []);
  };

  it('say with which signal a program ended', async () => {
    const killed = await run({ command: shell('(sh -c "kill -SEGV \\$\\$"); exit $?') });
    assert.deepEqual([killed.exitCode, killed.signal], [139, 'SIGSEGV']);
  });

  it('say that the memory was not enough', async function () {
    const limits = { memory: 20_000_000 };
    const record = await run({ limits, command: shell('head -c 500000000 /dev/zero | tail -c 400000000 > /dev/null') });
    assert.deepEqual(record.limits, limits);
    // Which process the kernel takes is its own choice: engines older than 24 tell of the first one only.
    if (engineName !== '20.10') assert.equal(record.outOfMemory, true);
    assert.notEqual(record.exitCode, 0);
  });

  it('have the exit codes of a shell that cannot run a command', async () => {
    assert.equal((await run({ command: shell('no-such-program') })).exitCode, 127);
    assert.equal((await run({ existing: 'use', command: shell('/etc/passwd') })).exitCode, 126);
  });

  it('are refused where a port is taken, and leave nothing', async () => {
    const first = await startRun(
      connection,
      request({ output: undefined, ports: [{ container: 80, host: 45_231 }], command: ['sleep', '60'] }),
      runPlace(place.folder),
      work(),
    );
    try {
      const second = request({ ports: [{ container: 80, host: 45_231 }], command: ['true'] });
      await assert.rejects(runImage(connection, second, runPlace(place.folder), work()), failsWith('port-in-use'));
      assert.equal((await listRunRecords(place.folder)).length, 1, 'that of the first one');
    } finally {
      await first.cancel();
      await first.end.catch(() => undefined);
    }
  });

  it('are refused where a name is taken', async () => {
    const taken = await docker.createContainer({ Image: busybox, name: 'test-run-taken', Cmd: ['true'] });
    try {
      await assert.rejects(run({ name: 'test-run-taken', command: ['true'] }), failsWith('name-in-use'));
      await nothingIsLeft();
    } finally {
      await taken.remove();
    }
  });

  const invalid: [what: string, more: Partial<RunRequest>][] = [
    ['two folders at one place', { volumes: [{ source: 'a-volume', target: '/out/' }] }],
    ['a port that is none', { ports: [{ container: 70_000 }] }],
    ['too little memory', { limits: { memory: 1000 } }],
    ['no processor', { limits: { cpus: 0 } }],
    ['a variable without a name', { env: { '': 'x' } }],
  ];
  for (const [what, more] of invalid) {
    it(`are refused with ${what}`, async () => {
      await assert.rejects(run({ command: ['true'], ...more }), failsWith('invalid-argument'));
      await nothingIsLeft();
    });
  }

  it('end by two Ctrl-Cs where one is not heeded', async () => {
    const stubborn = 'trap "echo not yet" INT; echo ready; while true; do sleep 0.1; done';
    const live = await startRun(connection, request({ command: shell(stubborn) }), runPlace(place.folder), work());
    const heard = new Promise<void>((resolve) => {
      live.onOutput((data) => {
        const text = Buffer.from(data).toString();
        if (text.includes('ready')) void live.interrupt();
        if (text.includes('not yet')) resolve();
      });
    });
    await heard;
    await live.kill();
    const { exitCode, signal: name } = await live.end;
    assert.deepEqual([exitCode, name], [137, 'SIGKILL']);
  });

  it('list 100,000 files', async () => {
    const many = 'cd /out; i=0; while [ $i -lt 100000 ]; do : > $i; i=$((i+1)); done';
    const { outputs } = await run({ command: shell(many) });
    assert.equal(outputs.length, 100_000);
  });

  it('keep every byte that a program prints, in the order of each stream', async () => {
    const print = 'i=0; while [ $i -lt 2000 ]; do echo "out $i ü"; echo "err $i" >&2; i=$((i+1)); done; printf last';
    await run({ output: undefined, command: shell(print) });
    const [file = ''] = await listRunRecords(place.folder);
    const lines = (await readFile(logFileOf(file), 'utf8')).split('\n');
    const of = (stream: string): string[] => lines.filter((line) => line.startsWith(stream));
    assert.deepEqual(
      of('out'),
      Array.from({ length: 2000 }, (_, index) => `out ${index} ü`),
    );
    assert.deepEqual(
      of('err'),
      Array.from({ length: 2000 }, (_, index) => `err ${index}`),
    );
    assert.ok(lines.some((line) => line.endsWith('last')));
  });

  it('say what they used', async () => {
    const hungry =
      'x=$(head -c 30000000 /dev/zero | tr "\\\\0" x); i=0; while [ $i -lt 25 ]; do sleep 0.1; i=$((i+1)); done';
    const record = await run({ command: shell(hungry) });
    assert.ok((record.peakMemory ?? 0) > 20_000_000, `peak memory ${record.peakMemory}`);
    assert.ok((record.cpuSeconds ?? 0) > 0.05, `processor time ${record.cpuSeconds}`);
    assert.ok(record.seconds > 2.4 && record.seconds < 60);
  });

  it('show beforehand what the image has where the results will be', async () => {
    const source = await docker.createContainer({
      Image: busybox,
      Cmd: ['sh', '-c', 'mkdir -p /trial/results; echo 1 > /trial/results/old'],
    });
    try {
      await source.start();
      await source.wait();
      await source.commit({ repo: 'test-run', tag: 'hidden', changes: 'WORKDIR /trial' });
    } finally {
      await source.remove({ v: true });
    }
    try {
      const preview = await previewRun(connection, 'test-run:hidden', signal);
      assert.equal(preview.target, '/trial/results', 'a folder whose name tells');
      assert.deepEqual(preview.platform, { kind: 'own' });
      const hidden = await hiddenFiles(connection, preview.image, '/trial/results', signal);
      assert.deepEqual(hidden, { paths: ['old'], isWhole: true });
      assert.deepEqual(await hiddenFiles(connection, preview.image, '/nowhere', signal), { paths: [], isWhole: true });
      assert.equal((await hiddenFiles(connection, preview.image, '/bin', signal)).isWhole, false);
    } finally {
      await dropImage('test-run:hidden');
    }
  });

  it('bind the folder that was shown beforehand', async () => {
    const source = await docker.createContainer({ Image: busybox, Cmd: ['mkdir', '-p', '/study/results'] });
    try {
      await source.start();
      await source.wait();
      await source.commit({ repo: 'test-run', tag: 'telling', changes: 'WORKDIR /study' });
    } finally {
      await source.remove({ v: true });
    }
    try {
      const command = shell('echo 1 > /study/results/x');
      const { output, outputs } = await run({ image: 'test-run:telling', target: undefined, command });
      assert.deepEqual([output?.target, outputs.length], ['/study/results', 1]);
    } finally {
      await dropImage('test-run:telling');
    }
  });

  it('reach a terminal of the size that it has', async () => {
    const live = await startRun(
      connection,
      request({ interactive: true, command: ['sh'], output: undefined }),
      runPlace(place.folder),
      work(),
    );
    let screen = '';
    live.onOutput((data) => {
      screen += Buffer.from(data).toString();
    });
    await live.resize({ columns: 99, rows: 33 });
    live.write('stty size; test -t 0 && echo a terminal; exit 6\n');
    const { exitCode, interactive } = await live.end;
    assert.deepEqual([exitCode, interactive], [6, true]);
    assert.match(screen, /33 99/);
    assert.match(screen, /a terminal\r\n/);
  });

  // The lines of Docker's first steps, as people type them.
  it('do what “docker run hello-world” does', async () => {
    const hello = ['CMD ["echo", "Hello from Docker!"]'];
    const source = await docker.createContainer({ Image: busybox, Cmd: ['true'] });
    await source.commit({ repo: 'hello-world', tag: 'latest', changes: hello.join('\n') });
    await source.remove({ v: true });
    try {
      const doing = work();
      await runImage(connection, { image: 'hello-world', keep: false }, runPlace(place.folder), doing);
      assert.deepEqual(doing.output(), ['Hello from Docker!']);
    } finally {
      await dropImage('hello-world:latest');
    }
  });

  it('do what “docker run busybox” does: nothing, for nobody types', async () => {
    const record = await run({ output: undefined });
    assert.deepEqual([record.exitCode, record.log, record.command], [0, undefined, ['sh']]);
  });

  it('do what “docker run busybox echo "hello from busybox"” does', async () => {
    const doing = work();
    const command = ['echo', 'hello from busybox'];
    await runImage(connection, { image: busybox, command, keep: false }, runPlace(place.folder), doing);
    assert.deepEqual(doing.output(), ['hello from busybox']);
  });

  it('do what “docker run -it -v log-data:/home/lograsm” does', async () => {
    await docker.createVolume({ Name: 'test-run-log-data' });
    try {
      const volumes = [{ source: 'test-run-log-data', target: '/home/lograsm' }];
      await run({ volumes, command: shell('echo kept > /home/lograsm/x') });
      const record = await run({ existing: 'use', volumes, command: shell('cp /home/lograsm/x /out/x') });
      assert.equal(await readFile(join(place.folder, 'results/x'), 'utf8'), 'kept\n');
      assert.deepEqual(record.mounts, [
        { type: 'volume', source: 'test-run-log-data', target: '/home/lograsm', readOnly: false },
      ]);
    } finally {
      await docker.getVolume('test-run-log-data').remove();
    }
  });

  it('do what “--mount type=bind,source="$(pwd)",target=/home/lograsm/output” does', async () => {
    const target = '/home/lograsm/output';
    await run({ target, command: shell(`echo 1 > ${target}/benchmark.csv`) });
    assert.deepEqual(await readdir(join(place.folder, 'results')), ['benchmark.csv']);
  });
});
