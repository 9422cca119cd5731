import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { Engine } from '../../src/engine/engine.js';
import { engineInfo } from '../../src/engine/system.js';
import { candidatesHere } from '../../src/engine/this-machine.js';
import { type Log, runCommand } from './machine/commands.js';
import { ensurePackages } from './machine/packages.js';
import { waitFor } from './machine/waiting.js';

/** An engine of this machine's own, found as the extension finds it. */
export interface HostEngine {
  /** As in DOCKER_HOST. */
  host: string;
  version: string;
}

const daemonLog = '/var/log/research-containers-dockerd.log';
const startWithin = 60_000;

/**
 * Finds the engine that the extension would find. Where there is none, installs and starts Docker's own from Debian's or
 * Ubuntu's packages, as root.
 *
 * @throws Error that says exactly what to install or start where this cannot be done here.
 */
export async function ensureHostEngine(log: Log, signal: AbortSignal): Promise<HostEngine> {
  const found = await findEngine().catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
  if (!(found instanceof Error)) return found;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`${found.message} ${advice()}`);
  }
  log('No Docker Engine is running: installing and starting one (docker.io).');
  await ensurePackages(['docker.io', 'iptables'], log, { signal });
  if (existsSync('/run/systemd/system')) await runCommand(['systemctl', 'start', 'docker'], { signal });
  else if (!existsSync('/var/run/docker.pid') || !isRunning(Number(readFileSync('/var/run/docker.pid', 'utf8')))) {
    const output = openSync(daemonLog, 'a');
    spawn('dockerd', [], { detached: true, stdio: ['ignore', output, output] }).unref();
  }
  return waitFor('the Docker Engine', () => findEngine().catch(() => undefined), {
    within: startWithin,
    signal,
    explain: () => (existsSync(daemonLog) ? readFileSync(daemonLog, 'utf8').slice(-4000) : ''),
  });
}

async function findEngine(): Promise<HostEngine> {
  const nothing = (): void => undefined;
  const engine = new Engine(() => Promise.resolve(candidatesHere('', undefined)), {
    info: nothing,
    warn: nothing,
    error: nothing,
  });
  try {
    const connection = await engine.connect();
    const { version } = await engineInfo(connection);
    return { host: connection.endpoint.host, version };
  } finally {
    engine.dispose();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function advice(): string {
  switch (process.platform) {
    case 'darwin':
    case 'win32':
      return 'Install and start Docker Desktop: https://docs.docker.com/desktop/.';
    default:
      return 'Install Docker Engine (https://docs.docker.com/engine/install/), start it with “sudo systemctl start docker”, and join its group with “sudo usermod -aG docker $USER”.';
  }
}
