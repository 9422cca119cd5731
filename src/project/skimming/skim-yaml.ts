import { type KeptLines } from './kept-lines.js';
import { type Skimmer } from './skimmer.js';

/** Of an entry of pixi's and conda-lock's lists. */
const wanted = new Set(['conda', 'pypi', 'kind', 'name', 'version', 'url', 'path', 'manager']);
const lists = new Set(['package', 'packages']);
const [space, hash, dash] = [0x20, 0x23, 0x2d];

/** Where a line is: in the value of a top-level key, or in an entry of the list of packages. */
type Place =
  /** `isKept`: whether lines that belong to the value are. */
  | { kind: 'value'; isKept: boolean }
  /** `indent` is that of its entries; undefined where none has come yet. */
  | { kind: 'list'; indent: number | undefined }
  | Entry;

interface Entry {
  kind: 'entry';
  indent: number;
  /** Where its keys begin; undefined where it is kept as it is. */
  keys: number | undefined;
  /** Whether lines that belong to the value of its last key are. */
  isKept: boolean;
  firstLine: number;
  /** Undefined until an address says it. */
  isForeign: boolean | undefined;
}

/**
 * Keeps top-level keys with what stands in their lines, and of each package in pixi's or conda-lock's list the wanted keys.
 * Packages for other systems than Linux are left out, but for the first one: without an entry the list would be none.
 */
export function yamlSkimmer(): Skimmer {
  return new YamlSkimmer();
}

class YamlSkimmer implements Skimmer {
  #place: Place = { kind: 'value', isKept: true };
  #hasEntry = false;

  take(piece: string, start: number, end: number, kept: KeptLines): void {
    const first = endOfSpaces(piece, start, end);
    if (first === end) {
      kept.add('');
      return;
    }
    const place = this.#place;
    const indent = first - start;
    const code = piece.charCodeAt(first);
    const isDash = code === dash && (first + 1 === end || piece.charCodeAt(first + 1) === space);
    if (place.kind !== 'list' && isWithin(place, indent, isDash)) {
      kept.add(place.isKept ? piece.slice(start, end) : '');
    } else if (code === hash) {
      kept.add('');
    } else if (place.kind === 'entry' && indent === place.keys) {
      this.#takeKey(place, piece, start, first, end, kept);
    } else if (isDash && place.kind !== 'value' && indent === (place.indent ?? indent)) {
      this.#endEntry(kept);
      const from = endOfSpaces(piece, first + 1, end);
      const entry: Entry = {
        kind: 'entry',
        indent,
        keys: from - start,
        isKept: true,
        firstLine: kept.next,
        isForeign: undefined,
      };
      this.#place = entry;
      kept.mark();
      this.#takeKey(entry, piece, start, from, end, kept);
    } else {
      this.#endEntry(kept);
      this.#hasEntry = false;
      this.#place = placeBehind(piece, start, end);
      kept.add(piece.slice(start, end));
    }
  }

  end(kept: KeptLines): void {
    this.#endEntry(kept);
  }

  /** @param from where the line, which goes from `start` to `end`, has a key of the entry */
  #takeKey(entry: Entry, piece: string, start: number, from: number, end: number, kept: KeptLines): void {
    const colon = endOfKey(piece, from, end);
    const key = colon === undefined ? undefined : piece.slice(from, colon);
    if (key === undefined) entry.keys = undefined;
    // Without its first line an entry would be part of the one in front of it.
    entry.isKept = key === undefined || wanted.has(key) || entry.firstLine === kept.next;
    const line = entry.isKept ? piece.slice(start, end) : '';
    if (key === 'conda' || key === 'pypi' || (key === 'url' && entry.isForeign === undefined)) {
      entry.isForeign = key !== 'pypi' && /\/(?:win|osx)-\w+\//.test(line);
    }
    kept.add(line);
  }

  #endEntry(kept: KeptLines): void {
    if (this.#place.kind !== 'entry') return;
    if (this.#place.isForeign === true && this.#hasEntry) kept.leaveOutMarked();
    this.#hasEntry = true;
  }
}

/** Whether a line belongs to the value of the last key, or to an entry that is kept as it is. */
function isWithin(place: Exclude<Place, { kind: 'list' }>, indent: number, isDash: boolean): boolean {
  if (place.kind === 'value') return indent > 0 || isDash;
  if (place.keys === undefined) return indent > place.indent;
  return indent > place.keys || (isDash && indent === place.keys);
}

/** Where the lines behind one at the top are: what is not understood is kept together with them. */
function placeBehind(piece: string, start: number, end: number): Place {
  const colon = endOfKey(piece, start, end);
  if (colon === undefined) return { kind: 'value', isKept: true };
  const value = endOfSpaces(piece, colon + 1, end);
  if (value < end && piece[value] !== '#') return { kind: 'value', isKept: true };
  return lists.has(piece.slice(start, colon)) ? { kind: 'list', indent: undefined } : { kind: 'value', isKept: false };
}

function endOfSpaces(piece: string, from: number, end: number): number {
  let at = from;
  while (at < end && piece.charCodeAt(at) === space) at += 1;
  return at;
}

/** Where the colon behind a plain key is; undefined where there is none. */
function endOfKey(piece: string, from: number, end: number): number | undefined {
  let at = from;
  while (at < end && isOfKey(piece.charCodeAt(at))) at += 1;
  const isEnd = at > from && at < end && piece[at] === ':' && (at + 1 === end || piece[at + 1] === ' ');
  return isEnd ? at : undefined;
}

/** Letters, digits, and `_.-`. */
function isOfKey(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x5f ||
    code === 0x2d ||
    code === 0x2e
  );
}
