import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { exportBundle, type ExportRequest } from '../../src/bundle/export-bundle.js';
import { type ArchivedImage, parseDescription } from '../../src/bundle/description.js';
import { verifyBundle } from '../../src/bundle/verify-bundle.js';
import { runImage } from '../../src/run/run-image.js';
import { loadImage } from '../../src/engine/images.js';
import { connectTo } from '../harness/engines/connect.js';
import { runCommand } from '../harness/machine/commands.js';
import {
  allEngines,
  archiveWorker,
  busybox,
  buildHost,
  citation,
  connect,
  containerIds,
  dropImage,
  engineHost,
  engineName,
  failsWith,
  imageExists,
  project,
  quiet,
  runPlace,
  work,
} from './support.js';

const reference = 'test-bundle:1';
const archive = 'image-linux-amd64.tar.gz';

describe(`bundles on engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  let place: { folder: string; dispose(): Promise<void> };
  let bundle: string;
  const exportTo = (
    folder: string,
    request: Partial<ExportRequest> = {},
    doing = work(),
  ): ReturnType<typeof exportBundle> =>
    exportBundle(
      connection,
      { images: [reference], folder, ...request },
      { projects: [place.folder], archiveWorker },
      doing,
    );
  const verify = (request: { load?: boolean; run?: boolean } = { load: false }): ReturnType<typeof verifyBundle> =>
    verifyBundle(() => Promise.resolve(connection), { folder: bundle, ...request }, quiet, work());
  const failedIds = async (): Promise<string[]> =>
    (await verify()).checks.filter((check) => check.state === 'failed').map((check) => check.id);

  before(async () => {
    place = await project({
      Dockerfile: [
        `FROM ${busybox}`,
        'RUN mkdir /d && echo one > "/d/ünï" && ln /d/ünï /d/hard && ln -s hard /d/soft',
        'RUN rm /d/soft',
        'WORKDIR /app',
        'LABEL org.research-containers.output="/app/out"',
        `LABEL org.research-containers.command='["sh", "-c", "test -e /d/hard && mkdir -p /app/out && echo 42 > /app/out/answer"]'`,
        '',
      ].join('\n'),
      LICENSE: 'MIT\n',
      'CITATION.cff': citation,
    });
    const recipe = { dockerfile: join(place.folder, 'Dockerfile'), tag: reference };
    await buildImage(connection, recipe, buildHost(place.folder), work());
    bundle = join(place.folder, 'exports/bundle');
  });
  after(async () => {
    connection.dispose();
    await dropImage(reference);
    await place.dispose();
  });
  beforeEach(async () => {
    await rm(join(place.folder, 'exports'), { recursive: true, force: true });
  });

  it('hold the image, the recipe, the results, the metadata and checksums of all, and verify by loading and running', async () => {
    const { record } = await runImage(
      connection,
      { image: reference, output: join(place.folder, 'results'), keep: false },
      runPlace(place.folder),
      work(),
    );
    const result = await exportTo(bundle, { runs: [record] });
    const names = result.files.map((file) => file.name).sort();
    assert.deepEqual(names, (await readdir(bundle)).sort());
    assert.deepEqual(names, [
      '.zenodo.json',
      'CITATION.cff',
      'Dockerfile',
      'LICENSE',
      'README.md',
      'SHA256SUMS',
      'build-record.json',
      'bundle.json',
      archive,
      'results.zip',
      'ro-crate-metadata.json',
      'run.ps1',
      'run.sh',
      'source.zip',
    ]);
    assert.equal(result.checks.length, 17);
    assert.ok(result.checks.every((check) => check.id.startsWith('review:')));
    await runCommand(['sh', '-c', `cd '${bundle}' && sha256sum --check --strict SHA256SUMS`]);

    const before = await containerIds();
    const { ok, checks, checklist } = await verify({ load: true, run: true });
    assert.ok(ok, JSON.stringify(checks));
    const judged = ['7-round-trip', '8-smoke-test', '9-offline', '10-outputs', '15-checksums'];
    for (const point of judged.map((id) => `review:${id}`)) {
      const before = result.checks.find(({ id }) => id === point)?.state;
      assert.deepEqual([point, checklist.find(({ id }) => id === point)?.state], [point, 'passed']);
      assert.ok(point === 'review:8-smoke-test' ? before === 'passed' : before === 'unknown', point);
    }
    assert.deepEqual(
      checks.map((check) => check.id),
      ['checksums', 'archive', 'identity', 'load', 'run', 'offline', 'outputs'].map((id) =>
        id === 'checksums' ? id : `${id}:linux/amd64`,
      ),
    );
    const report = JSON.parse(await readFile(join(bundle, 'verification.json'), 'utf8')) as object;
    assert.deepEqual({ ...report, $schema: '', verified: '' }, { $schema: '', verified: '', ok, checks, checklist });
    assert.ok((await verify()).ok, 'the report is no part of the bundle');
    assert.deepEqual(await containerIds(), before);
    const scratch = (await connectTo(engineHost).listImages()).flatMap((image) => image.RepoTags ?? []);
    assert.ok(!scratch.some((tag) => tag.startsWith('research-containers-verify')));
    assert.ok(await imageExists(reference), "the user's own reference stays");
  });

  it('have the same bytes from every engine', async () => {
    const first = await exportTo(bundle);
    const sha256 = first.files.find((file) => file.name === archive)?.sha256;
    for (const { name, host } of allEngines.filter((engine) => engine.host !== engineHost)) {
      const other = connect(host);
      try {
        await loadImage(other, createReadStream(join(bundle, archive)));
        const folder = join(place.folder, 'exports', name);
        const again = await exportBundle(
          other,
          { images: [reference], folder },
          { projects: [place.folder], archiveWorker },
          work(),
        );
        assert.equal(again.files.find((file) => file.name === archive)?.sha256, sha256, `from engine ${name}`);
        assert.ok(
          again.files.some((file) => file.name === 'Dockerfile'),
          'the recipe is found by the layers',
        );
      } finally {
        await dropImage(reference, host);
        other.dispose();
      }
    }
  });

  it('are found damaged, missing, renamed or added to', async () => {
    const file = join(bundle, archive);
    await exportTo(bundle);
    const handle = await open(file, 'r+');
    const { size } = await handle.stat();
    await handle.write(Buffer.from([0x5a, 0xa5]), 0, 2, Math.floor(size / 2));
    await handle.close();
    assert.deepEqual(await failedIds(), [`checksum:${archive}`, 'archive:linux/amd64']);

    await rm(bundle, { recursive: true });
    await exportTo(bundle);
    await mkdir(join(bundle, 'output'));
    await rename(join(bundle, 'LICENSE'), join(bundle, 'LICENCE'));
    assert.deepEqual(await failedIds(), ['checksum:LICENSE', 'extra:LICENCE']);

    await writeFile(join(bundle, 'SHA256SUMS'), 'not a checksum\n', { flag: 'a' });
    assert.ok((await failedIds()).includes('checksums'));
    await rm(join(bundle, 'bundle.json'));
    await assert.rejects(verify(), failsWith('bundle-not-found'));
  });

  it('whose image loads but does not run are told apart', async () => {
    const other = await project({
      Dockerfile: `FROM ${busybox}\nLABEL org.research-containers.command='["no-such-command"]'\n`,
      'CITATION.cff': citation,
    });
    const before = await containerIds();
    try {
      const dockerfile = join(other.folder, 'Dockerfile');
      await buildImage(connection, { dockerfile, tag: 'test-bundle:broken' }, buildHost(other.folder), work());
      await exportTo(bundle, { images: ['test-bundle:broken'] });
      const { ok, checks } = await verify({ load: true, run: true });
      assert.ok(!ok);
      const states = new Map(checks.map((check) => [check.id, check]));
      assert.equal(states.get('load:linux/amd64')?.state, 'passed');
      assert.equal(states.get('run:linux/amd64')?.state, 'failed');
      assert.match(states.get('run:linux/amd64')?.message ?? '', /cannot run “no-such-command”/);
      assert.deepEqual(await containerIds(), before);
    } finally {
      await dropImage('test-bundle:broken');
      await other.dispose();
    }
  });

  it('compare numbers of outputs with a tolerance, and find secrets in files of layers', async () => {
    const program =
      'mkdir -p /out && awk "BEGIN { srand(); printf \\"x,%.12f\\\\n\\", 1 + rand() * 1e-9 }" > /out/x.csv && cat /proc/sys/kernel/random/uuid > /out/last';
    const other = await project({
      Dockerfile: [
        `FROM ${busybox}`,
        'RUN mkdir -p /app && echo "machine example.org login me password secret" > /app/.netrc && rm /app/.netrc',
        'RUN mkdir -p /app && touch /app/nothing && echo "A=b" > /app/.env',
        'RUN rm /app/.env',
        'LABEL org.research-containers.output="/out"',
        `LABEL org.research-containers.command='${JSON.stringify(['sh', '-c', program])}'`,
        '',
      ].join('\n'),
      'CITATION.cff': citation,
    });
    const tag = 'test-bundle:numbers';
    try {
      const recipe = { dockerfile: join(other.folder, 'Dockerfile'), tag };
      await buildImage(connection, recipe, buildHost(other.folder), work());
      const request = { image: tag, output: join(other.folder, 'results'), keep: false };
      const { record } = await runImage(connection, request, runPlace(other.folder), work());
      const exported = await exportTo(bundle, { images: [tag], runs: [record] });
      const secrets = exported.checks.find(({ id }) => id === 'review:12-secrets');
      assert.equal(secrets?.state, 'failed');
      assert.match(secrets.message, /\/app\/\.env in the image/, 'a file that a later layer removes is in the archive');
      assert.doesNotMatch(secrets.message, /netrc/, 'a file that its own layer removed is not');
      const { checks } = await verify({ load: true, run: true });
      const outputs = checks.find(({ id }) => id === 'outputs:linux/amd64');
      assert.equal(outputs?.state, 'failed');
      assert.match(outputs.message, /^1 of 2 outputs is not that of the recorded run: last differs in line 1/);
    } finally {
      await dropImage(tag);
      await other.dispose();
    }
  });

  const archiveOf = async (tag: string, dockerfile: string): Promise<ArchivedImage> => {
    const other = await project({ Dockerfile: dockerfile, 'CITATION.cff': citation });
    try {
      const request = { dockerfile: join(other.folder, 'Dockerfile'), tag };
      await buildImage(connection, request, buildHost(other.folder), work());
      await exportTo(bundle, { images: [tag] });
      const { ok, checks } = await verify({ load: true });
      assert.ok(ok, JSON.stringify(checks));
      const [image] = parseDescription(await readFile(join(bundle, 'bundle.json'), 'utf8'))?.images ?? [];
      assert.ok(image !== undefined);
      return image;
    } finally {
      await dropImage(tag);
      await other.dispose();
    }
  };

  it('hold an image of 100 layers, the same one many times among them', async () => {
    const lines = Array.from({ length: 95 }, (_, at) => `COPY --from=${busybox} /bin/busybox /copy-${at % 3}`);
    const image = await archiveOf('test-bundle:many', [`FROM ${busybox}`, ...lines, ''].join('\n'));
    assert.ok(image.diffIds.length > 90, String(image.diffIds.length));
    assert.ok(new Set(image.diffIds).size < image.diffIds.length, 'the same layer more than once');
  });

  it('hold an image of one file and no system', async () => {
    const image = await archiveOf('test-bundle:scratch', `FROM scratch\nCOPY CITATION.cff /\nCMD ["/none"]\n`);
    assert.equal(image.diffIds.length, 1);
  });

  it('are never written over anything', async () => {
    await mkdir(bundle, { recursive: true });
    await writeFile(join(bundle, 'precious'), 'x');
    await assert.rejects(exportTo(bundle), failsWith('folder-not-empty'));
    assert.deepEqual(await readdir(bundle), ['precious']);
    await rm(join(bundle, 'precious'));
    await exportTo(bundle);
  });

  it('leave nothing behind when the export fails or is cancelled', async () => {
    await assert.rejects(exportTo(bundle, { images: ['nothing:here'] }), failsWith('image-not-found'));
    await assert.rejects(exportTo(bundle, { images: [reference, reference] }), failsWith('invalid-argument'));
    await writeFile(join(place.folder, '.zenodo.json'), '{');
    await assert.rejects(exportTo(bundle), failsWith('metadata-invalid'));
    await rm(join(place.folder, '.zenodo.json'));
    const abort = new AbortController();
    const doing = work(abort.signal);
    doing.onProgress = ({ message }) => {
      if (message.startsWith('Archiving')) abort.abort();
    };
    await assert.rejects(exportTo(bundle, {}, doing), failsWith('cancelled'));
    assert.deepEqual(await readdir(join(place.folder, 'exports')).catch(() => []), []);
  });
});
