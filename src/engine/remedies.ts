import { type Diagnosis, type Trouble } from './diagnose.js';
import { type Endpoint } from './endpoint.js';
import { quoted } from './ssh/ssh-command.js';

/** What helps: a command for a terminal, that a person reads and runs, or a page. */
export type Remedy = { label: string } & ({ kind: 'terminal'; command: string } | { kind: 'link'; url: string });

/** What can be done about a diagnosis on this platform, the best first; none where only a person can think of it. */
export function remediesFor(diagnosis: Diagnosis, platform: NodeJS.Platform): Remedy[] {
  if (diagnosis.state === 'ok') return [];
  const { endpoint, state } = diagnosis;
  const found = [...remediesOf(endpoint, state, platform)];
  // A context that leads nowhere keeps all other engines from being found.
  if (endpoint.source === 'current-context' && state !== 'no-permission') {
    found.push({ label: 'Use the Default Context', kind: 'terminal', command: 'docker context use default' });
  }
  return found;
}

function remediesOf(endpoint: Endpoint, state: Trouble, platform: NodeJS.Platform): Remedy[] {
  const { address } = endpoint;
  const onSshHost = (label: string, remote: string): Remedy[] =>
    address.kind === 'ssh' ? [{ label, kind: 'terminal', command: sshLine(endpoint, remote) }] : [];
  switch (state) {
    case 'not-running':
    case 'not-there':
      if (address.kind === 'ssh') return onSshHost('Start Docker on the Host', 'sudo systemctl start docker');
      return startOf(endpoint, state, platform);
    case 'no-permission': {
      const join = 'sudo usermod -aG docker $USER';
      if (address.kind === 'ssh') return onSshHost('Join the Group “docker” There', join);
      return platform === 'linux' ? [{ label: 'Join the Group “docker”', kind: 'terminal', command: join }] : [];
    }
    case 'host-key-unknown':
      return onSshHost('Connect Once in a Terminal', '');
    case 'ssh-denied':
      return [
        { label: 'Load Keys into the Agent', kind: 'terminal', command: 'ssh-add' },
        ...onSshHost('Connect in a Terminal', ''),
      ];
    case 'tls-refused':
      return [page('How Docker Uses TLS', 'https://docs.docker.com/engine/security/protect-access/')];
    case 'unreachable':
      return onSshHost('Connect in a Terminal', '');
    case 'unsupported':
      return [];
  }
}

function startOf({ name }: Endpoint, state: Trouble, platform: NodeJS.Platform): Remedy[] {
  const command = startCommand(name, platform);
  const install = page('Get Docker', 'https://docs.docker.com/get-started/get-docker/');
  // Nothing at a place can mean that the product was never installed: the page comes first then.
  if (command === undefined) return [install];
  const start: Remedy = { label: `Start ${name}`, kind: 'terminal', command };
  return state === 'not-running' ? [start] : [start, install];
}

function startCommand(name: string, platform: NodeJS.Platform): string | undefined {
  const profile = /^Colima \((.+)\)$/.exec(name)?.[1];
  if (profile !== undefined) return `colima start ${quoted(profile)}`;
  switch (name) {
    case 'Docker':
    case 'Docker Desktop':
    case 'Docker Desktop (Linux)':
      return desktopStart(platform);
    case 'Docker Desktop (WSL)':
      return `powershell.exe -Command ${quoted(desktopStart('win32'))}`;
    case 'Docker Engine':
      return platform === 'linux' ? 'sudo systemctl start docker' : desktopStart(platform);
    case 'Rootless Docker':
      return 'systemctl --user start docker';
    case 'Podman':
      return platform === 'linux' ? 'systemctl --user start podman.socket' : 'podman machine start';
    case 'Podman (root)':
      return 'sudo systemctl start podman.socket';
    case 'Podman Machine':
    case 'Podman Machine (older)':
      return 'podman machine start';
    case 'Colima':
      return 'colima start';
    case 'OrbStack':
      return 'open -a OrbStack';
    case 'Rancher Desktop':
      return 'rdctl start';
    default:
      return undefined;
  }
}

function desktopStart(platform: NodeJS.Platform): string {
  switch (platform) {
    case 'darwin':
      return 'open -a Docker';
    case 'win32':
      return 'Start-Process "$Env:ProgramFiles\\Docker\\Docker\\Docker Desktop.exe"';
    default:
      return 'systemctl --user start docker-desktop';
  }
}

function page(label: string, url: string): Remedy {
  return { label, kind: 'link', url };
}

function sshLine({ address }: Endpoint, remote: string): string {
  if (address.kind !== 'ssh') return remote;
  const { user, hostname, port } = address.target;
  const parts = [
    'ssh',
    ...(remote === '' ? [] : ['-t']),
    ...(user === undefined ? [] : ['-l', quoted(user)]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    quoted(hostname),
    ...(remote === '' ? [] : [quoted(remote)]),
  ];
  return parts.join(' ');
}
