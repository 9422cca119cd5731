import { Failure } from '../../host/failure.js';
import { listFolder } from './list-folder.js';
import { partsOf, pathOf } from './paths.js';
import { type Entry } from './place.js';
import { runScript } from './shell.js';
import { type View } from './view.js';

/** What is read of such a file at most, in bytes: some have no end. */
const largest = 50_000_000;

/**
 * What is at a path by the programs of the container: the engine's archive does not see what a running container has mounted for
 * itself, as /proc and a tmpfs. Undefined where there is nothing, and for a link: one that leads somewhere was followed already.
 */
export async function statByShell(view: View, path: string, budget: number): Promise<Entry | undefined> {
  const parts = partsOf(path);
  const name = parts.pop();
  if (name === undefined) return undefined;
  const { entries } = await listFolder(view, pathOf(parts), budget);
  const entry = entries.find((each) => each.name === name);
  return entry?.kind === 'link' ? undefined : entry;
}

/** The content of such a file, up to 50 MB. Rejects `file-not-found`, `not-a-file`. */
export async function readByShell(view: View, path: string): Promise<Uint8Array> {
  const script = 'decode "$1"; [ -f "$decoded" ] && exec cat -- "$decoded"';
  const options = { signal: view.signal, limit: largest };
  const { exitCode, stdout, isWhole } = await runScript(view.connection, view.carrier, script, [path], options);
  if (isWhole && exitCode === 0) return stdout;
  throw new Failure(
    'not-a-file',
    isWhole ? `${path} cannot be read.` : `${path} has more than 50 MB, or no end.`,
    'Open a shell in the container to look at it.',
  );
}

/** Whether a container's own programs may know better. */
export function isUnseen(error: unknown, view: View): boolean {
  return error instanceof Failure && error.reason === 'file-not-found' && !view.isVolume && view.carrier.hasShell;
}
