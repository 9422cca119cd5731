import { Failure } from '../host/failure.js';
import { gpuRefusal } from './gpu-problems.js';

/** An answer of the engine other than the expected ones. */
export interface Refusal {
  status: number;
  /** The engine's own words. */
  text: string;
}

/** Where the engine's own words become reasons, but for those about GPUs (`gpu-problems.ts`). */
const refusals: readonly { pattern: RegExp; failure: (match: RegExpExecArray, text: string) => Failure }[] = [
  {
    pattern: /client sent an HTTP request to an HTTPS server/i,
    failure: () =>
      new Failure(
        'engine-tls-refused',
        'The engine speaks only TLS.',
        'Use a docker context with its certificates, or DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH.',
      ),
  },
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
    pattern:
      /port is already allocated|address already in use|ports are not available|only one usage of each socket address/i,
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
    // Says “manifest for”, as an image that is not there does.
    pattern: /no matching manifest for (\S+)|no match for platform in manifest/i,
    failure: ([, platform]) =>
      new Failure(
        'platform-not-available',
        `The registry does not have the image for ${platform === undefined ? 'this platform' : `the platform ${platform}`}.`,
        'Choose a platform that the image is there for.',
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
    // A path of Windows is none to an engine on Linux.
    pattern: /error while creating mount source path|mounts denied|mount path must be absolute/i,
    failure: (_match, text) =>
      new Failure(
        'output-not-writable',
        `The engine cannot bind the folder: ${text}`,
        'Choose a folder that the engine shares with this machine.',
      ),
  },
  {
    pattern: /conflict\W.*container name "?\/?([^"\s]+)"? is already in use/i,
    failure: ([, name]) =>
      new Failure('name-in-use', `There is a container ${name ?? ''} already.`, 'Choose another name.'),
  },
  {
    pattern:
      /conflict: unable to (?:remove|delete).*(?:being used by (?:(running|stopped) )?container|is using its referenced image|is in use by)/is,
    failure: ([, state], text) => {
      const container = /container ([0-9a-f]{12,})/.exec(text)?.[1];
      return new Failure(
        'image-in-use',
        `The image is in use by ${container === undefined ? 'a container' : `the ${state === undefined ? '' : `${state} `}container ${container}`}.`,
        `${state === 'running' ? 'Stop and remove' : 'Remove'} the containers that are made of it first.`,
      );
    },
  },
  {
    pattern: /conflict: unable to (?:remove|delete).*must be forced.*multiple repositories/is,
    failure: () => new Failure('image-in-use', 'The image has several references.', 'Remove them one by one.'),
  },
  {
    pattern: /conflict: unable to (?:remove|delete).*dependent child images/is,
    failure: () => new Failure('image-in-use', 'Other images are built on this one.', 'Remove those first.'),
  },
  {
    pattern: /volume is in use(?: - \[([^\]]*)\])?|volume .* is being used/i,
    failure: ([, users]) => {
      const containers = (users ?? '').split(/[\s,]+/).filter((id) => id !== '');
      return new Failure(
        'volume-in-use',
        `The volume is in use by ${
          containers.length === 0
            ? 'a container'
            : `the containers ${containers.map((id) => id.slice(0, 12)).join(', ')}`
        }.`,
        'Remove the containers that use it first.',
      );
    },
  },
  {
    pattern: /(?:get )?([^\s:]+): no such volume|no such volume: (\S+)|volume ([^\s:]+) not found/i,
    failure: ([, one, other, third]) =>
      new Failure(
        'volume-not-found',
        `There is no volume ${one ?? other ?? third ?? ''}.`,
        'It may have been removed. Refresh.',
      ),
  },
  {
    pattern:
      /cannot remove (?:a running container|container).*(?:running|paused|restarting)|cannot remove a (?:running|paused|restarting) container/i,
    failure: () => new Failure('container-running', 'The container is running.', 'Stop it first.'),
  },
  {
    pattern: /cannot start a paused container/i,
    failure: () => new Failure('container-not-running', 'The container is paused.', 'Continue it instead.'),
  },
  {
    pattern: /container \S+ is (not running|not paused|already paused|paused|restarting)/i,
    failure: ([, state]) =>
      new Failure(
        'container-not-running',
        `The container is ${state ?? 'in another state'}.`,
        'It may have changed meanwhile. Refresh.',
      ),
  },
  {
    pattern: /no such image: ([^\s,"]+?):?(?=[\s,"]|$)/i,
    failure: ([, image]) =>
      new Failure(
        'image-not-found',
        `There is no image ${image ?? 'of that name'}.`,
        'Check its name, or build or pull it first.',
      ),
  },
  {
    pattern:
      /manifest for ([^\s,"]+?):?(?=[\s,"]|$)|repository ([^\s,"]+?):? (?:not found|does not exist)|failed to resolve reference "([^"]+)": \S+: not found|manifest unknown|repository name not known/i,
    failure: ([, image, repository, reference]) =>
      new Failure(
        'image-not-found',
        `The registry has no image ${image ?? repository ?? reference ?? 'of that name'}.`,
        'Check its name and its tag, or build it instead.',
      ),
  },
  {
    // Registries do not tell a stranger which of the two it is.
    pattern: /pull access denied for ([^\s,"]+)/i,
    failure: ([, image]) =>
      new Failure(
        'image-not-found',
        `The registry has no image ${image ?? 'of that name'}, or does not show it to you.`,
        'Check the name and the tag, or sign in to the registry.',
      ),
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
    pattern:
      /invalid reference format|invalid container name|invalid characters for a local volume name|volume name is too short|platform specifier|new names may be empty|same name as its current name/i,
    failure: (_match, text) =>
      new Failure('invalid-argument', `The engine does not take this name: ${text}`, 'Correct it, then try again.'),
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
  // A whole identifier fills a notification and tells nobody more than its beginning.
  const text = refusal.text.trim().replace(/\b[0-9a-f]{64}\b/g, (id) => id.slice(0, 12));
  const ofGpu = gpuRefusal(text);
  if (ofGpu !== undefined) return ofGpu;
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
