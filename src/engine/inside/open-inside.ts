import { setMaxListeners } from 'node:events';
import { Failure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { untilAborted } from '../../host/until-aborted.js';
import { type EngineConnection } from '../connection.js';
import { notFound, readOnlyFailure } from './archive.js';
import { type Carrier, type Carriers, carriersOf, type Purpose } from './carriers.js';
import { makeFolder, removePath, renamePath, writeFile } from './change.js';
import { download } from './download.js';
import { archiveBudget, entryOf, listFolder } from './list-folder.js';
import { isUnseen, readByShell, statByShell } from './own-mounts.js';
import { partsOf } from './paths.js';
import { type Entry, type Inside, type Listing, type Place, type TransferOptions } from './place.js';
import { readFile } from './read-file.js';
import { upload } from './upload.js';
import { View } from './view.js';

interface Options {
  /** `none` for doing without any shell, also where there is one. */
  shells?: 'any' | 'none';
  /** Bytes that the engine may send to list a folder without a shell. */
  budget?: number;
}

/**
 * Opens a place to look at its files: through the container itself, a running container that has the volume, or a helper container
 * that is made for it, and removed by `dispose`. Rejects `container-not-found`, `volume-not-found`, `image-not-found`.
 */
export async function openInside(
  connection: EngineConnection,
  place: Place,
  log: Log,
  signal = new AbortController().signal,
  { shells = 'any', budget = archiveBudget }: Options = {},
): Promise<Inside> {
  const ends = new AbortController();
  const carriers = carriersOf(place, { connection, log, shells, signal: ends.signal });
  const opened = new OpenPlace(connection, place, carriers, ends, budget);
  try {
    await opened.look(signal);
    return opened;
  } catch (error) {
    await opened.dispose();
    throw error;
  }
}

/** Larger contents are read through a container of their own, in bytes. */
const large = 4 * 1024 * 1024;

class OpenPlace implements Inside {
  readonly isReadOnly: boolean;
  private hasShell = false;

  constructor(
    private readonly connection: EngineConnection,
    private readonly place: Place,
    private readonly carriers: Carriers,
    private readonly ends: AbortController,
    private readonly budget: number,
  ) {
    this.isReadOnly = place.kind === 'image';
  }

  get canRearrange(): boolean {
    return !this.isReadOnly && this.hasShell;
  }

  /** Finds or makes what the place is looked into through. */
  async look(signal: AbortSignal): Promise<void> {
    await this.using('look', signal, () => Promise.resolve());
  }

  list(path: string, signal: AbortSignal): Promise<Listing> {
    return this.using('look', signal, (view) => listFolder(view, path, this.budget));
  }

  stat(path: string, signal: AbortSignal): Promise<Entry> {
    return this.using('look', signal, async (view) => {
      try {
        const { stat } = await view.follow(path);
        if (stat === undefined) throw notFound(path);
        return entryOf(partsOf(path).at(-1) ?? '/', stat);
      } catch (error) {
        const entry = isUnseen(error, view) ? await statByShell(view, path, this.budget) : undefined;
        if (entry === undefined) throw error;
        return entry;
      }
    });
  }

  async *read(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { size } = await this.stat(path, signal);
    if (size <= large) yield* await this.using('look', signal, (view) => readSmall(view, path));
    else {
      const { view, close } = await this.openForContent(signal);
      try {
        yield* await readFile(view, path);
      } finally {
        await close();
      }
    }
  }

  write(path: string, content: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.using('change', signal, (view) => writeFile(view, path, content));
  }

  makeFolder(path: string, signal: AbortSignal): Promise<void> {
    return this.using('change', signal, (view) => makeFolder(view, path));
  }

  remove(path: string, signal: AbortSignal): Promise<void> {
    return this.using('change', signal, (view) => removePath(view, path));
  }

  rename(from: string, to: string, { replace, signal }: { replace: boolean; signal: AbortSignal }): Promise<void> {
    return this.using('change', signal, (view) => renamePath(view, from, to, replace));
  }

  async download(path: string, to: string, { signal, onBytes }: TransferOptions): Promise<{ leftOut: string[] }> {
    const { view, close } = await this.openForContent(signal);
    try {
      return await download(view, path, to, onBytes);
    } finally {
      await close();
    }
  }

  upload(from: readonly string[], folder: string, { signal, onBytes }: TransferOptions): Promise<void> {
    return this.using('change', signal, (view) => upload(view, from, folder, onBytes));
  }

  async dispose(): Promise<void> {
    this.ends.abort();
    await this.carriers.dispose();
  }

  private async openForContent(signal: AbortSignal): Promise<{ view: View; close: () => Promise<void> }> {
    const until = this.until(signal);
    const opening = this.carriers.openForContent();
    const carrier = await untilAborted(opening, until, 'Looking inside').catch((error: unknown) => {
      void opening.then(({ close }) => close()).catch(() => undefined);
      throw error;
    });
    return { view: this.viewThrough(carrier, until), close: carrier.close };
  }

  private viewThrough(carrier: Carrier, until: AbortSignal): View {
    return new View(this.connection, carrier, this.place.kind === 'volume', until);
  }

  private until(signal: AbortSignal): AbortSignal {
    const until = AbortSignal.any([signal, this.ends.signal]);
    // As many as there are requests at a time.
    setMaxListeners(0, until);
    return until;
  }

  /** What a call is made through may have ended meanwhile: then it is tried once more with another one. */
  private async using<T>(purpose: Purpose, signal: AbortSignal, use: (view: View) => Promise<T>): Promise<T> {
    if (purpose === 'change' && this.isReadOnly) throw readOnlyFailure('an image stays as it is');
    const until = this.until(signal);
    for (let attempt = 1; ; attempt++) {
      const carrier = await untilAborted(this.carriers.get(purpose), until, 'Looking inside');
      this.hasShell = carrier.hasShell;
      try {
        return await use(this.viewThrough(carrier, until));
      } catch (error) {
        const hasEnded =
          error instanceof Failure && /^container-not-(?:running|found)$/.test(error.reason) && attempt === 1;
        if (!hasEnded) throw error;
        await this.carriers.forget(carrier);
      }
    }
  }
}

/** Of a file that only the container sees, at once. */
async function readSmall(view: View, path: string): Promise<AsyncIterable<Uint8Array> | Iterable<Uint8Array>> {
  try {
    return await readFile(view, path);
  } catch (error) {
    if (isUnseen(error, view)) return [await readByShell(view, path)];
    throw error;
  }
}
