import { type BuildRecord } from '../build/record.js';
import { type FinishedRecord } from '../run/record.js';
import { type Check } from './check.js';
import { type ArchivedImage } from './description.js';
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
  secrets: 'not-searched' | readonly { where: string; what: string }[];
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

/** The recorded runs of the very images in the bundle. */
export function runsOfImages({ images, runs }: ChecklistParts): FinishedRecord[] {
  return runs.filter(({ image }) =>
    images.some(
      ({ configDigest, diffIds }) =>
        configDigest === image.configDigest || (image.diffIds.length > 0 && diffIds.join() === image.diffIds.join()),
    ),
  );
}

/** At most three of a list, and how many more there are. */
export function some(items: readonly string[]): string {
  const more = items.length - 3;
  return `${items.slice(0, 3).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
