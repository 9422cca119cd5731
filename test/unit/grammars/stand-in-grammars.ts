import { type IGrammar } from 'vscode-textmate';
import { injectionScope, loadGrammar } from './tokenize.js';

const languages = ['dockerfile', 'shell', 'python', 'r', 'julia', 'json', 'yaml'];
const standIns = languages.map((name) => [`source.${name}`, `test/fixtures/grammars/${name}.tmLanguage.json`] as const);
const wasm = 'node_modules/vscode-oniguruma/release/onig.wasm';

/** A grammar of Dockerfiles that behaves as the one of VS Code, which is not here, with ours injected. */
export function dockerfileGrammar(): Promise<IGrammar> {
  const files = new Map([...standIns, [injectionScope, 'syntaxes/dockerfile-injection.tmLanguage.json']]);
  return loadGrammar('source.dockerfile', files, wasm);
}

/** The same without ours. */
export function bareDockerfileGrammar(): Promise<IGrammar> {
  return loadGrammar('source.dockerfile', new Map(standIns), wasm);
}

export function buildLogGrammar(): Promise<IGrammar> {
  const scope = 'text.research-containers.build-log';
  return loadGrammar(scope, new Map([[scope, 'syntaxes/build-log.tmLanguage.json']]), wasm);
}
