import assert from 'node:assert/strict';
import { baseImages } from '../../../src/dockerfile/base-images.js';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { type BuildChoices } from '../../../src/dockerfile/variables.js';

const digest = `sha256:${'0'.repeat(64)}`;

describe('base images', () => {
  const cases: [string, string, [string, number][], BuildChoices?][] = [
    ['are those of FROM', 'FROM a:1\nFROM b@' + digest, [[`b@${digest}`, 2]]],
    ['are those of stages that are needed', 'FROM a AS x\nFROM b AS y\nFROM x', [['a', 1]]],
    [
      'are those of COPY --from',
      'FROM scratch\nCOPY --from=ghcr.io/astral-sh/uv:0.5 /uv /\nCOPY --from=0 a b',
      [['ghcr.io/astral-sh/uv:0.5', 2]],
    ],
    [
      'are those of RUN --mount',
      'FROM a\nRUN --mount=type=bind,from=b:1,target=/b make',
      [
        ['a', 1],
        ['b:1', 2],
      ],
    ],
    ['are not stages', 'FROM a AS b\nFROM b AS c\nCOPY --from=B x y\nRUN --mount=from=c,target=/c make', [['a', 1]]],
    ['are not scratch', 'FROM scratch\nCOPY --from=scratch a b', []],
    ['have the default of an ARG', 'ARG V=3.12\nFROM python:${V}-slim', [['python:3.12-slim', 2]]],
    ['have a given value', 'ARG V=3.12\nFROM python:$V', [['python:3.13', 2]], { buildArguments: { V: '3.13' } }],
    [
      'have a given value where there is no default',
      'ARG V\nFROM python:$V',
      [['python:3.13', 2]],
      { buildArguments: { V: '3.13' } },
    ],
    [
      'do not have a given value without an ARG',
      'FROM python:${V:-3}',
      [['python:3', 1]],
      { buildArguments: { V: '3.13' } },
    ],
    ['do not have the ARG of a stage', 'FROM a\nARG V=1\nFROM b:${V:-2}', [['b:2', 3]]],
    ['have ARGs made of ARGs', 'ARG A=1\nARG B=${A}.2 C=x\nFROM a:$B$C', [['a:1.2x', 3]]],
    ['have quotes taken off', 'ARG A="python:3"\nFROM "$A"', [['python:3', 2]]],
    [
      'have another value where one is set',
      'ARG GPU\nFROM a:1${GPU:+-cuda}',
      [['a:1-cuda', 2]],
      { buildArguments: { GPU: '1' } },
    ],
    ['have nothing for an unset variable', 'ARG S\nFROM a$S', [['a', 2]]],
    [
      'have the platform',
      'FROM $TARGETARCH/a:${TARGETOS}${TARGETVARIANT:+-$TARGETVARIANT}',
      [['arm/a:linux-v7', 1]],
      { platform: 'linux/arm' },
    ],
    ['are left out where the platform is not known', 'FROM $TARGETARCH/a\nCOPY --from=b x y', [['b', 2]]],
    ['are left out where nothing is left', 'ARG A\nFROM $A', []],
    ['are left out where they are no reference', 'ARG V\nFROM python:$V', []],
    ['are left out in COPY with a variable, which BuildKit refuses', 'ARG A=b\nFROM a\nCOPY --from=$A x y', [['a', 2]]],
    ['are left out where an ARG is no text', 'ARG A="b\nFROM $A', []],
    ['have a target', 'FROM a AS x\nFROM b AS y\nFROM x', [['b', 2]], { target: 'y' }],
    [
      'have each line',
      'FROM a AS x\nFROM a\nCOPY --from=x b c',
      [
        ['a', 1],
        ['a', 2],
      ],
    ],
    ['are not what a name of an object has', 'ARG constructor\nFROM a:${constructor:-1}', [['a:1', 2]]],
  ];
  for (const [does, text, expected, choices] of cases) {
    it(does, () => {
      assert.deepEqual(
        baseImages(parseDockerfile(text), choices).map(({ reference, line }) => [reference, line]),
        expected,
      );
    });
  }
});
