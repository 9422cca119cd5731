import * as v from 'valibot';
import { Failure } from '../../host/failure.js';
import { parseReference } from '../../image/reference.js';
import { readAnswer } from '../answer.js';
import { type EngineConnection } from '../connection.js';
import { imagePath, inspectImage } from '../images.js';
import { engineInfo } from '../system.js';
import { type RegistryCredentials, registryAuthHeader } from './credentials.js';
import { registryHost } from './registry-host.js';
import { refusedAtOnce } from './registry-refusal.js';

const distribution = v.object({
  Descriptor: v.object({ digest: v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/)) }),
});

/**
 * The digest that a registry has a reference by now, with all its platforms: the engine asks it (`GET /distribution`, since
 * API 1.30), and nothing is pulled. Where the registry does not answer, the digest that the engine's own copy was pulled or pushed
 * by; the containerd store has one for every image, also for those that no registry knows, and is not asked.
 *
 * Rejects `invalid-argument`, `image-not-found`, `registry-denied`, `registry-unreachable`, `registry-busy`, `cancelled` and what
 * else kept the registry from answering, where the engine has no copy with a digest.
 *
 * @param credentials for the reference's registry and no other one; anonymous access without them
 */
export async function resolveDigest(
  connection: EngineConnection,
  reference: string,
  credentials: RegistryCredentials | undefined,
  signal: AbortSignal,
): Promise<string> {
  const parsed = parseReference(reference);
  if (!parsed.ok) throw new Failure('invalid-argument', parsed.problem, 'Correct the reference.');
  const { domain, path, tag = 'latest', digest } = parsed.reference;
  if (digest !== undefined) return digest;
  const name = domain === undefined ? path : `${domain}/${path}`;
  try {
    const answer = await connection.request({
      method: 'GET',
      path: `/distribution/${imagePath(`${name}:${tag}`)}/json`,
      headers: { 'X-Registry-Auth': registryAuthHeader(credentials, registryHost(domain)) },
      signal,
    });
    return readAnswer(distribution, answer).Descriptor.digest;
  } catch (error) {
    signal.throwIfAborted();
    const known = await digestOfCopy(connection, name, tag, signal).catch(() => undefined);
    if (known !== undefined) return known;
    throw refusedAtOnce(error);
  }
}

async function digestOfCopy(
  connection: EngineConnection,
  name: string,
  tag: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { store } = await engineInfo(connection, signal);
  if (store !== 'classic') return undefined;
  const { digests } = await inspectImage(connection, `${name}:${tag}`, signal);
  return digests.find((each) => each.startsWith(`${name}@`))?.split('@')[1];
}
