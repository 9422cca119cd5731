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

const longestTag = 128;

function suffixOf(platform: Platform): string {
  return `-${formatPlatform(platform)
    .replace(/^linux\//, '')
    .replaceAll('/', '-')}`;
}
