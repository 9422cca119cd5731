import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { type ProgressReport } from '../../src/host/progress.js';
import { importBusybox } from '../harness/engines/busybox.js';
import { startEngine } from '../harness/engines/start.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { stopEngine } from '../harness/engines/stop.js';
import { runCommand } from '../harness/machine/commands.js';
import {
  buildHost,
  busybox,
  connect,
  containerIds,
  dropImage,
  engineName,
  failsWith,
  imageExists,
  project,
} from './support.js';

const log = { log: (): void => undefined };

describe(`builds that cannot end well on engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  const tag = 'test-faults:1';
  let place: Awaited<ReturnType<typeof project>>;
  const make = async (files: Record<string, string>): Promise<string> => {
    place = await project(files);
    return join(place.folder, 'Dockerfile');
  };
  afterEach(async () => {
    await dropImage(tag);
    await place.dispose();
  });
  after(() => {
    connection.dispose();
  });
  const build = (
    dockerfile: string,
    onReport: (report: ProgressReport) => void = () => undefined,
    signal = new AbortController().signal,
    to = connection,
  ): ReturnType<typeof buildImage> =>
    buildImage(to, { dockerfile, tag, noCache: true }, buildHost(place.folder), { signal, onProgress: onReport });

  const stages: [stage: string, report: RegExp][] = [
    ['before the engine was asked', /^Asking the engine/],
    ['while the Dockerfile is read', /load build definition/],
    ['while the context is sent', /transferring context/],
    ['while a step copies', /\] COPY/],
    ['while a step runs', / begun$/],
    ['while the image is exported', /exporting layers/],
  ];
  for (const [stage, report] of stages) {
    it(`leaves nothing when it is cancelled ${stage}`, async () => {
      const before = await containerIds();
      const dockerfile = await make({
        Dockerfile: `FROM ${busybox}\nCOPY . /c\nRUN echo begun; dd if=/dev/zero of=/x bs=1M count=150\n`,
      });
      await writeFile(join(place.folder, 'large'), Buffer.alloc(40_000_000, 1));
      const abort = new AbortController();
      let seen = false;
      const onReport = ({ message, output }: ProgressReport): void => {
        if (seen || !(report.test(message) || report.test(output ?? ''))) return;
        seen = true;
        abort.abort();
      };
      await assert.rejects(build(dockerfile, onReport, abort.signal), failsWith('cancelled'));
      assert.ok(seen);
      assert.ok(!(await imageExists(tag)));
      assert.deepEqual(await containerIds(), before);
      await assert.rejects(rm(join(place.folder, '.research-containers', 'builds')), { code: 'ENOENT' });
      // What was cancelled is in nobody's way.
      await build(dockerfile);
    });
  }

  it('takes pipes, links in a circle, and leaves out sockets', async () => {
    const dockerfile = await make({
      Dockerfile: [
        `FROM ${busybox}`,
        'COPY . /c',
        // The BuildKit of 20.10 copies no pipes, whoever sends them.
        `RUN cd /c && test ${engineName === '20.10' ? '! -e' : '-p'} pipe`,
        'RUN cd /c && test "$(readlink one)" = two && test "$(readlink two)" = one',
        'RUN cd /c && test "$(readlink up/self)" = .. && test ! -e socket',
        '',
      ].join('\n'),
    });
    await symlink('two', join(place.folder, 'one'));
    await symlink('one', join(place.folder, 'two'));
    await mkdir(join(place.folder, 'up'));
    await symlink('..', join(place.folder, 'up', 'self'));
    await runCommand(['mkfifo', join(place.folder, 'pipe')]);
    const server = createServer();
    server.listen(join(place.folder, 'socket'));
    await once(server, 'listening');
    try {
      await build(dockerfile);
    } finally {
      server.close();
      await once(server, 'close');
    }
  });

  it('says that the engine was lost in the middle, and builds when it is back', async function () {
    if (!isEngineName(engineName)) return this.skip();
    const running = await findRunning(engineName);
    assert.ok(running !== undefined);
    const dockerfile = await make({ Dockerfile: `FROM ${busybox}\nRUN echo begun && sleep 300\n` });
    const building = build(dockerfile, ({ output }) => {
      if (output?.endsWith(' begun') === true) process.kill(running.pid, 'SIGKILL');
    });
    try {
      await assert.rejects(building, failsWith('engine-lost'));
    } finally {
      await startEngine(engineName, log);
    }
    await assert.rejects(rm(join(place.folder, '.research-containers', 'builds')), { code: 'ENOENT' });
    await writeFile(dockerfile, `FROM ${busybox}\nRUN true\n`);
    await build(dockerfile);
  });

  // The way of the files is the same on each engine; so is what a full disk makes BuildKit say.
  if (engineName !== '28') return;

  it('takes 100,000 files', async () => {
    const dockerfile = await make({
      Dockerfile: `FROM ${busybox}\nCOPY data /data\nRUN test $(find /data -type f | wc -l) = 100000\n`,
    });
    for (let folder = 0; folder < 100; folder++) {
      const path = join(place.folder, 'data', String(folder));
      await mkdir(path, { recursive: true });
      await Promise.all(Array.from({ length: 1000 }, (_, file) => writeFile(join(path, String(file)), String(file))));
    }
    const { record } = await build(dockerfile);
    assert.ok(record);
  });

  describe('whose disk is full', () => {
    let small: ReturnType<typeof connect>;
    // What a full disk holds cannot be removed from it: each test has a new one.
    beforeEach(async () => {
      const { host } = await startEngine('28-small', log);
      await importBusybox(host);
      small = connect(host);
    });
    afterEach(async () => {
      small.dispose();
      await stopEngine('28-small', log);
    });
    const never = new AbortController().signal;

    it('says so when the context does not fit', async () => {
      const dockerfile = await make({ Dockerfile: `FROM ${busybox}\nCOPY large /large\n` });
      await writeFile(join(place.folder, 'large'), Buffer.alloc(80_000_000, 1));
      await assert.rejects(build(dockerfile, undefined, never, small), failsWith('disk-full'));
    });

    it('says so, and on which line, when a step writes more than fits', async () => {
      const dockerfile = await make({
        Dockerfile: `FROM ${busybox}\nRUN true\nRUN dd if=/dev/zero of=/large bs=1M count=80\n`,
      });
      await assert.rejects(
        build(dockerfile, undefined, never, small),
        failsWith('disk-full', ({ location, output }) => {
          assert.equal(location?.line, 3);
          return output.some((line) => /No space left/.test(line));
        }),
      );
    });
  });
});
