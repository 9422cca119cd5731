import { Failure } from '../../host/failure.js';

/** The one place where ssh's own words become reasons. The first pattern that matches the words counts. */
const meanings: readonly { pattern: RegExp; failure: (host: string, words: string) => Failure }[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    failure: (host) =>
      new Failure(
        'ssh-host-key-unknown',
        `The key of the host ${host} is not the one that ssh knows.`,
        'Ask who runs the host whether it was set up anew. If so: “ssh-keygen -R” with its name, then connect once in a terminal.',
      ),
  },
  {
    pattern: /Host key verification failed|No .* host key is known/,
    failure: (host) =>
      new Failure(
        'ssh-host-key-unknown',
        `ssh does not know the key of the host ${host} yet.`,
        'Connect to it once in a terminal with ssh, and compare the key that it shows.',
      ),
  },
  {
    pattern: /Permission denied|Too many authentication failures|no mutual signature/,
    failure: (host) =>
      new Failure(
        'ssh-denied',
        `The host ${host} did not let you in.`,
        'Load your key into the agent (“ssh-add”), and see that “ssh” in a terminal gets in without a password.',
      ),
  },
  {
    pattern:
      /docker(?:\.exe)?['"]?: (?:command )?not found|docker['"]? is not recognized|unknown command:? ['"]?docker/i,
    failure: noDockerCommand,
  },
  {
    pattern: /administratively prohibited|open failed/,
    failure: (host, words) =>
      new Failure(
        'engine-unreachable',
        `The host ${host} leads to no Docker Engine: ${words}`,
        'See whether Docker is running there. Its sshd must allow “AllowStreamLocalForwarding”, or the host must have the docker command.',
      ),
  },
  {
    pattern: /Could not resolve hostname|Name or service not known|nodename nor servname/,
    failure: (host) =>
      new Failure(
        'engine-unreachable',
        `There is no host ${host}.`,
        'Check its name in the address, in ~/.ssh/config, or the network.',
      ),
  },
  {
    pattern: /Connection refused|No route to host|Network is unreachable|timed out|Connection closed|Connection reset/,
    failure: (host, words) =>
      new Failure(
        'engine-unreachable',
        `The host ${host} cannot be reached with ssh: ${words}`,
        'See whether the host is up, and whether “ssh” in a terminal reaches it.',
      ),
  },
];

/** The Failure for a host on which nothing can be said to an engine. */
export function noDockerCommand(host: string): Failure {
  return new Failure(
    'engine-unreachable',
    `The host ${host} has no docker command.`,
    'Install it there, or allow “AllowStreamLocalForwarding” in its sshd.',
  );
}

/** What a host says of a socket that its sshd could not connect to: sshd itself does not say why. */
export function socketFailure(state: string, host: string): Failure | undefined {
  switch (state) {
    case 'absent':
      return new Failure(
        'engine-not-found',
        `No Docker Engine is listening on the host ${host}.`,
        'Start Docker there, or name its socket: ssh://user@host/run/user/1000/docker.sock',
      );
    case 'denied':
      return new Failure(
        'engine-permission',
        `You may not use the Docker Engine on the host ${host}.`,
        'There: “sudo usermod -aG docker $USER”. Then select the engine again.',
      );
    case 'refused':
      return new Failure(
        'engine-not-running',
        `The Docker Engine on the host ${host} is not running.`,
        'Start it there: “sudo systemctl start docker”.',
      );
    default:
      return undefined;
  }
}

/** The Failure for what ssh said on its standard error before it ended or closed a connection. */
export function sshFailure(words: string, host: string): Failure {
  const lines = words
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const last = lines.at(-1) ?? 'it ended without a word';
  for (const { pattern, failure } of meanings) {
    const line = lines.findLast((each) => pattern.test(each));
    if (line !== undefined) return failure(host, line);
  }
  return new Failure(
    'engine-unreachable',
    `ssh to the host ${host} failed: ${last}`,
    'See whether “ssh” in a terminal reaches it.',
  );
}

/** The Failure for a machine without ssh. */
export function sshNotInstalled(cause: unknown): Failure {
  return new Failure(
    'ssh-not-installed',
    'This machine has no “ssh” command.',
    'Install OpenSSH’s client (Debian and Ubuntu: “sudo apt install openssh-client”; Windows: Settings, Optional features).',
    { cause },
  );
}
