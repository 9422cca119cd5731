import { dirname } from 'node:path';
import { type EngineConnection } from '../engine/connection.js';
import { listContainers } from '../engine/containers.js';
import { Failure } from '../host/failure.js';
import { openApplication, requireServices } from './application.js';
import { madeElsewhere, otherApplication } from './elsewhere.js';
import { projectsMadeFrom } from './made-from.js';
import { type ComposeProject, type Service } from './model.js';
import { projectContainers, type ProjectContainer } from './observed.js';

/** An application that may be running, as far as its files or its containers tell. */
export interface KnownProject {
  name: string;
  /** Those that the files describe; empty where they cannot be read any more. */
  services: readonly Service[];
  /** Identifiers of containers that have the name, too, and were made from files of another folder. */
  elsewhere: readonly string[];
}

interface Wanted {
  file: string;
  overrides?: readonly string[] | undefined;
  services?: readonly string[] | undefined;
}

/**
 * Finds the project of a compose file. What was made from a file is known by its labels even when the file is broken by now, or was
 * brought up under another name.
 *
 * Rejects what `openApplication` rejects where the engine has nothing that was made from the file, and `name-in-use` where all
 * that it has under the name was made from a file of another folder.
 */
export async function knownProject(
  connection: EngineConnection,
  { file, overrides, services = [] }: Wanted,
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<KnownProject> {
  const containers = await listContainers(connection, signal);
  const [made, ...others] = projectsMadeFrom(file, containers);
  const only = others.length === 0 ? made : undefined;
  try {
    const { project } = await openApplication(file, environment, { overrides, signal });
    const named = projectContainers(containers, project.name);
    const elsewhere = await madeElsewhere(project, named);
    const isThere = named.length > (elsewhere?.containers.length ?? 0);
    if (!isThere && only === undefined && elsewhere !== undefined) {
      throw otherApplication(project.name, elsewhere, 'Open that file to go on with it: this one has no containers.');
    }
    const name = isThere ? project.name : (only ?? project.name);
    const running = new Set(projectContainers(containers, name).map(({ service }) => service));
    requireServices(
      project,
      services.filter((service) => !running.has(service)),
    );
    return {
      name,
      services: project.services,
      elsewhere: await elsewhereOf(project, projectContainers(containers, name)),
    };
  } catch (error) {
    const isBroken =
      error instanceof Failure && (error.reason === 'compose-invalid' || error.reason === 'file-not-found');
    if (!isBroken || only === undefined) throw error;
    const folder = { folder: dirname(file), files: [file] };
    return { name: only, services: [], elsewhere: await elsewhereOf(folder, projectContainers(containers, only)) };
  }
}

async function elsewhereOf(
  project: Pick<ComposeProject, 'folder' | 'files'>,
  containers: readonly ProjectContainer[],
): Promise<string[]> {
  const elsewhere = await madeElsewhere(project, containers);
  return (elsewhere?.containers ?? []).map(({ container }) => container.id);
}
