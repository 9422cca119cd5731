import { type EngineConnection } from '../engine/connection.js';
import { asFailure, Failure } from '../host/failure.js';
import { unseenFolder } from '../run/placement.js';
import { type ComposeProject, type Service } from './model.js';

const remedy =
  'Use an engine on this machine, open the folder on the engine’s machine (Remote - SSH), or put the files into the image or a volume.';

/**
 * Rejects `folder-not-shared` where a container that is not started yet would see a folder or file of its engine's own host in
 * place of one of this machine; files that are secrets and configs are among them.
 */
export async function requireFolders(
  connection: EngineConnection,
  container: string,
  { secrets, configs }: ComposeProject,
  service: Service,
  signal: AbortSignal,
): Promise<void> {
  const granted = [
    ...service.secrets.map((grant) => ({ grant, all: secrets })),
    ...service.configs.map((grant) => ({ grant, all: configs })),
  ].flatMap(({ grant, all }) => {
    const source = all.find(({ key }) => key === grant.source)?.source;
    return source?.kind === 'file' ? [{ source: source.file, target: grant.target }] : [];
  });
  const binds = service.mounts.filter((mount) => mount.kind === 'bind');
  const unseen = await unseenFolder(connection, container, [...binds, ...granted], signal);
  if (unseen === undefined) return;
  throw new Failure(
    'folder-not-shared',
    `The service “${service.name}” is to see ${unseen.source}, and the engine does not have it: it runs on another machine, or does not share that folder.`,
    remedy,
  );
}

/** The engine's word that it cannot bind a path, as one about a service; other failures are as they were. */
export function notShared({ name }: Service, error: unknown): Failure {
  const failure = asFailure(error, `Starting “${name}”`);
  if (failure.reason !== 'output-not-writable') return failure;
  const message = `The service “${name}”: ${failure.message}`;
  return new Failure('folder-not-shared', message, `Make it there. ${remedy}`, { cause: error });
}
