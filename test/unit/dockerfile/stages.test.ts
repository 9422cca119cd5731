import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { neededStages, stages } from '../../../src/dockerfile/stages.js';
import { type BuildChoices } from '../../../src/dockerfile/variables.js';

describe('stages', () => {
  it('have names, bases and lines', () => {
    const found = stages(
      parseDockerfile(
        [
          'ARG V=3.12',
          'FROM --platform=$BUILDPLATFORM \\',
          '  python:${V} as Build',
          'RUN make',
          'FROM build AS test',
          'FROM Test',
          'FROM scratch',
          'FROM x',
          'FROM ${NONE}',
        ].join('\n'),
      ),
    );
    assert.deepEqual(
      found.map(({ index, name, from, platform, line, baseLine, isStage, base }) => [
        [index, name, from, platform],
        [line, baseLine, isStage, base.kind],
      ]),
      [
        [
          [0, 'build', 'python:${V}', '$BUILDPLATFORM'],
          [2, 2, false, 'image'],
        ],
        [
          [1, 'test', 'build', undefined],
          [5, 2, true, 'stage'],
        ],
        [
          [2, undefined, 'Test', undefined],
          [6, 2, true, 'stage'],
        ],
        [
          [3, undefined, 'scratch', undefined],
          [7, 7, false, 'scratch'],
        ],
        [
          [4, undefined, 'x', undefined],
          [8, 8, false, 'image'],
        ],
        [
          [5, undefined, '${NONE}', undefined],
          [9, 9, false, 'unknown'],
        ],
      ],
    );
    assert.deepEqual(
      found.map(({ instructions }) => instructions.length),
      [1, 0, 0, 0, 0, 0],
    );
  });

  it('hide an earlier one of the same name, but no image before them', () => {
    const found = stages(parseDockerfile('FROM a AS a\nFROM a AS a\nFROM a'));
    assert.deepEqual(
      found.map(({ base }) => base),
      [
        { kind: 'image', reference: 'a' },
        { kind: 'stage', index: 0 },
        { kind: 'stage', index: 1 },
      ],
    );
  });

  const variants = 'ARG V=cpu\nFROM a AS cpu\nFROM b AS gpu\nFROM ${V}\n';
  const platforms = 'FROM a AS x-amd64\nFROM b AS x-arm64\nFROM x-$TARGETARCH\n';
  const needed: [string, string, BuildChoices, number[]][] = [
    ['are those of the last by default', 'FROM a AS x\nFROM b AS y\nFROM x', {}, [0, 2]],
    ['are those of the target in any case', 'FROM a AS x\nFROM b AS y\nFROM x', { target: 'Y' }, [1]],
    ['are none for a target that is none', 'FROM a', { target: 'x' }, []],
    ['are none in an empty file', '', {}, []],
    ['follow COPY --from by name', 'FROM a AS x\nFROM b\nFROM c\nCOPY --from=X / /', {}, [0, 2]],
    ['follow COPY --from by number', 'FROM a\nFROM b\nFROM c\nCOPY --from=1 / /', {}, [1, 2]],
    [
      'follow RUN --mount',
      'FROM a AS x\nFROM b AS y\nFROM c\nRUN --mount=type=cache,target=/c --mount=from=y,target=/y make',
      {},
      [1, 2],
    ],
    ['do not follow a mount by number', 'FROM a\nFROM b\nRUN --mount=from=0,target=/y make', {}, [1]],
    ['follow each other', 'FROM a AS x\nFROM b AS y\nCOPY --from=x / /\nFROM y AS z\nFROM c\nFROM z', {}, [0, 1, 2, 4]],
    ['depend on the default of an ARG', variants, {}, [0, 2]],
    ['depend on a build argument', variants, { buildArguments: { V: 'gpu' } }, [1, 2]],
    ['depend on the platform', platforms, { platform: 'linux/arm64' }, [1, 2]],
    ['are all that come before where the base is not known', `FROM c\n${platforms}`, {}, [0, 1, 2, 3]],
    ['end where stages need each other', 'FROM a AS x\nCOPY --from=y / /\nFROM b AS y\nCOPY --from=x / /', {}, [0, 1]],
  ];
  for (const [does, text, choices, expected] of needed) {
    it(`that a build needs ${does}`, () => {
      assert.deepEqual(
        neededStages(parseDockerfile(text), choices).map(({ index }) => index),
        expected,
      );
    });
  }
});
