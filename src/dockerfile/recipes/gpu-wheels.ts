import { cudaBuildsOf, toolkitsOf } from '../../cuda/tables.js';
import { compareVersions, majorMinor } from '../../cuda/version.js';
import { type Dependency } from '../../project/dependency.js';
import { type Accelerator, type Choice } from './recipe.js';
import { cudaOnPyPI } from './torch-wheels.js';

/** The ROCm that PyTorch's wheels are built for (https://pytorch.org/get-started/previous-versions/). */
const rocmBuilds: ReadonlyMap<string, string> = new Map([
  ['2.3', 'rocm6.0'],
  ['2.4', 'rocm6.1'],
  ['2.5', 'rocm6.2'],
  ['2.6', 'rocm6.2.4'],
  ['2.7', 'rocm6.3'],
  ['2.8', 'rocm6.4'],
  ['2.9', 'rocm6.4'],
]);

/** Packages that PyTorch builds together, for each kind of GPU. */
const ofTorch = ['torch', 'torchvision', 'torchaudio'];

const labels = { cpu: 'CPU', cuda: 'NVIDIA GPU (CUDA)', rocm: 'AMD GPU (ROCm)' };

/** An answer to the question of what the program computes on. */
export function acceleratorChoice(value: Accelerator, because?: string): Choice<Accelerator> {
  return { value, label: labels[value], because };
}

/** What packages that are pinned to the last file run on. */
export function lockedAccelerators(dependencies: readonly Dependency[], file: string): Choice<Accelerator>[] {
  const pinned = pinnedAccelerator(dependencies);
  if (pinned === undefined || pinned.accelerator === 'cpu') return [acceleratorChoice('cpu')];
  return [
    acceleratorChoice(pinned.accelerator, `${file} has ${pinned.because}`),
    acceleratorChoice('cpu', 'the same packages, without asking for a GPU'),
  ];
}

/** What packages run on whose wheels can still be chosen; those that the project has chosen itself leave one answer. */
export function openAccelerators(dependencies: readonly Dependency[], file: string): Choice<Accelerator>[] {
  const pinned = pinnedAccelerator(dependencies);
  if (pinned !== undefined) return [acceleratorChoice(pinned.accelerator, `${file} has ${pinned.because}`)];
  const byName = new Map(dependencies.map((dependency) => [dependency.name, dependency]));
  const torch = byName.get('torch');
  if (torch !== undefined) {
    const rocm = rocmOf(torch) === undefined ? [] : [acceleratorChoice('rocm')];
    return [
      acceleratorChoice('cuda', 'what is installed of torch on Linux is built for it'),
      acceleratorChoice('cpu'),
      ...rocm,
    ];
  }
  const other = byName.has('jax') ? 'jax' : byName.has('tensorflow') ? 'tensorflow' : undefined;
  if (other === undefined) return [acceleratorChoice('cpu')];
  return [
    acceleratorChoice('cpu', `${other} is installed without CUDA unless it is asked for`),
    acceleratorChoice('cuda'),
  ];
}

/** The step before all others: packages of PyTorch's own index, which are built for one kind of hardware. */
export function torchFirst(
  accelerator: Accelerator,
  dependencies: readonly Dependency[],
): { index: string; requirements: readonly string[] } | undefined {
  const torch = dependencies.find(({ name }) => name === 'torch');
  if (torch?.version === undefined || accelerator === 'cuda' || pinnedAccelerator(dependencies) !== undefined) {
    return undefined;
  }
  const build = accelerator === 'cpu' ? 'cpu' : rocmOf(torch);
  if (build === undefined) return undefined;
  return {
    index: `https://download.pytorch.org/whl/${build}`,
    requirements: dependencies.flatMap(({ name, version }) =>
      ofTorch.includes(name) && version !== undefined ? [`${name}==${version}`] : [],
    ),
  };
}

/** What is installed besides the project's own requirements, for packages that bring CUDA only when asked. */
export function cudaExtras(accelerator: Accelerator, dependencies: readonly Dependency[]): string[] {
  if (accelerator !== 'cuda' || pinnedAccelerator(dependencies) !== undefined) return [];
  return dependencies.flatMap(({ name, version }) => {
    const extra = name === 'jax' ? 'cuda12' : name === 'tensorflow' ? 'and-cuda' : undefined;
    return extra === undefined ? [] : [`${name}[${extra}]${version === undefined ? '' : `==${version}`}`];
  });
}

/** The variables by which a container gets the GPU, and is refused where its driver is too old. */
export function gpuVariables(accelerator: Accelerator, dependencies: readonly Dependency[]): string[] {
  if (accelerator !== 'cuda') return [];
  const major = Number((cudaOf(dependencies) ?? '12.0').split('.')[0]);
  // Drivers run all toolkits of their major version.
  const oldest = toolkitsOf(major)[0] ?? `${major}.0`;
  return [
    'NVIDIA_VISIBLE_DEVICES=all',
    'NVIDIA_DRIVER_CAPABILITIES=compute,utility',
    `NVIDIA_REQUIRE_CUDA="cuda>=${oldest}"`,
  ];
}

/** The newest CUDA that one of the packages is built for, such as `12.6`; undefined where nothing says so. */
export function cudaOf(dependencies: readonly Dependency[]): string | undefined {
  const found = dependencies.flatMap((dependency) => cudaOfOne(dependency) ?? []);
  return found.toSorted((left, right) => compareVersions(left, right) ?? 0).at(-1);
}

function cudaOfOne({ name, version, extras, wheels }: Dependency): string | undefined {
  const [, ofWheels] = /^cu(\d+)$/.exec(wheels ?? '') ?? [];
  if (ofWheels !== undefined) return `${ofWheels.slice(0, -1)}.${ofWheels.slice(-1)}`;
  const [, inName] = /^(?:nvidia-.*-cu|jax-cuda)(\d+)/.exec(name) ?? [];
  const [, inExtra] = /^cuda(\d+)/.exec(extras.find((extra) => /^cuda\d/.test(extra)) ?? '') ?? [];
  const major = inName ?? inExtra;
  if (major !== undefined) return `${major}.0`;
  if (version === undefined) return undefined;
  if (['cuda-version', 'pytorch-cuda', 'cudatoolkit'].includes(name)) return majorMinor(version);
  if (name === 'torch') return cudaOnPyPI(version);
  return name === 'tensorflow' ? cudaBuildsOf(name, version)[0] : undefined;
}

/** What the project's own files have chosen. */
function pinnedAccelerator(
  dependencies: readonly Dependency[],
): { accelerator: Accelerator; because: string } | undefined {
  for (const { name, extras, wheels } of dependencies) {
    const extra = extras.find((each) => /^(?:cuda\d*|and-cuda)/.test(each));
    if (extra !== undefined) return { accelerator: 'cuda', because: `${name}[${extra}]` };
    if (/^cu\d/.test(wheels ?? '')) return { accelerator: 'cuda', because: `${name} for ${wheels}` };
    if (/^rocm/.test(wheels ?? '')) return { accelerator: 'rocm', because: `${name} for ${wheels}` };
    if (
      /^(?:nvidia-.*-cu\d+|nvidia-cuda-.*|jax-cuda\d+-plugin|cuda-version|pytorch-cuda|cudatoolkit|cudnn)$/.test(name)
    ) {
      return { accelerator: 'cuda', because: name };
    }
  }
  const cpu = dependencies.find(({ wheels }) => wheels === 'cpu');
  return cpu === undefined ? undefined : { accelerator: 'cpu', because: `${cpu.name} for the CPU` };
}

function rocmOf({ version }: Dependency): string | undefined {
  return version === undefined ? undefined : rocmBuilds.get(majorMinor(version) ?? '');
}
