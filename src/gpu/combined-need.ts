import { type PackagesNeed } from './need-of-packages.js';
import { type GpuNeed } from './need.js';

/**
 * What packages need on an image that brings CUDA itself.
 *
 * @param unseen what may need something else, where something may
 */
export function onCuda(
  ofBase: GpuNeed & { kind: 'cuda' },
  packages: PackagesNeed,
  unseen: string | undefined,
): GpuNeed {
  switch (packages.kind) {
    case 'rocm':
      return { kind: 'unclear', why: `${packages.from} is for ROCm, the base image for CUDA.` };
    case 'cuda':
      return {
        ...ofBase,
        toolkits: [...ofBase.toolkits, ...packages.toolkits],
        contradiction: packages.contradiction,
        unseen: packages.unseen ?? unseen,
      };
    case 'none':
      return packages.cpuBuild === undefined
        ? { ...ofBase, unseen }
        : { kind: 'unclear', why: `${packages.cpuBuild} is built for the processor, on a base image with CUDA.` };
    case 'unclear':
      return { ...ofBase, unseen: packages.isRead ? packages.why : unseen };
  }
}

/** The same on an image that brings none. */
export function withoutCuda(packages: PackagesNeed, unseen: string | undefined): GpuNeed {
  switch (packages.kind) {
    case 'cuda':
      return { ...packages, requirements: [], hasCompat: false, mayRequire: false, unseen: packages.unseen ?? unseen };
    case 'none':
      return unseen === undefined ? { kind: 'none', why: packages.why } : { kind: 'unclear', why: unseen };
    default:
      return packages;
  }
}
