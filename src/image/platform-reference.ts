import { formatPlatform, parsePlatform, type Platform } from './platform.js';
import { type Reference, withDefaultTag } from './reference.js';

/**
 * A store that keeps one platform under a reference gets one for each: `name:tag` for the engine's own platform,
 * `name:tag-arm64`, `name:tag-arm-v7` for the others.
 */
export function platformReference(reference: Reference, platform: string, own: string): Reference {
  const parsed = parsePlatform(platform);
  if (parsed === undefined || platform === own) return reference;
  const { tag = '' } = withDefaultTag(reference);
  const suffix = suffixOf(parsed);
  return { ...reference, tag: `${tag.slice(0, longestTag - suffix.length)}${suffix}` };
}

/** The tag that the images of one build share: `tag` of `tag-arm64`, where the image is for that platform. */
export function sharedTag(tag: string, platform: string): string | undefined {
  const parsed = parsePlatform(platform);
  const suffix = parsed === undefined ? '' : suffixOf(parsed);
  return suffix !== '' && tag.endsWith(suffix) && tag.length > suffix.length ? tag.slice(0, -suffix.length) : undefined;
}

/**
 * Puts the references of one image for several platforms together: `study:1-arm64` under `study:1`, where that is there
 * too and the image of the first is for arm64 alone.
 *
 * @param platformsOf the platforms of what a reference names, as far as they are known
 */
export function gatherPlatforms(
  references: readonly string[],
  platformsOf: (reference: string) => readonly string[] | undefined,
): Map<string, string[]> {
  const there = new Set(references);
  const gathered = new Map<string, string[]>();
  const gatheredUnder = (reference: string): string | undefined => {
    const at = reference.lastIndexOf(':');
    const [platform, second] = platformsOf(reference) ?? [];
    if (platform === undefined || second !== undefined || at < reference.lastIndexOf('/')) return undefined;
    const tag = sharedTag(reference.slice(at + 1), platform);
    const base = tag === undefined ? undefined : `${reference.slice(0, at)}:${tag}`;
    return base !== undefined && there.has(base) ? base : undefined;
  };
  for (const reference of references) {
    const base = gatheredUnder(reference);
    if (base === undefined) gathered.set(reference, gathered.get(reference) ?? []);
    else gathered.set(base, [...(gathered.get(base) ?? []), reference]);
  }
  return gathered;
}

const longestTag = 128;

function suffixOf(platform: Platform): string {
  return `-${formatPlatform(platform)
    .replace(/^linux\//, '')
    .replaceAll('/', '-')}`;
}
