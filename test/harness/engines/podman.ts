import { join } from 'node:path';
import { type Log } from '../machine/commands.js';
import { ensurePackages } from '../machine/packages.js';

/**
 * Sees to it that Debian's podman and skopeo are there: readers of image archives other than Docker.
 *
 * @throws Error that says what to install, when this process cannot install it.
 */
export function ensurePodmanAndSkopeo(log: Log, options: { signal?: AbortSignal } = {}): Promise<void> {
  // runc: podman's own choice, crun, refuses machines that have the first and the second kind of cgroups at once.
  return ensurePackages(['podman', 'runc', 'skopeo'], log, options);
}

/** The command line of `podman` with these arguments and with its images below `folder`, away from the machine's own. */
export function podmanCommand(folder: string, args: readonly string[]): string[] {
  const storage = [`--root=${join(folder, 'root')}`, `--runroot=${join(folder, 'run')}`, '--storage-driver=vfs'];
  return ['podman', ...storage, '--cgroup-manager=cgroupfs', '--events-backend=none', '--runtime=runc', ...args];
}

/** Arguments of `podman run` for one container without a network that is removed when it ends. */
export function podmanRun(image: string, command: readonly string[]): string[] {
  // Podman raises the limits as far as it can think of, which even root may not do everywhere.
  const limits = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'];
  return ['run', '--rm', '--network=none', ...limits, image, ...command];
}
