import * as v from 'valibot';
import { readAnswer, texts } from './answer.js';
import { type EngineConnection } from './connection.js';

const infoAnswer = v.object({
  ServerVersion: v.optional(v.string(), ''),
  Runtimes: v.nullish(v.record(v.string(), v.unknown()), {}),
  DefaultRuntime: v.optional(v.string(), ''),
  /** Since API 1.44. */
  CDISpecDirs: texts,
  /** Since API 1.50. */
  DiscoveredDevices: v.nullish(v.array(v.object({ Source: v.string(), ID: v.string() })), []),
  OperatingSystem: v.optional(v.string(), ''),
  KernelVersion: v.optional(v.string(), ''),
  Architecture: v.optional(v.string(), ''),
  SecurityOptions: texts,
});

/** What an engine says of GPUs, and of the host that it runs on. None of it says whether a GPU is there. */
export interface GpuSupport {
  /** `28.5.2`, empty where it does not say. */
  version: string;
  runtimes: string[];
  defaultRuntime: string;
  /** Qualified names of devices that its CDI specifications describe, such as `nvidia.com/gpu=0`. */
  cdiDevices: string[];
  /** What the engine's host is, where it makes a difference to GPUs. */
  host: 'linux' | 'wsl' | 'mac' | 'jetson';
  isArm: boolean;
  isDesktop: boolean;
  isRootless: boolean;
}

/** Asks an engine, in one request, what it says of GPUs. */
export async function engineGpuSupport(connection: EngineConnection, signal?: AbortSignal): Promise<GpuSupport> {
  return readGpuSupport(await connection.request({ method: 'GET', path: '/info', signal }));
}

/** Reads the answer to `GET /info`. */
export function readGpuSupport(answer: unknown): GpuSupport {
  const info = readAnswer(infoAnswer, answer);
  return {
    version: /^\d+(?:\.\d+)*/.exec(info.ServerVersion)?.[0] ?? '',
    runtimes: Object.keys(info.Runtimes),
    defaultRuntime: info.DefaultRuntime,
    cdiDevices: info.DiscoveredDevices.filter(({ Source }) => Source === 'cdi').map(({ ID }) => ID),
    host: hostOf(info.KernelVersion, info.OperatingSystem, info.Architecture),
    isArm: isArm(info.Architecture),
    isDesktop: info.OperatingSystem === 'Docker Desktop',
    isRootless: info.SecurityOptions.some((option) => option === 'name=rootless'),
  };
}

function hostOf(kernel: string, system: string, architecture: string): GpuSupport['host'] {
  if (/microsoft/i.test(kernel)) return 'wsl';
  if (/tegra/i.test(kernel)) return 'jetson';
  // Docker Desktop for Linux has the same kernel, and no GPUs either, but it runs on Intel and AMD processors.
  if (/linuxkit|orbstack/i.test(kernel) || /^OrbStack/.test(system)) return isArm(architecture) ? 'mac' : 'linux';
  return 'linux';
}

function isArm(architecture: string): boolean {
  return /^(?:aarch64|arm64)$/.test(architecture);
}
