import { Brackets } from './brackets.js';
import { type KeptLines } from './kept-lines.js';
import { type Skimmer } from './skimmer.js';

/** Of uv, Poetry, PDM, PEP 751 and Julia, in whichever table. */
const wanted = new Set([
  ...['name', 'version', 'source', 'type', 'registry', 'git', 'vcs', 'editable', 'virtual', 'directory', 'path'],
  ...['requires-python', 'requires_python', 'python-versions', 'lock-version', 'lock_version'],
  ...['uuid', 'julia_version', 'manifest_format'],
]);
const entry = /^[ \t]*(?:([\w-]+)|"([^"\\]*)"|'([^']*)')[ \t]*=[ \t]*/;

/** Keeps the headers of tables, and what has one of the wanted keys; most of a lock file are lists of files and their hashes. */
export function tomlSkimmer(): Skimmer {
  let open: Brackets | undefined;
  /** The first line of what is left out; undefined where it is kept. */
  let leftOut: string | undefined;
  let last = '';
  return {
    take(piece: string, start: number, end: number, kept: KeptLines): void {
      const line = piece.slice(start, end);
      last = '';
      if (open !== undefined) {
        kept.add(leftOut === undefined ? line : '');
        if (open.endIn(line) !== undefined) open = undefined;
        return;
      }
      const match = entry.exec(line);
      if (match === null) {
        kept.add(/^[ \t]*#/.test(line) ? '' : line);
        return;
      }
      const [head, bare, double, single] = match;
      const isWanted = wanted.has(bare ?? double ?? single ?? '');
      open = Brackets.openAt(line, head.length);
      leftOut = isWanted ? undefined : line;
      if (!isWanted && open === undefined) last = line;
      kept.add(isWanted ? line : '');
    },
    end(kept: KeptLines): void {
      // What is left out at the end may be cut off.
      if (open !== undefined && leftOut !== undefined) kept.add(leftOut);
      else if (last !== '') kept.add(last);
    },
  };
}
