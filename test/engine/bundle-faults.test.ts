import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveImageTo } from '../../src/bundle/archive-image.js';
import { buildImage } from '../../src/build/build-image.js';
import { exportBundle } from '../../src/bundle/export-bundle.js';
import { verifyBundle } from '../../src/bundle/verify-bundle.js';
import { inspectImage, removeImage } from '../../src/engine/images.js';
import { removeAbandoned } from '../../src/host/abandoned-folders.js';
import { Failure } from '../../src/host/failure.js';
import { type ProgressReport } from '../../src/host/progress.js';
import { startEngine } from '../harness/engines/start.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { runCommand } from '../harness/machine/commands.js';
import {
  archiveWorker,
  buildHost,
  busybox,
  citation,
  connect,
  dropImage,
  engineHost,
  engineName,
  failsWith,
  project,
  quiet,
  work,
} from './support.js';

const reference = 'test-bundle-faults:1';

describe(`exports that cannot end well on engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  let place: { folder: string; dispose(): Promise<void> };
  let exports: string;
  let bundle: string;
  const build = (tag: string, megabytes: number): ReturnType<typeof buildImage> =>
    buildImage(
      connection,
      { dockerfile: join(place.folder, 'Dockerfile'), tag, buildArgs: { MEGABYTES: String(megabytes) } },
      buildHost(place.folder),
      work(),
    );
  const exportWhile = (
    onReport: (report: ProgressReport) => void,
    signal = new AbortController().signal,
  ): ReturnType<typeof exportBundle> =>
    exportBundle(
      connection,
      { images: [reference], folder: bundle },
      { projects: [place.folder], archiveWorker },
      { signal, onProgress: onReport },
    );
  const nothingIsLeft = async (): Promise<void> => {
    assert.deepEqual(await readdir(exports), []);
  };
  /** Calls once, at the first report of that kind. */
  const at = (message: RegExp, call: () => void): ((report: ProgressReport) => void) => {
    let seen = false;
    return (report) => {
      if (seen || !message.test(report.message)) return;
      seen = true;
      call();
    };
  };

  before(async () => {
    place = await project({
      Dockerfile: `FROM ${busybox}\nARG MEGABYTES\nRUN dd if=/dev/urandom of=/data bs=1M count=$MEGABYTES\n`,
      'CITATION.cff': citation,
    });
    exports = join(place.folder, 'exports');
    bundle = join(exports, 'bundle');
    await build(reference, 24);
  });
  after(async () => {
    await dropImage(reference);
    connection.dispose();
    await place.dispose();
  });
  beforeEach(async () => {
    await rm(exports, { recursive: true, force: true });
    await mkdir(exports);
  });

  for (const stage of [/ compressed$/, / written and checked$/, /^Collecting the sources/, /^Writing README/]) {
    it(`leave nothing when they are cancelled at ${stage.source}`, async () => {
      const abort = new AbortController();
      const cancel = at(stage, () => {
        abort.abort();
      });
      await assert.rejects(exportWhile(cancel, abort.signal), failsWith('cancelled'));
      assert.ok(abort.signal.aborted);
      await nothingIsLeft();
    });
  }

  it('say so where the name was given to another image meanwhile, and keep what was there', async () => {
    const before = await inspectImage(connection, reference);
    try {
      await build(reference, 1);
      const file = join(exports, 'image.tar.gz');
      const archive = (details: typeof before): ReturnType<typeof archiveImageTo> =>
        archiveImageTo(connection, reference, details, { file, compression: 'gzip', archiveWorker }, work());
      await assert.rejects(archive(before), failsWith('image-changed'));
      await nothingIsLeft();
      await archive(await inspectImage(connection, reference));
      const { mtimeMs } = await stat(file);
      await assert.rejects(archive(before), failsWith('image-changed'));
      assert.equal((await stat(file)).mtimeMs, mtimeMs);
    } finally {
      await build(reference, 24);
    }
  });

  it('are whole, or are not there, where the image is removed meanwhile', async () => {
    const removed: Promise<unknown>[] = [];
    const remove = at(/ compressed$/, () => {
      removed.push(removeImage(connection, reference).catch(() => undefined));
    });
    try {
      const result = await exportWhile(remove).catch((error: unknown) => error);
      await Promise.all(removed);
      assert.equal(removed.length, 1);
      if (result instanceof Failure) {
        await nothingIsLeft();
        return;
      }
      const { ok, checks } = await verifyBundle(
        () => Promise.resolve(connection),
        { folder: bundle, load: false },
        quiet,
        work(),
      );
      assert.ok(ok, JSON.stringify(checks));
    } finally {
      await build(reference, 24);
    }
  });

  it('say that the engine was lost in the middle', async function () {
    if (!isEngineName(engineName)) return this.skip();
    const running = await findRunning(engineName);
    assert.ok(running !== undefined);
    const kill = at(/ compressed$/, () => process.kill(running.pid, 'SIGKILL'));
    try {
      await assert.rejects(exportWhile(kill), failsWith('engine-lost'));
      await nothingIsLeft();
    } finally {
      await startEngine(engineName, { log: () => undefined });
    }
  });

  // What follows has nothing to do with the engine.
  if (engineName !== '28') return;

  for (const percent of [10, 50, 96]) {
    it(`are cleaned up after where their process was killed at ${percent} %`, async () => {
      const [notes, layers] = [join(place.folder, `notes-${percent}`), join(place.folder, `layers-${percent}`)];
      const child = spawn(
        process.execPath,
        [
          '--import',
          'tsx',
          'test/engine/export-child.ts',
          String(percent),
          engineHost,
          reference,
          bundle,
          notes,
          layers,
          archiveWorker,
        ],
        { stdio: ['ignore', 'inherit', 'inherit'] },
      );
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL');
      const left = await readdir(exports);
      assert.ok(left.length === 1 && left[0] !== 'bundle', `only what is not whole: ${left.join()}`);
      await removeAbandoned(notes);
      await nothingIsLeft();
      // The next export removes the layers that the killed one had not finished.
      await exportBundle(
        connection,
        { images: [reference], folder: bundle },
        { projects: [place.folder], archiveWorker, layers: { root: layers, limit: 1e9 } },
        work(),
      );
      assert.ok((await readdir(layers)).every((name) => name.startsWith('gzip-')));
      const { ok } = await verifyBundle(
        () => Promise.resolve(connection),
        { folder: bundle, load: false },
        quiet,
        work(),
      );
      assert.ok(ok);
    });
  }

  it('say that the disk is full, and leave nothing on it', async () => {
    await runCommand(['mount', '-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', exports]);
    try {
      await assert.rejects(
        exportWhile(() => undefined),
        failsWith('disk-full'),
      );
      await nothingIsLeft();
    } finally {
      await runCommand(['umount', exports]);
    }
  });
});
