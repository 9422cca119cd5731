import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { writeToContainer } from '../engine/container-files.js';
import { type EngineConnection } from '../engine/connection.js';
import { addEntry, bytesOf, collect } from '../engine/saved-image/tar-entries.js';
import { type ComposeProject, type Service } from './model.js';

/**
 * Puts the secrets and configs that are no files of the host into a container that is not started yet; the others are
 * bound.
 */
export async function placeGrants(
  connection: EngineConnection,
  container: string,
  project: ComposeProject,
  service: Service,
  signal: AbortSignal,
): Promise<void> {
  const grants = [
    ...service.secrets.map((grant) => ({ grant, all: project.secrets })),
    ...service.configs.map((grant) => ({ grant, all: project.configs })),
  ];
  for (const { grant, all } of grants) {
    const source = all.find(({ key }) => key === grant.source)?.source;
    if (source === undefined || source.kind === 'file') continue;
    const content = Buffer.from(source.kind === 'content' ? source.content : source.value);
    const tar = pack();
    const name = posix.relative('/', posix.resolve('/', grant.target));
    const owner = { uid: Number(grant.uid ?? 0), gid: Number(grant.gid ?? 0) };
    const adding = addEntry(tar, { name, mode: grant.mode ?? 0o444, ...owner }, content);
    tar.finalize();
    const [bytes] = await Promise.all([collect(bytesOf(tar)), adding]);
    await writeToContainer(connection, container, '/', Readable.from([bytes]), signal);
  }
}
