import { Failure } from '../host/failure.js';

/** What keeps containers from a GPU that may be there. */
export interface GpuProblem {
  kind:
    | 'not-configured'
    | 'cdi-spec-missing'
    | 'runtime-needed'
    | 'driver-missing'
    | 'driver-not-loaded'
    | 'driver-mismatch'
    | 'no-adapter'
    | 'blocked-by-system'
    | 'no-devices'
    | 'rootless-cgroups'
    | 'driver-without-cuda'
    | 'stub-library'
    | 'amd-driver-missing';
  /** A sentence: what is wrong. */
  message: string;
  /** What to do. */
  remedy: string;
  /** A command that helps, for a person to read and run on the engine's host. */
  command?: string;
}

const containerToolkit = 'https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html';

/** What keeps containers from GPUs, and what helps. */
export const gpuProblems = {
  notConfigured: {
    kind: 'not-configured',
    message: 'The engine has no way to give a GPU to a container.',
    remedy: `Install the NVIDIA Container Toolkit on the engine’s host (${containerToolkit}), configure Docker for it and restart Docker. Without an NVIDIA GPU there, run on the CPU.`,
    command: 'sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker',
  },
  cdiSpecMissing: {
    kind: 'cdi-spec-missing',
    message: 'The engine looks for GPUs in CDI specifications, and finds none there.',
    remedy: 'Generate the specification on the engine’s host; a rootless engine looks in ~/.config/cdi.',
    command: 'sudo nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml',
  },
  runtimeNeeded: {
    kind: 'runtime-needed',
    message: 'This host gives GPUs to containers only by the runtime “nvidia”.',
    remedy: 'Make it the default runtime of the engine, then restart Docker.',
    command: 'sudo nvidia-ctk runtime configure --runtime=docker --set-as-default && sudo systemctl restart docker',
  },
  driverMissing: {
    kind: 'driver-missing',
    message: 'The engine’s host has no NVIDIA driver.',
    remedy:
      'Install the driver on the host that the engine runs on. In WSL it is the one of Windows (21H2 or newer); never install a Linux driver there.',
  },
  driverNotLoaded: {
    kind: 'driver-not-loaded',
    message: 'The NVIDIA driver of the engine’s host is not loaded.',
    remedy: 'Restart the host; if that does not help, install the driver for its kernel anew.',
  },
  driverMismatch: {
    kind: 'driver-mismatch',
    message: 'The NVIDIA driver of the engine’s host was updated, and the old one is still loaded.',
    remedy: 'Restart the host.',
  },
  noAdapter: {
    kind: 'no-adapter',
    message: 'WSL sees no NVIDIA GPU.',
    remedy:
      'Check in Windows that there is one and that its driver works (nvidia-smi.exe), then run “wsl --update” and “wsl --shutdown”.',
  },
  blockedBySystem: {
    kind: 'blocked-by-system',
    message: 'The operating system keeps the GPU from WSL.',
    remedy: 'Update the driver of Windows to one that supports WSL, then run “wsl --shutdown”.',
  },
  noDevices: {
    kind: 'no-devices',
    message: 'The NVIDIA driver finds no GPU.',
    remedy:
      'Check that the GPU is seated and switched on, and the kernel’s log (dmesg) for what the driver says of it.',
  },
  rootlessCgroups: {
    kind: 'rootless-cgroups',
    message: 'The rootless engine may not set rules for devices.',
    remedy: 'Set no-cgroups = true in the configuration of the NVIDIA Container Toolkit.',
    command: 'sudo nvidia-ctk config --set nvidia-container-cli.no-cgroups=true --in-place',
  },
  driverWithoutCuda: {
    kind: 'driver-without-cuda',
    message: 'The NVIDIA driver answers, but brings no CUDA.',
    remedy:
      'Let the container have the capability “compute” (NVIDIA_DRIVER_CAPABILITIES=compute,utility), and install the whole driver on the host.',
  },
  stubLibrary: {
    kind: 'stub-library',
    message: 'A stub of the CUDA driver stands before the real one.',
    remedy: 'Take folders named “stubs” out of LD_LIBRARY_PATH.',
  },
  amdDriverMissing: {
    kind: 'amd-driver-missing',
    message: 'The engine’s host has no AMD GPU with the driver that ROCm needs.',
    remedy:
      'Install the driver (amdgpu with /dev/kfd) on the engine’s host, and let its user join the groups video and render.',
  },
} as const satisfies Record<string, GpuProblem>;

/** The engine's own words, and those of the NVIDIA Container Toolkit in them, when a container with a GPU cannot start. */
const refusals: readonly [pattern: RegExp, problem: GpuProblem][] = [
  [
    /failed to discover GPU vendor from CDI|AMD CDI spec not found|unresolvable CDI devices/i,
    gpuProblems.cdiSpecMissing,
  ],
  [
    /could not select device driver "\w*" with capabilities|(?:unknown or invalid runtime name|unknown runtime specified):? nvidia/i,
    gpuProblems.notConfigured,
  ],
  [/invoking the NVIDIA Container Runtime Hook directly/i, gpuProblems.runtimeNeeded],
  [/libnvidia-ml\.so\.1: cannot open|ERROR_LIBRARY_NOT_FOUND/i, gpuProblems.driverMissing],
  [/WSL environment detected but no adapters were found/i, gpuProblems.noAdapter],
  [/driver\/library version mismatch/i, gpuProblems.driverMismatch],
  [/nvml error: driver not loaded|driver rpc error/i, gpuProblems.driverNotLoaded],
  [
    /devices\.allow: permission denied|unable to find any existing device filters|cgroup subsystem devices not found/i,
    gpuProblems.rootlessCgroups,
  ],
  [/custom device "\/dev\/kfd"/i, gpuProblems.amdDriverMissing],
];

/** The Failure for an engine's words about a GPU: `gpu-not-available`, `gpu-driver-too-old`; undefined for other words. */
export function gpuRefusal(text: string): Failure | undefined {
  const line = text.replaceAll(/\s+/g, ' ');
  const condition = /unsatisfied condition: ?([^,(]+?)(?: ?[,(]|: unknown|$)/i.exec(line)?.[1];
  if (condition !== undefined) {
    return new Failure(
      'gpu-driver-too-old',
      `The image asks for a GPU driver with ${condition.trim()}, and the one of the engine’s host does not have that.`,
      'Update the driver, or use an older image. Within one major version of CUDA most programs also run with the environment variable NVIDIA_DISABLE_REQUIRE=1.',
    );
  }
  const problem = refusals.find(([pattern]) => pattern.test(line))?.[1];
  return problem === undefined ? undefined : new Failure('gpu-not-available', problem.message, problem.remedy);
}

/** The problem that a Failure of `gpuRefusal` tells of. */
export function gpuProblemOf({ reason, message }: Failure): GpuProblem | undefined {
  if (reason !== 'gpu-not-available') return undefined;
  return Object.values(gpuProblems).find((problem) => problem.message === message);
}
