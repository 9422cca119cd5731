import { basename } from 'node:path';
import { type WrittenFiles } from './draft.js';

/** What was written and what is left to do, in sentences. */
export function writtenText({ files, hints, unpinned }: WrittenFiles): string {
  const names = files.map((file) => basename(file));
  if (names.length === 0) return 'Nothing was written: all is as it was.';
  const sentences = [`${listed(names)} ${names.length === 1 ? 'was' : 'were'} written.`];
  if (unpinned.length > 0) {
    sentences.push(
      `No registry could be asked for the digest of ${listed(unpinned)}: a tag may mean another image later, so pin it when one answers.`,
    );
  }
  return [...sentences, ...hints.map(({ message }) => asSentence(message))].join(' ');
}

/** `a, b and c`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function asSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
