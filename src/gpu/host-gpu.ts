import { type GpuProblem } from '../engine/gpu-problems.js';

/** A GPU as `nvidia-smi` shows it. */
export interface Gpu {
  /** It may be cut off. */
  name: string;
  /** Compute capability, `8.6`; undefined where neither the driver nor the name says it. */
  capability: string | undefined;
  /** MiB. */
  memory: number | undefined;
  /** Whether it is divided into instances (MIG), and whether there is one of them. */
  mig: 'off' | 'on' | 'without-instances';
}

/** Whose driver a number is of: NVIDIA's for Linux, Windows' as WSL shows it, or that of a Jetson. */
export type DriverKind = 'linux' | 'wsl' | 'jetson';

/** A driver that answers. */
export interface Driver {
  version: string;
  kind: DriverKind;
  /** The newest CUDA that it runs, as it says; undefined where it does not. */
  cuda: string | undefined;
  gpus: Gpu[];
}

/** How an engine hands GPUs to containers: by a hook that checks `NVIDIA_REQUIRE_*`, by CDI which does not, or unknown. */
export type GpuWay = 'hook' | 'cdi' | 'runtime' | 'unknown';

/** What the engine's host offers to containers. */
export type HostGpu =
  /** It could not be found out. */
  | { kind: 'unknown'; why: string }
  /** No GPU that containers could use; nothing is wrong. */
  | { kind: 'none'; why: string }
  /** A GPU may be there, but containers do not get it. */
  | { kind: 'blocked'; problem: GpuProblem }
  | { kind: 'amd'; why: string }
  /** `hasAmd` where there is an AMD GPU besides; `isArm` where the processor is one of ARM's. */
  | { kind: 'nvidia'; driver: Driver; way: GpuWay; hasAmd: boolean; isArm: boolean }
  /** Containers get a GPU, of which nothing more is known. */
  | { kind: 'given'; way: GpuWay; why: string };
