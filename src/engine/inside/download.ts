import { lstat, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asFailure, cancelled, Failure } from '../../host/failure.js';
import { streamFailure } from '../connection.js';
import { notFound } from './archive.js';
import { type engineTar } from './engine-tar.js';
import { alreadyThere } from './shell.js';
import { below, uniqueSuffix } from './paths.js';
import { Unpacking } from './unpacking.js';
import { type View } from './view.js';

/**
 * Copies a file, or a folder with all that is in it, to the host. It grows beside its name, and gets it when it is whole.
 *
 * Rejects `file-not-found`, `not-a-file` for a device, `file-exists`, `disk-full`, `folder-not-writable`, `cancelled`.
 */
export async function download(
  view: View,
  path: string,
  to: string,
  onBytes: (bytes: number) => void,
): Promise<{ leftOut: string[] }> {
  const { path: source, stat } = await view.follow(path);
  if (stat === undefined) throw notFound(path);
  if (stat.kind !== 'file' && stat.kind !== 'folder') {
    throw new Failure('not-a-file', `${path} is neither a file nor a folder.`, 'Choose another one.');
  }
  await requireFree(to);
  const isFolder = stat.kind === 'folder';
  const tar = view.archive.members(isFolder ? below(source, '.') : source, view.signal);
  return await unpackTo(tar, isFolder, to, { signal: view.signal, onBytes }).catch((error: unknown) => {
    throw streamFailure(error, view.connection, 'The download', view.signal);
  });
}

/** Unpacks a tar of one file, or of a folder, at a path of the host where nothing is. */
export async function unpackTo(
  tar: ReturnType<typeof engineTar>,
  isFolder: boolean,
  to: string,
  { signal, onBytes }: { signal: AbortSignal; onBytes: (bytes: number) => void },
): Promise<{ leftOut: string[] }> {
  const partial = join(dirname(to), `${basename(to)}.partial-${uniqueSuffix()}`);
  try {
    const unpacking = new Unpacking(partial, isFolder, onBytes);
    for await (const { member, content } of tar) {
      if (signal.aborted) throw cancelled('The download');
      await unpacking.add(member, content);
    }
    unpacking.finish();
    await requireFree(to);
    if (signal.aborted) throw cancelled('The download');
    await rename(partial, to).catch((error: unknown) => {
      throw asFailure(error, 'The download');
    });
    return { leftOut: unpacking.leftOut };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function requireFree(to: string): Promise<void> {
  const there = await lstat(to).catch(() => undefined);
  if (there !== undefined) throw alreadyThere(to);
}
