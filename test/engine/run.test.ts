import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContainer } from '../../src/engine/new-container.js';
import { runImage } from '../../src/run/run-image.js';
import { type RunRequest } from '../../src/run/run-request.js';
import { connectTo } from '../harness/engines/connect.js';
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

describe(`running on engine ${engineName}`, function () {
  this.timeout(60_000);
  const connection = connect();
  let place: { folder: string; dispose(): Promise<void> };
  let before: string[];
  beforeEach(async () => {
    place = await project({});
    before = await containerIds();
  });
  afterEach(async () => {
    await place.dispose();
  });
  after(() => {
    connection.dispose();
  });
  const run = (request: Partial<RunRequest>, doing = work()): ReturnType<typeof runImage> =>
    runImage(
      connection,
      { image: busybox, output: join(place.folder, 'results'), target: '/out', keep: false, ...request },
      runPlace(place.folder),
      doing,
    );
  const shell = (script: string): string[] => ['sh', '-c', script];

  it('brings the outputs to the host, and an exit code is a result', async () => {
    const doing = work();
    const result = await run(
      {
        command: shell(
          'mkdir /out/a; echo 1,2 > /out/a/x.csv; echo out; echo "$PASSWORD" >&2; TOKEN=of-the-command; exit 3',
        ),
        env: { PASSWORD: 'secret-value', COLOUR: 'red' },
      },
      doing,
    );
    assert.equal(result.exitCode, 3);
    assert.deepEqual(result.outputs, [join(place.folder, 'results/a/x.csv')]);
    assert.equal(await readFile(join(place.folder, 'results/a/x.csv'), 'utf8'), '1,2\n');
    assert.deepEqual(doing.output().sort(), ['out', 'secret-value']);
    const text = await readFile(result.record, 'utf8');
    const record = JSON.parse(text) as Record<string, unknown>;
    assert.ok(!text.includes('secret-value'), 'values of the environment stay out of the record');
    assert.ok(!text.includes('of-the-command'), 'so do those in the command');
    assert.deepEqual(record['environment'], { COLOUR: 'red' });
    assert.deepEqual(record['omittedEnvironment'], ['PASSWORD']);
    assert.equal(record['exitCode'], 3);
    const sha256 = createHash('sha256').update('1,2\n').digest('hex');
    assert.deepEqual(record['outputs'], [{ path: 'a/x.csv', size: 4, sha256 }]);
    assert.deepEqual(await containerIds(), before);
  });

  it('keeps the container where it is asked to', async () => {
    const { container } = await run({ command: ['true'], keep: true });
    assert.deepEqual(
      (await containerIds()).filter((id) => !before.includes(id)),
      [container],
    );
    await connectTo(engineHost).getContainer(container).remove();
  });

  it('binds volumes and folders, read-only where it is asked to', async () => {
    await writeFile(join(place.folder, 'input'), 'given');
    const { exitCode } = await run({
      volumes: [{ source: place.folder, target: '/in', readOnly: true }],
      command: shell('test "$(cat /in/input)" = given && ! touch /in/x'),
    });
    assert.equal(exitCode, 0);
  });

  it('loses none of 100,000 lines', async () => {
    const doing = work();
    await run({ command: shell('i=0; while [ $i -lt 100000 ]; do echo "line $i"; i=$((i+1)); done') }, doing);
    const lines = doing.output();
    assert.equal(lines.length, 100_000);
    assert.ok(lines.every((line, index) => line === `line ${index}`));
  });

  const refused: [what: string, request: Partial<RunRequest>, reason: Parameters<typeof failsWith>[0]][] = [
    ['an image that is not there', { image: 'nothing:here' }, 'image-not-found'],
    ['a command that the image has not', { command: ['no-such-command'] }, 'command-not-found'],
    ['a container folder that is not absolute', { target: 'out' }, 'invalid-argument'],
    ['the root as container folder', { target: '/' }, 'invalid-argument'],
    ['an output folder that is not absolute', { output: 'results' }, 'invalid-argument'],
  ];
  for (const [what, request, reason] of refused) {
    it(`refuses ${what} and leaves no container`, async () => {
      await assert.rejects(run({ command: ['true'], ...request }), failsWith(reason));
      assert.deepEqual(await containerIds(), before);
    });
  }

  it('does not write among other files unasked', async () => {
    await writeFile(join(place.folder, 'precious'), 'x');
    await assert.rejects(run({ output: place.folder, command: ['true'] }), failsWith('output-not-empty'));
    const fresh = await run({ output: place.folder, existing: 'subfolder', command: shell('echo 1 > /out/y') });
    assert.match(fresh.outputs[0] ?? '', /\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\/y$/);
    const used = await run({ output: place.folder, existing: 'use', command: shell('cat /out/precious') });
    assert.equal(used.exitCode, 0);
  });

  it('when cancelled, leaves no container but what was written so far', async () => {
    const abort = new AbortController();
    const doing = work(abort.signal);
    doing.onProgress = ({ output }) => {
      if (output === 'started') abort.abort();
    };
    await assert.rejects(
      run({ command: shell('echo 1 > /out/part; echo started; sleep 300') }, doing),
      failsWith('cancelled'),
    );
    assert.deepEqual(await containerIds(), before);
    assert.equal(await readFile(join(place.folder, 'results/part'), 'utf8'), '1\n');
  });

  it('when cancelled while its container is being created, leaves none', async () => {
    const abort = new AbortController();
    const creating = createContainer(
      connection,
      {
        image: busybox,
        command: ['true'],
        environment: {},
        mounts: [],
        ports: [],
        gpus: { kind: 'none' },
        labels: {},
        network: 'none',
      },
      abort.signal,
    );
    abort.abort();
    await assert.rejects(creating, failsWith('cancelled'));
    assert.deepEqual(await containerIds(), before);
  });
});
