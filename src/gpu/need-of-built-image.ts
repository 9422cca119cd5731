import { parseDockerfile } from '../dockerfile/instructions.js';
import { type ImageLayer } from '../engine/image-operations.js';
import { type ImageEvidence, needOfImage } from './need-of-image.js';
import { needOfProject } from './need-of-project.js';
import { type GpuNeed } from './need.js';

/** Reads the need from an image's configuration, and from the packages that the steps of its history installed by name. */
export function needOfBuiltImage(image: ImageEvidence, history: readonly Pick<ImageLayer, 'instruction'>[]): GpuNeed {
  const own = needOfImage(image);
  const steps = history.map(({ instruction }) => instruction).filter((text) => /^RUN /.test(text));
  const installed = needOfProject({ dockerfile: parseDockerfile(steps.join('\n')), files: [], base: image });
  return installed.kind === 'cuda' || installed.kind === 'rocm' ? installed : own;
}
