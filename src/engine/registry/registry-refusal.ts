import { Failure } from '../../host/failure.js';
import { refusalToFailure } from '../refusal.js';

/** What the engine says of registries, where it means something else than in other answers of it. */
const refusals: readonly { pattern: RegExp; failure: (text: string) => Failure }[] = [
  {
    pattern: /toomanyrequests|too many requests|\b429\b/i,
    failure: (text) =>
      new Failure(
        'registry-busy',
        `The registry takes no more requests for now: ${text}`,
        'Try again in a few minutes. With a sign-in, many registries allow more.',
      ),
  },
  {
    // Registries do not tell a stranger which of the two it is.
    pattern: /pull access denied(?!.*no basic auth credentials)/is,
    failure: (text) =>
      new Failure(
        'image-not-found',
        `The registry has no such image, or does not show it to you: ${text}`,
        'Check the name and the tag, or sign in to the registry.',
      ),
  },
  {
    pattern:
      /no basic auth credentials|authorization failed|failed to authorize|insufficient_scope|push access denied|\b40[13] (?:Unauthorized|Forbidden)|incorrect username or password|^(?:error from registry: |errors:[,\s]*)?(?:unauthorized|denied)\b/i,
    failure: (text) =>
      new Failure(
        'registry-denied',
        `The registry refused access: ${text}`,
        'Sign in to the registry with an account that may do this, then try again.',
      ),
  },
  {
    pattern: /tag does not exist: (\S+)|image does not exist locally with the tag: (\S+)/i,
    failure: (text) =>
      new Failure(
        'image-not-found',
        `The engine has no image to push: ${text}`,
        'Check its name and its tag, or build it first.',
      ),
  },
  {
    pattern:
      /^(?:errors:[,\s]*)?name unknown\b|unexpected status[^:]*: 404 Not Found|error from registry: (?:name unknown|repository name not known)/i,
    failure: (text) =>
      new Failure(
        'registry-refused',
        `The registry has no repository of that name: ${text}`,
        'Check the name. Some registries want a repository to be made before anything is pushed to it.',
      ),
  },
  {
    pattern: /server gave HTTP response to HTTPS client/i,
    failure: () =>
      new Failure(
        'registry-unreachable',
        'The registry does not speak TLS, and the engine wants it to.',
        'Use an address with TLS, or name the registry in “insecure-registries” of the engine’s daemon.json.',
      ),
  },
  {
    pattern: /x509: |tls: failed to verify certificate/i,
    failure: (text) =>
      new Failure(
        'registry-unreachable',
        `The engine does not trust the certificate of the registry: ${text}`,
        "Add its authority to the certificates of the engine's host, or ask whoever runs the registry.",
      ),
  },
  {
    pattern:
      /unexpected HTTP status: 5\d\d|unexpected status[^:]*: 5\d\d|\b50[0234] (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)|\bEOF\b|connection reset by peer|broken pipe|error from registry: (?:unavailable|service unavailable|unknown|internal)/i,
    failure: (text) =>
      new Failure('registry-unreachable', `The registry is in trouble: ${text}`, 'Try again in a few minutes.'),
  },
  {
    pattern: /^error from registry: (.+)/is,
    failure: (text) =>
      new Failure(
        'registry-refused',
        `The registry does not take this: ${text}`,
        'The words are the registry’s own; ask whoever runs it if they do not help.',
      ),
  },
];

/** The Failure for the engine's own words about a registry, at the end of a pull or push. */
export function registryRefusal(text: string): Failure {
  const line = oneLine(text);
  return knownRefusal(line) ?? refusalToFailure({ status: 200, text: line });
}

/** The same for a pull or push that the engine refuses before its stream begins. */
export function refusedAtOnce(error: unknown): unknown {
  if (!(error instanceof Failure) || error.reason !== 'engine-refused') return error;
  return knownRefusal(oneLine(error.message.replace(/^The engine refused \(\d+\): (?:unexpected - )?/, ''))) ?? error;
}

/** A registry that says several things at once, mostly the same, has each in a line of its own. */
function oneLine(text: string): string {
  return [...new Set(text.trim().split(/\s*\n\s*/))].join(', ');
}

function knownRefusal(text: string): Failure | undefined {
  return refusals.find(({ pattern }) => pattern.test(text))?.failure(text);
}
