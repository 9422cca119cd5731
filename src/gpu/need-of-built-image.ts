import { parseDockerfile } from '../dockerfile/instructions.js';
import { type ImageLayer } from '../engine/image-operations.js';
import { onCuda, withoutCuda } from './combined-need.js';
import { installedBySteps } from './installed-by-steps.js';
import { type ImageEvidence, needOfImage } from './need-of-image.js';
import { needOfPackages } from './need-of-packages.js';
import { type GpuNeed } from './need.js';

/** Reads the need from an image's configuration, and from what the steps of its history installed. */
export function needOfBuiltImage(image: ImageEvidence, history: readonly Pick<ImageLayer, 'instruction'>[]): GpuNeed {
  const own = needOfImage(image);
  if (own.kind === 'rocm') return own;
  const steps = history.map(({ instruction }) => instruction).filter((text) => text.startsWith('RUN '));
  const { dependencies, unread } = installedBySteps(parseDockerfile(steps.join('\n')).instructions, []);
  // NVIDIA's own steps install the CUDA that the environment tells of.
  const isOwn = unread === undefined || /cuda|nvidia|cudnn/i.test(unread);
  const unseen = isOwn ? undefined : `What ${unread} brings is not seen.`;
  if (own.kind === 'cuda') {
    return onCuda(own, needOfPackages([], dependencies, own.toolkits[0]?.candidates[0]), unseen);
  }
  const packages = needOfPackages([], dependencies, undefined);
  return packages.kind === 'cuda' || packages.kind === 'rocm' ? withoutCuda(packages, unseen) : own;
}
