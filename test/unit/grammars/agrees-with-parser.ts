import assert from 'node:assert/strict';
import { type IGrammar } from 'vscode-textmate';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { type Token, tokensOf } from './tokenize.js';

/**
 * Compares what is coloured as what with what the parser says of a Dockerfile: keywords, the flags' names, comments, and
 * which lines are a heredoc's.
 */
export function assertAgreesWithParser(grammar: IGrammar, text: string): void {
  const tokens = tokensOf(grammar, text);
  const { instructions } = parseDockerfile(text);

  assert.deepEqual(
    tokens
      .filter(({ line, scopes }, at) => tokens[at - 1]?.line !== line && isKeyword(scopes))
      // That of a HEALTHCHECK may stand in a line of its own.
      .filter(({ text: token, scopes }) => token !== 'CMD' || scopes[0] === 'meta.instruction.command')
      .map(keywordAt),
    instructions.map(({ keyword, startLine }) => `${startLine} ${keyword}`),
    'each instruction begins with a keyword, and nothing else does',
  );

  assert.deepEqual(
    tokens.filter(({ scopes }) => scopes.includes('entity.other.attribute-name.flag')).map((token) => token.text),
    instructions.flatMap(({ flags }) => flags.map(({ name }) => name)),
    'the flags are those of the parser',
  );

  const lines = text.split('\n');
  const inHeredocs = instructions.flatMap(({ endLine, heredocs }) => {
    const count = heredocs.reduce((sum, { content }) => sum + content.split('\n').length, 0);
    return Array.from({ length: count }, (_, at) => endLine - count + 1 + at);
  });
  const ends = new Set(
    tokens
      .filter(({ text: token, scopes, line }) => scopes.at(-1) === heredocName && token === lines[line - 1]?.trim())
      .map(({ line }) => line),
  );
  const coloured = lines.map((_, at) => at + 1).filter((line) => ends.has(line) || isHeredocLine(tokens, line));
  const withText = new Set(tokens.map(({ line }) => line));
  assert.deepEqual(
    coloured,
    inHeredocs.filter((line) => withText.has(line)),
    'the lines of heredocs',
  );

  const heredocLines = new Set(inHeredocs);
  for (const [at, line] of lines.entries()) {
    if (heredocLines.has(at + 1) || !/^\s*#/.test(line)) continue;
    const ofLine = tokens.filter((token) => token.line === at + 1);
    assert.ok(
      ofLine.every(({ scopes }) => scopes.some((scope) => scope.startsWith('comment.'))),
      `line ${at + 1} is a comment: ${line}`,
    );
  }
}

const heredocName = 'keyword.control.heredoc-token';

function isKeyword(scopes: readonly string[]): boolean {
  const outermost = scopes.find((scope) => !scope.startsWith('meta.instruction.'));
  return outermost === 'keyword.other.special-method' || outermost === 'keyword.control';
}

function keywordAt({ line, text }: Token): string {
  return `${line} ${text.toUpperCase()}`;
}

function isHeredocLine(tokens: readonly Token[], line: number): boolean {
  const ofLine = tokens.filter((token) => token.line === line);
  return (
    ofLine.length > 0 &&
    ofLine.every(({ scopes }) =>
      scopes.some((scope) => scope.startsWith('meta.embedded.block.') || scope === 'string.unquoted.heredoc'),
    )
  );
}
