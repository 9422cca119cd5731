import { cudaBuildsOf, toolkitsOf } from '../cuda/tables.js';
import { isAtLeast, majorMinor } from '../cuda/version.js';
import { type Dependency } from '../project/dependency.js';
import { type DependencyFile } from '../project/dependencies.js';
import { isOnProcessor, mayUseGpu } from './known-packages.js';
import { type ToolkitNeed } from './need.js';

/** What packages bring or ask for. */
export type PackagesNeed =
  /** `cpuBuild` is a framework that could use a GPU, in a build that does not. */
  | { kind: 'none'; why: string; cpuBuild: string | undefined }
  /** `isRead` where there is something, and it does not say. */
  | { kind: 'unclear'; why: string; isRead: boolean }
  | { kind: 'rocm'; from: string }
  | { kind: 'cuda'; toolkits: ToolkitNeed[]; contradiction: string | undefined; unseen: string | undefined };

type Packages = ReadonlyMap<string, Dependency>;
/** What one framework brings; where that cannot be told, why; where it does not go with the base image, how. */
type Found = ToolkitNeed | { unclear: string } | { contradiction: string } | undefined;

/**
 * Reads the need from a project's files: from its lock files where it has some, for they say what will be installed, else
 * from what was asked for. Lock files that disagree about CUDA's major version contradict each other.
 *
 * @param installed what is installed by name besides
 * @param base the CUDA of the base image, which packages that bring none themselves use
 */
export function needOfPackages(
  files: readonly DependencyFile[],
  installed: readonly Dependency[],
  base: string | undefined,
): PackagesNeed {
  const locks = files.filter(({ kind }) => kind === 'lock');
  const steps: DependencyFile = {
    file: 'the Dockerfile',
    kind: 'manifest',
    dependencies: installed,
    problem: undefined,
  };
  const read = [...(installed.length === 0 ? [] : [steps]), ...(locks.length > 0 ? locks : files)];
  if (read.length === 0) return { kind: 'unclear', why: 'No file says which packages there are.', isRead: false };
  const needs = read.map((file) => needOfFile(file, base));
  const cuda = needs.filter((need) => need.kind === 'cuda');
  const rocm = needs.find((need) => need.kind === 'rocm');
  const unclear = needs.find((need) => need.kind === 'unclear');
  if (rocm !== undefined) {
    if (cuda.length === 0) return rocm;
    return { kind: 'unclear', why: `${rocm.from} is for ROCm, other packages are for CUDA.`, isRead: true };
  }
  if (cuda.length > 0) {
    return {
      kind: 'cuda',
      toolkits: cuda.flatMap(({ toolkits }) => toolkits),
      contradiction:
        cuda.find(({ contradiction }) => contradiction !== undefined)?.contradiction ??
        contradictionOf(cuda.map(({ toolkits }) => toolkits)),
      unseen: unclear?.why,
    };
  }
  if (unclear !== undefined) return unclear;
  const cpuBuild = needs
    .map((need) => (need.kind === 'none' ? need.cpuBuild : undefined))
    .find((each) => each !== undefined);
  return { kind: 'none', why: `Nothing in ${read.map(({ file }) => file).join(', ')} uses a GPU.`, cpuBuild };
}

function needOfFile({ file, kind, dependencies, problem }: DependencyFile, base: string | undefined): PackagesNeed {
  const unclear = (why: string): PackagesNeed => ({ kind: 'unclear', why, isRead: true });
  if (problem !== undefined) return unclear(`${file} cannot be read: ${problem}.`);
  if (kind === 'manifest' && dependencies.length === 0) return unclear(`${file} names no packages.`);
  const several = severalBuilds(dependencies);
  if (several !== undefined)
    return unclear(`${file} has several builds of ${several}: which one is installed is not said.`);
  const rocm = dependencies.find(({ wheels }) => wheels?.startsWith('rocm') === true);
  if (rocm !== undefined) return { kind: 'rocm', from: `${label(rocm)} in ${file}` };
  const all: Packages = new Map(dependencies.map((each) => [each.name, each]));
  const found = [torchNeed(all, file), tensorflowNeed(all, file, base), jaxNeed(all, file), otherNeed(all, file, base)];
  const open = found.find((each) => each !== undefined && 'unclear' in each);
  if (open !== undefined && 'unclear' in open) return unclear(open.unclear);
  const wrong = found.find((each) => each !== undefined && 'contradiction' in each);
  if (wrong !== undefined && 'contradiction' in wrong)
    return { kind: 'cuda', toolkits: [], unseen: undefined, ...wrong };
  const toolkits = found.filter((each) => each !== undefined && 'candidates' in each);
  if (toolkits.length > 0) return { kind: 'cuda', toolkits, contradiction: undefined, unseen: undefined };
  const suspect = dependencies.find((each) => !isWithoutGpu(each) && mayUseGpu(each.name));
  if (suspect !== undefined) {
    return unclear(`${label(suspect)} in ${file} may use a GPU, and which CUDA it brings is not said there.`);
  }
  // A lock file has all; what a person has asked for brings more along.
  const isKnown = (each: Dependency): boolean =>
    isWithoutGpu(each) || (isOnProcessor(each.name) && each.extras.length === 0);
  const other = kind === 'lock' ? undefined : dependencies.find((each) => !isKnown(each));
  if (other !== undefined) return unclear(`${file} does not say what ${other.name} brings along: a lock file would.`);
  const cpuBuild = dependencies.find((each) => mayUseGpu(each.name));
  return {
    kind: 'none',
    why: `Nothing in ${file} uses a GPU.`,
    cpuBuild: cpuBuild === undefined ? undefined : `${label(cpuBuild)} in ${file}`,
  };
}

/** A package that uses a GPU and stands there more than once, for several platforms or extras. */
function severalBuilds(dependencies: readonly Dependency[]): string | undefined {
  const builds = new Map<string, string>();
  for (const { name, version, wheels } of dependencies) {
    const build = `${version ?? ''} ${wheels ?? ''}`;
    const before = builds.get(name);
    if (before !== undefined && before !== build && mayUseGpu(name)) return name;
    builds.set(name, build);
  }
  return undefined;
}

/** Builds for the processor alone, and frameworks that without an extra bring no CUDA. */
function isWithoutGpu({ name, version, wheels, extras }: Dependency): boolean {
  if (wheels === 'cpu' || /-cpu$/.test(name)) return true;
  const isPlain = name === 'jax' || name === 'jaxlib' || name === 'tensorflow';
  return isPlain && !/\+(?:cuda|rocm)/.test(version ?? '') && !extras.some((extra) => /cuda|rocm|tpu|gpu/.test(extra));
}

/** What a lock file has of NVIDIA's own packages is what will be there, whatever framework asked for it. */
function runtimeOf(all: Packages): { version: string; package: Dependency } | undefined {
  const names = [
    'nvidia-cuda-runtime',
    'nvidia-cuda-runtime-cu13',
    'nvidia-cuda-runtime-cu12',
    'nvidia-cuda-runtime-cu11',
    'pytorch-cuda',
    'cudatoolkit',
    'cuda-version',
    'cuda-toolkit',
    'cuda-cudart',
  ];
  for (const name of names) {
    const found = all.get(name);
    const version = found?.version === undefined ? undefined : majorMinor(found.version);
    if (found !== undefined && version !== undefined) return { version, package: found };
  }
  return undefined;
}

function torchNeed(all: Packages, file: string): Found {
  const torch = all.get('torch') ?? all.get('pytorch') ?? all.get('pytorch-gpu');
  if (torch === undefined || torch.wheels === 'cpu') return undefined;
  if (all.has('cpuonly')) return { unclear: `${file} asks for torch for the processor only.` };
  const from = `${label(torch)} in ${file}`;
  const wheels = cudaOfWheels(torch.wheels) ?? runtimeOf(all)?.version;
  if (wheels !== undefined) return { candidates: [wheels], origin: 'torch', from };
  const candidates = torch.version === undefined ? [] : cudaBuildsOf('torch', torch.version);
  if (candidates.length > 0) return { candidates, origin: 'torch', from };
  return { unclear: `${from} does not say which CUDA it brings.` };
}

function tensorflowNeed(all: Packages, file: string, base: string | undefined): Found {
  const tensorflow = all.get('tensorflow') ?? all.get('tensorflow-gpu');
  if (tensorflow === undefined) return undefined;
  const from = `${label(tensorflow)} in ${file}`;
  const runtime = runtimeOf(all);
  if (runtime !== undefined) return { candidates: [runtime.version], origin: 'tensorflow', from };
  const builds = tensorflow.version === undefined ? [] : cudaBuildsOf('tensorflow', tensorflow.version);
  const [needed] = builds;
  if (tensorflow.extras.includes('and-cuda')) {
    return needed === undefined
      ? { unclear: `${from} does not say which CUDA it brings.` }
      : { candidates: builds, origin: 'tensorflow', from };
  }
  if (base === undefined) {
    // Without its extra it brings no CUDA, and none is there.
    return tensorflow.name === 'tensorflow-gpu'
      ? { unclear: `${from} wants a CUDA that nothing here brings.` }
      : undefined;
  }
  if (needed === undefined) return { unclear: `${from} does not say which CUDA it was built for.` };
  if (majorOf(needed) !== majorOf(base) || isAtLeast(base, needed) !== true) {
    return { contradiction: `${from} was built for CUDA ${needed}, and the base image has CUDA ${base}` };
  }
  return { candidates: builds, origin: 'tensorflow', from };
}

function jaxNeed(all: Packages, file: string): Found {
  const jax = all.get('jax');
  for (const major of [13, 12]) {
    const plugin = all.get(`jax-cuda${major}-plugin`) ?? all.get(`jax-cuda${major}-pjrt`);
    const asked =
      jax?.extras.some((extra) => new RegExp(`^cuda${major}(?:[-_]|$)`).test(extra)) === true ? jax : undefined;
    const found = plugin ?? asked;
    if (found === undefined) continue;
    const runtime = runtimeOf(all);
    // Without a lock file pip takes the newest toolkit of the major version.
    const candidates = runtime === undefined ? toolkitsOf(major).slice(1) : [runtime.version];
    const ends = [candidates[0], candidates.at(-1)].filter((each) => each !== undefined);
    return { candidates: [...new Set(ends)], origin: 'jax', from: `${label(found)} in ${file}` };
  }
  return undefined;
}

/** CUDA by itself, and packages named after the major version that they are for, which they do not bring. */
function otherNeed(all: Packages, file: string, base: string | undefined): Found {
  if (['torch', 'pytorch', 'tensorflow', 'tensorflow-gpu', 'jax'].some((name) => all.has(name))) return undefined;
  const runtime = runtimeOf(all);
  if (runtime !== undefined) {
    return { candidates: [runtime.version], origin: 'packages', from: `${label(runtime.package)} in ${file}` };
  }
  for (const each of all.values()) {
    const named = /^(?:cupy-cuda(\d+)x?|(?:cudf|cuml|cugraph|rmm|pylibraft)-cu(\d+))$/.exec(each.name);
    const major = named?.[1] ?? named?.[2];
    if (major === undefined) continue;
    const from = `${label(each)} in ${file}`;
    if (base === undefined) return { unclear: `${from} wants a CUDA ${major} that nothing here brings.` };
    return majorOf(base) === major
      ? { candidates: [base], origin: 'packages', from }
      : { contradiction: `${from} was built for CUDA ${major}, and the base image has CUDA ${base}` };
  }
  return undefined;
}

/** `12.6` of `cu126`, `11.8` of `cu118`. */
function cudaOfWheels(wheels: string | undefined): string | undefined {
  const [, major, minor] = /^cu(\d\d)(\d)$/.exec(wheels ?? '') ?? [];
  return major === undefined || minor === undefined ? undefined : `${major}.${minor}`;
}

function contradictionOf(all: readonly (readonly ToolkitNeed[])[]): string | undefined {
  const majors = all.map((toolkits) => new Set(toolkits.flatMap(({ candidates }) => candidates.map(majorOf))));
  for (const [at, one] of majors.entries()) {
    const other = majors.findIndex((each, index) => index > at && [...each].every((major) => !one.has(major)));
    const [left, right] = [all[at]?.[0], all[other]?.[0]];
    if (left !== undefined && right !== undefined) return `${left.from} and ${right.from} are for different CUDAs`;
  }
  return undefined;
}

function majorOf(version: string): string {
  return version.split('.')[0] ?? '';
}

function label({ name, version, extras }: Dependency): string {
  const extra = extras.length === 0 ? '' : `[${extras.join(',')}]`;
  return version === undefined ? `${name}${extra}` : `${name}${extra} ${version}`;
}
