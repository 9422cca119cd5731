import { type Dockerfile } from './instructions.js';
import { expandWord } from './shell-words.js';
import { targetChain } from './stages.js';
import { type BuildChoices } from './variables.js';
import { splitPair, splitWords } from './words.js';

/** The keys that LABEL gives the image, each once; those of a base image not, nor one that depends on a variable. */
export function labels(dockerfile: Dockerfile, choices: BuildChoices = {}): string[] {
  const instructions = targetChain(dockerfile, choices).flatMap((stage) => stage.instructions);
  const keys = instructions.flatMap((instruction) =>
    instruction.keyword === 'LABEL' ? keysOf(instruction.arguments, dockerfile.escape) : [],
  );
  return [...new Set(keys)];
}

function keysOf(text: string, escape: string): string[] {
  const words = splitWords(text, escape);
  // The old `LABEL key value` has one key, and all the rest is its value.
  const written = words[0]?.includes('=') === true ? words.map((word) => splitPair(word).name) : words.slice(0, 1);
  return written.flatMap((key) => expandWord(key, escape, new Map()) ?? []);
}
