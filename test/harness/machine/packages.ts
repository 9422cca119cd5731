import { runCommand, succeeds, type Log } from './commands.js';
import { withLock } from './lock.js';

/**
 * Installs those of Debian's (or Ubuntu's) packages that are missing, without what they merely recommend.
 *
 * @throws Error that says exactly what to install, when this process is not root or the machine has no apt.
 */
export async function ensurePackages(
  names: readonly string[],
  log: Log,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  if ((await missingPackages(names)).length === 0) return;
  const install = async (): Promise<void> => {
    const missing = await missingPackages(names);
    if (missing.length === 0) return;
    log(`Installing Debian's ${missing.join(', ')} …`);
    try {
      await aptInstall(missing, options);
    } catch {
      options.signal?.throwIfAborted();
      // The lists are fetched only now: most machines have fresh ones, and fetching takes longer than most packages.
      await apt(['update'], options);
      await aptInstall(missing, options);
    }
  };
  await withLock('apt', install, options);
}

async function missingPackages(names: readonly string[]): Promise<string[]> {
  const installable = await succeeds(['dpkg-query', '--version']);
  const missing: string[] = [];
  for (const name of names) {
    if (!installable || !(await isInstalled(name))) missing.push(name);
  }
  if (missing.length > 0 && (!installable || process.getuid?.() !== 0)) {
    throw new Error(
      `These programs are missing here: ${missing.join(', ')} (names of Debian's packages). ` +
        `On Debian or Ubuntu install them with: sudo apt-get install --no-install-recommends ${missing.join(' ')}`,
    );
  }
  return missing;
}

async function isInstalled(name: string): Promise<boolean> {
  try {
    const status = await runCommand(['dpkg-query', '--show', '--showformat=${db:Status-Status}', name]);
    return status === 'installed';
  } catch {
    return false;
  }
}

function aptInstall(names: readonly string[], options: { signal?: AbortSignal }): Promise<void> {
  return apt(['install', '--yes', '--no-install-recommends', ...names], options);
}

async function apt(args: readonly string[], options: { signal?: AbortSignal }): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Someone else's apt may be at work: wait for it instead of failing.
  await runCommand(['apt-get', '--quiet', '-o', 'DPkg::Lock::Timeout=300', ...args], { ...options, env });
}
