import { type Written } from './output-folders.js';
import { readShellCommands } from './shell-commands.js';
import { writtenByCommands } from './written-by-commands.js';

/** Variables that are made of one another could grow without bounds. In characters. */
const longestValue = 1000;

/**
 * Where the recipes of a Makefile or justfile write: the lines that are indented, each of which has a shell of its own, with the
 * variables that the file sets (https://www.gnu.org/software/make/manual/html_node/Execution.html).
 */
export function writtenByRecipes(lines: readonly string[]): Written[] {
  const variables = new Map<string, string>();
  const written: Written[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [first = ''] = lines.slice(at, at + 1);
    if (!/^(?:\t| {2,})/.test(first)) {
      const [, name, value] = /^(?:export[ \t]+)?([\w.-]+)[ \t]*(?::{0,3}|\?)=[ \t]*([^#]*)/.exec(first) ?? [];
      if (name !== undefined && value !== undefined) {
        const filled = withVariables(value.trim().replace(/^(["'])(.*)\1$/, '$2'), variables);
        if (filled.length <= longestValue) variables.set(name, filled);
      }
      continue;
    }
    const start = at;
    while (/\\$/.test(lines[at] ?? '') && at + 1 < lines.length) at += 1;
    const recipe = lines
      .slice(start, at + 1)
      .join('\n')
      .replace(/^\s+[@+-]*/, '');
    const found = writtenByCommands(readShellCommands(withVariables(recipe, variables)));
    written.push(...found.map((one) => ({ ...one, line: one.line + start })));
  }
  return written;
}

/** `$(NAME)`, `${NAME}` and a justfile's `{{NAME}}` with their values, and `$$` as the shell's `$`. */
function withVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$\$|\$\(([\w.-]+)\)|\$\{([\w.-]+)\}|\{\{\s*([\w-]+)\s*\}\}/g,
    (whole, ...names: unknown[]) => {
      if (whole === '$$') return '$';
      const name = names.slice(0, 3).find((each) => typeof each === 'string');
      return (typeof name === 'string' ? variables.get(name) : undefined) ?? whole;
    },
  );
}
