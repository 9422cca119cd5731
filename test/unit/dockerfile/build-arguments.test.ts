import assert from 'node:assert/strict';
import { buildArguments } from '../../../src/dockerfile/build-arguments.js';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';

describe('build arguments', () => {
  const cases: [string, string, [string, string | undefined, number, string | undefined][]][] = [
    [
      'are those before FROM',
      'ARG A\nARG B=1\nFROM x',
      [
        ['A', undefined, 1, undefined],
        ['B', '1', 2, undefined],
      ],
    ],
    [
      'are those of stages',
      'FROM x AS Build\nARG A=1\nFROM y\nARG B',
      [
        ['A', '1', 2, 'build'],
        ['B', undefined, 4, 'stage-1'],
      ],
    ],
    ['have each name once, with the first default', 'ARG A\nFROM x\nARG A=1\nARG A=2', [['A', '1', 1, undefined]]],
    [
      'may be several in one line',
      `ARG A=1 B C="x y" D='$E'`,
      [
        ['A', '1', 1, undefined],
        ['B', undefined, 1, undefined],
        ['C', 'x y', 1, undefined],
        ['D', '$E', 1, undefined],
      ],
    ],
    [
      'may be empty',
      'ARG A=\nARG B=""',
      [
        ['A', '', 1, undefined],
        ['B', '', 2, undefined],
      ],
    ],
    [
      'keep variables as they are written',
      'ARG A=1\nARG B=${A}-"${C:-d}"',
      [
        ['A', '1', 1, undefined],
        ['B', '${A}-${C:-d}', 2, undefined],
      ],
    ],
    ['keep what cannot be read', 'ARG A=${', [['A', '${', 1, undefined]]],
    ['may have = in their value', 'ARG A=b=c', [['A', 'b=c', 1, undefined]]],
    [
      'go over lines',
      'ARG \\\n  A=1 \\\n  B=2',
      [
        ['A', '1', 1, undefined],
        ['B', '2', 1, undefined],
      ],
    ],
    [
      'are not those that are predefined',
      'ARG HTTP_PROXY\nARG no_proxy\nARG BUILDPLATFORM\nARG TARGETARCH\nARG TARGETVARIANT=v7\nARG SOURCE_DATE_EPOCH=0\nARG BUILDKIT_SYNTAX\nARG TARGETSTAGE\nARG TARGET',
      [['TARGET', undefined, 9, undefined]],
    ],
    ['are not in ENV, nor in a heredoc', 'FROM x\nENV A=1\nRUN <<EOF\nARG B\nEOF', []],
    ['are none in an empty file', '', []],
  ];
  for (const [does, text, expected] of cases) {
    it(does, () => {
      assert.deepEqual(
        buildArguments(parseDockerfile(text)).map(({ name, defaultValue, line, stage }) => [
          name,
          defaultValue,
          line,
          stage,
        ]),
        expected,
      );
    });
  }
});
