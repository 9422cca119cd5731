import { type Inside } from '../../engine/inside/place.js';
import { Failure, type Reason } from '../../host/failure.js';
import { formatSize } from '../../host/quantities.js';
import { baseName } from './place-uri.js';

/** Larger files, in bytes, are not opened in an editor: it wants them whole, in memory. */
export const largestOpened = 50_000_000;

/**
 * The whole content of a file. Rejects `file-unreadable` for one that is larger than the limit in bytes, whatever its size was said to
 * be: files that programs make up as they are read say 0.
 */
export async function readWhole(
  inside: Inside,
  path: string,
  signal: AbortSignal,
  limit = largestOpened,
): Promise<Uint8Array> {
  const { size } = await inside.stat(path, signal);
  if (size > limit) throw tooLarge(path, formatSize(size));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of inside.read(path, signal)) {
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge(path, `more than ${formatSize(limit)}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(path: string, size: string): Failure {
  return new Failure(
    'file-unreadable',
    `${baseName(path)} has ${size}: too much to be opened here.`,
    'Use “Download…” to copy it to your disk, and open it there.',
  );
}

/**
 * Writes a file as an editor asks for it, and says whether it is a new one. Rejects `file-not-found` where it is not there and may not
 * be created, `file-exists` where it is and may not be overwritten, `not-a-file` for a folder.
 */
export async function writeWhole(
  inside: Inside,
  path: string,
  content: Uint8Array,
  { create, overwrite }: { create: boolean; overwrite: boolean },
  signal: AbortSignal,
): Promise<'created' | 'changed'> {
  const there = await kindAt(inside, path, signal);
  if (there === 'folder') {
    throw new Failure('not-a-file', `${path} is a folder.`, 'Choose another name.');
  }
  if (there === undefined && !create) {
    throw new Failure('file-not-found', `There is no ${path}.`, 'It may have been removed meanwhile.');
  }
  if (there !== undefined && !overwrite) {
    throw new Failure('file-exists', `There is ${path} already.`, 'Choose another name.');
  }
  await inside.write(path, content, signal);
  return there === undefined ? 'created' : 'changed';
}

async function kindAt(inside: Inside, path: string, signal: AbortSignal): Promise<'folder' | 'file' | undefined> {
  try {
    return (await inside.stat(path, signal)).kind === 'folder' ? 'folder' : 'file';
  } catch (error) {
    if (error instanceof Failure && error.reason === 'file-not-found') return undefined;
    throw error;
  }
}

/** Which error of VS Code's file systems says the same as a reason of ours. */
export function fileSystemErrorOf(
  reason: Reason,
): 'FileNotFound' | 'FileExists' | 'FileIsADirectory' | 'FileNotADirectory' | 'NoPermissions' | 'Unavailable' {
  switch (reason) {
    case 'file-not-found':
    case 'container-not-found':
    case 'volume-not-found':
    case 'image-not-found':
      return 'FileNotFound';
    case 'file-exists':
      return 'FileExists';
    case 'not-a-file':
      return 'FileIsADirectory';
    case 'not-a-folder':
      return 'FileNotADirectory';
    case 'place-read-only':
    case 'folder-not-writable':
    case 'untrusted-workspace':
      return 'NoPermissions';
    default:
      return 'Unavailable';
  }
}
