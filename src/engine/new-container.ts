import * as v from 'valibot';
import { cancelled } from '../host/failure.js';
import { readAnswer, texts } from './answer.js';
import { type EngineConnection } from './connection.js';

/** A container that is about to be made. */
export interface NewContainer {
  image: string;
  name?: string;
  /** Replaces the image's ENTRYPOINT; the image's own where undefined. */
  entrypoint?: readonly string[];
  /** Replaces the image's CMD; the image's own where undefined. */
  command?: readonly string[];
  environment: Readonly<Record<string, string>>;
  mounts: readonly Mount[];
  ports: readonly { container: number; host: number | undefined }[];
  gpus: { kind: 'none' } | { kind: 'all' } | { kind: 'devices'; ids: readonly string[] };
  labels: Readonly<Record<string, string>>;
  platform?: string;
  /** `uid:gid` or a name, or the image's own user where undefined. */
  user?: string;
  /** `host` for a container whose users are those of the engine's host, where the engine maps them otherwise. */
  userNamespace?: 'host';
  network: 'default' | 'none';
  /** A terminal with an input that stays open, whoever comes and goes. */
  terminal?: boolean;
  /** Bytes, and processors, of which there may be a part. */
  limits?: { memory?: number | undefined; cpus?: number | undefined };
}

/** What a container sees of its surroundings at `target`, an absolute path in it. */
export type Mount = { target: string; readOnly: boolean } & (
  | { type: 'bind'; /** Absolute path on the engine's host. */ source: string }
  | { type: 'volume'; /** Its name. */ source: string }
  /**
   * A fresh volume without the files that the image has there. Without a name it is removed with the container; engines want
   * a name for one that the container may only read.
   */
  | { type: 'fresh-volume'; name: string | undefined; labels: Readonly<Record<string, string>> }
);

const createAnswer = v.object({ Id: v.string(), Warnings: texts });

/** How long the engine's answer is waited for when the container is not wanted any more, in milliseconds. */
const patience = 10_000;

/**
 * Creates a container and resolves to its id. After an abort, which rejects `cancelled`, there is none, unless the engine
 * says nothing for ten seconds.
 *
 * The engine finishes what it was asked for even if nobody waits for its answer, and only the answer has the id: so it
 * is waited for, and a container that is not wanted any more is removed.
 */
export function createContainer(
  connection: EngineConnection,
  container: NewContainer,
  signal = new AbortController().signal,
): Promise<string> {
  return createFromBody(connection, { name: container.name, platform: container.platform }, bodyOf(container), signal);
}

/**
 * As `createContainer`, for a container that is described in the engine's words.
 *
 * @param body of `POST /containers/create`
 */
export async function createFromBody(
  connection: EngineConnection,
  query: { name: string | undefined; platform: string | undefined },
  body: object,
  signal: AbortSignal,
): Promise<string> {
  const isUnwanted = (): boolean => signal.aborted;
  if (isUnwanted()) throw cancelled('Creating the container');
  const silence = new AbortController();
  const onAbort = (): void => {
    AbortSignal.timeout(patience).addEventListener('abort', () => {
      silence.abort();
    });
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const id = await requestContainer(connection, query, body, silence.signal);
    if (!isUnwanted()) return id;
    await removeContainer(connection, id);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  throw cancelled('Creating the container');
}

/** Removes a container with its anonymous volumes, running or not. */
export async function removeContainer(connection: EngineConnection, container: string): Promise<void> {
  await connection.request({ method: 'DELETE', path: `/containers/${container}`, query: { force: true, v: true } });
}

async function requestContainer(
  connection: EngineConnection,
  query: { name: string | undefined; platform: string | undefined },
  body: object,
  signal: AbortSignal,
): Promise<string> {
  const answer = await connection.request({ method: 'POST', path: '/containers/create', query, body, signal });
  return readAnswer(createAnswer, answer).Id;
}

function bodyOf(container: NewContainer): object {
  const { limits, terminal = false } = container;
  const ports = container.ports.map(
    (port) => [`${port.container}/tcp`, port.host === undefined ? '' : String(port.host)] as const,
  );
  return {
    Image: container.image,
    ...(container.entrypoint === undefined ? {} : { Entrypoint: container.entrypoint }),
    ...(container.command === undefined ? {} : { Cmd: container.command }),
    ...(container.user === undefined ? {} : { User: container.user }),
    Env: Object.entries(container.environment).map(([name, value]) => `${name}=${value}`),
    Labels: container.labels,
    AttachStdout: true,
    AttachStderr: true,
    ...(terminal ? { Tty: true, OpenStdin: true, AttachStdin: true } : {}),
    ExposedPorts: Object.fromEntries(ports.map(([port]) => [port, {}])),
    HostConfig: {
      Mounts: container.mounts.map(mountOf),
      PortBindings: Object.fromEntries(ports.map(([port, host]) => [port, [{ HostPort: host }]])),
      DeviceRequests: deviceRequests(container.gpus),
      ...(container.network === 'none' ? { NetworkMode: 'none' } : {}),
      ...(container.userNamespace === undefined ? {} : { UsernsMode: container.userNamespace }),
      ...(limits?.memory === undefined ? {} : { Memory: limits.memory }),
      ...(limits?.cpus === undefined ? {} : { NanoCpus: Math.round(limits.cpus * 1e9) }),
    },
  };
}

function mountOf(mount: Mount): object {
  const where = { Target: mount.target, ReadOnly: mount.readOnly };
  switch (mount.type) {
    case 'bind':
    case 'volume':
      return { Type: mount.type, Source: mount.source, ...where };
    case 'fresh-volume':
      return {
        Type: 'volume',
        ...(mount.name === undefined ? {} : { Source: mount.name }),
        ...where,
        VolumeOptions: { NoCopy: true, Labels: mount.labels },
      };
  }
}

function deviceRequests(gpus: NewContainer['gpus']): object[] {
  switch (gpus.kind) {
    case 'none':
      return [];
    case 'all':
      return [{ Driver: '', Count: -1, Capabilities: [['gpu']] }];
    case 'devices':
      return [{ Driver: '', DeviceIDs: gpus.ids, Capabilities: [['gpu']] }];
  }
}
