import { Failure } from '../../host/failure.js';
import { drop, ownerOf } from './change.js';
import { hostTar } from './host-tar.js';
import { below, partialName, uniqueSuffix } from './paths.js';
import { runChange, somethingThere } from './shell.js';
import { type View } from './view.js';
import { notFound } from './archive.js';

/**
 * Copies files and folders of the host into a folder, for its owner. They grow beside their names, and take them when all are whole;
 * where there is no shell, the engine writes them under their names. Folders that are there are kept, with what else is in them.
 *
 * Rejects `file-not-found`, `not-a-folder`, `file-exists` where a file is to take the place of a folder, `disk-full`,
 * `place-read-only`, `cancelled`.
 */
export async function upload(
  view: View,
  sources: readonly string[],
  path: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { path: folder, stat } = await view.follow(path);
  if (stat === undefined) throw notFound(path);
  if (stat.kind !== 'folder') {
    throw new Failure('not-a-folder', `${path} is no folder.`, 'Choose the folder that it is in.');
  }
  const { archive, carrier, connection, signal } = view;
  const { uid, gid } = await ownerOf(view, folder);
  const staging = carrier.hasShell ? partialName('upload', uniqueSuffix()) : undefined;
  // A file that cannot be read must be told as that, and not as the end of the request.
  let failure: unknown;
  const tar = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* hostTar(sources, { owner: { uid, gid }, folder: staging, signal, onBytes });
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  try {
    await archive.put(folder, tar(), signal).catch((error: unknown) => {
      throw failure ?? error;
    });
    if (staging !== undefined)
      await runChange(connection, carrier, mergeScript, [below(folder, staging), folder], signal);
  } catch (error) {
    if (staging !== undefined) await drop(view, below(folder, staging));
    throw error;
  }
}

const mergeScript = `decode "$1"; staging=$decoded
decode "$2"
merge() {
  for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$f" ] || [ -L "$f" ] || continue
    d=$2/\${f##*/}
    if [ -d "$d" ] && [ ! -L "$d" ]; then
      if [ ! -d "$f" ] || [ -L "$f" ]; then return ${String(somethingThere)}; fi
      (merge "$f" "$d") || return
    else
      if [ -L "$d" ]; then rm -f "$d" || return; fi
      if [ -d "$f" ] && [ -e "$d" ]; then rm -f "$d" || return; fi
      mv -f "$f" "$d" || return
    fi
  done
}
merge "$staging" "$decoded" || exit
rm -rf "$staging"
`;
