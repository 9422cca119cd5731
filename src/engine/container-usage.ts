import * as v from 'valibot';
import { type EngineConnection, streamFailure } from './connection.js';
import { readJsonLines } from './json.js';

const statsLine = v.object({
  cpu_stats: v.optional(v.object({ cpu_usage: v.optional(v.object({ total_usage: v.optional(v.number()) })) })),
  memory_stats: v.nullish(
    v.object({
      usage: v.optional(v.number()),
      stats: v.nullish(
        v.object({ total_inactive_file: v.optional(v.number()), inactive_file: v.optional(v.number()) }),
      ),
    }),
  ),
});

/** What a container has used at a moment of its run. */
export interface ContainerUsage {
  /** Bytes of memory without the file cache that could be dropped, as `docker stats` counts; undefined where not told. */
  memory: number | undefined;
  /** Seconds of processor time until now. */
  cpuSeconds: number | undefined;
}

/** What a container uses, once a second as the engine measures it, until it ends or the signal is raised. */
export async function* containerUsage(
  connection: EngineConnection,
  container: string,
  signal: AbortSignal,
): AsyncGenerator<ContainerUsage> {
  const path = `/containers/${container}/stats`;
  const stream = await connection.stream({ method: 'GET', path, query: { stream: true }, signal });
  try {
    for await (const line of readJsonLines(stream)) {
      const stats = line.ok ? v.safeParse(statsLine, line.value) : undefined;
      if (stats?.success === true) yield usageOf(stats.output);
    }
  } catch (error) {
    throw streamFailure(error, connection, 'Measuring the run', signal);
  } finally {
    stream.destroy();
  }
}

function usageOf(line: v.InferOutput<typeof statsLine>): ContainerUsage {
  const memory = line.memory_stats;
  const inactive = memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0;
  const nanoseconds = line.cpu_stats?.cpu_usage?.total_usage;
  return {
    memory: memory?.usage === undefined ? undefined : Math.max(0, memory.usage - inactive),
    cpuSeconds: nanoseconds === undefined || nanoseconds === 0 ? undefined : nanoseconds / 1e9,
  };
}
