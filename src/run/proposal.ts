import { posix } from 'node:path';
import * as v from 'valibot';
import { type ImageDetails } from '../engine/images.js';
import { commandLabel, dataLabel, outputLabel } from '../image/own-labels.js';

/** What programs commonly call the folder that they write their results to. */
export const tellingNames: readonly string[] = ['output', 'outputs', 'results', 'out'];

const words = v.pipe(v.string(), v.parseJson(), v.pipe(v.array(v.string()), v.minLength(1)));

/** The container folder that outputs of the image go to: its label, a volume of a telling name, or one in its WORKDIR. */
export function proposeTarget(image: ImageDetails): string {
  const label = image.labels[outputLabel];
  if (label !== undefined && posix.isAbsolute(label)) return posix.normalize(label).replace(/(?<=.)\/$/, '');
  const volume = image.volumes.find((folder) => tellingNames.includes(posix.basename(folder))) ?? image.volumes[0];
  return volume ?? posix.join(image.workingFolder === '' ? '/' : image.workingFolder, 'output');
}

/** The command to propose: the image's label; undefined for the image's own CMD. */
export function proposeCommand(image: ImageDetails): string[] | undefined {
  const parsed = v.safeParse(words, image.labels[commandLabel]);
  return parsed.success ? parsed.output : undefined;
}

/**
 * The folders of data that the image wants to be mounted: each with its place in the container, and in the project, relative and
 * with `/`. A folder outside of the image's WORKDIR, which the project is in, is none of the project's.
 */
export function proposeData(image: ImageDetails): { folder: string; target: string }[] {
  const parsed = v.safeParse(words, image.labels[dataLabel]);
  if (!parsed.success || image.workingFolder === '') return [];
  return parsed.output.flatMap((path) => {
    const target = posix.normalize(path);
    const folder = posix.relative(image.workingFolder, target);
    return posix.isAbsolute(path) && folder !== '' && !/^\.\.(?:\/|$)/.test(folder) ? [{ folder, target }] : [];
  });
}
