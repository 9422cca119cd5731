import { type Command, type Word } from '../../host/shell/script.js';
import { parentOf } from './values.js';

/** What stands in a word for the project's folder, where the script found that out; no script has it. */
export const projectFolder = '\u0002';

/**
 * The place in the project that a script asks for in `$(…)`: `$(pwd)`, `$(dirname "$0")`, `$(cd "$(dirname "$0")/.." && pwd)`,
 * `$(git rev-parse --show-toplevel)`. Undefined for all else.
 */
export function ownPlace(
  commands: readonly Command[],
  folder: string,
  expanded: (word: Word) => { text: string; isWhole: boolean },
): string | undefined {
  let place = `${projectFolder}/${folder}`;
  for (const command of commands) {
    if (command.kind !== 'simple') return undefined;
    const words = command.words.map(expanded);
    const [program, ...others] = words.map(({ text }) => text);
    if (words.some(({ isWhole }) => !isWhole)) return undefined;
    const operand = others.find((text) => !text.startsWith('-')) ?? '';
    const path = operand.startsWith(projectFolder) ? operand : undefined;
    if (program === 'cd' && path !== undefined) place = path;
    else if (program === 'dirname' && path !== undefined) return parentOf(path);
    else if ((program === 'realpath' || program === 'readlink') && path !== undefined) return path;
    else if (program === 'git' && others.join(' ') === 'rev-parse --show-toplevel') return projectFolder;
    else return program === 'pwd' && commands.at(-1) === command ? place : undefined;
  }
  return undefined;
}
