import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Log, requireRoot, runCommand } from '../machine/commands.js';
import { ensurePackages } from '../machine/packages.js';
import { type ProcessIdentity, signalProcess } from '../machine/processes.js';
import { ensureTestUser } from '../machine/user.js';
import { waitFor } from '../machine/waiting.js';

/** A real sshd on the loopback, and a client that is set up for it. */
export interface SshHost {
  /** What the client's configuration calls the host. */
  name: string;
  port: number;
  /** A PATH in which `ssh` reads that configuration. */
  path: string;
  /** Rewrites the client's file of known hosts. */
  knowHost(known: boolean): Promise<void>;
  /** Has the client show the right key, or one that the host does not know. */
  useKey(right: boolean): Promise<void>;
  /** Ends sshd with all its connections, as a host that goes down. */
  stop(): Promise<void>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

interface SshHostOptions {
  log: Log;
  /** Whether connections to sockets of the host are forwarded. */
  forwarding: boolean;
  /** The program that is the host's `docker` command. */
  docker: string;
}

const UP_WITHIN_MS = 10_000;

/**
 * Sets up an sshd for the unprivileged test user, with keys and configuration of its own, and starts it.
 *
 * @throws Error when this process is not root, or OpenSSH cannot be installed or does not start.
 */
export async function startSshHost({ log, forwarding, docker }: SshHostOptions): Promise<SshHost> {
  requireRoot('Starting an sshd');
  await ensurePackages(['openssh-client', 'openssh-server', 'procps'], log, {});
  const user = await ensureTestUser();
  const folder = await mkdtemp(join(tmpdir(), 'research-containers-sshd-'));
  await chmod(folder, 0o755);
  // The command sshd refuses to run without.
  await mkdir('/run/sshd', { recursive: true });
  for (const key of ['host', 'right', 'wrong']) {
    await runCommand(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)]);
  }
  await runCommand(['cp', join(folder, 'right.pub'), join(folder, 'authorized_keys')]);
  const port = await freePort();
  await mkdir(join(folder, 'commands'));
  await symlink(docker, join(folder, 'commands/docker'));
  const path = [join(folder, 'commands'), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  const serverConfig = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    'PidFile none',
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no',
    // Without it an account that has no password counts as locked.
    'UsePAM yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `AllowStreamLocalForwarding ${forwarding ? 'yes' : 'no'}`,
    `SetEnv PATH=${path}`,
    'MaxStartups 100',
  ];
  await writeFile(join(folder, 'sshd_config'), `${serverConfig.join('\n')}\n`);
  const name = 'lab';
  const useKey = async (right: boolean): Promise<void> => {
    const clientConfig = [
      `Host ${name}`,
      '  HostName 127.0.0.1',
      `  Port ${port}`,
      `  User ${user.name}`,
      `  IdentityFile ${join(folder, right ? 'right' : 'wrong')}`,
      '  IdentitiesOnly yes',
      '  IdentityAgent none',
      `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
      '  GlobalKnownHostsFile none',
    ];
    await writeFile(join(folder, 'config'), `${clientConfig.join('\n')}\n`);
  };
  const knowHost = async (known: boolean): Promise<void> => {
    const [type = '', key = ''] = (await runCommand(['cat', join(folder, 'host.pub')])).split(' ');
    await writeFile(join(folder, 'known_hosts'), known ? `[127.0.0.1]:${port} ${type} ${key}\n` : '');
  };
  await useKey(true);
  await knowHost(true);
  await mkdir(join(folder, 'bin'));
  const wrapper = `#!/bin/sh\nexec /usr/bin/ssh -F '${join(folder, 'config')}' "$@"\n`;
  await writeFile(join(folder, 'bin/ssh'), wrapper, { mode: 0o755 });

  let pid: number | undefined;
  const start = async (): Promise<void> => {
    const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' });
    pid = child.pid;
    await waitFor('sshd to listen', () => listens(port), { within: UP_WITHIN_MS });
  };
  const stop = async (): Promise<void> => {
    if (pid === undefined) return;
    // Each connection has processes of its own; once the first one is gone, nothing tells whose they are.
    const ended = await withDescendants(pid);
    pid = undefined;
    for (const each of ended) await signalProcess(each, 'SIGKILL');
    await waitFor('sshd to end', async () => !(await listens(port)), { within: UP_WITHIN_MS });
  };
  await start();
  return {
    name,
    port,
    path: [join(folder, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
    knowHost,
    useKey,
    start,
    stop,
    dispose: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A process and all that it has started, parents first. */
async function withDescendants(pid: number): Promise<ProcessIdentity[]> {
  const listed = (await runCommand(['ps', '-e', '-o', 'pid=,ppid='])).trim().split('\n');
  const parents = listed.map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const each of found) found.push(...parents.filter(([, parent]) => parent === each).map(([child = 0]) => child));
  return found.map((each) => ({ pid: each }));
}

/** A port of the loopback that nothing listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port);
        else reject(new Error('There is no free port.'));
      });
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
