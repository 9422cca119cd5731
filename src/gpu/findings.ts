import { brandsOf, isDataCentre } from '../cuda/gpu-brand.js';
import { evaluateRequirement } from '../cuda/requirement.js';
import { architectureOf, firstToolkitFor, minorVersionFloor, packagedDriver } from '../cuda/tables.js';
import { isAtLeast } from '../cuda/version.js';
import { type Driver, type Gpu, type GpuWay } from './host-gpu.js';
import { type GpuNeed, type ToolkitNeed } from './need.js';

/** One thing that speaks about the outcome. */
export interface Finding {
  weighs: 'fine' | 'limits' | 'fails' | 'unknown';
  reason: string;
  remedy?: string;
}

/** Whether a driver runs a toolkit: by itself, by minor-version compatibility, or not. */
export function driverFinding(
  toolkit: string,
  { from }: ToolkitNeed,
  gpu: Gpu,
  driver: Driver,
  way: GpuWay,
  { hasCompat, mayRequire }: GpuNeed & { kind: 'cuda' },
): Finding {
  const system = driver.kind === 'wsl' ? 'windows' : 'linux';
  const packaged = packagedDriver(toolkit, system);
  const runs =
    driver.cuda !== undefined && isAtLeast(driver.cuda, toolkit) === true
      ? true
      : packaged === undefined || driver.kind === 'jetson'
        ? undefined
        : isAtLeast(driver.version, packaged);
  if (runs === true && driver.kind === 'jetson') {
    return {
      weighs: 'unknown',
      reason: `${gpu.name} takes CUDA ${toolkit}, but programs for it are built for Jetson alone.`,
    };
  }
  if (runs === true) return { weighs: 'fine', reason: `Driver ${driver.version} runs CUDA ${toolkit}.` };
  const newest = driver.cuda === undefined ? '' : ` (CUDA ${driver.cuda})`;
  const behind = `Driver ${driver.version}${newest} is older than CUDA ${toolkit} of ${from}`;
  if (driver.kind === 'jetson') {
    return { weighs: 'unknown', reason: `${behind}: on a Jetson it depends on JetPack whether that runs.` };
  }
  const floor = minorVersionFloor(toolkit, system);
  const isAbove = floor !== undefined && isAtLeast(driver.version, floor) === true;
  // The numbers of Windows' drivers are not listed to the end: a driver that brings a major version runs all of it.
  const hasMajor = system === 'windows' && driver.cuda?.split('.')[0] === toolkit.split('.')[0];
  if (runs === undefined && !isAbove && !hasMajor) {
    return { weighs: 'unknown', reason: `Which driver CUDA ${toolkit} of ${from} needs is not known here.` };
  }
  if (isAbove || hasMajor) {
    if (hasCompat && !isDataCentre(gpu.name)) {
      return {
        weighs: 'unknown',
        reason: `${behind}. It would run it by minor-version compatibility, but the image has libraries for forward compatibility, which take their place and fail on ${gpu.name} (error 804).`,
        remedy: packaged === undefined ? 'Update the driver.' : `Update the driver to ${packaged} or newer.`,
      };
    }
    if (mayRequire && way !== 'cdi') {
      return {
        weighs: 'unknown',
        reason: `${behind}. It would run it by minor-version compatibility, but the base image may have a requirement that keeps it from starting: it is not here yet.`,
        remedy: packaged === undefined ? 'Update the driver.' : `Update the driver to ${packaged} or newer to be sure.`,
      };
    }
    return {
      weighs: 'limits',
      reason: `${behind}, and runs it by minor-version compatibility: programs that compile for the GPU while they run may fail.`,
      remedy: packaged === undefined ? 'Update the driver.' : `Update the driver to ${packaged} or newer to be sure.`,
    };
  }
  const remedy =
    packaged === undefined
      ? 'Update the driver, or use an older CUDA.'
      : `Update the driver of the engine’s host to ${floor ?? packaged} or newer, or use an image with CUDA ${driver.cuda ?? 'of the driver'}.`;
  if (hasCompat && isDataCentre(gpu.name)) {
    return {
      weighs: 'unknown',
      reason: `${behind}; its libraries for forward compatibility may run it on ${gpu.name}.`,
      remedy,
    };
  }
  return { weighs: 'fails', reason: `${behind}, and too old for it.`, remedy };
}

/** Since this driver there are GPUs that toolkits before that one have no programs for. */
const newestGpus = { driver: '570', toolkit: '12.8' };

/** Whether programs of a toolkit run on a GPU's compute capability. */
export function architectureFinding(toolkit: string, { origin, from }: ToolkitNeed, gpu: Gpu, driver: Driver): Finding {
  const { capability } = gpu;
  const architecture = capability === undefined ? undefined : architectureOf(capability);
  const first = capability === undefined ? undefined : firstToolkitFor(capability);
  if (architecture === undefined || first === undefined || capability === undefined) {
    const mayBeNewer =
      isAtLeast(driver.version, newestGpus.driver) !== false && isAtLeast(toolkit, newestGpus.toolkit) === false;
    const leavesOut = origin === 'torch' ? '12.8' : '13.0';
    const mayBeOlder = isAtLeast(toolkit, leavesOut) === true || isAtLeast(toolkit, '11.8') === false;
    return mayBeNewer || mayBeOlder
      ? {
          weighs: 'unknown',
          reason: `Which compute capability ${gpu.name} has is not known here, and CUDA ${toolkit} of ${from} does not run on all.`,
        }
      : { weighs: 'fine', reason: '' };
  }
  const what = `${gpu.name} (${architecture.name}, compute capability ${capability})`;
  const { lastToolkit } = architecture;
  if (lastToolkit !== undefined && isAtLeast(lastToolkit, toolkit) === false) {
    return {
      weighs: 'fails',
      reason: `CUDA ${toolkit} of ${from} no longer runs on ${what}.`,
      remedy: `Use an image or wheels with CUDA ${lastToolkit} or older.`,
    };
  }
  if (isAtLeast(toolkit, first) === false) {
    const remedy = `Use an image or wheels with CUDA ${first} or newer.`;
    // PyTorch's wheels hold programs for the GPUs of their time, and nothing that could be compiled for newer ones.
    return origin === 'torch'
      ? { weighs: 'fails', reason: `CUDA ${toolkit} of ${from} has no programs for ${what}.`, remedy }
      : {
          weighs: 'limits',
          reason: `CUDA ${toolkit} of ${from} is older than ${what}: only programs that are compiled while they run work, and start slowly.`,
          remedy,
        };
  }
  const oldest = oldestBuiltFor(origin, toolkit);
  if (oldest !== undefined && isAtLeast(capability, oldest) === false) {
    return {
      weighs: 'unknown',
      reason: `Whether ${from} was built for ${what} is not known here: newer releases leave old GPUs out.`,
    };
  }
  return { weighs: 'fine', reason: '' };
}

/** Below this compute capability, frameworks leave GPUs out of their builds that the toolkit still compiles for. */
function oldestBuiltFor(origin: ToolkitNeed['origin'], toolkit: string): string | undefined {
  switch (origin) {
    case 'torch':
      return isAtLeast(toolkit, '12.8') === true ? '7.5' : '5.0';
    case 'tensorflow':
      return '6.0';
    case 'jax':
      return '5.2';
    default:
      return undefined;
  }
}

/** Whether the engine starts an image with that requirement. */
export function requirementFinding(
  requirement: string,
  gpu: Gpu,
  driver: Driver,
  way: GpuWay,
  { toolkits }: GpuNeed & { kind: 'cuda' },
): Finding {
  // CDI checks no requirement: what counts is whether CUDA runs.
  if (way === 'cdi') return { weighs: 'fine', reason: '' };
  const brands = brandsOf(gpu.name);
  const outcomes = (brands.length === 0 ? [undefined] : brands).map((brand) =>
    evaluateRequirement(requirement, {
      cuda: driver.cuda,
      driver: driver.version,
      arch: gpu.capability,
      brand,
    }),
  );
  const [first] = outcomes;
  const agree = outcomes.every(({ kind }) => kind === first?.kind);
  if (first?.kind === 'met' && agree) return { weighs: 'fine', reason: '' };
  // A runtime that is the default one may check, or not; that of a Jetson did until JetPack 7 with its driver 580.
  const isJetson = driver.kind === 'jetson' && isAtLeast(driver.version, '580') === false;
  const isChecked = way === 'hook' || (way === 'runtime' && isJetson);
  if (first?.kind === 'unmet' && agree && isChecked) {
    const [toolkit] = toolkits;
    const floor = toolkit === undefined ? undefined : minorVersionFloor(toolkit.candidates[0] ?? '', 'linux');
    const compatible = floor !== undefined && driver.kind === 'linux' && isAtLeast(driver.version, floor) === true;
    return {
      weighs: 'fails',
      reason: `The image asks for ${first.condition}, which driver ${driver.version}${driver.cuda === undefined ? '' : ` (CUDA ${driver.cuda})`} does not meet: the engine will not start it.`,
      remedy: compatible
        ? 'Update the driver, or start it with NVIDIA_DISABLE_REQUIRE=1: by minor-version compatibility most programs run.'
        : 'Update the driver of the engine’s host, or use an older image.',
    };
  }
  const unknown = outcomes.find((outcome) => outcome.kind === 'unknown');
  const why =
    unknown?.kind === 'unknown' && unknown.why === 'unknown-term'
      ? `has a term that is not known: ${unknown.term}`
      : first?.kind === 'unmet' && agree
        ? `is not met by driver ${driver.version}, and whether this engine checks it is not known`
        : `cannot be evaluated for ${gpu.name}`;
  return { weighs: 'unknown', reason: `The image’s requirement (${shortened(requirement)}) ${why}.` };
}

function shortened(requirement: string): string {
  return requirement.length > 60 ? `${requirement.slice(0, 60)}…` : requirement;
}
