import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import * as v from 'valibot';
import { type IGrammar } from 'vscode-textmate';
import { assertAgreesWithParser } from '../unit/grammars/agrees-with-parser.js';
import { contents, heredocs, shebangs } from '../unit/grammars/heredoc-cases.js';
import { injectionScope, loadGrammar, tokensOf } from '../unit/grammars/tokenize.js';

const manifestSchema = v.object({
  contributes: v.optional(
    v.object({
      grammars: v.optional(
        v.array(v.object({ scopeName: v.string(), path: v.string(), injectTo: v.optional(v.array(v.string())) })),
      ),
    }),
  ),
});

interface Installed {
  folder: string;
  manifest: v.InferOutput<typeof manifestSchema>;
}

const builtIn = join(vscode.env.appRoot, 'extensions');

/** The extensions that VS Code brings, wherever they run, and ours behind them. */
function extensions(): Installed[] {
  const ours = vscode.extensions.getExtension('research-containers.research-containers');
  assert.ok(ours);
  const folders = [...readdirSync(builtIn).map((name) => join(builtIn, name)), ours.extensionPath];
  return folders
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({
      folder,
      manifest: v.parse(
        v.pipe(v.string(), v.parseJson(), manifestSchema),
        readFileSync(join(folder, 'package.json'), 'utf8'),
      ),
    }));
}

/** Where each grammar is, by its scope name. */
function grammarFiles(): Map<string, string> {
  return new Map(
    extensions().flatMap(({ folder, manifest }) =>
      (manifest.contributes?.grammars ?? []).map(({ scopeName, path }) => [scopeName, join(folder, path)] as const),
    ),
  );
}

const wasm = join(vscode.env.appRoot, 'node_modules/vscode-oniguruma/release/onig.wasm');

describe('our grammars among those of VS Code', () => {
  let grammar: IGrammar;
  before(async () => {
    grammar = await loadGrammar('source.dockerfile', grammarFiles(), wasm);
  });

  it('are put into Dockerfiles by the manifest', () => {
    const ours = extensions().at(-1)?.manifest.contributes?.grammars;
    const injected = ours?.find(({ scopeName }) => scopeName === injectionScope);
    assert.deepEqual(injected?.injectTo, ['source.dockerfile']);
  });

  for (const [does, text] of heredocs) {
    it(`agree with the parser when a heredoc ${does}`, () => {
      assertAgreesWithParser(grammar, `# syntax=docker/dockerfile:1\nFROM x\n${text}\nENV AFTER="it's"\nUSER me\n`);
    });
  }

  for (const [what, start, line, scope] of contents) {
    it(`take a heredoc for ${what}: ${start}`, () => {
      const inside = tokensOf(grammar, `${start}\n${line} x\nE\nUSER me`).find((token) => token.line === 2);
      assert.ok(inside?.scopes.includes(scope), JSON.stringify(inside));
    });
  }

  for (const [shebang, line, scope] of shebangs) {
    it(`go by the first line: ${shebang}`, () => {
      const tokens = tokensOf(grammar, `RUN <<E\n${shebang}\n${line} x\nE\nUSER me`);
      assert.ok(tokens.find((token) => token.line === 3)?.scopes.includes(scope));
      assert.deepEqual(tokens.at(-1)?.scopes, ['meta.instruction.other']);
    });
  }

  it('embed languages that end where the heredoc ends', () => {
    for (const text of [
      'RUN <<E\necho "a \'\nfor x in\nE',
      'RUN python3 <<E\nx = """\nE',
      'RUN Rscript - <<E\nx <- "a\nE',
      'RUN julia <<E\nx = """a\nE',
      'COPY <<E /x.json\n{"a": [\nE',
      'COPY <<E /x.yaml\na: |\n  b\n "\nE',
      'RUN cat <<E | perl\n$a = q(\nE',
      'COPY <<E /x.js\nx = `\nE',
      'COPY <<E /x.cu\n/*\nE',
    ]) {
      assertAgreesWithParser(grammar, `FROM x\n${text}\nENV A="it's"\nUSER me\n`);
    }
  });
});
