import { type SshTarget } from '../endpoint.js';

/** Where Docker listens unless it is told otherwise. */
const usualSocket = '/var/run/docker.sock';

/** Never a question: nobody would see it. A dead network is noticed within a minute. */
const options = [
  // The host gets neither the agent nor the screen.
  ...['-T', '-a', '-x'],
  ...['BatchMode=yes', 'ConnectTimeout=15', 'ServerAliveInterval=15', 'ServerAliveCountMax=3', 'LogLevel=INFO'],
  // A connection of our own, that ends when it is told to.
  ...['ControlMaster=no', 'ControlPath=none', 'RemoteCommand=none', 'RequestTTY=no', 'PermitLocalCommand=no'],
  // The user's own forwardings may be taken by the user's own ssh.
  'ExitOnForwardFailure=no',
].flatMap((option) => (option.startsWith('-') ? [option] : ['-o', option]));

/** Without the forwardings of the user's configuration. */
const alone = ['-o', 'ClearAllForwardings=yes'];

function destination({ user, hostname, port }: SshTarget): string[] {
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    hostname,
  ];
}

/** Arguments for an ssh that makes a local socket lead to the engine's. */
export function forwardArguments(target: SshTarget, localSocket: string): string[] {
  const remote = target.socket ?? usualSocket;
  const forward = `${escaped(localSocket)}:${escaped(remote)}`;
  return [...options, '-N', '-o', 'StreamLocalBindUnlink=yes', '-L', forward, ...destination(target)];
}

/** Arguments for an ssh whose standard input and output lead to the engine, by the docker command line of the host. */
export function stdioArguments(target: SshTarget): string[] {
  const host = target.socket === undefined ? '' : `--host ${quoted(`unix://${target.socket}`)} `;
  return [...options, ...alone, ...destination(target), `docker ${host}system dial-stdio`];
}

/** Arguments for an ssh that prints `absent`, `denied` or `refused`, for a socket that could not be connected to. */
export function explainArguments(target: SshTarget): string[] {
  const socket = quoted(target.socket ?? usualSocket);
  const question = `if test ! -S ${socket}; then echo absent; elif test ! -w ${socket}; then echo denied; else echo refused; fi`;
  // Not every login shell is a POSIX one.
  return [...options, ...alone, ...destination(target), `sh -c ${quoted(question)}`];
}

/** A colon separates the two sides of a forwarding. */
function escaped(path: string): string {
  return path.replaceAll(/[\\:]/g, '\\$&');
}

/** A word for the POSIX shell of the host. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
