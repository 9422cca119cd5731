import { type EngineConnection } from '../../engine/connection.js';
import { gpuMemory, type GpuMemory, hasNvidiaGpu } from '../../engine/container-gpu.js';
import { containerUsage, type ContainerUsage } from '../../engine/container-usage.js';

/** What a container uses, with the memory of its GPUs where it has any and they are known. */
export interface Measured {
  usage: ContainerUsage;
  gpu: GpuMemory | undefined;
}

/** How long what is known of a GPU is good enough, in milliseconds. */
const gpuAge = 5000;

/** Measures a running container once a second, until it ends or the signal is raised. */
export async function* measureContainer(
  connection: EngineConnection,
  container: string,
  signal: AbortSignal,
): AsyncGenerator<Measured> {
  const gpu = followGpu(connection, container, signal);
  for await (const usage of containerUsage(connection, container, signal)) yield { usage, gpu: gpu() };
}

/** What is known of the GPU; asking makes sure that it is asked for again in time, unless it could not be told once. */
function followGpu(connection: EngineConnection, container: string, signal: AbortSignal): () => GpuMemory | undefined {
  let known: GpuMemory | undefined;
  let next = 0;
  let isFirst = true;
  const ask = async (): Promise<void> => {
    const has = !isFirst || (await hasNvidiaGpu(connection, container, signal));
    isFirst = false;
    known = has ? await gpuMemory(connection, container, signal) : undefined;
    if (known !== undefined) next = performance.now() + gpuAge;
  };
  return () => {
    if (performance.now() >= next) {
      next = Infinity;
      // Whatever it is that fails, all else is known without it.
      ask().catch(() => {
        known = undefined;
      });
    }
    return known;
  };
}
