import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../src/host/failure.js';
import { claimRun, listPending, type PendingRun } from '../../src/run/pending.js';
import { pickUpRun } from '../../src/run/pick-up-run.js';
import { listRunRecords, logFileOf, readRunRecord } from '../../src/run/record.js';
import { type RunRequest } from '../../src/run/run-request.js';
import { startRun } from '../../src/run/start-run.js';
import { type LiveRun } from '../../src/run/live-run.js';
import { connectTo } from '../harness/engines/connect.js';
import { Door } from '../harness/engines/door.js';
import { startEngine } from '../harness/engines/start.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import {
  busybox,
  connect,
  containerIds,
  engineHost,
  engineName,
  failsWith,
  project,
  runPlace,
  work,
} from './support.js';

const shell = (script: string): string[] => ['sh', '-c', script];
/** Prints, and waits for a file that the test makes. */
const waiting = 'echo before; while [ ! -e /tmp/go ]; do sleep 0.1; done; echo 1 > /out/result; echo after; exit 4';

describe(`a run of engine ${engineName} that outlives who started it`, function () {
  this.timeout(90_000);
  const docker = connectTo(engineHost);
  const connection = connect();
  let place: { folder: string; dispose(): Promise<void> };
  let found: string[];
  beforeEach(async () => {
    place = await project({});
    found = await containerIds();
  });
  afterEach(async () => {
    for (const id of (await containerIds()).filter((each) => !found.includes(each))) {
      await docker.getContainer(id).remove({ force: true });
    }
    await place.dispose();
  });
  after(() => {
    connection.dispose();
  });
  const where = (): ReturnType<typeof runPlace> => runPlace(place.folder);
  const request = (more: Partial<RunRequest> = {}): RunRequest => ({
    image: busybox,
    output: join(place.folder, 'results'),
    target: '/out',
    command: shell(waiting),
    keep: false,
    ...more,
  });
  const go = async (container: string): Promise<void> => {
    const exec = await docker.getContainer(container).exec({ Cmd: ['touch', '/tmp/go'] });
    await exec.start({});
  };
  const onlyPending = async (): Promise<PendingRun> => {
    const [pending, ...others] = await listPending(where().storage);
    assert.ok(pending !== undefined && others.length === 0);
    return pending;
  };
  const textOf = (run: LiveRun, onText: (text: string) => void = () => undefined): { text: string } => {
    const heard = { text: '' };
    run.onOutput((data) => {
      heard.text += Buffer.from(data).toString();
      onText(heard.text);
    });
    return heard;
  };

  it('is picked up where its window was killed, with all that it printed', async () => {
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        'test/engine/run-child.ts',
        engineHost,
        place.folder,
        where().storage,
        JSON.stringify(request()),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [id] = (await once(child.stdout, 'data')) as [Buffer];
    const pending = await onlyPending();
    assert.equal(pending.container, id.toString().trim());
    assert.equal(await pickUpRun(connection, pending, where()), undefined, 'its window is still there');
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    assert.equal((await readRunRecord(pending.record)).state, 'running');
    const run = await pickUpRun(connection, pending, where());
    assert.ok(run !== undefined);
    assert.equal(await pickUpRun(connection, pending, where()), undefined, 'only one looks after it');
    const heard = textOf(run);
    await go(pending.container);
    const record = await run.end;
    assert.equal(record.exitCode, 4);
    assert.deepEqual(
      record.outputs.map(({ path }) => path),
      ['result'],
    );
    assert.ok(record.seconds > 0);
    assert.match(heard.text, /after/);
    assert.equal(await readFile(logFileOf(pending.record), 'utf8'), 'before\nafter\n');
    assert.deepEqual(await listPending(where().storage), []);
    assert.deepEqual(await containerIds(), found, 'it is not kept');
  });

  it('is left by a window that closes, and has its end when it ended meanwhile', async () => {
    const run = await startRun(connection, request({ keep: true }), where(), work());
    const pending = await onlyPending();
    await run.leave();
    await assert.rejects(run.end, failsWith('cancelled'));
    assert.equal((await readRunRecord(pending.record)).state, 'running', 'it goes on');
    await go(pending.container);
    await docker.getContainer(pending.container).wait();
    const again = await pickUpRun(connection, pending, where());
    const record = await again?.end;
    assert.equal(record?.exitCode, 4);
    assert.equal(record.finished, (await docker.getContainer(pending.container).inspect()).State.FinishedAt);
  });

  it('is lost with its engine, and found again when that is back', async () => {
    const door = new Door(engineHost);
    await door.open();
    const through = connect(`unix://${door.path}`);
    const run = await startRun(through, request(), where(), work());
    const pending = await onlyPending();
    await door.close();
    await assert.rejects(run.end, failsWith('engine-lost'));
    const record = await readRunRecord(pending.record);
    assert.ok(record.state === 'lost');
    assert.match(record.lost.why, /lost|connection/i);
    through.dispose();
    await go(pending.container);
    const again = await pickUpRun(connection, pending, where());
    assert.equal((await again?.end)?.exitCode, 4);
    assert.equal((await readRunRecord(pending.record)).state, 'finished');
  });

  it('says that it is lost where its container is gone', async () => {
    const run = await startRun(connection, request(), where(), work());
    const pending = await onlyPending();
    await run.leave();
    await docker.getContainer(pending.container).remove({ force: true });
    assert.equal(await pickUpRun(connection, pending, where()), undefined);
    const record = await readRunRecord(pending.record);
    assert.ok(record.state === 'lost');
    assert.match(record.lost.why, /container is gone/);
    assert.deepEqual(await listPending(where().storage), []);
  });

  it('is forgotten where its window was killed before its program started', async () => {
    const run = await startRun(connection, request(), where(), work());
    const pending = await onlyPending();
    await run.leave();
    await docker.getContainer(pending.container).remove({ force: true });
    const { id } = await docker.createContainer({ Image: busybox, Cmd: ['true'] });
    assert.equal(await pickUpRun(connection, { ...pending, container: id }, where()), undefined);
    assert.deepEqual(await listRunRecords(place.folder), []);
    assert.deepEqual(await containerIds(), found);
  });

  it('does not lose the input of a terminal', async () => {
    const command = ['sh'];
    const run = await startRun(connection, request({ command, interactive: true, keep: true }), where(), work());
    const pending = await onlyPending();
    const typed = new Promise<void>((resolve) => {
      textOf(run, (text) => {
        if (text.includes('x=7')) resolve();
      });
    });
    run.write('x=7\n');
    await typed;
    await run.leave();
    const again = await pickUpRun(connection, pending, where());
    assert.ok(again?.takesInput === true);
    const heard = textOf(again);
    again.write('echo it is $x; exit 5\n');
    assert.equal((await again.end).exitCode, 5);
    assert.match(heard.text, /it is 7/);
  });

  it('comes to its end through a kill -9 of the engine', async function () {
    if (!isEngineName(engineName)) return this.skip();
    const run = await startRun(connection, request({ keep: true }), where(), work());
    const pending = await onlyPending();
    const running = await findRunning(engineName);
    assert.ok(running !== undefined);
    process.kill(running.pid, 'SIGKILL');
    const end = await run.end.catch((error: unknown) => error);
    await startEngine(engineName, { log: () => undefined });
    assert.ok(end instanceof Failure && end.reason === 'engine-lost');
    assert.equal((await readRunRecord(pending.record)).state, 'lost');
    const again = await pickUpRun(connection, pending, where());
    const record = await again?.end;
    // All processes of the engine's went with it: what is left is the engine's own word for that.
    assert.ok(record !== undefined && record.exitCode !== 0);
    assert.deepEqual(record.outputs, []);
  });
});

describe('the claim to a run', () => {
  it('is held by one, and taken over from the dead', async () => {
    const place = await project({});
    try {
      const first = await claimRun(place.folder, '/a/record.json');
      assert.ok(first !== undefined);
      assert.equal(await claimRun(place.folder, '/a/record.json'), undefined);
      assert.ok((await claimRun(place.folder, '/another/record.json')) !== undefined);
      await first.release();
      const many = await Promise.all(Array.from({ length: 20 }, () => claimRun(place.folder, '/a/record.json')));
      assert.equal(many.filter((claim) => claim !== undefined).length, 1);
    } finally {
      await place.dispose();
    }
  });
});
