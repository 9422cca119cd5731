import * as v from 'valibot';
import { Failure } from '../../host/failure.js';
import { formatPlatform, parsePlatform, type Platform } from '../../image/platform.js';
import { parseReference, type Reference } from '../../image/reference.js';
import { parseJson } from '../json.js';
import { type ManifestDescriptor, mediaTypes, type RegistryClient } from './registry-client.js';
import { repositoryOf } from './registry-host.js';

/** An image in a registry that becomes a part of an index. */
export interface IndexMember {
  /** `linux/arm64`. */
  platform: string;
  /** In the same repository as the index. */
  reference: string;
  /** What was pushed; the reference may mean something else by now. */
  digest: string;
}

const index = v.object({
  manifests: v.array(
    v.object({
      mediaType: v.string(),
      digest: v.string(),
      size: v.number(),
      platform: v.optional(v.object({ os: v.string(), architecture: v.string(), variant: v.optional(v.string(), '') })),
    }),
  ),
});

/**
 * Puts one index (OCI image-spec 1.1, `image-index.md`; Docker's manifest list where all members are Docker's) over
 * images that are in the registry already. A member that is an index itself, as the containerd store pushes them, is
 * represented by its image for the platform. Resolves to the index's digest.
 *
 * Rejects `invalid-argument`, `platform-not-available`, and what the client rejects with.
 *
 * @param target the tag that the index gets; what has it now loses it
 */
export async function assembleIndex(
  client: RegistryClient,
  target: string,
  members: readonly IndexMember[],
  signal: AbortSignal,
): Promise<{ digest: string }> {
  const repository = repositoryName(target);
  if (parse(target).digest !== undefined) throw invalid('A digest cannot be given to an index.');
  if (members.length === 0) throw invalid('An index needs an image.');
  const manifests: (ManifestDescriptor & { platform: Platform })[] = [];
  for (const { platform: text, reference, digest } of members) {
    const platform = parsePlatform(text);
    if (platform === undefined) throw invalid(`“${text}” is not a platform.`);
    const name = formatPlatform(platform);
    if (manifests.some((other) => formatPlatform(other.platform) === name)) {
      throw invalid(`Two images are for ${name}.`);
    }
    if (repositoryName(reference) !== repository) {
      throw invalid(`${reference} is not in the repository of ${target}: an index cannot reach it.`);
    }
    manifests.push({ ...(await imageFor(client, platform, `${repository}@${digest}`, signal)), platform });
  }
  const areDockers = manifests.every(({ mediaType }) => mediaType === mediaTypes.dockerManifest);
  const mediaType = areDockers ? mediaTypes.dockerList : mediaTypes.ociIndex;
  const content = { schemaVersion: 2, mediaType, manifests: manifests.map(descriptor) };
  return { digest: await client.putManifest(target, mediaType, Buffer.from(JSON.stringify(content)), signal) };
}

/** In one order of keys, so that the same members make the same digest. */
function descriptor({ mediaType, size, digest, platform }: ManifestDescriptor & { platform: Platform }): object {
  const { architecture, os, variant } = platform;
  return { mediaType, size, digest, platform: { architecture, os, ...(variant === undefined ? {} : { variant }) } };
}

async function imageFor(
  client: RegistryClient,
  platform: Platform,
  reference: string,
  signal: AbortSignal,
): Promise<ManifestDescriptor> {
  const found = await client.headManifest(reference, signal);
  if (found.mediaType !== mediaTypes.ociIndex && found.mediaType !== mediaTypes.dockerList) return found;
  const { bytes } = await client.getManifest(reference, signal);
  const wanted = formatPlatform(platform);
  const image = parseJson(index, bytes.toString('utf8'))?.manifests.find((each) => {
    const described = each.platform === undefined ? undefined : parsePlatform(formatPlatform(each.platform));
    return described !== undefined && formatPlatform(described) === wanted;
  });
  if (image !== undefined) return { digest: image.digest, mediaType: image.mediaType, size: image.size };
  throw new Failure(
    'platform-not-available',
    `${reference} has no image for ${wanted}.`,
    'Build it for this platform, push it, and try again.',
  );
}

function repositoryName(text: string): string {
  const { host, path } = repositoryOf(parse(text));
  return `${host}/${path}`;
}

function parse(text: string): Reference {
  const parsed = parseReference(text);
  if (parsed.ok) return parsed.reference;
  throw invalid(parsed.problem);
}

function invalid(problem: string): Failure {
  return new Failure('invalid-argument', problem, 'Correct what is to be put together.');
}
