import { isMark, type Token } from './tokens.js';

export interface ImportedModule {
  /** With all its parts, `google.protobuf.message`; what `from x import y` names is one more part, for it may be a module. */
  module: string;
  line: number;
}

/**
 * The modules that `import` and `from … import` name, in functions and branches, too. Those of the program's own package
 * (`from . import x`) are none.
 */
export function importedModules(tokens: readonly Token[]): ImportedModule[] {
  const found: ImportedModule[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.kind !== 'name' || !beginsStatement(tokens, index)) continue;
    if (token.text === 'import') {
      for (let at = index + 1; ;) {
        const { module, next } = dottedName(tokens, at);
        if (module === '') break;
        found.push({ module, line: token.line });
        at = skipAlias(tokens, next);
        if (!isMark(tokens[at], ',')) break;
        at += 1;
      }
    } else if (token.text === 'from') {
      const { module, next } = dottedName(tokens, index + 1);
      const keyword = tokens[next];
      if (module === '' || keyword?.kind !== 'name' || keyword.text !== 'import') continue;
      const names = importedNames(tokens, next + 1);
      for (const name of names) found.push({ module: `${module}.${name}`, line: token.line });
      if (names.length === 0) found.push({ module, line: token.line });
    }
  }
  return found;
}

/** Whether the file imports from the package that it is in, which works only for a module of a package. */
export function hasRelativeImports(tokens: readonly Token[]): boolean {
  return tokens.some(
    (token, index) =>
      token.kind === 'name' &&
      token.text === 'from' &&
      beginsStatement(tokens, index) &&
      isMark(tokens[index + 1], '.'),
  );
}

function beginsStatement(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  return before === undefined || before.kind === 'line' || isMark(before, ';') || isMark(before, ':');
}

function dottedName(tokens: readonly Token[], start: number): { module: string; next: number } {
  const parts: string[] = [];
  let next = start;
  for (let token = tokens[next]; token?.kind === 'name'; token = tokens[next]) {
    parts.push(token.text);
    next += 1;
    if (!isMark(tokens[next], '.')) break;
    next += 1;
  }
  return { module: parts.join('.'), next };
}

function skipAlias(tokens: readonly Token[], at: number): number {
  const token = tokens[at];
  return token?.kind === 'name' && token.text === 'as' ? at + 2 : at;
}

function importedNames(tokens: readonly Token[], start: number): string[] {
  const names: string[] = [];
  for (let at = isMark(tokens[start], '(') ? start + 1 : start; ;) {
    const token = tokens[at];
    if (token?.kind !== 'name') return names;
    names.push(token.text);
    at = skipAlias(tokens, at + 1);
    if (!isMark(tokens[at], ',')) return names;
    at += 1;
  }
}
