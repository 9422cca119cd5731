import { referencesToPin } from '../../dockerfile/pin-references.js';
import { imagesText, scoreText } from './finding-text.js';
import { type JudgedFile } from './judge-file.js';

/** Something that stands over the first FROM. */
export interface LensLine {
  /** Counted from 0. */
  line: number;
  title: string;
  /** What a click does; `none` where there is nothing to be seen or done. */
  action: 'show-problems' | 'pin' | 'none';
}

/**
 * The score of a Dockerfile, and the offer to pin its images; nothing for a file without a FROM.
 *
 * @param isTrusted whether registries may be asked
 */
export function lensLines(judged: JudgedFile, isTrusted: boolean): LensLine[] {
  const { dockerfile, text } = judged.context;
  const from = dockerfile.instructions.find(({ keyword }) => keyword === 'FROM');
  if (from === undefined) return [];
  const line = from.startLine - 1;
  const action = judged.findings.length === 0 ? 'none' : 'show-problems';
  const open = isTrusted ? referencesToPin(text).length : 0;
  return [
    { line, title: scoreText(judged), action },
    ...(open === 0 ? [] : [{ line, title: `Pin ${imagesText(open)}`, action: 'pin' as const }]),
  ];
}
