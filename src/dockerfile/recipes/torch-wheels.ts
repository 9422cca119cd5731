import { compareVersions } from '../../cuda/version.js';

/**
 * The CUDA of the wheels that PyPI has of PyTorch, from which release on; other builds are in PyTorch's own indexes
 * (https://github.com/pytorch/pytorch/blob/main/RELEASE.md, “PyTorch CUDA Support Matrix”, the one that is stable).
 */
const rows: readonly [release: string, cuda: string][] = [
  ['2.0', '11.7'],
  ['2.1', '12.1'],
  ['2.5', '12.4'],
  ['2.7', '12.6'],
  ['2.8', '12.8'],
  ['2.11', '13.0'],
];

/** Undefined for releases before those. A later one than those is taken to go on with the last CUDA. @param version such as `2.6.0` */
export function cudaOnPyPI(version: string): string | undefined {
  return rows.findLast(([release]) => (compareVersions(version, release) ?? -1) >= 0)?.[1];
}
