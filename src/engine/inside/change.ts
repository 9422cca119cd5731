import { Failure } from '../../host/failure.js';
import { tarEnd, tarHeader, tarPadding } from '../tar/write-tar.js';
import { notFound } from './archive.js';
import { below, partialName, splitPath, uniqueSuffix } from './paths.js';
import { alreadyThere, runChange, somethingThere } from './shell.js';
import { type View } from './view.js';

/** How long the removal of what is not whole may take, in milliseconds: it is done after a cancel, too. */
const patience = 10_000;

/**
 * Writes a file: beside it under a name of its own, which then takes its place. Where there is no shell, the engine writes it under
 * its own name, and a file that does not fit is left cut off.
 */
export async function writeFile(view: View, path: string, content: Uint8Array): Promise<void> {
  const { path: file, stat } = await view.follow(path);
  if (stat !== undefined && stat.kind !== 'file') {
    throw new Failure('not-a-file', `${path} is no file.`, 'Choose a file, or another name.');
  }
  const { folder, name } = splitPath(file);
  const { archive, carrier, connection, signal } = view;
  const { uid, gid, mode } = await ownerOf(view, stat === undefined ? folder : file);
  const written = carrier.hasShell ? partialName(name, uniqueSuffix()) : name;
  const tar = [
    tarHeader({
      name: written,
      kind: 'file',
      size: content.length,
      modified: Date.now(),
      mode: stat === undefined ? 0o644 : mode,
      uid,
      gid,
      target: '',
    }),
    content,
    tarPadding(content.length),
    tarEnd,
  ];
  try {
    await archive.put(folder, chunksOf(tar), signal);
    if (written === name) return;
    await runChange(connection, carrier, takePlaceScript, [below(folder, written), file], signal);
  } catch (error) {
    if (written !== name) await drop(view, below(folder, written));
    throw error;
  }
}

/** Makes a folder that belongs to the owner of the one it is in. Rejects `file-exists`. */
export async function makeFolder(view: View, path: string): Promise<void> {
  const { path: made, stat } = await view.follow(path, 'keep');
  if (stat !== undefined) throw alreadyThere(path);
  const { folder, name } = splitPath(made);
  const { uid, gid } = await ownerOf(view, folder);
  const header = tarHeader({
    name: `${name}/`,
    kind: 'folder',
    size: 0,
    modified: Date.now(),
    mode: 0o755,
    uid,
    gid,
    target: '',
  });
  await view.archive.put(folder, chunksOf([header, tarEnd]), view.signal);
}

/** Removes what is at a path itself, a link and not what it leads to, with all that is below. */
export async function removePath(view: View, path: string): Promise<void> {
  const { path: removed, stat } = await view.follow(path, 'keep');
  if (stat === undefined) throw notFound(path);
  splitPath(removed);
  requireShell(view);
  await runChange(view.connection, view.carrier, removeScript, [removed], view.signal);
}

/** Gives what is at a path itself another one; what is there is replaced only whole. */
export async function renamePath(view: View, from: string, to: string, replace: boolean): Promise<void> {
  const [source, target] = [await view.follow(from, 'keep'), await view.follow(to, 'keep')];
  if (source.stat === undefined) throw notFound(from);
  if (source.path === target.path) return;
  splitPath(source.path);
  if (`${target.path}/`.startsWith(`${source.path}/`)) {
    throw new Failure('invalid-argument', `${from} cannot be moved into itself.`, 'Choose another folder.');
  }
  if (target.stat !== undefined && !replace) throw alreadyThere(to);
  requireShell(view);
  const { folder, name } = splitPath(target.path);
  const aside = below(folder, partialName(name, uniqueSuffix()));
  const script = replace ? replaceScript : renameScript;
  await runChange(view.connection, view.carrier, script, [source.path, aside, target.path], view.signal);
}

/** Removes what is not whole, if it can be done. */
export async function drop({ connection, carrier }: View, path: string): Promise<void> {
  await runChange(connection, carrier, removeScript, [path], AbortSignal.timeout(patience)).catch(() => undefined);
}

/** Who owns what is at a path, and its mode. */
export async function ownerOf(
  { archive, signal }: View,
  path: string,
): Promise<{ uid: number; gid: number; mode: number }> {
  const member = await archive.member(path, signal);
  if (member === undefined) throw notFound(path);
  const { uid, gid, mode } = member;
  return { uid, gid, mode };
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) if (chunk.length > 0) yield await Promise.resolve(chunk);
}

function requireShell({ carrier }: View): void {
  if (carrier.hasShell) return;
  throw new Failure(
    'place-read-only',
    'Names cannot be changed and things cannot be removed there: that needs a shell, and none runs there.',
    'Start the container, or pull a small image that has a shell (busybox, for example), then try again.',
  );
}

const takePlaceScript = `decode "$1"; from=$decoded
decode "$2"; to=$decoded
[ ! -d "$to" ] || exit ${String(somethingThere)}
mv -f "$from" "$to"
`;

const removeScript = 'decode "$1"; rm -rf "$decoded"';

/** A link to a folder counts as a folder for `mv`, which would move into it. */
const renameScript = `decode "$1"; from=$decoded
decode "$3"; to=$decoded
if [ -e "$to" ] || [ -L "$to" ]; then exit ${String(somethingThere)}; fi
mv -n "$from" "$to" || exit
if [ -e "$from" ] || [ -L "$from" ]; then exit ${String(somethingThere)}; fi
`;

/** A file takes the place of a file in one step; a folder first goes aside, and comes back where that fails. */
const replaceScript = `decode "$1"; from=$decoded
decode "$2"; aside=$decoded
decode "$3"; to=$decoded
if [ ! -d "$from" ] && [ ! -d "$to" ]; then mv -f "$from" "$to"; exit; fi
if [ -e "$to" ] || [ -L "$to" ]; then mv "$to" "$aside" || exit; fi
if mv "$from" "$to"; then rm -rf "$aside"; exit; fi
code=$?
if [ -e "$aside" ] || [ -L "$aside" ]; then mv "$aside" "$to"; fi
exit $code
`;
