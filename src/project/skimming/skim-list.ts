import { type KeptLines } from './kept-lines.js';
import { type Skimmer } from './skimmer.js';

/** In these first lines, comments tell what made the list. */
const head = 50;

/** Keeps of a list for pip, or of addresses for conda, all but comments and the hashes of a package behind its first. */
export function listSkimmer(): Skimmer {
  let isGoingOn = false;
  let hasHash = false;
  return {
    take(piece: string, start: number, end: number, kept: KeptLines): void {
      const line = piece.slice(start, end);
      if (!isGoingOn) hasHash = false;
      const content = line.trimStart();
      const isHash = /^--hash[= ]\S+(?: \\)?$/.test(content);
      const endsOpen = content.trimEnd().endsWith('\\');
      if (content.startsWith('#')) kept.add(kept.next < head || isGoingOn ? line : '');
      else if (isHash && hasHash) kept.add(endsOpen ? '\\' : '');
      else kept.add(line);
      hasHash ||= isHash;
      isGoingOn = endsOpen;
    },
    end: () => undefined,
  };
}
