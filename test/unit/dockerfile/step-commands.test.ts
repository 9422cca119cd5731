import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { stages } from '../../../src/dockerfile/stages.js';
import { stepCommands } from '../../../src/dockerfile/step-commands.js';

/** Each command of the first stage as `program@line:character`. */
function found(text: string, shell?: readonly string[]): string[] {
  const dockerfile = parseDockerfile(text);
  const [stage] = stages(dockerfile);
  assert.ok(stage !== undefined);
  return stepCommands(text, dockerfile, stage, shell).map(({ program, start, at }) => {
    const { line, character } = at(start);
    return `${program}@${line}:${character}`;
  });
}

describe('the commands of a step', () => {
  const cases: [string, string, string[]][] = [
    ['one line', 'FROM x\nRUN a && b\nCMD c', ['a@2:4', 'b@2:9']],
    ['flags', 'FROM x\n  run --mount=type=cache,target=/c --network=none a', ['a@2:50']],
    ['continuations', 'FROM x\nRUN a \\\n  && b \\\n    c \\\n && d', ['a@2:4', 'b@3:5', 'd@5:4']],
    ['comments between', 'FROM x\nRUN a \\\n  # why; not\n\n  && b', ['a@2:4', 'b@5:5']],
    ['a beginning in a continuation', 'FROM x\nRUN \\\n  a', ['a@3:2']],
    ['Windows line ends', 'FROM x\r\nRUN a \\\r\n && b\r\n', ['a@2:4', 'b@3:4']],
    ['another escape', '# escape=`\nFROM x\nRUN a `\n && b', ['a@3:4', 'b@4:4']],
    ['a byte order mark', '\uFEFFFROM x\nRUN a', ['a@2:4']],
    ['the JSON form', 'FROM x\nRUN ["/bin/a", "b && c"]', ['a@2:0']],
    ['the JSON form of a shell', 'FROM x\nRUN ["bash", "-c", "a && b"]', ['a@2:0', 'b@2:0', 'bash@2:0']],
    ['what is no JSON', 'FROM x\nRUN [ -e a ] && b', ['[@2:4', 'b@2:16']],
    ['a heredoc', 'FROM x\nRUN <<EOF\nset -e\na \\\n  b && c\nEOF\nRUN d', ['set@3:0', 'a@4:0', 'c@5:7', 'd@7:4']],
    ['a heredoc with tabs', 'FROM x\nRUN <<-EOF\n\ta\n\tb\n\tEOF', ['a@3:0', 'b@4:0']],
    ['two heredocs that nothing reads', 'FROM x\nRUN <<A <<B\na\nA\nb\nB', []],
    ['a heredoc for a shell', 'FROM x\nRUN bash -e <<EOF\na\nEOF', ['bash@2:4', 'a@3:0']],
    ['a heredoc for another program', 'FROM x\nRUN python3 <<EOF\nimport a\nEOF', ['python3@2:4']],
    ['a heredoc that is a file', 'FROM x\nRUN cat <<EOF > /a && b\npip install c\nEOF', ['cat@2:4', 'b@2:22']],
    ['a second heredoc for a shell', 'FROM x\nRUN cat <<A && sh <<B\na\nA\nb\nB', ['cat@2:4', 'sh@2:15', 'b@5:0']],
    ['a heredoc of another interpreter', 'FROM x\nRUN <<EOF\n#!/usr/bin/env python3\nimport a\nEOF', []],
    ['a heredoc of bash', 'FROM x\nRUN <<EOF\n#!/bin/bash -e\na\nEOF', ['a@4:0']],
    ['COPY with a heredoc', 'FROM x\nCOPY <<EOF /a\npip install c\nEOF', []],
    ['ONBUILD', 'FROM x\nONBUILD RUN a', []],
    ['the first stage only', 'FROM x\nRUN a\nFROM y\nRUN b', ['a@2:4']],
    [
      'another shell',
      'FROM x\nRUN a\nSHELL ["Rscript", "-e"]\nRUN b\nSHELL ["/bin/bash", "-c"]\nRUN c',
      ['a@2:4', 'c@6:4'],
    ],
    ['a shell in conda', 'FROM x\nSHELL ["conda", "run", "-n", "e", "/bin/bash", "-c"]\nRUN a', ['a@3:4']],
    ['nothing', 'FROM x\nRUN\nRUN    ', []],
  ];
  for (const [what, text, expected] of cases) {
    it(`are those of ${what}`, () => {
      assert.deepEqual(found(text), expected);
    });
  }

  it('are none where the stage inherits another shell', () => {
    assert.deepEqual(found('FROM x\nRUN a', ['powershell', '-Command']), []);
    assert.deepEqual(found('FROM x\nRUN a', ['/bin/ash', '-c']), ['a@2:4']);
  });
});
