import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buildImage } from '../../src/build/build-image.js';
import { type BuildHost } from '../../src/build/perform-build.js';
import { type BuildRecord } from '../../src/build/record.js';
import { type BuildRequest } from '../../src/build/request.js';
import { EngineConnection } from '../../src/engine/connection.js';
import { type Endpoint, parseHost } from '../../src/engine/endpoint.js';
import { Failure, type Reason } from '../../src/host/failure.js';
import { type Log } from '../../src/host/log.js';
import { type ProgressReport, type Work } from '../../src/host/progress.js';
import { type RunPlace } from '../../src/run/run-place.js';
import { connectTo } from '../harness/engines/connect.js';

/** The address of the engine under test. */
export const engineHost = required('RESEARCH_CONTAINERS_ENGINE_HOST');
/** `20.10`, `28`, `28-containerd` or `given`. */
export const engineName = required('RESEARCH_CONTAINERS_ENGINE_NAME');
/** All engines of this test run. */
export const allEngines = JSON.parse(required('RESEARCH_CONTAINERS_ALL_ENGINES')) as { name: string; host: string }[];
/** The base image that the harness has put on every engine. */
export const busybox = 'busybox:stand-in';
/** The bundled worker, as it is shipped. */
export const archiveWorker = resolve('dist/archive-worker.js');

export const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run these tests with “npm run test:engine”.`);
  return value;
}

export function connect(host = engineHost): EngineConnection {
  return new EngineConnection({ name: 'test', source: 'setting', ...parseHost(host, undefined) });
}

/** What a build needs of its host, with all that it keeps in a project's folder. */
export function buildHost(project: string): BuildHost {
  return {
    project,
    memory: join(project, '.research-containers', 'memory'),
    credentials: () => Promise.resolve(undefined),
  };
}

/** Where a run belongs, with all that it keeps in a project's folder. */
export function runPlace(folder: string): RunPlace {
  return { project: folder, storage: join(folder, '.research-containers', 'pending'), log: quiet };
}

/** A build record as it was written. */
export async function readRecord(file: string): Promise<BuildRecord> {
  return JSON.parse(await readFile(file, 'utf8')) as BuildRecord;
}

/** For an Engine: the one place where it may be. */
export function discoverable(host: string): () => Promise<{ all: Endpoint[]; toTry: Endpoint[] }> {
  const endpoint: Endpoint = { name: 'test', source: 'setting', ...parseHost(host, undefined) };
  return () => Promise.resolve({ all: [endpoint], toTry: [endpoint] });
}

/** Work that nobody cancels, and what it reported. */
export function work(signal = new AbortController().signal): Work & { reports: ProgressReport[]; output(): string[] } {
  const reports: ProgressReport[] = [];
  return {
    signal,
    reports,
    onProgress: (report) => reports.push(report),
    output: () => reports.map((report) => report.output).filter((line) => line !== undefined),
  };
}

/** A fresh folder with the given files; removed by `dispose`. */
export async function project(
  files: Record<string, string>,
): Promise<{ folder: string; dispose: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-test-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return { folder, dispose: () => rm(folder, { recursive: true, force: true }) };
}

export const citation =
  'cff-version: 1.2.0\nmessage: Cite it.\ntitle: A study\nversion: 2.0.1\nauthors: [{name: A group}]\n';

/** For `assert.rejects`: a Failure with that reason, and a message and a remedy for a person. */
export function failsWith(reason: Reason, check: (failure: Failure) => boolean = () => true) {
  return (error: unknown): boolean => {
    if (!(error instanceof Failure)) throw error;
    if (error.reason !== reason)
      throw new Error(`expected ${reason}, got ${error.reason}: ${error.message}`, { cause: error });
    return error.message !== '' && error.remedy !== '' && check(error);
  };
}

/** Ids of all containers, to see that none is left over. */
export async function containerIds(): Promise<string[]> {
  return (await connectTo(engineHost).listContainers({ all: true })).map((container) => container.Id).sort();
}

export async function imageExists(reference: string): Promise<boolean> {
  const images = await connectTo(engineHost).listImages();
  return images.some((image) => image.RepoTags?.includes(reference));
}

export async function dropImage(reference: string, host = engineHost): Promise<void> {
  await connectTo(host)
    .getImage(reference)
    .remove({ force: true })
    .catch(() => undefined);
}

/** What tests of builds share: projects that are removed after each test, and images that are removed in the end. */
export function buildBench(connection: EngineConnection): {
  make: (files: Record<string, string>) => Promise<{ folder: string; dockerfile: string }>;
  buildImage: (request: BuildRequest, doing: Work) => ReturnType<typeof buildImage>;
  tag: (name: string) => string;
} {
  const disposables: { dispose(): Promise<void> }[] = [];
  const tags = new Set<string>();
  after(async () => {
    connection.dispose();
    for (const tag of tags) await dropImage(tag);
  });
  afterEach(async () => {
    for (const made of disposables.splice(0)) await made.dispose();
  });
  return {
    make: async (files) => {
      const made = await project(files);
      disposables.push(made);
      return { folder: made.folder, dockerfile: join(made.folder, 'Dockerfile') };
    },
    buildImage: (request, doing) => buildImage(connection, request, buildHost(dirname(request.dockerfile)), doing),
    tag: (name) => {
      tags.add(name);
      return name;
    },
  };
}
