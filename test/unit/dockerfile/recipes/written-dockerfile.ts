import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import { expandWord } from '../../../../src/dockerfile/shell-words.js';
import { splitPair, splitWords } from '../../../../src/dockerfile/words.js';

/** The labels that a Dockerfile gives, with their values as an image has them. */
export function labelsOf(dockerfile: string): Map<string, string> {
  const pairs = parseDockerfile(dockerfile)
    .instructions.filter(({ keyword }) => keyword === 'LABEL')
    .flatMap(({ arguments: words }) => splitWords(words, '\\'))
    .map((word): [string, string] => {
      const { name, value = '' } = splitPair(word);
      const expanded = expandWord(value, '\\', new Map());
      assert.ok(expanded !== undefined, word);
      return [name, expanded];
    });
  return new Map(pairs);
}

/** The arguments of an instruction in exec form. */
export function execForm(text: string): unknown {
  assert.match(text, /^\[/);
  return JSON.parse(text);
}
