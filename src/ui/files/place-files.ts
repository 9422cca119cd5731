import { type Entry, type Inside, type Listing, type Place } from '../../engine/inside/place.js';
import { type Log } from '../../host/log.js';
import { type InsidePlaces } from './inside-places.js';
import { folderOf, placeKey, type PlacePath } from './place-uri.js';

/** What is in a folder, and whether it can be changed. */
export interface FolderContent extends Listing {
  /** Folders first, each by name. */
  entries: Entry[];
  isReadOnly: boolean;
}

/** What was done to a file or folder from here. */
export interface FileChange {
  kind: 'created' | 'changed' | 'deleted';
  at: PlacePath;
}

/** Folders whose content is remembered. */
const mostKept = 500;

/**
 * The files of places as the views show them. What is in a folder is asked for once and then remembered until it is changed from here
 * or somebody asks anew: the views draw themselves again whenever anything happens on the engine, and to look into a folder makes
 * things happen there.
 */
export class PlaceFiles {
  private readonly kept = new Map<string, Promise<FolderContent>>();
  private readonly listeners = new Set<(changes: readonly FileChange[]) => void>();

  constructor(
    private readonly places: InsidePlaces,
    readonly log: Log,
  ) {}

  /** Calls back after each change, until disposed; with no changes where what was known of a folder is forgotten. */
  onChange(listener: (changes: readonly FileChange[]) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** What is in a folder, as far as it is known. */
  content(place: Place, folder: string): Promise<FolderContent> {
    const key = keyOf(place, folder);
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const content = this.ask(place, folder);
    this.kept.set(key, content);
    // What failed is asked again the next time.
    content.catch(() => {
      if (this.kept.get(key) === content) this.kept.delete(key);
    });
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept && oldest !== undefined) this.kept.delete(oldest);
    return content;
  }

  /** Does something inside a place, by the way in that is shared. */
  use<T>(place: Place, signal: AbortSignal, work: (inside: Inside, signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.places.use(place, signal, work);
  }

  /** Forgets what is in a folder and in all below it: it is asked for when it is shown next. */
  forget(place: Place, folder: string): void {
    this.drop(place, folder);
    this.tell([]);
  }

  /** Forgets the volumes that are not there any more: another one may get the name of one of them. */
  forgetVolumesBut(names: ReadonlySet<string>): void {
    const keys = new Set([...names].map((name) => placeKey({ kind: 'volume', name })));
    for (const key of [...this.kept.keys()]) {
      const place = key.slice(0, key.indexOf(':'));
      if (place.startsWith('volume.') && !keys.has(place)) this.kept.delete(key);
    }
  }

  /**
   * Leaves all places, and forgets what was seen there: where the engine is another one, and before something is removed, which would
   * be in use as long as somebody looks inside. Resolves when all is removed that was made on engines.
   */
  async leaveAll(): Promise<void> {
    this.kept.clear();
    await this.places.closeAll();
  }

  /** Tells what was done to files from here. */
  changed(changes: readonly FileChange[]): void {
    for (const { at } of changes) {
      this.kept.delete(keyOf(at.place, folderOf(at.path)));
      this.drop(at.place, at.path);
    }
    this.tell(changes);
  }

  private drop(place: Place, folder: string): void {
    const key = keyOf(place, folder);
    const below = folder === '/' ? key : `${key}/`;
    for (const each of [...this.kept.keys()]) if (each === key || each.startsWith(below)) this.kept.delete(each);
  }

  private tell(changes: readonly FileChange[]): void {
    for (const listener of this.listeners) listener(changes);
  }

  private ask(place: Place, folder: string): Promise<FolderContent> {
    return this.places.use(place, new AbortController().signal, async (inside, signal) => {
      const { entries, isWhole } = await inside.list(folder, signal);
      const [folders, others] = [entries.filter(isFolder), entries.filter((entry) => !isFolder(entry))];
      return { entries: [...folders, ...others], isWhole, isReadOnly: inside.isReadOnly };
    });
  }
}

/** Whether one can go into it: a folder, or a link to one. */
export function isFolder({ kind, link }: Entry): boolean {
  return kind === 'folder' || (kind === 'link' && link?.kind === 'folder');
}

/** Whether it has content to read: a file, or a link to one. */
export function isFile({ kind, link }: Entry): boolean {
  return kind === 'file' || (kind === 'link' && link?.kind === 'file');
}

function keyOf(place: Place, folder: string): string {
  return `${placeKey(place)}:${folder}`;
}
