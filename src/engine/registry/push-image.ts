import { Failure } from '../../host/failure.js';
import { type Work } from '../../host/progress.js';
import { parsePlatform } from '../../image/platform.js';
import { sharedTag } from '../../image/platform-reference.js';
import { formatReference, parseReference, type Reference, withDefaultTag } from '../../image/reference.js';
import { type EngineConnection } from '../connection.js';
import { inspectImage, listImages } from '../images.js';
import { engineInfo } from '../system.js';
import { assembleIndex, type IndexMember } from './assemble-index.js';
import { type RegistryCredentialsFor } from './credentials.js';
import { pushReference } from './push.js';
import { RegistryClient } from './registry-client.js';
import { registryHost } from './registry-host.js';

/**
 * Pushes an image with all its platforms under one reference. The containerd store has them together; of a classic store
 * each platform's reference (`name:tag-arm64`) is pushed, and an index over them is put under `name:tag`.
 *
 * Rejects `image-not-found`, `platform-not-available`, `registry-denied`, `registry-unreachable`, `registry-busy`,
 * `invalid-argument`, `cancelled`.
 *
 * @param platforms only these; all that are there where undefined
 */
export async function pushImage(
  connection: EngineConnection,
  text: string,
  platforms: readonly string[] | undefined,
  credentialsFor: RegistryCredentialsFor,
  work: Work,
): Promise<{ reference: string; digest: string }> {
  const { signal } = work;
  const reference = pushable(text);
  const name = formatReference(reference);
  const host = registryHost(reference.domain);
  const [engine, credentials] = await Promise.all([engineInfo(connection, signal), credentialsFor(host, signal)]);
  if (engine.store === 'containerd') {
    const [only, second] = platforms ?? [];
    if (second !== undefined) {
      throw new Failure(
        'invalid-argument',
        'This engine pushes one platform, or all that the image has.',
        'Name one platform, or none.',
      );
    }
    const platform = only === undefined ? undefined : parsePlatform(only);
    return { reference: name, ...(await pushReference(connection, name, credentials, platform, work)) };
  }
  const members = await platformMembers(connection, reference, signal);
  const wanted = platforms === undefined ? members : members.filter(({ platform }) => platforms.includes(platform));
  const missing = platforms?.filter((platform) => !members.some((member) => member.platform === platform)) ?? [];
  if (missing.length > 0) {
    throw new Failure(
      'platform-not-available',
      `${name} is not there for ${missing.join(', ')}.`,
      'Build it for this platform first.',
    );
  }
  const [first, ...others] = wanted;
  if (first === undefined || (others.length === 0 && first.reference === name)) {
    return { reference: name, ...(await pushReference(connection, name, credentials, undefined, work)) };
  }
  const pushed: IndexMember[] = [];
  for (const [index, member] of wanted.entries()) {
    const { digest } = await pushReference(connection, member.reference, credentials, undefined, {
      signal,
      onProgress: ({ message, fraction = 0 }) => {
        const whole = (index + fraction) / wanted.length;
        work.onProgress({ message: `${member.platform}: ${message}`, fraction: whole });
      },
    });
    pushed.push({ ...member, digest });
  }
  work.onProgress({ message: 'Putting the platforms together' });
  const client = new RegistryClient({ credentialsFor, insecure: engine.isInsecure(host) ? [host] : [] });
  return { reference: name, ...(await assembleIndex(client, name, pushed, signal)) };
}

/** The references that are one image for several platforms; the engine's own first. */
export async function platformMembers(
  connection: EngineConnection,
  reference: Reference,
  signal: AbortSignal,
): Promise<{ platform: string; reference: string }[]> {
  const name = formatReference(reference);
  const { tag = '' } = reference;
  const own = await inspectImage(connection, name, signal);
  const candidates = await listImages(connection, signal, { references: [`${name}-*`] });
  const members = [{ platform: own.platform, reference: name }];
  for (const candidate of candidates.flatMap(({ references }) => references)) {
    const parsed = parseReference(candidate);
    if (!parsed.ok || !candidate.startsWith(`${name}-`) || parsed.reference.tag === undefined) continue;
    const { platform } = await inspectImage(connection, candidate, signal);
    if (sharedTag(parsed.reference.tag, platform) !== tag) continue;
    if (!members.some((member) => member.platform === platform)) members.push({ platform, reference: candidate });
  }
  return members;
}

function pushable(text: string): Reference {
  const parsed = parseReference(text);
  if (!parsed.ok) throw new Failure('invalid-argument', parsed.problem, 'Correct the reference.');
  if (parsed.reference.digest !== undefined) {
    throw new Failure('invalid-argument', 'A digest cannot be pushed to.', 'Give the reference a tag instead.');
  }
  return withDefaultTag(parsed.reference);
}
