import { join } from 'node:path';
import { installOnce } from '../machine/cache.js';
import { type Log } from '../machine/commands.js';
import { bootstrap } from './trees.js';

// Goes up when what is in the tree changes, so that an older one in the cache is not taken for it.
const EDITION = '1';

/**
 * The folder with a Debian system that holds Apptainer, which Debian has in sid only; made of Debian's packages when it is
 * not in the cache yet.
 *
 * @throws Error when a package cannot be had, or this process is not root.
 */
export function ensureApptainer(log: Log, options: { signal?: AbortSignal } = {}): Promise<string> {
  const fill = async (target: string): Promise<void> => {
    log('Making a system with Apptainer of Debian sid’s packages, about twenty seconds …');
    const begin = performance.now();
    // Apptainer puts the machine's own names into what it builds, and builds nothing where there are none.
    const finish = ['echo "127.0.0.1 localhost" >"$1/etc/hosts"'];
    await bootstrap({ suite: 'sid', packages: ['apptainer'], target, finish }, log, options);
    log(`It took ${((performance.now() - begin) / 1000).toFixed(1)} s.`);
  };
  return installOnce('apptainer-tree', EDITION, fill, options);
}

/** A program in that system. */
interface Inside {
  /** What `ensureApptainer` answers. */
  tree: string;
  /** The folder that the program sees as /mnt, and starts in. */
  folder: string;
  /** Who runs it; “nobody” and its group have the number 65534. */
  user: 'root' | 'nobody';
}

/**
 * The command line that runs `command` in the system with Apptainer, without a network. What it writes outside the folder is gone
 * when it ends.
 */
export function apptainerSystem({ tree, folder, user }: Inside, command: readonly string[]): string[] {
  const namespaces = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--'];
  const places = ['env', `TREE=${tree}`, `FOLDER=${folder}`, join(__dirname, 'enter-tree.sh')];
  const identity = user === 'root' ? [] : ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'];
  return [...namespaces, ...places, ...identity, ...command];
}
