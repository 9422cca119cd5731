import { isDeepStrictEqual } from 'node:util';
import { type ContainerSummary } from '../engine/containers.js';
import { type ImageSummary } from '../engine/images.js';
import { type VolumeSummary } from '../engine/volumes.js';

/** What an engine holds. */
export interface Lists {
  images: readonly ImageSummary[];
  containers: readonly ContainerSummary[];
  volumes: readonly VolumeSummary[];
}

export type Kind = keyof Lists;

export const kinds: readonly Kind[] = ['images', 'containers', 'volumes'];

export const nothing: Lists = { images: [], containers: [], volumes: [] };

/** Things that were found anew, and things that are gone. */
export interface Patch {
  images?: { found: readonly ImageSummary[]; gone: readonly string[] };
  containers?: { found: readonly ContainerSummary[]; gone: readonly string[] };
  volumes?: { found: readonly VolumeSummary[]; gone: readonly string[] };
}

/** The lists after a patch. A list that the patch does not change stays the same object. */
export function patched(lists: Lists, patch: Patch): Lists {
  return {
    images: patch.images === undefined ? lists.images : merged(lists.images, patch.images, ({ id }) => id),
    containers:
      patch.containers === undefined ? lists.containers : merged(lists.containers, patch.containers, ({ id }) => id),
    volumes: patch.volumes === undefined ? lists.volumes : merged(lists.volumes, patch.volumes, ({ name }) => name),
  };
}

/** The newer lists, with the older object where nothing is different. */
export function settled(older: Lists, newer: Lists): Lists {
  const same = <T>(before: readonly T[], after: readonly T[]): readonly T[] =>
    isDeepStrictEqual(before, after) ? before : after;
  return {
    images: same(older.images, newer.images),
    containers: same(older.containers, newer.containers),
    volumes: same(older.volumes, newer.volumes),
  };
}

/** Which lists differ. */
export function changedKinds(before: Lists, after: Lists): Kind[] {
  return kinds.filter((kind) => before[kind] !== after[kind]);
}

function merged<T>(
  list: readonly T[],
  { found, gone }: { found: readonly T[]; gone: readonly string[] },
  keyOf: (item: T) => string,
): readonly T[] {
  const fresh = new Map(found.map((item) => [keyOf(item), item]));
  const lost = new Set(gone);
  let changed = false;
  const kept: T[] = [];
  for (const item of list) {
    const key = keyOf(item);
    const newer = fresh.get(key);
    fresh.delete(key);
    if (newer === undefined && lost.has(key)) changed = true;
    else if (newer === undefined || isDeepStrictEqual(item, newer)) kept.push(item);
    else {
      changed = true;
      kept.push(newer);
    }
  }
  return changed || fresh.size > 0 ? [...fresh.values(), ...kept] : list;
}
