import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApplication } from '../../src/compose/application.js';
import { composeDown } from '../../src/compose/down.js';
import { type ImageHost } from '../../src/compose/ensure-images.js';
import { observe } from '../../src/compose/observed.js';
import { type ServiceResult } from '../../src/compose/outcome.js';
import { composeUp, type UpOptions } from '../../src/compose/up.js';
import { type EngineConnection } from '../../src/engine/connection.js';
import { Failure } from '../../src/host/failure.js';
import { connectTo } from '../harness/engines/connect.js';
import { buildHost, busybox, connect, engineHost, project, work } from './support.js';

/** A command for `sh` that ends when it is told to. */
export const forever = 'trap exit TERM; while :; do sleep 0.1; done';
/** What a service says that runs until it is ended; other keys may follow. */
export const lasting = `image: "${busybox}", command: ["sh", "-c", "${forever}"]`;

const imageHost: ImageHost = {
  credentials: () => Promise.resolve(undefined),
  buildHost: (_dockerfile, context) => buildHost(context),
};

/** Brings up what a compose file says, under the name of a project. */
export async function bringUp(
  connection: EngineConnection,
  name: string,
  file: string,
  options: Partial<UpOptions> = {},
  doing = work(),
): Promise<ServiceResult[]> {
  const { project: application } = await openApplication(file, { COMPOSE_PROJECT_NAME: name });
  return composeUp(connection, application, { allowPrivileged: false, ...options }, imageHost, doing);
}

/** What became of each service. */
export function changes(results: readonly ServiceResult[]): Record<string, string> {
  return Object.fromEntries(results.map((result) => [result.name, result.change]));
}

/** Work in whose course something happens, once, when it says a message that begins so. */
export function workWhile(message: string, happens: () => unknown, signal?: AbortSignal): ReturnType<typeof work> {
  const doing = work(signal);
  const { onProgress } = doing;
  let isOver = false;
  doing.onProgress = (report) => {
    onProgress(report);
    if (isOver || !report.message.startsWith(message)) return;
    isOver = true;
    happens();
  };
  return doing;
}

/** Work that is cancelled when it says a message that begins so. */
export function workCancelledAt(message: string): ReturnType<typeof work> {
  const cancelling = new AbortController();
  const cancel = (): void => {
    cancelling.abort();
  };
  return workWhile(message, cancel, cancelling.signal);
}

/** What tests of applications share: one project on the engine under test, of which nothing is left after a test. */
export function composeBench(name: string): {
  connection: EngineConnection;
  docker: ReturnType<typeof connectTo>;
  /** Writes the files of an application into a folder of its own. */
  write: (text: string, files?: Record<string, string>) => Promise<{ file: string; folder: string }>;
  /** As `bringUp`. */
  up: (
    file: string,
    options?: Partial<UpOptions>,
    doing?: ReturnType<typeof work>,
    over?: EngineConnection,
  ) => Promise<ServiceResult[]>;
  /** Brings up a text in place of the one before, in a folder that stays the same within a test. */
  upText: (text: string, doing?: ReturnType<typeof work>) => Promise<Record<string, string>>;
  /** The folder of `upText`. */
  folder: () => Promise<string>;
  down: () => ReturnType<typeof composeDown>;
  /** Names and states of the project's containers. */
  containers: () => Promise<string[]>;
  inspect: (service: string) => Promise<{ id: string; started: string; state: string; network: string }>;
  /** What a command prints in the container of a service. */
  inside: (service: string, command: string) => Promise<string>;
  /** Starts a container that is not the project's. */
  outsider: (
    options: object,
    labels?: Record<string, string>,
  ) => Promise<{ name: string; remove: () => Promise<void> }>;
} {
  const connection = connect();
  const docker = connectTo(engineHost);
  const made: { dispose(): Promise<void> }[] = [];
  let own: string | undefined;
  const write = async (text: string, files: Record<string, string> = {}): Promise<{ file: string; folder: string }> => {
    const folder = await project({ 'compose.yaml': text, ...files });
    made.push(folder);
    return { file: join(folder.folder, 'compose.yaml'), folder: folder.folder };
  };
  const folder = async (): Promise<string> => (own ??= (await write('')).folder);
  const down = (): ReturnType<typeof composeDown> => composeDown(connection, name, { volumes: true }, work());
  const containerOf = (service: string): ReturnType<typeof docker.getContainer> =>
    docker.getContainer(`${name}-${service}-1`);
  afterEach(async () => {
    await down();
    own = undefined;
    for (const each of made.splice(0)) await each.dispose();
  });
  after(() => {
    connection.dispose();
  });
  return {
    connection,
    docker,
    write,
    folder,
    down,
    up: (file, options, doing, over = connection) => bringUp(over, name, file, options, doing),
    upText: async (text, doing) => {
      const file = join(await folder(), 'compose.yaml');
      await writeFile(file, text);
      return changes(await bringUp(connection, name, file, {}, doing));
    },
    containers: async () =>
      (await observe(connection, name)).containers.map(({ container }) => `${container.name} ${container.state}`),
    inspect: async (service) => {
      const { Id, State, HostConfig } = await containerOf(service).inspect();
      return { id: Id, started: State.StartedAt, state: State.Status, network: HostConfig.NetworkMode ?? '' };
    },
    inside: async (service, command) => {
      const exec = await containerOf(service).exec({ Cmd: ['sh', '-c', command], AttachStdout: true, Tty: true });
      const stream = await exec.start({ Tty: true });
      let output = '';
      for await (const chunk of stream) output += String(chunk);
      return output.trim();
    },
    outsider: async (options, labels = {}) => {
      const container = await docker.createContainer({
        Image: busybox,
        name: 'compose-outsider',
        Cmd: ['sh', '-c', forever],
        HostConfig: options,
        Labels: labels,
      });
      await container.start();
      return { name: 'compose-outsider', remove: () => container.remove({ force: true }) };
    },
  };
}

/** The Failure that it rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw new Error('It did not fail as it should.', { cause: error });
}
