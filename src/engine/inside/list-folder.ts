import { Failure } from '../../host/failure.js';
import { streamFailure } from '../connection.js';
import { bytesOf } from '../saved-image/tar-entries.js';
import { notFound, type PathStat } from './archive.js';
import { engineTar } from './engine-tar.js';
import { listScript, parseListed } from './list-by-shell.js';
import { below } from './paths.js';
import { type Entry, type Listing } from './place.js';
import { runScript } from './shell.js';
import { type View } from './view.js';

/** What an engine may send to list a folder without a shell, in bytes: it sends all that is below, too. */
export const archiveBudget = 64 * 1024 * 1024;
/** What a shell may write, in bytes: some hundred thousand names. */
const outputLimit = 32 * 1024 * 1024;
/** How many requests are made at a time. */
const atOnce = 8;

/**
 * What is in a folder, sorted by name. Rejects `file-not-found`, `not-a-folder`.
 *
 * @param budget bytes, see `archiveBudget`
 */
export async function listFolder(view: View, path: string, budget: number): Promise<Listing> {
  const { path: folder, stat } = await view.follow(path);
  if (stat === undefined) throw notFound(path);
  if (stat.kind !== 'folder') {
    throw new Failure('not-a-folder', `${path} is no folder.`, 'Choose the folder that it is in.');
  }
  const listing =
    (view.carrier.hasShell ? await listByShell(view, folder) : undefined) ??
    (await listByArchive(view, folder, budget));
  listing.entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  return listing;
}

/** Undefined where the shell cannot be started. */
async function listByShell(view: View, folder: string): Promise<Listing | undefined> {
  const { connection, carrier, signal } = view;
  const result = await runScript(connection, carrier, listScript, [folder, '/'], { signal, limit: outputLimit }).catch(
    (error: unknown) => {
      if (error instanceof Failure && error.reason === 'command-not-found') return undefined;
      throw error;
    },
  );
  if (result === undefined || result.exitCode === 126 || result.exitCode === 127) return undefined;
  const { exitCode, stdout, stderr, isWhole } = result;
  if (exitCode !== 0) {
    throw new Failure('engine-refused', `${folder} could not be listed: ${stderr.toString().trim()}`, 'Try again.');
  }
  const { entries, unknown, untold } = parseListed(stdout);
  await eachOf(unknown, async (name) => {
    const found = await entryAt(view, folder, name);
    if (found !== undefined) entries.push(found);
  });
  const links = new Map(entries.map((entry) => [entry.name, entry.link]));
  await eachOf(untold, async (name) => {
    const link = links.get(name);
    if (link !== undefined) link.kind = await view.kindBehind(below(folder, name));
  });
  return { entries, isWhole };
}

/** The engine sends the folder with all that is below. */
async function listByArchive(view: View, folder: string, budget: number): Promise<Listing> {
  const tar = await view.archive.open(below(folder, '.'), view.signal);
  const entries: Entry[] = [];
  const links: Entry[] = [];
  const counted = new Counted(bytesOf(tar), budget);
  try {
    for await (const { member } of engineTar(counted)) {
      const [name, ...below] = member.name.split('/').filter((part) => part !== '' && part !== '.');
      if (name === undefined || below.length > 0) continue;
      const kind = member.kind === 'hard-link' ? 'file' : member.kind;
      const entry: Entry = { name, kind, size: member.size, modified: Math.max(0, member.modified) };
      if (kind === 'link') {
        entry.link = { target: member.target, kind: undefined };
        links.push(entry);
      }
      entries.push(entry);
    }
  } catch (error) {
    if (!counted.isOver) throw streamFailure(error, view.connection, 'Listing the folder', view.signal);
  } finally {
    tar.destroy();
  }
  await eachOf(links, async ({ name, link }) => {
    if (link !== undefined) link.kind = await view.kindBehind(below(folder, name));
  });
  return { entries, isWhole: !counted.isOver };
}

/** A stream that ends when more than a budget has come. */
class Counted implements AsyncIterable<Uint8Array> {
  isOver = false;

  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly budget: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of this.source) {
      bytes += chunk.length;
      this.isOver = bytes > this.budget;
      if (this.isOver) return;
      yield chunk;
    }
  }
}

/** What is at a path of a folder; undefined where there is nothing any more. */
async function entryAt(view: View, folder: string, name: string): Promise<Entry | undefined> {
  const path = below(folder, name);
  const stat = await view.lstat(path);
  if (stat === undefined) return undefined;
  return entryOf(name, stat, stat.kind === 'link' ? await linkAt(view, path) : undefined);
}

async function linkAt(view: View, path: string): Promise<Entry['link']> {
  const kind = await view.kindBehind(path);
  // The engine does not say where a link leads that leads to itself.
  const target = await view.readLink(path).catch((error: unknown) => {
    if (error instanceof Failure && error.reason === 'file-not-found') return '';
    throw error;
  });
  return { target: target === '' ? undefined : target, kind };
}

export function entryOf(name: string, { kind, size, modified }: PathStat, link?: Entry['link']): Entry {
  return { name, kind, size, modified, ...(link === undefined ? {} : { link }) };
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
