import { toolkitsOf } from '../../cuda/tables.js';
import { compareVersions, majorMinor } from '../../cuda/version.js';
import { type Dependency } from '../../project/dependency.js';
import { type Project } from '../../project/project.js';
import { type System } from './cmake-packages.js';
import { type Choice } from './recipe.js';
import { cudaOnPyPI } from './torch-wheels.js';

/**
 * The last release of each toolkit that NVIDIA has images of; those whose support has ended go half a year later
 * (https://gitlab.com/nvidia/container-images/cuda, “support policy”).
 */
const releases = [
  ...['13.3.1', '13.2.1', '13.1.1', '13.0.2'],
  ...['12.9.1', '12.8.1', '12.6.3', '12.5.1', '12.4.1', '12.3.2', '12.2.2', '12.1.1', '11.8.0'],
];

/** Knows all GPUs of today, and runs with every driver of CUDA 12. */
const proposed = '12.8.1';

/** The releases of CUDA that there are images of: the one that the project's packages were built for, else the proposed. */
export function cudaVersions({ dependencies }: Project): Choice<string>[] {
  const known = new Set(['11', '12', '13'].flatMap((major) => toolkitsOf(Number(major))));
  const offered = releases.filter((release) => known.has(majorMinor(release) ?? ''));
  const pinned = dependencies.flatMap(({ dependencies: all, files }) =>
    all.flatMap((dependency) => {
      const built = cudaOf(dependency);
      const value = built === undefined ? undefined : releaseFor(built, offered);
      if (value === undefined) return [];
      const what = majorMinor(value) === built ? 'it' : `CUDA ${built}, and can be extended with this one`;
      return [{ value, because: `${dependency.name} in ${files[0] ?? 'the lock file'} is built for ${what}` }];
    }),
  );
  const first = pinned[0] ?? {
    value: proposed,
    because: 'it knows all GPUs of today and runs with older drivers, too',
  };
  return [
    first,
    ...offered.filter((value) => value !== first.value).map((value) => ({ value, because: undefined })),
  ].map(({ value, because }) => ({ value, because, label: `CUDA ${value}` }));
}

/** Which CUDA a package is built for, such as `12.4`, as far as it says so. */
function cudaOf({ name, version, wheels }: Dependency): string | undefined {
  const [, major, minor] = /^cu(\d\d)(\d)$/.exec(wheels ?? '') ?? [];
  if (major !== undefined && minor !== undefined) return `${major}.${minor}`;
  return name === 'torch' && version !== undefined ? cudaOnPyPI(version) : undefined;
}

/**
 * The release of that toolkit; where there is none, the next one of the same major version: PyTorch refuses to have its
 * extensions compiled by another major version, and only warns of another minor one.
 */
function releaseFor(cuda: string, offered: readonly string[]): string | undefined {
  const [major] = cuda.split('.');
  return offered.findLast((release) => release.split('.')[0] === major && isSince(release, cuda));
}

/** The Ubuntu of a release's image. */
export function cudaSystem(version: string): System {
  return isSince(version, '12.6') ? 'noble' : 'jammy';
}

/** @param purpose `devel` has the compiler, `runtime` only the libraries */
export function cudaImage(version: string, purpose: 'devel' | 'runtime', hasCudnn: boolean): string {
  const cudnn = hasCudnn ? `${cudnnOf(version)}-` : '';
  return `nvidia/cuda:${version}-${cudnn}${purpose}-ubuntu${cudaSystem(version) === 'noble' ? '24.04' : '22.04'}`;
}

/** How images with cuDNN are called: its number was left out later. */
function cudnnOf(version: string): string {
  if (isSince(version, '12.4')) return 'cudnn';
  return isSince(version, '12.3') ? 'cudnn9' : 'cudnn8';
}

/** The compute capabilities that a toolkit's compiler is told to build for, since no GPU can be asked during a build. */
export function cudaCapabilities(version: string): string[] {
  return [
    ...(isSince(version, '13.0') ? [] : ['7.0']),
    ...['7.5', '8.0', '8.6', '8.9', '9.0'],
    ...(isSince(version, '12.8') ? ['10.0', '12.0'] : []),
  ];
}

function isSince(version: string, other: string): boolean {
  return (compareVersions(version, other) ?? -1) >= 0;
}
