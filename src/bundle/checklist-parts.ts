import { type BuildRecord } from '../build/record.js';
import { parseDockerfile } from '../dockerfile/instructions.js';
import { labels } from '../dockerfile/labels.js';
import { type FinishedRecord } from '../run/record.js';
import { type Check } from './check.js';
import { type ArchivedImage } from './description.js';
import { type Secrets } from './image-secrets.js';
import { isSameImage } from './known-image.js';
import { type ZenodoJson } from './zenodo-json.js';

/** What the reviewers' checklist is answered from. */
export interface ChecklistParts {
  metadata: ZenodoJson;
  /** All of the bundle; sizes in bytes. */
  files: readonly { name: string; size: number }[];
  /** Text of README.md. */
  readme: string;
  images: readonly ArchivedImage[];
  build: BuildRecord | undefined;
  runs: readonly FinishedRecord[];
  /** Text of the Dockerfile. */
  dockerfile: string | undefined;
  /** Names in source.zip; empty where there is none. */
  sourceNames: readonly string[];
  /** The commit that source.zip has the files of; undefined where that is not known. */
  sourceCommit?: string | undefined;
  /** Text of LICENSE; it is not compared where it is undefined. */
  licenceText?: string | undefined;
  /** Text of CITATION.cff; it is not compared where it is undefined. */
  citation?: string | undefined;
  secrets: Secrets;
  /** What “Verify Bundle…” found; empty before it. */
  verification: readonly Check[];
  /** The reserved DOI. */
  doi: string | undefined;
}

/** How a point of the checklist is answered; what is not passed has a remedy. */
export type Answer =
  | { state: 'passed'; message: string }
  | { state: 'failed'; message: string; remedy: string }
  | { state: 'unknown'; message: string; remedy: string };

export function hasFile({ files }: ChecklistParts, wanted: string): boolean {
  return files.some(({ name }) => name === wanted);
}

/** The recorded runs of one very image of the bundle. */
export function runsOf(image: ArchivedImage, { runs }: ChecklistParts): FinishedRecord[] {
  return runs.filter((run) => isSameImage(image, run.image));
}

/** Whether the Dockerfile sets a label of the image itself: a build leaves it alone then, and its record does not have it. */
export function setsLabel({ dockerfile, build }: ChecklistParts, label: string): boolean {
  if (dockerfile === undefined) return false;
  const choices = { buildArguments: build?.buildArguments, target: build?.target };
  return labels(parseDockerfile(dockerfile), choices).includes(label);
}

/** At most three of a list, and how many more there are. */
export function some(items: readonly string[]): string {
  const more = items.length - 3;
  return `${items.slice(0, 3).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
