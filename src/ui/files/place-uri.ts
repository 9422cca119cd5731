import { type Place } from '../../engine/inside/place.js';

/**
 * The scheme of what is inside containers, volumes and images. A scheme of its own: VS Code asks a file system for every document of
 * its scheme, before anybody else that provides documents.
 */
export const filesScheme = 'research-containers-files';

/** Something inside a place. */
export interface PlacePath {
  place: Place;
  /** What a person knows the place by. */
  label: string;
  /** An absolute path inside, with `/`; not ending in one, but for the root. */
  path: string;
}

/** The parts of a URI, unescaped, as VS Code's `Uri` has them. */
interface UriParts {
  scheme: string;
  authority: string;
  path: string;
}

const folders = { container: 'containers', volume: 'volumes', image: 'images' } as const;

/**
 * The URI of something inside a place: `research-containers-files://<which place>/<kind>/<label>/<path inside>`.
 *
 * The authority alone says which place it is. The path is what a person reads in tabs, breadcrumbs and lists of what was opened, where
 * VS Code leaves the authority out: a container is shown there by its name, whatever it is called when the URI is used again.
 */
export function placeUri({ place, label, path }: PlacePath): UriParts {
  return {
    scheme: filesScheme,
    authority: placeKey(place),
    path: `/${folders[place.kind]}/${segment(label)}${path === '/' ? '' : path}`,
  };
}

/** What the file system has at a URI. */
export type Addressed =
  | ({ kind: 'inside' } & PlacePath)
  /** A folder above the root of a place, which breadcrumbs ask for: there is one thing in it. */
  | { kind: 'above'; child: string };

/** Reads the URI of something inside a place, or above its root; undefined for all else. */
export function addressedBy({ scheme, authority, path }: UriParts): Addressed | undefined {
  const place = scheme === filesScheme ? placeOf(authority) : undefined;
  if (place === undefined) return undefined;
  const folder = folders[place.kind];
  const [, kind = '', label = '', ...inside] = path.split('/');
  if (kind === '') return { kind: 'above', child: folder };
  if (kind !== folder) return undefined;
  if (label === '') return { kind: 'above', child: labelOf(place) };
  return { kind: 'inside', place, label, path: `/${inside.filter((name) => name !== '').join('/')}` };
}

/**
 * Names a place, the same for the same one. VS Code changes capitals of authorities: they and all that means something in a URI are
 * written as the bytes of their UTF-8, `_41` for `A`.
 */
export function placeKey(place: Place): string {
  const name = Buffer.from(nameOf(place), 'utf8');
  const escaped = [...name].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9.-]/.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`;
  });
  return `${place.kind}.${escaped.join('')}`;
}

function placeOf(authority: string): Place | undefined {
  const [kind = '', ...rest] = authority.toLowerCase().split('.');
  const escaped = rest.join('.');
  if (!/^(?:[a-z0-9.-]|_[0-9a-f]{2})+$/.test(escaped)) return undefined;
  const bytes = escaped.match(/_..|./g) ?? [];
  const name = Buffer.from(
    bytes.map((each) => (each.startsWith('_') ? Number.parseInt(each.slice(1), 16) : each.charCodeAt(0))),
  ).toString('utf8');
  switch (kind) {
    case 'container':
      return { kind, id: name };
    case 'volume':
      return { kind, name };
    case 'image':
      return { kind, reference: name };
    default:
      return undefined;
  }
}

function nameOf(place: Place): string {
  switch (place.kind) {
    case 'container':
      return place.id;
    case 'volume':
      return place.name;
    case 'image':
      return place.reference;
  }
}

/** What a place is called where nobody knows better. */
function labelOf(place: Place): string {
  return segment(nameOf(place).replace(/^(?:sha256:)?([0-9a-f]{12})[0-9a-f]{52}$/, '$1'));
}

/** As one name in a path: the slashes of `registry.example.org/team/image` become others that look like them. */
function segment(label: string): string {
  const name = label.replaceAll('/', '∕');
  return name === '' || name === '.' || name === '..' ? `“${name}”` : name;
}

/** What is in a folder has the folder's path, and its name. */
export function pathIn(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** The folder that something is in; the root is in itself. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
