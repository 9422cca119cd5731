import { posix } from 'node:path';
import * as v from 'valibot';
import { type ImageDetails } from '../engine/images.js';
import { commandLabel, outputLabel } from '../image/own-labels.js';

/** What programs commonly call the folder that they write their results to. */
export const tellingNames: readonly string[] = ['output', 'outputs', 'results', 'out'];

const command = v.pipe(v.string(), v.parseJson(), v.pipe(v.array(v.string()), v.minLength(1)));

/** The container folder that outputs of the image go to: its label, a volume of a telling name, or one in its WORKDIR. */
export function proposeTarget(image: ImageDetails): string {
  const label = image.labels[outputLabel];
  if (label !== undefined && posix.isAbsolute(label)) return posix.normalize(label).replace(/(?<=.)\/$/, '');
  const volume = image.volumes.find((folder) => tellingNames.includes(posix.basename(folder))) ?? image.volumes[0];
  return volume ?? posix.join(image.workingFolder === '' ? '/' : image.workingFolder, 'output');
}

/** The command to propose: the image's label; undefined for the image's own CMD. */
export function proposeCommand(image: ImageDetails): string[] | undefined {
  const parsed = v.safeParse(command, image.labels[commandLabel]);
  return parsed.success ? parsed.output : undefined;
}
