import { type EngineEvent } from '../engine/events.js';
import { type Kind, type Lists } from './model.js';

/** Keys of what may have changed since it was listed: identifiers of images and containers, names of volumes. */
export type Dirty = Record<Kind, Set<string>> & {
  /** Those of the containers whose state may not be in the engine's lists yet. */
  unsettled: Set<string>;
};

export function noneDirty(): Dirty {
  return { images: new Set(), containers: new Set(), volumes: new Set(), unsettled: new Set() };
}

export function isClean(dirty: Dirty): boolean {
  return dirty.images.size + dirty.containers.size + dirty.volumes.size === 0;
}

/** Actions after which a list says the same as before. Others, unknown ones too, are looked into. */
const harmless: Record<Kind, ReadonlySet<string>> = {
  images: new Set(['push', 'save', 'prune']),
  containers: new Set([
    'archive-path',
    'attach',
    'copy',
    'detach',
    'exec_create',
    'exec_detach',
    'exec_die',
    'exec_start',
    'export',
    'extract-to-dir',
    'oom',
    'prune',
    'resize',
    'top',
  ]),
  volumes: new Set(['mount', 'unmount', 'prune']),
};

/** Engines up to 20.10 tell of these before their lists do. */
const early = new Set(['die', 'health_status', 'kill', 'pause', 'restart', 'start', 'stop', 'unpause', 'update']);

/** Notes what an event may have changed; false for what changes no list. */
export function note(event: Pick<EngineEvent, 'type' | 'action' | 'id'>, dirty: Dirty): boolean {
  const touched = touchedBy(event);
  if (touched === undefined) return false;
  dirty[touched.kind].add(touched.key);
  const [action = ''] = event.action.split(':');
  if (touched.kind === 'containers' && early.has(action)) dirty.unsettled.add(touched.key);
  return true;
}

/** What an event makes dirty; undefined for what changes no list. */
export function touchedBy(event: Pick<EngineEvent, 'type' | 'action' | 'id'>): { kind: Kind; key: string } | undefined {
  const kind = kindOf(event.type);
  const [action = ''] = event.action.split(':');
  // An image without a reference brings no event of its own: a look at any image brings those, too.
  if (kind === 'containers' && action === 'commit') return { kind: 'images', key: event.id };
  return kind === undefined || event.id === '' || harmless[kind].has(action) ? undefined : { kind, key: event.id };
}

function kindOf(type: string): Kind | undefined {
  switch (type) {
    case 'image':
      return 'images';
    case 'container':
      return 'containers';
    case 'volume':
      return 'volumes';
    default:
      return undefined;
  }
}

/**
 * The containers whose line in a list depends on images that changed: the engine names a container's image by its
 * reference only for as long as that reference means the image.
 */
export function containersOf(before: Lists, after: Lists): string[] {
  const unchanged = new Set(before.images.filter((image) => after.images.includes(image)));
  const changed = [...before.images, ...after.images].filter((image) => !unchanged.has(image));
  const ids = new Set(changed.map(({ id }) => id));
  const repositories = new Set(changed.flatMap(({ references }) => references.map(repositoryOf)));
  return after.containers
    .filter(({ image, imageId }) => ids.has(imageId) || repositories.has(repositoryOf(image)))
    .map(({ id }) => id);
}

function repositoryOf(reference: string): string {
  return reference.replace(/(?::[^:/]+)?(?:@.*)?$/, '');
}
