import { type Instruction } from './instructions.js';
import { splitPair } from './words.js';

/** The options of one `--mount` by name, as they are written; an option without `=` has the value `true`. */
export type Mount = ReadonlyMap<string, string>;

/** The mounts of a RUN. */
export function mountsOf(instruction: Instruction): Mount[] {
  if (instruction.keyword !== 'RUN') return [];
  const options = instruction.flags.flatMap(({ name, value }) => (name === 'mount' && value !== true ? [value] : []));
  return options.map(
    (fields) =>
      new Map(
        fields
          .split(',')
          .map(splitPair)
          .map(({ name, value = 'true' }) => [longNames.get(name.toLowerCase()) ?? name.toLowerCase(), value]),
      ),
  );
}

const longNames = new Map([
  ['src', 'source'],
  ['dst', 'target'],
  ['destination', 'target'],
]);
