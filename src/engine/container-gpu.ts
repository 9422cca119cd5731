import * as v from 'valibot';
import { readAnswer } from './answer.js';
import { type EngineConnection } from './connection.js';
import { runExec } from './exec.js';

const inspectAnswer = v.object({
  HostConfig: v.object({
    Runtime: v.nullish(v.string()),
    DeviceRequests: v.nullish(
      v.array(v.object({ Driver: v.nullish(v.string()), Capabilities: v.nullish(v.array(v.array(v.string()))) })),
    ),
    Devices: v.nullish(v.array(v.object({ PathOnHost: v.nullish(v.string()) }))),
  }),
});

/** Bytes, of all GPUs of a container together, whoever uses them. */
export interface GpuMemory {
  used: number;
  total: number;
}

/** Whether a container was made with an NVIDIA GPU. Rejects `container-not-found`, `cancelled`. */
export async function hasNvidiaGpu(
  connection: EngineConnection,
  container: string,
  signal: AbortSignal,
): Promise<boolean> {
  const path = `/containers/${container}/json`;
  return tellsOfGpu(await connection.request({ method: 'GET', path, signal }));
}

/** Whether what the engine says of a container tells of an NVIDIA GPU, by a request, a runtime or a device. */
export function tellsOfGpu(answer: unknown): boolean {
  const { Runtime, DeviceRequests, Devices } = readAnswer(inspectAnswer, answer).HostConfig;
  return (
    Runtime === 'nvidia' ||
    (DeviceRequests ?? []).some(
      ({ Driver, Capabilities }) =>
        Driver === 'nvidia' || Driver === 'cdi' || (Capabilities ?? []).flat().includes('gpu'),
    ) ||
    (Devices ?? []).some(({ PathOnHost }) => /^\/dev\/(?:nvidia|dxg)/.test(PathOnHost ?? ''))
  );
}

const query = ['nvidia-smi', '--query-gpu=memory.used,memory.total', '--format=csv,noheader,nounits'];

/**
 * Asks the `nvidia-smi` of a running container for the memory of its GPUs; undefined where it does not tell.
 *
 * Rejects as `runExec`.
 */
export async function gpuMemory(
  connection: EngineConnection,
  container: string,
  signal: AbortSignal,
): Promise<GpuMemory | undefined> {
  const { exitCode, stdout } = await runExec(connection, container, { command: query }, { signal, limit: 100_000 });
  return exitCode === 0 ? readGpuMemory(stdout.toString('utf8')) : undefined;
}

/** Lines of used and of all memory in MiB; a GPU that shares the memory of the host has `[N/A]`. */
export function readGpuMemory(text: string): GpuMemory | undefined {
  const mebibyte = 2 ** 20;
  const gpus = [...text.matchAll(/^\s*(\d+)\s*,\s*(\d+)\s*$/gm)];
  if (gpus.length === 0) return undefined;
  const sum = (at: 1 | 2): number => gpus.reduce((all, gpu) => all + Number(gpu[at]), 0) * mebibyte;
  return { used: sum(1), total: sum(2) };
}
