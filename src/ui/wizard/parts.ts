import { type GeneratedFiles } from '../../dockerfile/create-dockerfile.js';
import { isTaken, type PlannedFile, planFiles } from '../../dockerfile/write-files.js';
import { asFailure } from '../../host/failure.js';
import { type Part } from './draft.js';

/** A file that can be made, or why it cannot. */
export type PlannedPart =
  | { kind: 'file'; part: Part; file: PlannedFile; isWanted: boolean }
  | { kind: 'problem'; part: Part; name: string; message: string };

/**
 * The files that the answers make, besides those that are like that already; an earlier Dockerfile that is the same is listed.
 *
 * @param wanted what was said of each; of others, only a README that has a section of its own is left out
 * @param names of the files in the folder
 */
export async function planParts(
  folder: string,
  generated: GeneratedFiles,
  wanted: Partial<Record<Part, boolean>>,
  names: readonly string[],
): Promise<PlannedPart[]> {
  const readme = readmeName(names);
  const parts: [part: Part, name: string][] = [
    ['dockerfile', 'Dockerfile'],
    ['dockerignore', '.dockerignore'],
    ...(readme === undefined ? [] : [['readme', readme] satisfies [Part, string]]),
  ];
  const planned = await Promise.all(
    parts.map(async ([part, name]): Promise<PlannedPart | undefined> => {
      try {
        const none = { dockerfile: undefined, dockerignore: undefined, readme: undefined };
        const [file] = await planFiles(folder, generated, { ...none, [part]: name });
        if (file === undefined || (file.kind === 'merged' && file.before === file.after)) return undefined;
        const isProposed = part !== 'readme' || file.before === undefined || !hasRunSection(file.before);
        return { kind: 'file', part, file, isWanted: wanted[part] ?? isProposed };
      } catch (error) {
        return { kind: 'problem', part, name, message: asFailure(error, `Reading ${name}`).message };
      }
    }),
  );
  return planned.filter((part) => part !== undefined);
}

/** The project's README in Markdown, or how one is called; undefined where it has one in another format. */
export function readmeName(names: readonly string[]): string | undefined {
  const readmes = names.filter((name) => /^readme(?:\.[a-z]+)?$/i.test(name));
  return readmes.find((name) => /\.(?:md|markdown)$/i.test(name)) ?? (readmes.length === 0 ? 'README.md' : undefined);
}

/** Whether a README, in Markdown, has a chapter of its authors' own on how to run the project. */
export function hasRunSection(readme: string): boolean {
  // What this extension has added earlier is between its marks, and is written anew.
  const own = readme.replace(/<!-- research-containers:start -->.*?<!-- research-containers:end -->/s, '');
  return /^(?:#{1,6}\s.*\b(?:run|running|usage|reproduc\w*|quick ?start|getting started|how to use)\b|(?:usage|running)\s*\n[=-]{3,})/im.test(
    own,
  );
}

/** A name for a Dockerfile beside the one that stays: `Dockerfile.research`, or the next that is free. */
export async function nameBeside(folder: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'Dockerfile.research' : `Dockerfile.research-${number}`;
    if (!(await isTaken(folder, name))) return name;
  }
}

/** What would become of a file: `new`, `3 lines are added`. */
export function changeText({ kind, before, after }: PlannedFile): string {
  if (before === undefined) return 'new';
  if (before === after) return 'is like that already';
  if (kind === 'whole') return 'is there already: you see the differences, and are asked, before it is replaced';
  const added = after.split('\n').length - before.split('\n').length;
  if (added <= 0) return 'its section is written anew';
  return added === 1 ? '1 line is added' : `${added} lines are added`;
}
