import { stat } from 'node:fs/promises';
import { Failure } from '../host/failure.js';
import { composeLabels } from './labels.js';
import { isSamePath } from './made-from.js';
import { type ComposeProject } from './model.js';
import { type ProjectContainer } from './observed.js';

/** Containers of another application that has the same name, and the file that it was made from. */
export interface Elsewhere {
  /** Absolute path. */
  file: string;
  containers: readonly ProjectContainer[];
}

/**
 * Finds among the containers of a project's name those that were made from files of another folder, by their labels. Where these files
 * are gone, the folder was moved, or the engine is used from other machines, too: nobody can say that it is another application.
 */
export async function madeElsewhere(
  { folder, files }: Pick<ComposeProject, 'folder' | 'files'>,
  containers: readonly ProjectContainer[],
): Promise<Elsewhere | undefined> {
  const found = await Promise.all(
    containers.map(async (each) => {
      const made = filesOf(each);
      const madeIn = each.container.labels[composeLabels.folder] ?? '';
      const isOurs = made.length === 0 || isSamePath(madeIn, folder) || (await areOf(files, made));
      return isOurs ? [] : [each];
    }),
  );
  const [first, ...others] = found.flat();
  if (first === undefined) return undefined;
  const [file = ''] = filesOf(first);
  return { file, containers: [first, ...others] };
}

/** The Failure where another application's containers would be taken for those of this one. */
export function otherApplication(name: string, { file, containers }: Elsewhere, remedy: string): Failure {
  const names = containers.map(({ container }) => container.name).join(', ');
  return new Failure('name-in-use', `There is another application “${name}”, made from ${file}: ${names}.`, remedy);
}

function filesOf({ container }: ProjectContainer): string[] {
  return (container.labels[composeLabels.files] ?? '').split(',').filter((file) => file !== '');
}

/** Whether one of the files is one of those, by whichever path, or none of them is there. */
async function areOf(files: readonly string[], made: readonly string[]): Promise<boolean> {
  if (made.some((file) => files.some((own) => isSamePath(own, file)))) return true;
  const [own, theirs] = await Promise.all([identitiesOf(files), identitiesOf(made)]);
  return theirs.length === 0 || theirs.some((file) => own.includes(file));
}

/** Of those that are there. */
async function identitiesOf(files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map((file) =>
      stat(file, { bigint: true }).then(
        ({ dev, ino }) => [`${dev}:${ino}`],
        () => [],
      ),
    ),
  );
  return found.flat();
}
