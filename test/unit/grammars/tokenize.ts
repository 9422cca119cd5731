import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import { type IGrammar, INITIAL, parseRawGrammar, Registry } from 'vscode-textmate';

/** Where grammars are: the path of each by its scope name. */
export type GrammarFiles = ReadonlyMap<string, string>;

export const injectionScope = 'research-containers.dockerfile.injection';

/**
 * Loads a grammar as VS Code does, with that of ours injected where its file is given.
 *
 * @param wasm `onig.wasm` of vscode-oniguruma
 */
export async function loadGrammar(scopeName: string, files: GrammarFiles, wasm: string): Promise<IGrammar> {
  const bytes = readFileSync(wasm);
  // A copy of its own: what a file is read into may be shared.
  await loadWASM(Uint8Array.from(bytes).buffer);
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: (name) => {
      const path = files.get(name);
      return Promise.resolve(path === undefined ? null : parseRawGrammar(readFileSync(path, 'utf8'), path));
    },
    getInjections: (name) => (name === 'source.dockerfile' && files.has(injectionScope) ? [injectionScope] : []),
  });
  const grammar = await registry.loadGrammar(scopeName);
  assert.ok(grammar, `${scopeName} is not there`);
  return grammar;
}

export interface Token {
  /** Counted from 1. */
  line: number;
  text: string;
  /** From the outermost to the innermost, without that of the whole text, and without the grammar's name at their ends. */
  scopes: readonly string[];
}

/** All tokens of a text, without those of blanks only; empty lines have none. */
export function tokensOf(grammar: IGrammar, text: string): Token[] {
  const tokens: Token[] = [];
  let stack = INITIAL;
  for (const [at, line] of text.split('\n').entries()) {
    const result = grammar.tokenizeLine(line, stack);
    assert.ok(!result.stoppedEarly, `line ${at + 1} was not read to its end`);
    stack = result.ruleStack;
    for (const { startIndex, endIndex, scopes } of result.tokens) {
      const token = line.slice(startIndex, endIndex);
      if (token.trim() === '') continue;
      const shown = scopes.slice(1).map((scope) => scope.replace(/\.(dockerfile|build-log)$/, ''));
      tokens.push({ line: at + 1, text: token.trim(), scopes: shown });
    }
  }
  return tokens;
}

/** One line for each token: its text, and its innermost scope or `-`. */
export function listing(grammar: IGrammar, text: string): string[] {
  return tokensOf(grammar, text).map(({ text: token, scopes }) => `${token}  ${innermost(scopes)}`);
}

function innermost(scopes: readonly string[]): string {
  const last = scopes.at(-1);
  return last === undefined || last.startsWith('meta.') ? '-' : last;
}
