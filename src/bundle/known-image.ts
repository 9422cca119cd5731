import { type FinishedRecord } from '../run/record.js';

/** What tells an image from others: one of a bundle, or one that a run was of. */
export interface KnownImage {
  reference: string;
  platform: string;
  configDigest?: string | undefined;
  manifestDigest?: string;
  diffIds: readonly string[];
}

/** Whether a run was of that very image. Some engines say neither digest of an image: then its layers tell. */
export function isSameImage(
  known: KnownImage,
  { imageId: id, configDigest, diffIds, platform }: FinishedRecord['image'],
): boolean {
  if (known.configDigest !== undefined && configDigest !== undefined) return known.configDigest === configDigest;
  if (id === known.configDigest || id === known.manifestDigest) return true;
  return diffIds.length > 0 && platform === known.platform && diffIds.join() === known.diffIds.join();
}
