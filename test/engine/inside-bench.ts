import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runExec } from '../../src/engine/exec.js';
import { nameOfBytes } from '../../src/engine/file-names.js';
import { openInside } from '../../src/engine/inside/open-inside.js';
import { type Entry, type Inside, type Place } from '../../src/engine/inside/place.js';
import { helperLabels } from '../../src/engine/leftovers.js';
import { type Log } from '../../src/host/log.js';
import { connectTo } from '../harness/engines/connect.js';
import { waitFor } from '../harness/machine/waiting.js';
import { busybox, connect, engineHost, failsWith, quiet } from './support.js';

export const never = new AbortController().signal;

/** Names that a shell, a query or a tar may stumble over; the last ones are no UTF-8, and as long as names can be. */
export const oddNames = [
  'line\nend',
  ' two  spaces ',
  '"quotes" \'and\' `more` $(x)',
  '-rf',
  'ümläut 漢字',
  '*?[a]',
  'back\\slash',
  nameOfBytes(Buffer.from('caf\xe9', 'latin1')),
  'x'.repeat(255),
].sort();

export async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A shell script that makes files, folders, devices and links in its folder. */
export const sample = `
  printf hello > hello.txt; touch -d '2020-01-02 03:04:05' hello.txt
  mkdir -p sub/deep; printf deep > sub/deep/file; mkfifo pipe; mknod device c 1 3
  ln -s sub/deep link; ln -s ../../hello.txt sub/deep/up; ln -s loop2 loop1; ln -s loop1 loop2; ln -s nothing broken
  ln -s /hello.txt absolute; ln -s ../../../../hello.txt beyond; ln -s /etc/passwd outside`;

/** Looks at what `sample` made at a path of a place. */
export const checkSample = async (
  inside: Inside,
  at: string,
  isVolume: boolean,
  circle: string | undefined = 'loop2',
): Promise<void> => {
  const { entries, isWhole } = await inside.list(at === '' ? '/' : at, never);
  assert.equal(isWhole, true);
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const short = (entry: Entry | undefined): unknown => entry && [entry.kind, entry.link?.target, entry.link?.kind];
  const hello = byName.get('hello.txt');
  assert.deepEqual([hello?.kind, hello?.size, hello?.modified], ['file', 5, Date.UTC(2020, 0, 2, 3, 4, 5)]);
  assert.deepEqual(short(byName.get('sub')), ['folder', undefined, undefined]);
  assert.deepEqual(short(byName.get('pipe')), ['other', undefined, undefined]);
  assert.deepEqual(short(byName.get('device')), ['other', undefined, undefined]);
  assert.deepEqual(short(byName.get('link')), ['link', 'sub/deep', 'folder']);
  assert.deepEqual(short(byName.get('loop1')), ['link', circle, undefined]);
  assert.deepEqual(short(byName.get('broken')), ['link', 'nothing', undefined]);
  assert.deepEqual(short(byName.get('absolute')), ['link', '/hello.txt', isVolume ? 'file' : undefined]);
  assert.deepEqual(short(byName.get('outside')), ['link', '/etc/passwd', isVolume ? undefined : 'file']);
  const names = entries.map(({ name }) => name);
  assert.deepEqual(names, [...names].sort());
  assert.equal(await textOf(inside.read(`${at}/link/up`, never)), 'hello');
  assert.equal((await inside.stat(`${at}/link/file`, never)).size, 4);
  await assert.rejects(textOf(inside.read(`${at}/pipe`, never)), failsWith('not-a-file'));
  await assert.rejects(textOf(inside.read(`${at}/device`, never)), failsWith('not-a-file'));
  await assert.rejects(textOf(inside.read(`${at}/sub`, never)), failsWith('not-a-file'));
  await assert.rejects(inside.list(`${at}/hello.txt`, never), failsWith('not-a-folder'));
  await assert.rejects(inside.list(`${at}/none`, never), failsWith('file-not-found'));
  await assert.rejects(
    inside.stat(`${at}/loop1`, never),
    failsWith('file-not-found', ({ message }) => /circle/.test(message)),
  );
  await assert.rejects(inside.stat(`${at}/broken`, never), failsWith('file-not-found'));
  if (!isVolume) return;
  assert.equal(await textOf(inside.read('/beyond', never)), 'hello', 'the root is never left');
  assert.equal(await textOf(inside.read('/absolute', never)), 'hello');
  await assert.rejects(
    inside.stat('/outside', never),
    failsWith('file-not-found', ({ message }) => /out of the volume/.test(message)),
  );
};

/** References of the empty images that are there. */
export async function carrierImages(): Promise<string[]> {
  const images = await connectTo(engineHost).listImages();
  return images
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((tag) => tag.startsWith('research-containers-carrier:'));
}

interface Bench {
  /** An empty folder of the host. */
  host: () => string;
  docker: ReturnType<typeof connectTo>;
  log: Log;
  /** What was logged since it was asked. */
  warnings: () => string[];
  open: (place: Place, options?: Parameters<typeof openInside>[4]) => Promise<Inside>;
  startContainer: (options?: object) => Promise<string>;
  sh: (container: string, script: string) => Promise<string>;
  makeVolume: (options?: object) => Promise<string>;
  inVolume: (volume: string, script: string) => Promise<string>;
  helpers: () => Promise<string[]>;
}

/** What tests share: all that they open and make is removed after each one, and no helper may be left then. */
export function insideBench(): Bench {
  const docker = connectTo(engineHost);
  const connection = connect();
  const opened: Inside[] = [];
  const containers: string[] = [];
  const volumes: string[] = [];
  const warnings: string[] = [];
  const log: Log = { ...quiet, warn: (message) => warnings.push(message) };

  const open = async (place: Place, options?: Parameters<typeof openInside>[4]): Promise<Inside> => {
    const inside = await openInside(connection, place, log, never, options);
    opened.push(inside);
    return inside;
  };
  const startContainer = async (options: object = {}): Promise<string> => {
    const made = await docker.createContainer({
      Image: busybox,
      Cmd: ['sh', '-c', "trap 'exit 0' TERM; sleep 300 & wait $!"],
      HostConfig: { NetworkMode: 'none' },
      ...options,
    });
    containers.push(made.id);
    await made.start();
    return made.id;
  };
  const sh = async (container: string, script: string): Promise<string> => {
    const result = await runExec(connection, container, { command: ['sh', '-c', script] }, { signal: never });
    assert.equal(result.exitCode, 0, result.stderr.toString());
    return result.stdout.toString('latin1');
  };
  const makeVolume = async (options: object = {}): Promise<string> => {
    const name = `research-containers-test-${process.pid}-${volumes.length}`;
    volumes.push(name);
    await docker.createVolume({ Name: name, ...options });
    return name;
  };
  /** Helpers of this process. */
  const helpers = async (): Promise<string[]> => {
    const label = Object.entries(helperLabels()).map(([key, value]) => `${key}=${value}`);
    return (await docker.listContainers({ all: true, filters: { label } })).map(({ Id }) => Id);
  };
  /** Runs a script in a volume, through a container that is removed then. */
  const inVolume = async (volume: string, script: string): Promise<string> => {
    const id = await startContainer({ HostConfig: { NetworkMode: 'none', Binds: [`${volume}:/v`] } });
    const output = await sh(id, `cd /v; ${script}`);
    await docker.getContainer(id).remove({ force: true });
    return output;
  };

  let host = '';
  beforeEach(async () => {
    host = await mkdtemp(join(tmpdir(), 'research-containers-inside-'));
  });
  afterEach(async () => {
    await rm(host, { recursive: true });
    for (const inside of opened.splice(0)) await inside.dispose();
    for (const id of containers.splice(0)) {
      await docker
        .getContainer(id)
        .remove({ force: true })
        .catch(() => undefined);
    }
    assert.deepEqual(warnings.splice(0), []);
    for (const name of volumes.splice(0)) await docker.getVolume(name).remove();
    assert.deepEqual(await helpers(), [], 'no helper is left over');
    const isGone = async (): Promise<boolean> => (await carrierImages()).length === 0;
    await waitFor('the removal of the empty image', isGone, { within: 10_000 });
  });
  after(() => {
    connection.dispose();
  });

  return {
    host: () => host,
    docker,
    log,
    warnings: () => warnings.splice(0),
    open,
    startContainer,
    sh,
    makeVolume,
    inVolume,
    helpers,
  };
}
