import { errorCode, Failure } from '../host/failure.js';

/** An answer of the engine other than the expected ones. */
export interface Refusal {
  status: number;
  /** The engine's own words. */
  text: string;
}

/** The one place where the engine's own words become reasons. */
const refusals: readonly { pattern: RegExp; failure: (match: RegExpExecArray, text: string) => Failure }[] = [
  {
    pattern: /no space left on device/i,
    failure: () =>
      new Failure(
        'disk-full',
        "The disk of the engine's host is full.",
        'Remove images, containers or build cache that you no longer need, then try again.',
      ),
  },
  {
    pattern: /port is already allocated|address already in use/i,
    failure: (_match, text) =>
      new Failure(
        'port-in-use',
        `A port is already in use: ${text}`,
        'Stop what uses the port, or choose another one.',
      ),
  },
  {
    pattern:
      /exec: "([^"]*)".*(?:executable file not found|no such file or directory|permission denied|is a directory)/i,
    failure: ([, command]) =>
      new Failure(
        'command-not-found',
        `The image cannot run “${command ?? ''}”.`,
        'Check the spelling of the command, and that the image contains it as an executable.',
      ),
  },
  {
    pattern:
      /(?:exec format error|does not match the (?:detected host|specified) platform|does not provide the specified platform)/i,
    failure: (_match, text) =>
      new Failure(
        'platform-not-available',
        `The engine cannot run this platform: ${text}`,
        "Choose the engine's own platform, or install emulation for the other one (QEMU's binfmt handlers).",
      ),
  },
  {
    pattern: /bind source path does not exist: (\S+)/i,
    failure: ([, folder]) =>
      new Failure(
        'output-not-writable',
        `The engine does not have the folder ${folder ?? ''}.`,
        'Choose a folder that the engine shares with this machine.',
      ),
  },
  {
    pattern: /error while creating mount source path|mounts denied/i,
    failure: (_match, text) =>
      new Failure(
        'output-not-writable',
        `The engine cannot bind the folder: ${text}`,
        'Choose a folder that the engine shares with this machine.',
      ),
  },
  {
    pattern: /(?:no such image: |pull access denied for |repository )([^\s,]+?):?(?=[\s,]|$)/i,
    failure: ([, image]) =>
      new Failure('image-not-found', `There is no image ${image ?? ''}.`, 'Check its name, or build or pull it first.'),
  },
  {
    pattern: /no such container: (\S+)/i,
    failure: ([, container]) =>
      new Failure(
        'container-not-found',
        `There is no container ${container ?? ''}.`,
        'It may have been removed. Refresh.',
      ),
  },
  {
    pattern: /unauthorized|authentication required|denied: /i,
    failure: (_match, text) =>
      new Failure(
        'registry-denied',
        `The registry refused access: ${text}`,
        'Sign in to the registry, then try again.',
      ),
  },
  {
    pattern:
      /no such host|i\/o timeout|TLS handshake timeout|network is unreachable|server misbehaving|connection refused|temporary failure in name resolution|Client\.Timeout exceeded/i,
    failure: (_match, text) =>
      new Failure(
        'registry-unreachable',
        `The engine cannot reach the registry: ${text}`,
        "Check the network (and proxy) of the engine's host, then try again.",
      ),
  },
];

/** The Failure for the engine's own words. */
export function refusalToFailure(refusal: Refusal): Failure {
  const text = refusal.text.trim();
  for (const { pattern, failure } of refusals) {
    const match = pattern.exec(text);
    if (match !== null) return failure(match, text);
  }
  return new Failure(
    'engine-refused',
    `The engine refused (${refusal.status}): ${text}`,
    'The text is the engine’s own; the log has the request (“Show Log”).',
  );
}

/** The Failure for a connection to an engine that could not be made or broke. */
export function connectionFailure(error: unknown, host: string): Failure {
  const cause = { cause: error };
  switch (errorCode(error)) {
    case 'ENOENT':
      return new Failure(
        'engine-not-running',
        `No Docker Engine is listening at ${host}.`,
        'Start Docker (Docker Desktop, or “sudo systemctl start docker”), or install it from https://docs.docker.com/get-started/get-docker/.',
        cause,
      );
    case 'ECONNREFUSED':
      return new Failure(
        'engine-not-running',
        `The Docker Engine at ${host} is not running.`,
        'Start Docker (Docker Desktop, or “sudo systemctl start docker”).',
        cause,
      );
    case 'EACCES':
    case 'EPERM':
      return new Failure(
        'engine-permission',
        `You may not use the Docker Engine at ${host}.`,
        'On Linux: “sudo usermod -aG docker $USER”, then log out and in again.',
        cause,
      );
    case 'ENOTFOUND':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'EAI_AGAIN':
      return new Failure(
        'engine-unreachable',
        `The host of the Docker Engine at ${host} cannot be reached.`,
        'Check the network, or choose another engine in the setting “researchContainers.engine.host”.',
        cause,
      );
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return new Failure(
        'engine-lost',
        `The connection to the Docker Engine at ${host} was lost.`,
        'See whether Docker is still running, then try again.',
        cause,
      );
    default:
      return new Failure(
        'engine-unreachable',
        `The Docker Engine at ${host} does not answer: ${error instanceof Error ? error.message : String(error)}`,
        'See whether Docker is running, or choose another engine in the setting “researchContainers.engine.host”.',
        cause,
      );
  }
}
