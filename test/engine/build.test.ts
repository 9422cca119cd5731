import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { buildImage as buildIn } from '../../src/build/build-image.js';
import { inspectImage } from '../../src/engine/images.js';
import { startRegistry } from '../harness/engines/registry.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { connectTo, readProgress } from '../harness/engines/connect.js';
import {
  buildBench,
  buildHost,
  busybox,
  citation,
  connect,
  containerIds,
  dropImage,
  engineHost,
  engineName,
  failsWith,
  imageExists,
  readRecord,
  work,
} from './support.js';

describe(`building on engine ${engineName}`, function () {
  this.timeout(120_000);
  const connection = connect();
  const { make, buildImage, tag } = buildBench(connection);

  it('goes on through a step of a minute', async () => {
    const { dockerfile } = await make({ Dockerfile: `FROM ${busybox}\nRUN sleep 60 && echo awake\n` });
    const building = work();
    await buildImage({ dockerfile, tag: tag('test-build:slow'), noCache: true }, building);
    assert.ok(building.output().some((line) => line.endsWith(' awake')));
  });

  it('sends what .dockerignore leaves, with links, executable bits and names in any script', async () => {
    const { folder, dockerfile } = await make({
      Dockerfile: [
        `FROM ${busybox}`,
        'COPY . /app',
        'RUN test ! -e /app/secret && test -e /app/data/keep && test ! -e /app/data/raw',
        'RUN test -x /app/run.sh && test ! -x /app/plain && test "$(readlink /app/link)" = plain',
        'RUN test "$(cat "/app/данные 1.txt")" = числа && test -f /app/empty',
        'RUN test ! -e /app/.research-containers',
        '',
      ].join('\n'),
      '.dockerignore': 'secret\ndata\n!data/keep\n',
      secret: 'x',
      'data/raw': 'x',
      'data/keep': 'x',
      'run.sh': '#!/bin/sh\n',
      plain: '',
      empty: '',
      'данные 1.txt': 'числа',
      '.research-containers/runs/x.json': '{}',
    });
    await chmod(join(folder, 'run.sh'), 0o755);
    await symlink('plain', join(folder, 'link'));
    await buildImage({ dockerfile, tag: tag('test-build:context') }, work());
  });

  it('leaves a record that names the image by its configuration', async () => {
    const { folder, dockerfile } = await make({
      Dockerfile: `FROM ${busybox} AS base\nARG COLOUR\nRUN echo $COLOUR > /colour\nFROM base AS unused\nRUN false\n`,
      'CITATION.cff': citation,
    });
    const { images, record } = await buildImage({ dockerfile, target: 'base', buildArgs: { COLOUR: 'green' } }, work());
    const [image] = images;
    assert.ok(image);
    tag(image.reference);
    assert.match(image.reference, /^research-containers-test-[a-z0-9-]+:2\.0\.1$/);
    assert.ok(record.startsWith(join(folder, '.research-containers/builds/')));
    const kept = JSON.parse(await readFile(record, 'utf8')) as Record<string, unknown>;
    const { diffIds } = await inspectImage(connection, image.reference);
    assert.deepEqual(kept['buildArguments'], { COLOUR: 'green' });
    assert.equal(kept['target'], 'base');
    assert.deepEqual((kept['images'] as { diffIds: string[] }[])[0]?.diffIds, diffIds);
    assert.match(image.configDigest, /^sha256:[0-9a-f]{64}$/);
  });

  it('labels the image with what the project says, and records how the sources differ from the commit', async () => {
    const { folder, dockerfile } = await make({
      Dockerfile: `FROM ${busybox}\nLABEL org.opencontainers.image.version=mine\nCOPY code /code\n`,
      'CITATION.cff': citation,
      code: 'one\n',
    });
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, GIT_COMMITTER_DATE: '2024-05-06T07:08:09Z' },
      });
    git('init', '--quiet');
    git('remote', 'add', 'origin', 'git@example.org:group/the-study.git');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    const commit = git('rev-parse', 'HEAD').trim();
    await writeFile(join(folder, 'code'), 'two\n');
    await writeFile(join(folder, 'new'), '');
    const warnings: string[] = [];
    const host = {
      ...buildHost(folder),
      onWarnings: (all: readonly { message: string }[]) => warnings.push(...all.map(({ message }) => message)),
    };
    const { images, record } = await buildIn(connection, { dockerfile }, host, work());
    tag(images[0]?.reference ?? '');
    assert.equal(images[0]?.reference, 'the-study:2.0.1');
    const { labels, created } = await inspectImage(connection, 'the-study:2.0.1');
    const label = (name: string): string | undefined => labels[`org.opencontainers.image.${name}`];
    assert.equal(label('title'), 'A study');
    assert.equal(label('version'), 'mine');
    assert.equal(label('source'), 'https://example.org/group/the-study');
    assert.equal(label('revision'), `${commit}-dirty`);
    assert.equal(label('created'), '2024-05-06T07:08:09Z');
    assert.equal(label('base.name'), busybox);
    if (engineName !== '20.10') assert.equal(created, Date.parse('2024-05-06T07:08:09Z'));
    assert.ok(warnings.some((warning) => warning.includes(`differ from commit ${commit.slice(0, 12)}`)));
    const kept = await readRecord(record);
    assert.deepEqual([kept.git?.commit, kept.git?.dirty, kept.git?.untracked], [commit, true, ['new']]);
    assert.deepEqual(
      kept.baseImages.map(({ reference }) => reference),
      [`docker.io/library/${busybox}`],
    );
    const patch = await readFile(join(dirname(record), kept.git?.patch?.file ?? ''), 'utf8');
    assert.match(patch, /-one\n\+two/);
  });

  it('warns of a build argument that looks like a secret, on its line, and of one that is not there', async () => {
    const { folder, dockerfile } = await make({ Dockerfile: `FROM ${busybox}\nARG API_TOKEN\nARG COLOUR\n` });
    const warnings: [words: string, line: number | undefined][] = [];
    const onWarnings = (all: readonly { message: string; line: number | undefined }[]): void => {
      // Newer frontends warn of such names themselves.
      const ours = all.filter(({ message }) => message.includes('build argument'));
      warnings.push(...ours.map(({ message, line }): [string, number | undefined] => [message.slice(0, 40), line]));
    };
    const request = {
      dockerfile,
      tag: tag('test-build:argument'),
      buildArgs: { API_TOKEN: 'abc123', COLOUR: 'green', COLOR: 'green', HTTP_PROXY: 'http://proxy.invalid' },
    };
    await buildIn(connection, request, { ...buildHost(folder), onWarnings }, work());
    assert.deepEqual(warnings, [
      ['The Dockerfile has no build argument COL', undefined],
      ['The build argument API_TOKEN looks like ', 2],
    ]);
  });

  it('takes a Dockerfile from below its context, and keeps the record with the project', async () => {
    const { folder } = await make({
      'docker/Dockerfile': `FROM ${busybox}\nCOPY code/main /main\n`,
      'docker/Dockerfile.dockerignore': '*\n!code\n',
      'code/main': 'x',
    });
    const dockerfile = join(folder, 'docker/Dockerfile');
    const request = { dockerfile, context: join(folder, 'code/..'), tag: tag('test-build:below') };
    const { record } = await buildIn(connection, request, buildHost(folder), work());
    assert.ok(record.startsWith(join(folder, '.research-containers/builds/')));
    const kept = JSON.parse(await readFile(record, 'utf8')) as {
      dockerfile: object;
      context: { path: string; files: number };
    };
    assert.deepEqual(Object.entries(kept.dockerfile)[0], ['path', 'docker/Dockerfile']);
    assert.deepEqual([kept.context.path, kept.context.files], ['.', 1]);
  });

  it('pulls a base image from a registry through its session', async function () {
    const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
    if (running === undefined) this.skip();
    const registry = await startRegistry(running, { log: () => undefined });
    try {
      const docker = connectTo(engineHost);
      const reference = `${registry.address}/library/base:1`;
      await docker.getImage(busybox).tag({ repo: `${registry.address}/library/base`, tag: '1' });
      await readProgress(await docker.getImage(reference).push({ authconfig: { username: '', password: '' } }));
      await dropImage(reference);
      const { dockerfile } = await make({ Dockerfile: `FROM ${reference}\nRUN echo pulled\n` });
      const building = work();
      await buildImage({ dockerfile, tag: tag('test-build:pulled'), noCache: true }, building);
      assert.ok(building.output().some((line) => line.endsWith(' pulled')));
    } finally {
      await registry.stop();
    }
  });

  it('adds files of the web with the checksum that they must have', async function () {
    const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
    if (running === undefined) this.skip();
    const server = createServer((_request, response) => response.end('content'));
    server.listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://${running.address.replace(/\.\d+$/, '.1')}:${port}/file`;
    const adding = (checksum: string): string =>
      `FROM ${busybox}\nADD --checksum=sha256:${checksum} ${url} /file\nRUN test "$(cat /file)" = content\n`;
    const right = createHash('sha256').update('content').digest('hex');
    try {
      const { dockerfile } = await make({ Dockerfile: adding(right) });
      const building = buildImage({ dockerfile, tag: tag('test-build:add') }, work());
      if (engineName === '20.10') {
        await assert.rejects(
          building,
          failsWith('dockerfile-syntax', ({ location }) => location?.line === 2),
        );
        return;
      }
      await building;
      const other = await make({ Dockerfile: adding('0'.repeat(64)) });
      await assert.rejects(
        buildImage({ dockerfile: other.dockerfile, tag: 'test-build:wrong' }, work()),
        failsWith(
          'build-step-failed',
          ({ location, message }) => location?.line === 2 && /digest mismatch/.test(message),
        ),
      );
    } finally {
      server.close();
      await once(server, 'close');
    }
  });

  it('ends the running step at once when it is cancelled, and leaves nothing', async () => {
    const before = await containerIds();
    const { folder, dockerfile } = await make({ Dockerfile: `FROM ${busybox}\nRUN echo started && sleep 300\n` });
    const abort = new AbortController();
    const building = work(abort.signal);
    building.onProgress = ({ output }) => {
      if (output?.endsWith(' started') === true && !output.includes('echo')) abort.abort();
    };
    await assert.rejects(
      buildImage({ dockerfile, tag: 'test-build:cancelled', noCache: true }, building),
      failsWith('cancelled'),
    );
    assert.ok(!(await imageExists('test-build:cancelled')));
    assert.deepEqual(await containerIds(), before);
    await assert.rejects(readFile(join(folder, '.research-containers')), { code: 'ENOENT' });
  });
});
