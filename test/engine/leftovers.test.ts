import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteContainer } from '../../src/engine/container-operations.js';
import { dropEmptyImage, makeEmptyImage } from '../../src/engine/empty-image.js';
import { helperLabels, removeLeftovers } from '../../src/engine/leftovers.js';
import { runImage } from '../../src/run/run-image.js';
import { connectTo } from '../harness/engines/connect.js';
import { isEngineName } from '../harness/engines/state.js';
import { waitFor } from '../harness/machine/waiting.js';
import { busybox, connect, containerIds, engineHost, engineName, runPlace, work } from './support.js';

/** A folder of this machine that the harness's engines do not see. */
const unseen = '/var/opt';
const later = (): number => Date.now() + 7_200_000;
const nobody = (): boolean => false;

const labelsOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`)
    .join('\n');

describe(`what killed windows leave on engine ${engineName}`, function () {
  this.timeout(60_000);
  const docker = connectTo(engineHost);
  const connection = connect();
  let folder: string;
  let found: { containers: string[]; volumes: string[] };
  const there = async (): Promise<typeof found> => ({
    containers: await containerIds(),
    volumes: (await docker.listVolumes()).Volumes.map((volume) => volume.Name).sort(),
  });
  before(function () {
    // An engine that is given sees all of this machine.
    if (!isEngineName(engineName)) this.skip();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(unseen, 'research-containers-'));
    found = await there();
    await mkdir(join(folder, 'data'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    assert.deepEqual(await there(), found, 'nothing is left over');
  });
  after(() => {
    connection.dispose();
  });

  it('is removed where the window was killed while inputs were sent, but not too early', async () => {
    const large = await open(join(folder, 'data', 'large'), 'w');
    await large.truncate(4e9);
    await large.close();
    const request = {
      image: busybox,
      keep: true,
      volumes: [{ source: join(folder, 'data'), target: '/data', readOnly: true }],
    };
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        'test/engine/run-child.ts',
        engineHost,
        folder,
        join(folder, 'storage'),
        JSON.stringify(request),
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const gone = once(child, 'exit');
    const isSending = async (): Promise<boolean> => (await containerIds()).length === found.containers.length + 2;
    await waitFor('the container that the inputs are sent through', isSending, { within: 30_000 });
    assert.deepEqual(await removeLeftovers(connection, nobody, later()), [], 'its window lives');
    child.kill('SIGKILL');
    await gone;
    assert.deepEqual(await removeLeftovers(connection, nobody), [], 'it is young');
    const removed = await removeLeftovers(connection, () => true, later());
    assert.equal(removed.length, 1, 'a run that is looked after keeps its container and volume');
    assert.equal((await removeLeftovers(connection, nobody, later())).length, 2);
  });

  it('stays where another process or nobody made it, and where it runs', async () => {
    const dead = { ...helperLabels(), 'org.research-containers.made-by': '999999999 1 x' };
    const kept = await Promise.all(
      [{}, helperLabels(), { ...dead, 'org.research-containers.made-by': `1 1 another-machine` }].map((Labels) =>
        docker.createContainer({ Image: busybox, Cmd: ['true'], Labels }),
      ),
    );
    try {
      assert.deepEqual(await removeLeftovers(connection, nobody, later()), []);
    } finally {
      for (const container of kept) await container.remove();
    }
  });

  it('is removed of images that helpers were made of, but not of others', async () => {
    const image = await makeEmptyImage(connection);
    const isThere = async (): Promise<boolean> =>
      (await docker.listImages()).some(({ RepoTags }) => RepoTags?.includes(image.reference) === true);
    try {
      assert.deepEqual(await removeLeftovers(connection, nobody, later()), [], 'its window lives');
      const dead = `${image.reference}-dead`;
      const mark = { 'org.research-containers.helper': 'true', 'org.research-containers.made-by': 'x' };
      const container = await docker.createContainer({ Image: image.id, Cmd: ['true'] });
      await container.commit({ repo: dead.split(':')[0], tag: dead.split(':')[1], ...{ changes: labelsOf(mark) } });
      await container.remove();
      assert.deepEqual(await removeLeftovers(connection, nobody), [], 'it is young');
      assert.deepEqual(await removeLeftovers(connection, nobody, later()), [dead]);
      assert.ok(await isThere());
    } finally {
      await dropEmptyImage(connection, image);
    }
    assert.ok(!(await isThere()));
  });

  it('goes with a kept container: its copies of folders', async () => {
    const { container } = await runImage(
      connection,
      {
        image: busybox,
        command: ['ls', '/data'],
        keep: true,
        volumes: [{ source: join(folder, 'data'), target: '/data', readOnly: true }],
      },
      runPlace(folder),
      work(),
    );
    assert.equal((await there()).volumes.length, found.volumes.length + 1);
    await deleteContainer(connection, container, undefined, 'anonymous');
  });
});
