import { KeptLines } from './kept-lines.js';
import { jsonSkimmer } from './skim-json.js';
import { listSkimmer } from './skim-list.js';
import { tomlSkimmer } from './skim-toml.js';
import { yamlSkimmer } from './skim-yaml.js';
import { type Skimmer } from './skimmer.js';
import { UnfitText, wholeLines } from './whole-lines.js';

/** Of what is kept of a file, in characters: it is parsed at once. */
const largestKept = 4_000_000;

const skimmers: readonly [name: RegExp, make: () => Skimmer][] = [
  [/^(?:(?:uv|poetry|pdm)\.lock|pylock(?:\..+)?\.toml|(?:Julia)?Manifest[\w.-]*\.toml)$/, tomlSkimmer],
  [/^(?:Pipfile|renv)\.lock$/, jsonSkimmer],
  [/^(?:pixi\.lock|(?:[\w.-]+\.)?conda-lock\.ya?ml)$/, yamlSkimmer],
  [/^(?!CMakeLists\.txt$|runtime\.txt$).*\.(?:txt|in|lock)$/, listSkimmer],
];

/** What takes the lines of a file of that name; undefined for a file that is not a list of packages. */
export function skimmerFor(file: string): Skimmer | undefined {
  const name = file.replace(/^.*\//, '');
  return skimmers.find(([pattern]) => pattern.test(name))?.[1]();
}

/**
 * Reads a file in pieces, and keeps what a skimmer keeps of it: a text of the same format, with each line in its place. Throws
 * UnfitText where that is not possible, and what the system says of a file that cannot be read.
 */
export async function skimFile(path: string, skimmer: Skimmer, signal: AbortSignal | undefined): Promise<string> {
  const kept = new KeptLines();
  for await (const piece of wholeLines(path, signal)) {
    skimPiece(piece, skimmer, kept);
    if (kept.size > largestKept) {
      throw new UnfitText(`What it says of packages is larger than ${largestKept / 1_000_000} MB, and is not read.`);
    }
  }
  skimmer.end(kept);
  return kept.text();
}

/** @param piece whole lines */
export function skimPiece(piece: string, skimmer: Skimmer, kept: KeptLines): void {
  for (let start = 0; start < piece.length;) {
    const found = piece.indexOf('\n', start);
    const end = found < 0 ? piece.length : found;
    skimmer.take(piece, start, end > start && piece[end - 1] === '\r' ? end - 1 : end, kept);
    start = end + 1;
  }
  kept.join();
}
