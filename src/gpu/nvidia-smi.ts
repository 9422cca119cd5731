import { capabilityOf, newestToolkitOf, packagedDriver } from '../cuda/tables.js';
import { type GpuProblem, gpuProblems } from '../engine/gpu-problems.js';
import { type Driver, type DriverKind, type Gpu } from './host-gpu.js';

/** What `nvidia-smi` has said. */
export type SmiReading =
  | { kind: 'driver'; driver: Driver }
  | { kind: 'problem'; problem: GpuProblem }
  /** It cannot be read, or, where `isTrouble`, says that something is wrong that is not known here. */
  | { kind: 'unclear'; why: string; isTrouble: boolean };

/**
 * Reads the table of `nvidia-smi`, in both forms of its banner: drivers from 610 on call themselves “KMD Version”. What
 * stands around it, and lines with something behind their end, do no harm.
 *
 * @param isWsl whether the engine's host is WSL, whose driver is the one of Windows
 */
export function readSmi(text: string, isWsl: boolean): SmiReading {
  const said = saidProblem(text);
  if (said !== undefined) return said;
  const banner = /(?:Driver|KMD) Version:\s*(\S+)/.exec(text);
  const version = /^\d+(?:\.\d+)+$/.exec(banner?.[1] ?? '')?.[0];
  if (version === undefined)
    return { kind: 'unclear', why: 'nvidia-smi did not say which driver there is', isTrouble: false };
  const shownCuda = /CUDA(?:\s+UMD)?\s+Version:\s*([^\s|]+)/.exec(text)?.[1];
  if (shownCuda === 'ERR!') return { kind: 'problem', problem: gpuProblems.stubLibrary };
  if (shownCuda === 'N/A') return { kind: 'problem', problem: gpuProblems.driverWithoutCuda };
  const gpus = gpusIn(text);
  if (gpus.length === 0)
    return { kind: 'unclear', why: `nvidia-smi of driver ${version} lists no GPU`, isTrouble: false };
  const kind: DriverKind = gpus.some(({ name }) => /\(nvgpu\)|\bOrin\b|\bXavier\b|\bThor\b/.test(name))
    ? 'jetson'
    : isWsl
      ? 'wsl'
      : 'linux';
  const cuda = /^\d+\.\d+$/.exec(shownCuda ?? '')?.[0];
  return { kind: 'driver', driver: { version, kind, cuda: ownCuda(cuda, version, kind), gpus } };
}

/**
 * Adds what `nvidia-smi --query-gpu=index,compute_cap --format=csv,noheader` says; tools of old drivers do not know it.
 */
export function withCapabilities(driver: Driver, query: string): Driver {
  const known = new Map<number, string>();
  for (const line of query.split(/\r?\n/)) {
    const [, index, capability] = /^\s*(\d+),\s*(\d+\.\d+)\s*$/.exec(line) ?? [];
    if (index !== undefined && capability !== undefined) known.set(Number(index), capability);
  }
  return { ...driver, gpus: driver.gpus.map((gpu, at) => ({ ...gpu, capability: known.get(at) ?? gpu.capability })) };
}

/** The version in `/proc/driver/nvidia/version`, of the open and of the proprietary kernel module. */
export function readProcVersion(text: string): string | undefined {
  return /NVRM version:.*?Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(text)?.[1];
}

/**
 * In a container, libraries for forward compatibility make `nvidia-smi` show the CUDA of the image: a driver for Linux
 * cannot bring a toolkit that came with a later branch of drivers.
 */
function ownCuda(shown: string | undefined, driver: string, kind: DriverKind): string | undefined {
  if (kind !== 'linux') return shown;
  const packaged = shown === undefined ? undefined : packagedDriver(shown, 'linux');
  const isLater = packaged !== undefined && Number(packaged.split('.')[0]) > Number(driver.split('.')[0]);
  return shown === undefined || isLater ? newestToolkitOf(driver, 'linux') : shown;
}

function saidProblem(text: string): SmiReading | undefined {
  if (/couldn't communicate with the NVIDIA driver|driver not loaded/i.test(text)) {
    return { kind: 'problem', problem: gpuProblems.driverNotLoaded };
  }
  if (/driver\/library version mismatch/i.test(text)) return { kind: 'problem', problem: gpuProblems.driverMismatch };
  if (/GPU access blocked by the operating system/i.test(text)) {
    return { kind: 'problem', problem: gpuProblems.blockedBySystem };
  }
  if (/No devices were found/i.test(text)) return { kind: 'problem', problem: gpuProblems.noDevices };
  const trouble = /^.*(?:Unable to determine the device handle|Failed to initialize NVML).*$/im.exec(text)?.[0];
  return trouble === undefined
    ? undefined
    : { kind: 'unclear', why: `nvidia-smi said: ${trouble.trim()}`, isTrouble: true };
}

/** No table is wider, in characters. */
const longestLine = 300;

/** The first line of each GPU begins with its index, and names it up to the persistence mode. */
function gpusIn(text: string): Gpu[] {
  // Lines of processes look like those of GPUs.
  const [gpuPart = ''] = text.split(/^[^\n]{0,10}\|\s{0,5}Processes:/m);
  const [table = '', instances] = gpuPart.split(/^[^\n]{0,10}\|\s{0,5}MIG devices:/m);
  const gpus: Gpu[] = [];
  const lines = table.split(/\r?\n/);
  for (const [at, line] of lines.entries()) {
    if (line.length > longestLine) continue;
    const [, name] = /^\s*\|\s+\d+\s+(\S.*?)\s+(?:On|Off|N\/A|WDDM|TCC|MCDM)\s*\|/.exec(line) ?? [];
    if (name === undefined || name.startsWith('N/A')) continue;
    const details = lines.slice(at + 1, at + 3);
    const memory = /\/\s*(\d+)MiB/.exec(details[0] ?? '')?.[1];
    const isDivided = /\|\s*Enabled\*?\s*\|/.test(details[1] ?? '');
    const index = gpus.length;
    const instance = new RegExp(`^\\s*\\|\\s+${index}\\s+\\d+\\s+\\d+\\s+\\d+\\s+\\|`, 'm');
    const hasNone = instances !== undefined && !instance.test(instances);
    gpus.push({
      name,
      capability: capabilityOf(name),
      memory: memory === undefined ? undefined : Number(memory),
      mig: !isDivided ? 'off' : hasNone ? 'without-instances' : 'on',
    });
  }
  return gpus;
}
