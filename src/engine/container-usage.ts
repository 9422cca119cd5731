import * as v from 'valibot';
import { type EngineConnection, streamFailure } from './connection.js';
import { readJsonLines } from './json.js';

const count = v.optional(v.number());

const statsLine = v.object({
  read: v.optional(v.string()),
  cpu_stats: v.optional(
    v.object({
      cpu_usage: v.optional(v.object({ total_usage: count, percpu_usage: v.nullish(v.array(v.number())) })),
      system_cpu_usage: count,
      online_cpus: count,
    }),
  ),
  memory_stats: v.nullish(
    v.object({
      usage: count,
      limit: count,
      stats: v.nullish(v.object({ total_inactive_file: count, inactive_file: count })),
    }),
  ),
  networks: v.nullish(v.record(v.string(), v.object({ rx_bytes: count, tx_bytes: count }))),
  blkio_stats: v.nullish(
    v.object({
      io_service_bytes_recursive: v.nullish(v.array(v.object({ op: v.string(), value: v.number() }))),
    }),
  ),
  pids_stats: v.nullish(v.object({ current: count })),
});
type StatsLine = v.InferOutput<typeof statsLine>;

/** What a container has used at a moment of its run. What the engine does not tell is undefined, as are rates at the first moment. */
export interface ContainerUsage {
  /** Bytes of memory without the file cache that could be dropped, as `docker stats` counts. */
  memory: number | undefined;
  /** Bytes of memory that it may have: all of the engine's host where it has no limit of its own. */
  memoryLimit: number | undefined;
  /** Seconds of processor time until now. */
  cpuSeconds: number | undefined;
  /** Share of all processors of the engine's host since the moment before, from 0 to 1, and how many there are. */
  cpu: { share: number; processors: number | undefined } | undefined;
  /** Bytes a second since the moment before, by all networks. */
  network: { received: number; sent: number } | undefined;
  /** Bytes a second since the moment before, on all disks. */
  disk: { read: number; written: number } | undefined;
  /** Processes and threads. */
  processes: number | undefined;
}

/** What a container uses, once a second as the engine measures it, until it ends or the signal is raised. */
export async function* containerUsage(
  connection: EngineConnection,
  container: string,
  signal: AbortSignal,
): AsyncGenerator<ContainerUsage> {
  const path = `/containers/${container}/stats`;
  const stream = await connection.stream({ method: 'GET', path, query: { stream: true }, signal });
  const read = usageReader();
  try {
    for await (const line of readJsonLines(stream)) {
      const usage = line.ok ? read(line.value) : undefined;
      if (usage !== undefined) yield usage;
    }
  } catch (error) {
    throw streamFailure(error, connection, 'Measuring the container', signal);
  } finally {
    stream.destroy();
  }
}

/** What the engine's statistics mean, one after the other: a rate is told by two of them. Undefined for what is none. */
export function usageReader(): (value: unknown) => ContainerUsage | undefined {
  let before: StatsLine | undefined;
  return (value) => {
    const stats = v.safeParse(statsLine, value);
    if (!stats.success) return undefined;
    const usage = usageOf(stats.output, before);
    before = stats.output;
    return usage;
  };
}

function usageOf(line: StatsLine, before: StatsLine | undefined): ContainerUsage {
  const memory = line.memory_stats;
  const inactive = memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0;
  const nanoseconds = line.cpu_stats?.cpu_usage?.total_usage;
  const seconds = before === undefined ? 0 : secondsBetween(before, line);
  const rate = (of: (stats: StatsLine) => number | undefined): number | undefined => {
    const [now, then] = [of(line), before === undefined ? undefined : of(before)];
    // A counter that went back has begun anew: the container was started again.
    return now === undefined || then === undefined || seconds <= 0 ? undefined : Math.max(0, now - then) / seconds;
  };
  const [received, sent] = [
    rate((stats) => onNetworks(stats, 'rx_bytes')),
    rate((stats) => onNetworks(stats, 'tx_bytes')),
  ];
  const [read, written] = [rate((stats) => onDisks(stats, 'read')), rate((stats) => onDisks(stats, 'write'))];
  return {
    memory: memory?.usage === undefined ? undefined : Math.max(0, memory.usage - inactive),
    memoryLimit: memory?.limit === 0 ? undefined : memory?.limit,
    cpuSeconds: nanoseconds === undefined || nanoseconds === 0 ? undefined : nanoseconds / 1e9,
    cpu: cpuOf(line, before),
    network: received === undefined || sent === undefined ? undefined : { received, sent },
    disk: read === undefined || written === undefined ? undefined : { read, written },
    processes: line.pids_stats?.current,
  };
}

/** By the engine's clock; 0 where it does not tell, or has been set back. */
function secondsBetween(before: StatsLine, line: StatsLine): number {
  const seconds = (Date.parse(line.read ?? '') - Date.parse(before.read ?? '')) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}

/** Both counters are of one moment, so that no clock is needed. */
function cpuOf(line: StatsLine, before: StatsLine | undefined): ContainerUsage['cpu'] {
  const counters = (stats: StatsLine | undefined): [own: number | undefined, all: number | undefined] => [
    stats?.cpu_stats?.cpu_usage?.total_usage,
    stats?.cpu_stats?.system_cpu_usage,
  ];
  const [[own, all], [ownBefore, allBefore]] = [counters(line), counters(before)];
  if (own === undefined || all === undefined || ownBefore === undefined || allBefore === undefined) return undefined;
  if (all <= allBefore) return undefined;
  const share = Math.min(1, Math.max(0, (own - ownBefore) / (all - allBefore)));
  const { online_cpus: online, cpu_usage: usage } = line.cpu_stats ?? {};
  return { share, processors: online ?? usage?.percpu_usage?.length };
}

/** Undefined for a container that has the host's networks, or none. */
function onNetworks({ networks }: StatsLine, direction: 'rx_bytes' | 'tx_bytes'): number | undefined {
  if (networks === undefined || networks === null) return undefined;
  return Object.values(networks).reduce((sum, each) => sum + (each[direction] ?? 0), 0);
}

/** The operations begin with a capital letter with control groups of version 1. */
function onDisks({ blkio_stats: stats }: StatsLine, operation: 'read' | 'write'): number | undefined {
  const counters = stats?.io_service_bytes_recursive;
  if (counters === undefined || counters === null) return undefined;
  return counters.reduce((sum, { op, value }) => (op.toLowerCase() === operation ? sum + value : sum), 0);
}
