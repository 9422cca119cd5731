import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';

describe('a Dockerfile', () => {
  const directives: [string, string, { syntax?: string; escape?: string }][] = [
    [
      'reads syntax and escape at the top',
      '# syntax=docker/dockerfile:1\n# escape=`\n',
      { syntax: 'docker/dockerfile:1', escape: '`' },
    ],
    ['reads them in any case and with spaces', '#SYNTAX =  a/b:1  \n#\tEscape\t=`\n', { syntax: 'a/b:1', escape: '`' }],
    ['takes the first word of the syntax', '# syntax=a/b:1 // more\n', { syntax: 'a/b:1' }],
    ['goes on after check', '# check=skip=all;error=true\n# syntax=a\n', { syntax: 'a' }],
    ['reads them behind a byte order mark', '\uFEFF# syntax=a\n', { syntax: 'a' }],
    ['reads them with CRLF', '# syntax=a\r\n# escape=`\r\n', { syntax: 'a', escape: '`' }],
    [
      'reads the syntax, but not the escape, behind #!',
      '#!/usr/bin/env docker\n# syntax=a\n# escape=`\n',
      { syntax: 'a' },
    ],
    ['ignores them behind a comment', '# hello\n# syntax=a\n', {}],
    ['ignores them behind an empty line', '\n# escape=`\n', {}],
    ['ignores them behind an instruction', 'ARG A\n# escape=`\n', {}],
    ['ignores them behind an unknown one', '# key=value\n# escape=`\n', {}],
    ['reads an indented escape, but no indented syntax', '  # syntax=a\n  # escape=`\n', { escape: '`' }],
    ['ignores an escape that is none', '# escape=x\n', {}],
    ['ignores what is repeated', '# syntax=a\n# syntax=b\n', { syntax: 'a' }],
  ];
  for (const [does, text, { syntax, escape = '\\' }] of directives) {
    it(does, () => {
      const dockerfile = parseDockerfile(`${text}FROM x`);
      assert.deepEqual([dockerfile.syntax, dockerfile.escape], [syntax, escape]);
    });
  }

  // Keyword, arguments, first and last line of each instruction.
  const instructions: [string, string, [string, string, number, number][]][] = [
    ['may be empty', '', []],
    ['may be comments only', '# a\n\n  # b', []],
    ['needs no line end', 'FROM x', [['FROM', 'x', 1, 1]]],
    ['has keywords in any case, indented', '\t from  x\n', [['FROM', 'x', 1, 1]]],
    [
      'may have an unknown instruction',
      'FORM x\nEND\n',
      [
        ['FORM', 'x', 1, 1],
        ['END', '', 2, 2],
      ],
    ],
    ['joins continuation lines as they are', 'RUN a\\\nb \\  \n  c\\\t\nd\n', [['RUN', 'ab   cd', 1, 4]]],
    [
      'leaves comments and empty lines out of continuations',
      'RUN a \\\n# b \\\n\n  # c\n \t\n  d\nUSER e',
      [
        ['RUN', 'a   d', 1, 6],
        ['USER', 'e', 7, 7],
      ],
    ],
    ['keeps # inside a line', 'RUN a # b \\\n c', [['RUN', 'a # b  c', 1, 2]]],
    [
      'does not continue after two escapes',
      'ENV A a\\\\\nUSER b',
      [
        ['ENV', 'A a\\\\', 1, 1],
        ['USER', 'b', 2, 2],
      ],
    ],
    ['continues a line of one escape', 'RUN a \\\n\\\n \\\nb', [['RUN', 'a  b', 1, 4]]],
    ['may end in a continuation', 'RUN a \\\n', [['RUN', 'a', 1, 1]]],
    ['may begin in a continuation', '\\\n\nRUN a', [['RUN', 'a', 1, 3]]],
    ['may be a continuation of nothing', 'RUN a\n\\\n', [['RUN', 'a', 1, 1]]],
    [
      'continues with the other escape',
      '# escape=`\nCOPY a `\n b\\\nUSER c',
      [
        ['COPY', 'a  b\\', 2, 3],
        ['USER', 'c', 4, 4],
      ],
    ],
    [
      'may have CRLF',
      'FROM x\r\nRUN a \\\r\n\r\n b\r\n',
      [
        ['FROM', 'x', 1, 1],
        ['RUN', 'a  b', 2, 4],
      ],
    ],
    ['counts the line behind a byte order mark', '\uFEFFFROM x', [['FROM', 'x', 1, 1]]],
    ['begins no directive in a continuation', 'RUN a \\\n# escape=`\n b \\\n c', [['RUN', 'a  b  c', 1, 4]]],
  ];
  for (const [does, text, expected] of instructions) {
    it(does, () => {
      const found = parseDockerfile(text).instructions;
      assert.deepEqual(
        found.map((instruction) => [
          instruction.keyword,
          instruction.arguments,
          instruction.startLine,
          instruction.endLine,
        ]),
        expected,
      );
    });
  }

  const flags: [string, [string, string | true][], string][] = [
    [
      'COPY --link --from=a b c',
      [
        ['link', true],
        ['from', 'a'],
      ],
      'b c',
    ],
    [
      'RUN --mount=type=cache,target=/a --mount=type=bind make --mount=x',
      [
        ['mount', 'type=cache,target=/a'],
        ['mount', 'type=bind'],
      ],
      'make --mount=x',
    ],
    [
      `COPY --chown="a b" --chmod='0'755 b c`,
      [
        ['chown', 'a b'],
        ['chmod', '0755'],
      ],
      'b c',
    ],
    ['COPY --exclude=a\\ b c d', [['exclude', 'a b']], 'c d'],
    ['COPY --from= b c', [['from', '']], 'b c'],
    ['RUN -- --a', [], '--a'],
    ['RUN -x --a', [], '-x --a'],
    ['RUN --a', [['a', true]], ''],
    ['COPY \\\n  --from=a \\\n  b c', [['from', 'a']], 'b c'],
  ];
  for (const [text, expected, rest] of flags) {
    it(`reads the flags of ${JSON.stringify(text)}`, () => {
      const [instruction] = parseDockerfile(text).instructions;
      assert.deepEqual(
        instruction?.flags.map(({ name, value }) => [name, value]),
        expected,
      );
      assert.equal(instruction.arguments, rest);
    });
  }

  // Each heredoc with its name, content and whether variables are replaced; then the line of the instruction behind.
  const heredocs: [string, string, [string, string, boolean][], number][] = [
    ['RUN', 'RUN <<EOF\na\n# b\n\nUSER c \\\nEOF\n', [['EOF', 'a\n# b\n\nUSER c \\\n', true]], 7],
    ['with quotes', `RUN <<'EOF'\n$a\nEOF\n`, [['EOF', '$a\n', false]], 4],
    ['with double quotes in the middle', 'RUN <<E"O"F\n$a\nEOF\n', [['EOF', '$a\n', false]], 4],
    ['with an escaped quote', `RUN <<E\\'F\n$a\nE'F\n`, [["E'F", '$a\n', true]], 4],
    ['of a name with spaces', `RUN <<'one two'\na\none two\n`, [['one two', 'a\n', false]], 4],
    ['of a name like a variable', 'RUN <<$EOF\na\n$EOF\n', [['$EOF', 'a\n', true]], 4],
    ['without leading tabs', 'RUN <<-EOF\n\t\ta\n\t b\n\tEOF\n', [['EOF', 'a\n b\n', true]], 5],
    ['of which an indented end is no end', 'RUN <<EOF\n\tEOF\nEOF \nEOF\n', [['EOF', '\tEOF\nEOF \n', true]], 5],
    ['with spaces before its name', 'RUN <<  EOF > a\nb\nEOF\n', [['EOF', 'b\n', true]], 4],
    ['for another file descriptor', 'RUN 3<<EOF cat <&3\nb\nEOF\n', [['EOF', 'b\n', true]], 4],
    [
      'two in one line',
      'COPY <<A <<B /c/\nB\nA\nA\nB\n',
      [
        ['A', 'B\n', true],
        ['B', 'A\n', true],
      ],
      6,
    ],
    ['behind a continuation', 'RUN a && \\\n  b <<EOF\nc\nEOF\n', [['EOF', 'c\n', true]], 5],
    ['of ADD', 'ADD <<EOF /a\nb\nEOF\n', [['EOF', 'b\n', true]], 4],
    ['of a trigger', 'ONBUILD RUN <<EOF\nb\nEOF\n', [['EOF', 'b\n', true]], 4],
    ['with CRLF', 'RUN <<EOF\r\na\r\nEOF\r\n', [['EOF', 'a\r\n', true]], 4],
    ['behind flags', 'RUN --mount=type=cache,target=/a <<EOF sh\nb\nEOF\n', [['EOF', 'b\n', true]], 4],
    ['but not in quotes', 'RUN "<<EOF"\n', [], 2],
    ['but not in a list', 'RUN ["cat", "<<EOF"]\n', [], 2],
    ['but not of other instructions', 'CMD <<EOF\n', [], 2],
    ['but not with three', 'RUN cat <<<EOF\n', [], 2],
    ['but not where a quote is left open', `RUN echo it's <<EOF\n`, [], 2],
    ['is empty', 'RUN <<EOF\nEOF\n', [['EOF', '', true]], 3],
  ];
  for (const [what, text, expected, next] of heredocs) {
    it(`has a heredoc ${what}`, () => {
      const [instruction, behind] = parseDockerfile(`${text}USER behind`).instructions;
      assert.deepEqual(
        instruction?.heredocs.map(({ name, content, expand }) => [name, content, expand]),
        expected,
      );
      assert.equal(behind?.text, 'USER behind');
      assert.equal(behind.startLine, next);
      assert.equal(instruction.endLine, next - 1);
    });
  }

  it('takes all the rest for a heredoc without an end', () => {
    const { instructions: found } = parseDockerfile('RUN <<A <<B\nx\nUSER y\n');
    assert.deepEqual(
      found.map(({ heredocs: all, endLine }) => [all.map(({ content }) => content), endLine]),
      [[['x\nUSER y\n', ''], 3]],
    );
  });

  it('is read in time that grows with its length only', () => {
    const lines = ['a "b" $c <<<d', ' ', '\t', '\r', '\\ ', '${', '"$', '<', '[', '--a ', '#'].map(
      (piece) => `RUN ${piece.repeat(5_000)}<<x`,
    );
    assert.equal(parseDockerfile(lines.join('\nx\n')).instructions[0]?.startLine, 1);
  });
});
