import { isAtLeast } from '../cuda/version.js';
import { gpuProblemOf, gpuProblems } from '../engine/gpu-problems.js';
import { type GpuSupport } from '../engine/gpu-support.js';
import { type Failure } from '../host/failure.js';
import { type GpuWay, type HostGpu } from './host-gpu.js';
import { readProcVersion, readSmi, withCapabilities } from './nvidia-smi.js';
import { newestToolkitOf } from '../cuda/tables.js';

/** What this machine shows of GPUs; it says something of the engine's host where the engine runs on this machine. */
export interface MachineEvidence {
  /** What `nvidia-smi` printed; undefined where there is none. */
  smi: string | undefined;
  /** `/proc/driver/nvidia/version`; undefined where there is none. */
  procVersion: string | undefined;
  /** Whether there is a device of NVIDIA's driver, or WSL's. */
  hasNvidiaDevice: boolean;
  /** Whether there is a device of ROCm's driver. */
  hasAmdDevice: boolean;
}

/** How a container that was given all GPUs ended. */
export type ProbeOutcome =
  /** What `nvidia-smi` printed in it, and what it said of compute capabilities, empty where it does not know them. */
  | { kind: 'ran'; output: string; capabilities: string }
  /** It started, but has no `nvidia-smi`, or cannot run it. */
  | { kind: 'no-smi' }
  | { kind: 'refused'; failure: Failure }
  /** There is no image to try it with. */
  | { kind: 'no-image' };

/** All that tells what a host offers. */
export interface HostEvidence {
  support: GpuSupport;
  /** Undefined where the engine runs on another machine. */
  machine: MachineEvidence | undefined;
  /** Undefined where nothing was tried, for no GPU was plausible. */
  probe: ProbeOutcome | undefined;
}

/** Whether it is worth a container to look. Docker Desktop lists NVIDIA's runtime everywhere, and GPUs for the web. */
export function isGpuPlausible({ support, machine }: Omit<HostEvidence, 'probe'>): boolean {
  if (support.host === 'mac' || isDesktopOnLinux(support)) return false;
  return (
    support.runtimes.includes('nvidia') ||
    support.cdiDevices.some((device) => device.startsWith('nvidia.com/')) ||
    machine?.hasNvidiaDevice === true ||
    machine?.procVersion !== undefined
  );
}

/** What the engine's host offers to containers, as far as the evidence goes. */
export function hostGpuOf({ support, machine, probe }: HostEvidence): HostGpu {
  if (support.host === 'mac') {
    return {
      kind: 'none',
      why: 'Containers on a Mac have no GPU: Metal is only there for programs that run on the Mac itself',
    };
  }
  if (isDesktopOnLinux(support)) {
    return { kind: 'none', why: 'Docker Desktop for Linux gives no GPU to containers: Docker Engine does' };
  }
  const isPlausible = isGpuPlausible({ support, machine });
  const amd = amdIn(support, machine);
  if (!isPlausible) return amd ?? { kind: 'none', why: 'The engine knows of no GPU' };
  const way = wayOf(support);
  const seen = machineDriver(support, machine);
  switch (probe?.kind) {
    case undefined:
      return { kind: 'unknown', why: 'whether containers get the GPU was not tried' };
    case 'ran': {
      const reading = readSmi(probe.output, support.host === 'wsl');
      if (reading.kind === 'driver') {
        return { kind: 'nvidia', driver: withCapabilities(reading.driver, probe.capabilities), way };
      }
      if (reading.kind === 'problem') return { kind: 'blocked', problem: reading.problem };
      return seen === undefined ? { kind: 'unknown', why: reading.why } : { kind: 'nvidia', driver: seen, way };
    }
    case 'no-smi':
      return seen === undefined
        ? { kind: 'given', way, why: 'no image that is here can tell which driver it has' }
        : { kind: 'nvidia', driver: seen, way };
    case 'refused':
      return refusedHost(probe.failure, support, machine, amd);
    case 'no-image':
      if (seen !== undefined && isConfigured(support)) return { kind: 'nvidia', driver: seen, way };
      if (seen !== undefined) return { kind: 'blocked', problem: gpuProblems.notConfigured };
      return { kind: 'unknown', why: 'there is no image yet that could look for the GPU: pull or build one' };
  }
}

/** Its virtual machine has no GPU, whatever the machine around it has. */
function isDesktopOnLinux({ isDesktop, host }: GpuSupport): boolean {
  return isDesktop && host === 'linux';
}

function refusedHost(
  failure: Failure,
  support: GpuSupport,
  machine: MachineEvidence | undefined,
  amd: HostGpu | undefined,
): HostGpu {
  const problem = gpuProblemOf(failure);
  if (problem === undefined) {
    return { kind: 'unknown', why: `the engine did not start a container with a GPU: ${failure.message}` };
  }
  const hasDriver = machine?.hasNvidiaDevice === true || machine?.procVersion !== undefined;
  switch (problem.kind) {
    case 'not-configured':
    case 'cdi-spec-missing':
    case 'driver-missing':
    case 'no-adapter':
      // The runtime alone is no sign of a GPU: Docker Desktop lists it on every machine.
      if (amd !== undefined && !hasDriver) return amd;
      if (!hasDriver && (machine !== undefined || support.isDesktop)) {
        return { kind: 'none', why: 'The engine’s host has no GPU that containers could use' };
      }
      return { kind: 'blocked', problem };
    default:
      return { kind: 'blocked', problem };
  }
}

function amdIn(support: GpuSupport, machine: MachineEvidence | undefined): HostGpu | undefined {
  const device = support.cdiDevices.find((each) => each.startsWith('amd.com/'));
  if (device !== undefined) return { kind: 'amd', why: `the engine has an AMD GPU (${device})` };
  if (support.runtimes.includes('amd')) return { kind: 'amd', why: 'the engine has the runtime for AMD GPUs' };
  return machine?.hasAmdDevice === true ? { kind: 'amd', why: 'this machine has an AMD GPU (/dev/kfd)' } : undefined;
}

function isConfigured({ runtimes, cdiDevices }: GpuSupport): boolean {
  return runtimes.includes('nvidia') || cdiDevices.some((device) => device.startsWith('nvidia.com/'));
}

/** Since 29.2 Docker hands out GPUs by CDI; before, by a hook of the container toolkit. A Jetson needs its runtime. */
function wayOf({ version, host, cdiDevices }: GpuSupport): GpuWay {
  if (host === 'jetson') return 'runtime';
  const isNewer = isAtLeast(version, '29.2');
  if (isNewer === false && isAtLeast(version, '19.3') === true) return 'hook';
  return isNewer === true && cdiDevices.some((device) => device.startsWith('nvidia.com/')) ? 'cdi' : 'unknown';
}

/** What this machine says of a driver that the probe could not read. */
function machineDriver(
  support: GpuSupport,
  machine: MachineEvidence | undefined,
): (HostGpu & { kind: 'nvidia' })['driver'] | undefined {
  if (machine === undefined || support.isDesktop) return undefined;
  const reading = machine.smi === undefined ? undefined : readSmi(machine.smi, support.host === 'wsl');
  if (reading?.kind === 'driver') return reading.driver;
  const version = machine.procVersion === undefined ? undefined : readProcVersion(machine.procVersion);
  if (version === undefined) return undefined;
  const gpu = { name: 'An NVIDIA GPU', capability: undefined, memory: undefined, mig: 'off' as const };
  return { version, kind: 'linux', cuda: newestToolkitOf(version, 'linux'), gpus: [gpu] };
}
