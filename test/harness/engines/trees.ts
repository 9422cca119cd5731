import { join } from 'node:path';
import { installOnce } from '../machine/cache.js';
import { requireRoot, runCommand, type Log } from '../machine/commands.js';
import { ensurePackages } from '../machine/packages.js';

/** The Debian release that an engine is taken from. */
export type Suite = 'bookworm' | 'sid';

const PACKAGES: Record<Suite, readonly string[]> = {
  bookworm: [],
  sid: ['docker-cli', 'docker-buildx', 'docker-compose'],
};
const COMMON_PACKAGES = ['docker.io', 'docker-registry', 'tini', 'iptables', 'ca-certificates'];
// Goes up when the packages change, so that an older tree in the cache is not taken for this one.
const EDITION = '1';

/**
 * The folder with a Debian system that holds an engine, its command line tools and a registry; made of Debian's
 * packages when it is not in the cache yet.
 *
 * @throws Error when a package cannot be had, or this process is not root.
 */
export function ensureTree(suite: Suite, log: Log, options: { signal?: AbortSignal } = {}): Promise<string> {
  const fill = async (folder: string): Promise<void> => {
    log(`Making an engine's system of Debian ${suite}'s packages, about half a minute …`);
    await bootstrap({ suite, packages: [...COMMON_PACKAGES, ...PACKAGES[suite]], target: folder }, log, options);
  };
  return installOnce(`engine-tree-${suite}`, EDITION, fill, options);
}

/** The `docker` command line of an engine's system; unlike the other programs there it runs as it is. */
export async function dockerCommand(log: Log, options: { signal?: AbortSignal } = {}): Promise<string> {
  return join(await ensureTree('sid', log, options), 'usr/bin/docker');
}

interface Bootstrap {
  suite: Suite;
  packages: readonly string[];
  /** An empty folder, or a file to be made whose name ends in .tar or .tar.gz. */
  target: string;
  /** minbase: a system that runs; extract: only the packages' files. */
  variant?: 'minbase' | 'extract';
  /** As Debian names it; the machine's own when left out. */
  architecture?: string;
  /** Paths that are left out, as dpkg's patterns. */
  without?: readonly string[];
  /** Commands for the system when it is whole; `$1` is its folder. */
  finish?: readonly string[];
}

/**
 * Makes a Debian system in a folder or a tar.
 *
 * @throws Error with the tail of mmdebstrap's output when it fails, or when this process is not root.
 */
export async function bootstrap(wanted: Bootstrap, log: Log, options: { signal?: AbortSignal } = {}): Promise<void> {
  requireRoot('Making a Debian system');
  await ensurePackages(['mmdebstrap', 'debian-archive-keyring'], log, options);
  const architecture = wanted.architecture === undefined ? [] : [`--architectures=${wanted.architecture}`];
  const command = [
    'mmdebstrap',
    `--variant=${wanted.variant ?? 'minbase'}`,
    // A mirror that is behind for some days is as good as any here.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    `--include=${wanted.packages.join(',')}`,
    ...architecture,
    ...(wanted.without ?? []).map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    ...(wanted.finish ?? []).map((line) => `--customize-hook=${line}`),
    wanted.suite,
    wanted.target,
  ];
  await runCommand(command, options);
}
