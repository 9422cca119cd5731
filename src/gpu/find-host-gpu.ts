import { isAtLeast } from '../cuda/version.js';
import { gpuProblemOf } from '../engine/gpu-problems.js';
import { type GpuSupport } from '../engine/gpu-support.js';
import { type Failure } from '../host/failure.js';
import { type Driver, type GpuWay, type HostGpu } from './host-gpu.js';
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

/**
 * Whether it is worth a container to look. Docker Desktop lists NVIDIA's runtime everywhere, and GPUs for the web; of another
 * host nothing is seen, and an engine gives GPUs without having a runtime for them.
 */
export function isGpuPlausible({ support, machine }: Omit<HostEvidence, 'probe'>): boolean {
  if (support.host === 'mac' || isDesktopWithoutGpu(support)) return false;
  return (
    support.runtimes.includes('nvidia') ||
    support.cdiDevices.some((device) => device.startsWith('nvidia.com/')) ||
    machine?.hasNvidiaDevice === true ||
    machine?.procVersion !== undefined ||
    isOpen(support, machine)
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
  if (isDesktopWithoutGpu(support)) {
    return { kind: 'none', why: 'Docker Desktop gives GPUs to containers on Windows with WSL 2 alone' };
  }
  const isPlausible = isGpuPlausible({ support, machine });
  const amd = amdIn(support, machine);
  if (!isPlausible) return amd ?? { kind: 'none', why: 'The engine knows of no GPU' };
  const way = wayOf(support);
  const seen = machineDriver(support, machine);
  const nvidia = (driver: Driver): HostGpu => ({
    kind: 'nvidia',
    driver,
    way,
    hasAmd: amd !== undefined,
    isArm: support.isArm,
  });
  switch (probe?.kind) {
    case undefined:
      return { kind: 'unknown', why: 'whether containers get the GPU was not tried' };
    case 'ran': {
      const reading = readSmi(probe.output, support.host === 'wsl');
      if (reading.kind === 'driver') return nvidia(withCapabilities(reading.driver, probe.capabilities));
      if (reading.kind === 'problem') return { kind: 'blocked', problem: reading.problem };
      // What is wrong in the container is not seen from outside of it.
      return seen === undefined || reading.isTrouble ? { kind: 'unknown', why: reading.why } : nvidia(seen);
    }
    case 'no-smi':
      // Other engines start a container that asks for a GPU, and give it none.
      if (isAtLeast(support.version, '19.3') !== true) {
        return { kind: 'unknown', why: 'no image that is here can tell whether containers get the GPU' };
      }
      return seen === undefined
        ? { kind: 'given', way, why: 'no image that is here can tell which driver it has' }
        : nvidia(seen);
    case 'refused':
      return refusedHost(probe.failure, support, machine, amd);
    case 'no-image':
      return { kind: 'unknown', why: 'there is no image yet that could look for the GPU: pull or build one' };
  }
}

/** A Docker Engine of another host: nothing that it says of itself excludes a GPU. */
function isOpen({ isDesktop, version }: GpuSupport, machine: MachineEvidence | undefined): boolean {
  return machine === undefined && !isDesktop && isAtLeast(version, '19.3') === true;
}

/** Its virtual machine has no GPU, whatever the machine around it has. */
function isDesktopWithoutGpu({ isDesktop, host }: GpuSupport): boolean {
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
      if (machine === undefined && !support.isDesktop && !isConfigured(support)) {
        return { kind: 'unknown', why: `whether its host has a GPU is not seen. ${problem.message} ${problem.remedy}` };
      }
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

/**
 * Since 29.2 Docker hands out GPUs by CDI; before, by a hook of the container toolkit. Where its runtime is the default one,
 * as a Jetson needs it, it depends on its version which way it goes.
 */
function wayOf({ version, host, cdiDevices, defaultRuntime }: GpuSupport): GpuWay {
  if (host === 'jetson' || defaultRuntime === 'nvidia') return 'runtime';
  const isNewer = isAtLeast(version, '29.2');
  if (isNewer === false && isAtLeast(version, '19.3') === true) return 'hook';
  return isNewer === true && cdiDevices.some((device) => device.startsWith('nvidia.com/')) ? 'cdi' : 'unknown';
}

/** What this machine says of a driver that the probe could not read. */
function machineDriver(support: GpuSupport, machine: MachineEvidence | undefined): Driver | undefined {
  if (machine === undefined || support.isDesktop) return undefined;
  const reading = machine.smi === undefined ? undefined : readSmi(machine.smi, support.host === 'wsl');
  if (reading?.kind === 'driver') return reading.driver;
  const version = machine.procVersion === undefined ? undefined : readProcVersion(machine.procVersion);
  if (version === undefined) return undefined;
  const gpu = { name: 'An NVIDIA GPU', capability: undefined, memory: undefined, mig: 'off' as const };
  return { version, kind: 'linux', cuda: newestToolkitOf(version, 'linux'), gpus: [gpu] };
}
