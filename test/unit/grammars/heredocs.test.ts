import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type IGrammar } from 'vscode-textmate';
import { assertAgreesWithParser } from './agrees-with-parser.js';
import { contents, heredocs, shebangs } from './heredoc-cases.js';
import { bareDockerfileGrammar, dockerfileGrammar } from './stand-in-grammars.js';
import { tokensOf } from './tokenize.js';

describe('the colours of heredocs', () => {
  let grammar: IGrammar;
  before(async () => {
    grammar = await dockerfileGrammar();
  });

  for (const [does, text] of heredocs) {
    it(`agrees with the parser when one ${does}`, () => {
      assertAgreesWithParser(
        grammar,
        `# syntax=docker/dockerfile:1\nFROM x\n${text}\nENV AFTER="it's"\n# it's\nUSER me\n`,
      );
    });
  }

  it('would go wrong without our grammar', async () => {
    const bare = await bareDockerfileGrammar();
    assert.throws(() => {
      assertAgreesWithParser(bare, "FROM x\nCOPY <<EOF /x\nit's\nEOF\nUSER me\n");
    });
  });

  it('has all of the rest where the end is missing, as the parser has', () => {
    assertAgreesWithParser(grammar, 'FROM x\nRUN <<EOF\necho\nUSER me');
  });

  for (const [what, start, line, scope] of contents) {
    it(`take it for ${what}: ${start}`, () => {
      const tokens = tokensOf(grammar, `${start}\n${line}\nE\nUSER me`);
      const inside = tokens.find((token) => token.line === 2);
      assert.equal(inside?.text, line);
      const found = inside.scopes.find((name) => name.startsWith('meta.embedded.block') || name.startsWith('string.'));
      assert.equal(found, scope);
      assert.equal(inside.scopes.length > 2, scope.startsWith('meta.'), 'the language itself is at work');
    });
  }
  it('take a file for Python that is called so itself', () => {
    const tokens = tokensOf(grammar, 'COPY <<run.py /app/\nimport x\nrun.py');
    assert.deepEqual(tokens.find(({ text }) => text === 'import')?.scopes, [
      'meta.instruction.copy',
      'meta.embedded.block.python',
      'keyword.control.python',
    ]);
  });

  for (const [shebang, line, scope] of shebangs) {
    for (const start of ['RUN <<E', 'COPY <<"E" /usr/bin/tool', 'COPY <<-E /usr/bin/tool']) {
      it(`go by the first line: ${start}, ${shebang}`, () => {
        const tokens = tokensOf(grammar, `${start}\n${shebang}\n${line} x\nE\nUSER me`);
        assert.equal(
          tokens
            .find((token) => token.line === 2)
            ?.scopes.at(-1)
            ?.startsWith('comment.line'),
          true,
        );
        assert.ok(tokens.find((token) => token.line === 3)?.scopes.includes(scope));
      });
    }
  }
  it('do not go by a later line', () => {
    const tokens = tokensOf(grammar, 'RUN <<E\necho\n#!/usr/bin/env python3\nif\nE');
    assert.ok(tokens.find(({ text }) => text === 'if')?.scopes.includes('meta.embedded.block.shell'));
  });

  it('show variables where the build replaces them, and only there', () => {
    const variables = (start: string): string[] =>
      tokensOf(grammar, `${start}\n$A \${B:-c}\nE`)
        .filter(({ line, scopes }) => line === 2 && scopes.at(-1) === 'variable.other.normal')
        .map(({ text }) => text);
    assert.deepEqual(variables('COPY <<E /x'), ['A', 'B']);
    assert.deepEqual(variables('COPY <<"E" /x'), []);
    assert.deepEqual(variables("COPY <<'E' /x"), []);
  });

  it('read the first line in the same way in all languages', () => {
    const { repository } = JSON.parse(readFileSync('syntaxes/dockerfile-injection.tmLanguage.json', 'utf8')) as {
      repository: Record<string, { begin?: string; while?: string }>;
    };
    const rules = Object.entries(repository).filter(([name]) =>
      /^heredoc-(?!of-|script|continued|lines|first)/.test(name),
    );
    assert.ok(rules.length > 10);
    const common = repository['heredoc-text']?.begin?.replace('\\G', '');
    assert.ok(common);
    for (const [name, rule] of rules) {
      assert.ok(rule.begin?.endsWith(common), name);
      assert.equal(rule.while, repository['heredoc-text']?.while, name);
    }
  });
});
