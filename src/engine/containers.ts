import * as v from 'valibot';
import { readAnswer, textMap, texts } from './answer.js';
import { type EngineConnection } from './connection.js';

const listAnswer = v.array(
  v.object({
    Id: v.string(),
    Names: texts,
    Image: v.string(),
    ImageID: v.optional(v.string(), ''),
    State: v.string(),
    Status: v.string(),
    Created: v.number(),
    Labels: textMap,
    Ports: v.nullish(
      v.array(
        v.object({
          IP: v.optional(v.string()),
          PrivatePort: v.number(),
          PublicPort: v.optional(v.number()),
          Type: v.string(),
        }),
      ),
      [],
    ),
    Mounts: v.nullish(
      v.array(
        v.object({
          Type: v.string(),
          Name: v.optional(v.string()),
          Source: v.optional(v.string(), ''),
          Destination: v.string(),
          RW: v.optional(v.boolean(), true),
        }),
      ),
      [],
    ),
  }),
);

export interface ContainerSummary {
  id: string;
  name: string;
  /** As it was asked for, or the image's identifier once that reference means another image. */
  image: string;
  /** The engine's identifier of the image. */
  imageId: string;
  /** The engine's word: `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`. */
  state: string;
  /** Of the last exit, where the container is not running. */
  exitCode: number | undefined;
  /** `healthy`, `unhealthy` or `starting`, where the image says how that is found out. */
  health: string | undefined;
  /** Milliseconds since 1970. */
  created: number;
  labels: Record<string, string>;
  /** In ascending order; a port that no port of the host leads to has no `host`. */
  ports: PublishedPort[];
  mounts: ContainerMount[];
}

export interface PublishedPort {
  container: number;
  /** `tcp`, `udp` or `sctp`. */
  protocol: string;
  host: { address: string; port: number } | undefined;
}

export type ContainerMount = { target: string; readOnly: boolean } & (
  | { type: 'volume'; name: string }
  /** A folder or file of the engine's host. */
  | { type: 'bind'; source: string }
  | { type: 'other'; kind: string }
);

/**
 * Containers, stopped ones included; without the costly sizes. The engine's texts that change with the hour are left out.
 *
 * @param ids full identifiers, to list only these; who is gone is left out
 */
export async function listContainers(
  connection: EngineConnection,
  signal?: AbortSignal,
  ids?: readonly string[],
): Promise<ContainerSummary[]> {
  const answer = await connection.request({
    method: 'GET',
    path: '/containers/json',
    query: { all: true, filters: ids === undefined ? undefined : JSON.stringify({ id: ids }) },
    signal,
  });
  return readAnswer(listAnswer, answer).map((container) => ({
    id: container.Id,
    name: (container.Names[0] ?? container.Id.slice(0, 12)).replace(/^\//, ''),
    image: container.Image,
    imageId: container.ImageID,
    state: container.State,
    exitCode: exitCodeIn(container.Status),
    health: /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(container.Status)?.[1],
    created: container.Created * 1000,
    labels: container.Labels,
    ports: container.Ports.map((port) => ({
      container: port.PrivatePort,
      protocol: port.Type,
      host: port.PublicPort === undefined ? undefined : { address: port.IP ?? '', port: port.PublicPort },
    })).sort(inOrder),
    mounts: container.Mounts.map((mount) => ({
      target: mount.Destination,
      readOnly: !mount.RW,
      ...mountSource(mount),
    })).sort((left, right) => (left.target < right.target ? -1 : 1)),
  }));
}

/** In a list only the text for people has it: `Exited (137) 2 hours ago`. */
function exitCodeIn(status: string): number | undefined {
  const code = /^(?:Exited|Restarting) \((-?\d+)\)/.exec(status)?.[1];
  return code === undefined ? undefined : Number(code);
}

/** The engine lists ports in no order. */
function inOrder(left: PublishedPort, right: PublishedPort): number {
  const key = ({ container, protocol, host }: PublishedPort): string =>
    [
      String(container).padStart(5, '0'),
      protocol,
      host?.address ?? '',
      String(host?.port ?? 0).padStart(5, '0'),
    ].join();
  return key(left) < key(right) ? -1 : 1;
}

function mountSource(mount: {
  Type: string;
  Name?: string | undefined;
  Source: string;
}): { type: 'volume'; name: string } | { type: 'bind'; source: string } | { type: 'other'; kind: string } {
  if (mount.Type === 'volume' && mount.Name !== undefined) return { type: 'volume', name: mount.Name };
  if (mount.Type === 'bind') return { type: 'bind', source: mount.Source };
  return { type: 'other', kind: mount.Type };
}

const inspectAnswer = v.object({
  Id: v.string(),
  Name: v.string(),
  Image: v.string(),
  State: v.object({
    Status: v.string(),
    ExitCode: v.number(),
    OOMKilled: v.optional(v.boolean(), false),
    StartedAt: v.string(),
    FinishedAt: v.string(),
    // Podman sends an empty one for a container without a health check.
    Health: v.nullish(v.object({ Status: v.optional(v.string(), '') })),
  }),
  Config: v.object({ Cmd: texts, Entrypoint: texts, Tty: v.optional(v.boolean(), false) }),
  Mounts: v.nullish(
    v.array(v.object({ Type: v.string(), Source: v.string(), Destination: v.string(), Name: v.optional(v.string()) })),
    [],
  ),
});

export interface ContainerDetails {
  id: string;
  name: string;
  /** The engine's identifier of its image. */
  image: string;
  state: string;
  exitCode: number;
  outOfMemory: boolean;
  /** As in `ContainerSummary`; Podman's lists do not have it. */
  health: string | undefined;
  /** RFC 3339, by the engine's clock. */
  started: string;
  finished: string;
  /** Entrypoint and command as they were run. */
  arguments: string[];
  /** Volumes by the folders in the container that they are at. */
  volumes: ReadonlyMap<string, string>;
  isTerminal: boolean;
}

export async function inspectContainer(
  connection: EngineConnection,
  container: string,
  signal?: AbortSignal,
): Promise<ContainerDetails> {
  const answer = readAnswer(
    inspectAnswer,
    await connection.request({ method: 'GET', path: `/containers/${container}/json`, signal }),
  );
  return {
    id: answer.Id,
    name: answer.Name.replace(/^\//, ''),
    image: answer.Image,
    state: answer.State.Status,
    exitCode: answer.State.ExitCode,
    outOfMemory: answer.State.OOMKilled,
    health: /^(?:healthy|unhealthy|starting)$/.exec(answer.State.Health?.Status ?? '')?.[0],
    started: answer.State.StartedAt,
    finished: answer.State.FinishedAt,
    arguments: [...answer.Config.Entrypoint, ...answer.Config.Cmd],
    volumes: new Map(
      answer.Mounts.flatMap(({ Type, Destination, Name }) =>
        Type === 'volume' && Name !== undefined ? [[Destination, Name] as const] : [],
      ),
    ),
    isTerminal: answer.Config.Tty,
  };
}
