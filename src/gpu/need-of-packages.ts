import { cudaBuildsOf, toolkitsOf } from '../cuda/tables.js';
import { majorMinor } from '../cuda/version.js';
import { type Dependency } from '../project/dependency-formats.js';
import { type DependencyFile } from '../project/dependencies.js';
import { isOnProcessor, mayUseGpu } from './known-packages.js';
import { type ToolkitNeed } from './need.js';

/** What packages bring or ask for. */
export type PackagesNeed =
  | { kind: 'none'; why: string }
  | { kind: 'unclear'; why: string }
  | { kind: 'rocm'; from: string }
  | { kind: 'cuda'; toolkits: ToolkitNeed[]; contradiction: string | undefined };

/**
 * Reads the need from a project's files: from its lock files where it has some, for they say what will be installed, else
 * from what was asked for. Lock files that disagree about CUDA's major version contradict each other.
 *
 * @param installed what is installed by name besides; undefined for nothing
 * @param base the CUDA of the base image, which packages that bring none themselves use
 */
export function needOfPackages(
  files: readonly DependencyFile[],
  installed: DependencyFile | undefined,
  base: string | undefined,
): PackagesNeed {
  const locks = files.filter(({ kind }) => kind === 'lock');
  const read = [...(installed === undefined ? [] : [installed]), ...(locks.length > 0 ? locks : files)];
  if (read.length === 0) return { kind: 'unclear', why: 'No file says which packages there are.' };
  const needs = read.map((file) => needOfFile(file, base));
  const cuda = needs.filter((need) => need.kind === 'cuda');
  const rocm = needs.find((need) => need.kind === 'rocm');
  if (rocm !== undefined) {
    return cuda.length === 0
      ? rocm
      : { kind: 'unclear', why: `${rocm.from} is for ROCm, other packages are for CUDA.` };
  }
  if (cuda.length > 0) {
    return {
      kind: 'cuda',
      toolkits: cuda.flatMap(({ toolkits }) => toolkits),
      contradiction: contradictionOf(cuda.map(({ toolkits }) => toolkits)),
    };
  }
  return (
    needs.find((need) => need.kind === 'unclear') ?? { kind: 'none', why: `Nothing in ${namesOf(read)} uses a GPU.` }
  );
}

function needOfFile({ file, kind, dependencies, problem }: DependencyFile, base: string | undefined): PackagesNeed {
  if (problem !== undefined) return { kind: 'unclear', why: `${file} cannot be read: ${problem}.` };
  const all = new Map(dependencies.map((each) => [each.name, each]));
  const rocm = dependencies.find(({ wheels }) => wheels?.startsWith('rocm') === true);
  if (rocm !== undefined) return { kind: 'rocm', from: `${label(rocm)} in ${file}` };
  const toolkits = [
    ...torchNeed(all, file),
    ...tensorflowNeed(all, file, base),
    ...jaxNeed(all, file),
    ...otherNeeds(all, file),
  ];
  if (toolkits.length > 0) return { kind: 'cuda', toolkits, contradiction: undefined };
  const suspect = dependencies.find((each) => !isWithoutGpu(each) && mayUseGpu(each.name));
  if (suspect !== undefined) {
    return {
      kind: 'unclear',
      why: `${label(suspect)} in ${file} may use a GPU, and which CUDA it brings is not said there.`,
    };
  }
  // A lock file has all; what a person has asked for brings more along.
  const other =
    kind === 'lock' ? undefined : dependencies.find((each) => !isWithoutGpu(each) && !isOnProcessor(each.name));
  if (other !== undefined) {
    return { kind: 'unclear', why: `${file} does not say what ${other.name} brings along: a lock file would.` };
  }
  return { kind: 'none', why: `Nothing in ${file} uses a GPU.` };
}

/** Builds for the processor alone, and frameworks that without an extra bring no CUDA. */
function isWithoutGpu({ name, wheels, extras }: Dependency): boolean {
  if (wheels === 'cpu' || /-cpu$/.test(name)) return true;
  const isPlain = name === 'jax' || name === 'jaxlib' || name === 'tensorflow';
  return isPlain && !extras.some((extra) => /cuda|rocm|tpu/.test(extra));
}

/** What a lock file has of NVIDIA's own packages is what will be there, whatever framework asked for it. */
function runtimeOf(all: ReadonlyMap<string, Dependency>): { version: string; package: Dependency } | undefined {
  for (const name of [
    'nvidia-cuda-runtime',
    'nvidia-cuda-runtime-cu13',
    'nvidia-cuda-runtime-cu12',
    'nvidia-cuda-runtime-cu11',
  ]) {
    const found = all.get(name);
    const version = found?.version === undefined ? undefined : majorMinor(found.version);
    if (found !== undefined && version !== undefined) return { version, package: found };
  }
  return undefined;
}

function torchNeed(all: ReadonlyMap<string, Dependency>, file: string): ToolkitNeed[] {
  const torch = all.get('torch') ?? all.get('pytorch') ?? all.get('pytorch-gpu');
  if (torch === undefined || torch.wheels === 'cpu' || all.has('cpuonly')) return [];
  const from = `${label(torch)} in ${file}`;
  const runtime = runtimeOf(all) ?? condaRuntimeOf(all);
  const wheels = cudaOfWheels(torch.wheels) ?? runtime?.version;
  if (wheels !== undefined) return [{ candidates: [wheels], origin: 'torch', from }];
  const candidates = torch.version === undefined ? [] : cudaBuildsOf('torch', torch.version);
  return candidates.length === 0 ? [] : [{ candidates, origin: 'torch', from }];
}

function tensorflowNeed(all: ReadonlyMap<string, Dependency>, file: string, base: string | undefined): ToolkitNeed[] {
  const tensorflow = all.get('tensorflow') ?? all.get('tensorflow-gpu');
  if (tensorflow?.version === undefined) return [];
  const runtime = runtimeOf(all) ?? condaRuntimeOf(all);
  // Without its extra it brings no CUDA, and uses the one of the image.
  const brings =
    tensorflow.extras.includes('and-cuda') || runtime !== undefined || tensorflow.name === 'tensorflow-gpu';
  if (!brings && base === undefined) return [];
  const candidates = runtime === undefined ? cudaBuildsOf('tensorflow', tensorflow.version) : [runtime.version];
  return candidates.length === 0 ? [] : [{ candidates, origin: 'tensorflow', from: `${label(tensorflow)} in ${file}` }];
}

function jaxNeed(all: ReadonlyMap<string, Dependency>, file: string): ToolkitNeed[] {
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
    return [{ candidates: [...new Set(ends)], origin: 'jax', from: `${label(found)} in ${file}` }];
  }
  return [];
}

/** CUDA by itself, and packages named after the major version that they are for. */
function otherNeeds(all: ReadonlyMap<string, Dependency>, file: string): ToolkitNeed[] {
  if (['torch', 'pytorch', 'tensorflow', 'jax'].some((name) => all.has(name))) return [];
  const runtime = runtimeOf(all) ?? condaRuntimeOf(all);
  if (runtime !== undefined) {
    return [{ candidates: [runtime.version], origin: 'packages', from: `${label(runtime.package)} in ${file}` }];
  }
  for (const each of all.values()) {
    const major = /^(?:cupy-cuda(\d+)x?|(?:cudf|cuml|cugraph|rmm|pylibraft)-cu(\d+))$/.exec(each.name);
    const ends = toolkitsOf(Number(major?.[1] ?? major?.[2]));
    const candidates = [ends[0], ends.at(-1)].filter((end) => end !== undefined);
    if (candidates.length > 0) return [{ candidates, origin: 'packages', from: `${label(each)} in ${file}` }];
  }
  return [];
}

function condaRuntimeOf(all: ReadonlyMap<string, Dependency>): { version: string; package: Dependency } | undefined {
  for (const name of ['pytorch-cuda', 'cudatoolkit', 'cuda-version', 'cuda-toolkit', 'cuda-cudart']) {
    const found = all.get(name);
    const version = found?.version === undefined ? undefined : majorMinor(found.version);
    if (found !== undefined && version !== undefined) return { version, package: found };
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

function namesOf(files: readonly DependencyFile[]): string {
  return files.map(({ file }) => file).join(', ');
}
