import { type ResolveDigest } from '../dockerfile/create-dockerfile.js';
import { asFailure, Failure } from '../host/failure.js';
import { untilAborted } from '../host/until-aborted.js';
import { parseReference } from '../image/reference.js';
import { registryHost } from '../engine/registry/registry-host.js';
import { resolveDigest } from '../engine/registry/resolve-digest.js';
import { registryCredentials } from './registry-credentials.js';
import { type Services } from './services.js';

/** A registry that says nothing is not waited for longer, in milliseconds. */
const patience = 15_000;

/**
 * Asks through the engine. Without an engine or a network nobody can say: the log has why. What was asked once is not asked
 * again.
 */
export function digestResolver(services: Services): ResolveDigest {
  const known = new Map<string, Promise<string>>();
  return async (reference, signal) => {
    const asked = known.get(reference) ?? askForDigest(reference, services, signal);
    known.set(reference, asked);
    try {
      return await asked;
    } catch (error) {
      known.delete(reference);
      signal.throwIfAborted();
      const { message } = asFailure(error, `Asking for the digest of ${reference}`);
      services.log.warn(`The digest of ${reference} is not known: ${message}`);
      return undefined;
    }
  };
}

/**
 * Asks for a digest through the engine. Rejects what connecting and `resolveDigest` reject, `registry-unreachable` where
 * nobody answers within 15 s.
 */
export async function askForDigest(reference: string, services: Services, signal: AbortSignal): Promise<string> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  try {
    return await untilAborted(ask(reference, services, limited), limited, `Asking for the digest of ${reference}`);
  } catch (error) {
    if (!limited.aborted || signal.aborted) throw error;
    throw new Failure(
      'registry-unreachable',
      `Nobody has said the digest of ${reference} within ${patience / 1000} s.`,
      'Check that the engine and the registry can be reached, and try again.',
      { cause: error },
    );
  }
}

async function ask(reference: string, services: Services, signal: AbortSignal): Promise<string> {
  const parsed = parseReference(reference);
  const host = registryHost(parsed.ok ? parsed.reference.domain : undefined);
  const [connection, credentials] = await Promise.all([
    services.engine.connect(),
    registryCredentials(services)(host, signal),
  ]);
  return resolveDigest(connection, reference, credentials, signal);
}
