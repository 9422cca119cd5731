import { type Instruction, jsonList } from '../instructions.js';
import { type Stage } from '../stages.js';
import { splitWords } from '../words.js';
import { type Subject } from './subject.js';

export interface Copy {
  instruction: Instruction;
  /** As they are written, without quotes. */
  sources: readonly string[];
  destination: string;
}

/** What COPY and ADD take from the build context; nothing of other stages, of heredocs or of the network. */
export function copiesOf({ dockerfile }: Subject, { instructions }: Stage): Copy[] {
  return instructions.flatMap((instruction) => {
    const { keyword, flags, heredocs, arguments: rest } = instruction;
    if ((keyword !== 'COPY' && keyword !== 'ADD') || heredocs.length > 0) return [];
    if (flags.some(({ name }) => name === 'from')) return [];
    const words =
      jsonList(rest) ?? splitWords(rest, dockerfile.escape).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
    const sources = words.slice(0, -1).filter((source) => !/^[a-z+]+:\/\/|^git@/.test(source));
    return sources.length === 0 ? [] : [{ instruction, sources, destination: words.at(-1) ?? '' }];
  });
}

/** Whether all of the build context is copied. */
export function isWhole({ sources }: Copy): boolean {
  return sources.some((source) => /^(?:\.?\/?|\.?\/?\*)$/.test(source));
}
