import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { checkRebuild } from '../../src/build/check-rebuild.js';
import { inspectImage } from '../../src/engine/images.js';
import { connectTo } from '../harness/engines/connect.js';
import { buildHost, busybox, connect, dropImage, engineHost, engineName, failsWith, project, work } from './support.js';

const tag = 'test-check:1';

describe(`checking a rebuild on engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  let place: Awaited<ReturnType<typeof project>>;
  after(async () => {
    connection.dispose();
    await dropImage(tag);
  });
  afterEach(async () => {
    await place.dispose();
    const references = (await connectTo(engineHost).listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    assert.deepEqual(
      references.filter((reference) => reference.startsWith('research-containers-check')),
      [],
    );
  });
  const build = async (dockerfile: string): Promise<string> => {
    // New content each time: BuildKit would take a copied file with an older time out of its cache.
    place = await project({ Dockerfile: dockerfile, data: randomUUID(), '.dockerignore': 'Dockerfile\n' });
    const request = { dockerfile: join(place.folder, 'Dockerfile'), tag };
    return (await buildImage(connection, request, buildHost(place.folder), work())).record;
  };
  const check = (record: string): ReturnType<typeof checkRebuild> =>
    checkRebuild(connection, record, buildHost(place.folder), work());

  it('finds a recipe that only copies the same, and leaves image and records as they were', async () => {
    const record = await build(`FROM ${busybox}\nCOPY data /data\n`);
    const { id } = await inspectImage(connection, tag);
    const { identical, layers } = await check(record);
    assert.ok(identical);
    assert.deepEqual(
      layers.map(({ same }) => same),
      [true, true],
    );
    assert.equal((await inspectImage(connection, tag)).id, id);
    assert.equal((await readdir(dirname(record))).length, 1);
  });

  it('names what is other in a layer, and what only has another time', async () => {
    const record = await build(
      [
        `FROM ${busybox}`,
        'RUN cat /proc/sys/kernel/random/uuid > /now && echo same > /same',
        'COPY data /data',
        'RUN mkdir -p /d/__pycache__ && cat /proc/sys/kernel/random/uuid > /d/__pycache__/x.pyc',
        '',
      ].join('\n'),
    );
    const { identical, layers } = await check(record);
    assert.ok(!identical);
    assert.deepEqual(
      layers.map(({ same }) => same),
      [true, false, true, false],
    );
    assert.ok(layers[1]?.differs.includes('changed: now (content)'), layers[1]?.differs.join());
    assert.ok(layers[3]?.differs.includes('changed: d/__pycache__/x.pyc (content)'));
    assert.ok(layers[3]?.differs.some((line) => line.includes('PYTHONDONTWRITEBYTECODE=1')));
  });

  it('compares digests alone where the image of the record is gone', async () => {
    const record = await build(`FROM ${busybox}\nRUN cat /proc/sys/kernel/random/uuid > /now\n`);
    await dropImage(tag);
    const { layers } = await check(record);
    assert.match(layers[1]?.differs.join() ?? '', /not on this engine any more/);
  });

  it('says nothing of other sources', async () => {
    const record = await build(`FROM ${busybox}\nCOPY data /data\n`);
    await writeFile(join(place.folder, 'data'), 'other');
    await assert.rejects(
      check(record),
      failsWith('sources-changed', ({ message }) => message.includes('the build context')),
    );
    await writeFile(join(place.folder, 'Dockerfile'), `FROM ${busybox}\n`);
    await assert.rejects(
      check(record),
      failsWith('sources-changed', ({ message }) => message.includes('the Dockerfile')),
    );
  });

  it('refuses what is no record', async () => {
    place = await project({ '.research-containers/builds/x.json': '{}' });
    const builds = join(place.folder, '.research-containers/builds');
    await assert.rejects(check(join(builds, 'x.json')), failsWith('record-unreadable'));
    await assert.rejects(check(join(builds, 'none.json')), failsWith('record-unreadable'));
    await assert.rejects(check(join(place.folder, 'x.json')), failsWith('invalid-argument'));
  });
});
