import * as v from 'valibot';
import { errorCode, Failure } from '../../host/failure.js';
import { parseJson } from '../json.js';

const longestQuote = 200;

/** The distribution specification's form of errors (distribution-spec 1.1, “Error Codes”). */
const errorsBody = v.object({
  errors: v.pipe(
    v.array(v.object({ code: v.optional(v.string(), ''), message: v.nullish(v.string(), '') })),
    v.minLength(1),
  ),
});

/** What was asked of a registry, for a person. */
export interface Asked {
  /** The registry's host. */
  host: string;
  /** The reference or digest. */
  subject: string;
  /** Whether something was to be written. */
  writes: boolean;
}

/** The registry does not let this person do what was asked. */
export function registryDenied(host: string, message: string): Failure {
  return new Failure(
    'registry-denied',
    message,
    `Sign in to ${host} with an account that may do this, then try again.`,
  );
}

/** The Failure for a status that means neither success nor something to be tried again. */
export function statusFailure(status: number, bytes: Buffer, { host, subject, writes }: Asked): Failure {
  const words = registryWords(bytes);
  switch (status) {
    case 401:
    case 403:
      return registryDenied(
        host,
        `The registry ${host} does not let you ${writes ? 'write' : 'read'} ${subject}${words}.`,
      );
    case 404:
      return new Failure(
        'image-not-found',
        `The registry ${host} does not have ${subject}${words}.`,
        'Check the name and the tag. A private repository may look as if it were not there: sign in to the registry.',
      );
    default:
      return registryRefused(host, `The registry ${host} refused ${subject} with status ${status}${words}.`);
  }
}

/** An answer that the distribution specification does not provide for. */
export function registryRefused(host: string, message: string): Failure {
  return new Failure(
    'registry-refused',
    message,
    `Check that ${host} is a registry for images, and that it takes images of this kind.`,
  );
}

/** A registry that goes on asking to be left alone. */
export function registryBusy(host: string, waitSeconds: number | undefined): Failure {
  const when = waitSeconds === undefined ? 'in a few minutes' : `in ${Math.ceil(waitSeconds)} s`;
  return new Failure(
    'registry-busy',
    `The registry ${host} takes no more requests for now.`,
    `Try again ${when}. With a sign-in, many registries allow more.`,
  );
}

/** A registry that does not do its work: 5xx. */
export function registryDown(host: string, status: number): Failure {
  return new Failure(
    'registry-unreachable',
    `The registry ${host} is in trouble: it answers with status ${status}.`,
    'Try again in a few minutes.',
  );
}

/** A connection to a registry that could not be made or broke. */
export function networkFailure(error: unknown, host: string): Failure {
  const innermost = innermostError(error);
  const code = errorCode(innermost) ?? '';
  const failure = (message: string, remedy: string): Failure =>
    new Failure('registry-unreachable', message, remedy, { cause: error });
  if (innermost instanceof Error && innermost.name === 'TimeoutError') {
    return failure(`The registry ${host} does not answer.`, 'Check the network and its proxy, then try again.');
  }
  if (/^(?:EPROTO$|ERR_SSL_(?:WRONG_VERSION|PACKET_LENGTH))/.test(code)) {
    return failure(
      `The registry ${host} does not speak TLS.`,
      'Use an address with TLS, or name it as a registry without TLS where you trust the network.',
    );
  }
  if (isDistrust(code)) {
    return failure(
      `The certificate of the registry ${host} is not trusted (${code}).`,
      "Add its authority to this machine's certificates, or ask whoever runs the registry.",
    );
  }
  if (code === 'ENOTFOUND') {
    return failure(`There is no host ${host}.`, 'Check the spelling of the registry, and the network.');
  }
  const why = innermost instanceof Error ? innermost.message : String(innermost);
  return failure(
    `The connection to the registry ${host} could not be made or broke: ${why}`,
    'Check the network and its proxy, then try again.',
  );
}

/** Whether the same request may do better a moment later. */
export function isPassing(error: unknown): boolean {
  const innermost = innermostError(error);
  if (innermost instanceof Error && innermost.name === 'TimeoutError') return true;
  return /^(?:ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EAI_AGAIN|UND_ERR_(?!INVALID).*)$/.test(
    errorCode(innermost) ?? '',
  );
}

/** Node's codes for certificates that it does not take (X509_V_ERR_…), and for a failed handshake. */
function isDistrust(code: string): boolean {
  return /^(?:ERR_SSL_|ERR_TLS_|CERT_|CRL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/.test(code);
}

/** fetch says only that it failed; what happened is in the cause of the cause. */
function innermostError(error: unknown): unknown {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner;
}

function registryWords(bytes: Buffer): string {
  const [first] = parseJson(errorsBody, bytes.toString('utf8'))?.errors ?? [];
  const words = (first?.message === '' ? first.code : first?.message) ?? '';
  const line = words.replace(/\s+/g, ' ').trim().replace(/\.$/, '').slice(0, longestQuote);
  return line === '' ? '' : ` (${line})`;
}
