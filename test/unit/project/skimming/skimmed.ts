import assert from 'node:assert/strict';
import { KeptLines } from '../../../../src/project/skimming/kept-lines.js';
import { skimmerFor, skimPiece } from '../../../../src/project/skimming/skim-file.js';

/** What is kept of a text that is read in pieces of some lines. */
export function skimmed(file: string, text: string, linesInPiece = 1000): string {
  const skimmer = skimmerFor(file);
  assert.ok(skimmer !== undefined, file);
  const kept = new KeptLines();
  const lines = text.split(/(?<=\n)/);
  for (let index = 0; index < lines.length; index += linesInPiece) {
    skimPiece(lines.slice(index, index + linesInPiece).join(''), skimmer, kept);
  }
  skimmer.end(kept);
  return kept.text();
}
