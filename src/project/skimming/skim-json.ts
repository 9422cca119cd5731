import { Brackets } from './brackets.js';
import { type KeptLines } from './kept-lines.js';
import { type Skimmer } from './skimmer.js';

/** Of pipenv and renv: keys whose texts or lists are used. */
const wanted = new Set(['version', 'git', 'path', 'extras', 'Version', 'Package']);
const member = /^([ \t]*"((?:[^"\\]|\\.)*)"[ \t]*:[ \t]*)(?:"(?:[^"\\]|\\.)*"([ \t]*,?[ \t]*)|\[[ \t]*)$/;

/** Empties texts and lists that are not used, as far as each has lines of its own: that is how the tools write them. */
export function jsonSkimmer(): Skimmer {
  let open: Brackets | undefined;
  return {
    take(piece: string, start: number, end: number, kept: KeptLines): void {
      const line = piece.slice(start, end);
      if (open !== undefined) {
        const close = open.endIn(line);
        if (close !== undefined) open = undefined;
        kept.add(close === undefined ? '' : line.slice(close - 1));
        return;
      }
      const [, head = '', key, behindText] = member.exec(line) ?? [];
      if (key === undefined || wanted.has(key)) {
        kept.add(line);
      } else if (behindText === undefined) {
        open = Brackets.openAt(line, head.length);
        kept.add(line);
      } else {
        kept.add(`${head}""${behindText}`);
      }
    },
    // A list that is cut off is open in what is kept, too.
    end: () => undefined,
  };
}
