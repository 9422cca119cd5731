import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Log } from '../machine/commands.js';
import { ensurePackages } from '../machine/packages.js';
import { waitFor } from '../machine/waiting.js';
import { answersPing } from './ask.js';

const UP_WITHIN_MS = 20_000;

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

/** Podman's answer to Docker's API. */
export interface PodmanService {
  host: string;
  dispose(): Promise<void>;
}

/**
 * Starts `podman system service` with images and volumes of its own.
 *
 * @throws Error when it does not answer in time.
 */
export async function startPodmanService(log: Log): Promise<PodmanService> {
  await ensurePodmanAndSkopeo(log);
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-podman-'));
  const socket = join(folder, 'podman.sock');
  const [program = '', ...args] = podmanCommand(folder, ['system', 'service', '--time=0', `unix://${socket}`]);
  // Volumes have a place of their own besides that of the images.
  // Podman raises the limits of containers as far as it can think of, which even root may not do everywhere.
  const configuration = join(folder, 'containers.conf');
  await writeFile(configuration, '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n');
  const environment = {
    ...process.env,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    CONTAINERS_CONF: configuration,
  };
  const child = spawn(program, args, { stdio: 'ignore', env: environment });
  const ended = once(child, 'close');
  await waitFor('podman to answer', () => answersPing(socket), { within: UP_WITHIN_MS });
  return {
    host: `unix://${socket}`,
    dispose: async () => {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Arguments of `podman run` for one container without a network that is removed when it ends. */
export function podmanRun(image: string, command: readonly string[]): string[] {
  // Podman raises the limits as far as it can think of, which even root may not do everywhere.
  const limits = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'];
  return ['run', '--rm', '--network=none', ...limits, image, ...command];
}
