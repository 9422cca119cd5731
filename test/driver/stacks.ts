import { findSourceMap } from 'node:module';

/**
 * The stack with the places in bundled files replaced by those in their sources. Node would do that by itself, but VS
 * Code's extension host formats stacks in a way of its own.
 */
export function stackInSources(stack: string): string {
  return stack.replace(/(\/[^():\s]+\.js):(\d+):(\d+)/g, (place, file: string, line: string, column: string) => {
    const entry = findSourceMap(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !('originalSource' in entry)) return place;
    return `${entry.originalSource.replace(/^file:\/\//, '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}
