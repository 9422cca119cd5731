import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { lineOfBase, lineOfStep } from '../../../src/dockerfile/position.js';
import { type BuildChoices } from '../../../src/dockerfile/variables.js';

const digest = `sha256:${'0'.repeat(64)}`;

describe('the line of a base image', () => {
  const several =
    '# x\nFROM python:3.12 AS a\n from  debian\nCOPY --from=ghcr.io/a/b:1 c d\nRUN --mount=from=busybox,target=/b x';
  const cases: [string, string, string, number | undefined, BuildChoices?][] = [
    ['has a tag', several, 'docker.io/library/python:3.12', 2],
    ['has the default tag', several, 'docker.io/library/debian:latest', 3],
    ['has a registry', several, 'ghcr.io/a/b:1', 4],
    ['is mounted', several, 'docker.io/library/busybox:latest', 5],
    ['has a digest besides', several, `docker.io/library/python:3.12@${digest}`, 2],
    ['is there only with another tag', several, 'docker.io/library/python:3.13', undefined],
    ['is there only with a longer name', several, 'docker.io/library/pytho:3.12', undefined],
    ['is not there', several, 'docker.io/library/alpine:latest', undefined],
    [
      'is a stage too',
      'FROM a AS busybox\nFROM busybox\nRUN --mount=from=x,target=/ y',
      'docker.io/library/busybox:latest',
      undefined,
    ],
    ['has only a digest', `FROM a@${digest}`, `docker.io/library/a@${digest}`, 1],
    ['has variables', 'ARG V=1\nFROM a:$V', 'docker.io/library/a:1', 2],
    ['has given variables', 'ARG V=1\nFROM a:1\nFROM a:$V', 'docker.io/library/a:2', 3, { buildArguments: { V: '2' } }],
    ['is the only one that cannot be told', 'FROM a\nFROM b:$TARGETARCH', 'docker.io/library/b:arm64', 2],
    [
      'is one of several that cannot be told',
      'FROM b-$TARGETARCH\nFROM b:$TARGETARCH',
      'docker.io/library/b:arm64',
      undefined,
    ],
    ['is no reference', several, 'A B', undefined],
  ];
  for (const [does, text, reference, expected, choices] of cases) {
    it(`that ${does}`, () => {
      assert.equal(lineOfBase(parseDockerfile(text), reference, choices), expected);
    });
  }
});

describe('the line of a step', () => {
  const one = [
    '# a comment',
    'FROM x AS one',
    'ENV A=b',
    'run  echo \\',
    '  # inside',
    '  two',
    'COPY a b',
    'CMD c',
  ].join('\n');
  // Found by these names in builds of Engine 28 and 20.10.
  const two = [
    'ARG BASE=python',
    'FROM ${BASE} AS Build',
    'ENV GREETING="hello there"',
    'WORKDIR /',
    `RUN echo "one" && echo 'two'   three \\`,
    '  # comment',
    '',
    '  && echo "$GREETING \\"x\\" \\$HOME" $(echo 1) ${MISSING:-y}',
    'COPY "a"  ./${GREETING}/',
    'COPY --link b /linked',
    'RUN <<XX',
    'echo first "${GREETING}"',
    'echo second',
    'XX',
    'RUN <<XX',
    'echo single',
    'XX',
    'RUN --mount=type=cache,target=/c <<XX sh',
    'echo complex',
    'XX',
    'COPY <<one <<"two" /inline/',
    '1',
    'one',
    '2',
    'two',
    'FROM scratch',
    'COPY --from=build a a',
    'WORKDIR /w',
    'FROM build',
    'ARG WORD=w',
    'RUN echo same',
    'RUN echo same',
    'RUN echo $WORD',
    'RUN $WORD',
    'RUN ["echo", "json $WORD"]',
  ].join('\n');
  const root = 'FROM x\nWORKDIR /\nRUN same\nRUN same\nWORKDIR "/"\nRUN same\nRUN same';
  const stages = 'FROM a AS stage-1\nRUN a\nFROM b\nRUN a\nRUN a\nFROM c AS x\nRUN a';
  const many = `FROM x\n${Array.from({ length: 12 }, () => 'RUN same').join('\n')}`;
  const cases: [string, string, number | undefined][] = [
    [one, '[2/3] RUN echo   two', 4],
    [one, '[one 2/3] RUN echo two', 4],
    [one, '[linux/arm64 one 2/3] RUN echo   two', 4],
    [one, '[linux/amd64->arm64 2/3] RUN echo   two', 4],
    [one, '[3/3] COPY a b', 7],
    [one, '[3/3] COPY c d', 7],
    [one, '[3/3] ADD c d', undefined],
    [one, '[1/3] FROM docker.io/library/x:latest@' + digest, 2],
    [one, 'FROM docker.io/library/x:latest', 2],
    [one, '[internal] load metadata for docker.io/library/x:latest', 2],
    [one, '[linux/arm64 internal] load metadata for docker.io/library/x:latest', 2],
    [one, '[internal] load build context', undefined],
    [one, 'exporting to image', undefined],
    [one, '', undefined],
    [one, '[2/5] ONBUILD RUN something', 2],
    [one, '[4/5] RUN echo   two', 4],
    [one, '[2/4] ENV A=b', 3],
    [
      two,
      `[build 2/9] RUN echo "one" && echo 'two'   three   && echo "hello there "x" $HOME" $(echo 1) \${MISSING:-y}`,
      5,
    ],
    [two, '[build 3/9] COPY a  ./hello there/', 9],
    [two, '[build 4/9] COPY --link b /linked', 10],
    [two, '[build 4/9] LINK COPY --link b /linked', 10],
    [two, '[build 5/9] RUN <<XX (echo first "hello there"...)', 11],
    [two, '[build 6/9] RUN <<XX (echo single)', 15],
    [two, '[build 6/9] RUN <<XX', 15],
    [two, '[build 7/9] RUN --mount=type=cache,target=/c <<XX sh', 18],
    [two, '[build 8/9] COPY <<one <<two /inline/', 21],
    [two, '[stage-1 1/2] COPY --from=build a a', 27],
    [two, '[stage-1 2/2] WORKDIR /w', 28],
    [two, '[stage-2 1/5] RUN echo same', 31],
    [two, '[stage-2 2/5] RUN echo same', 32],
    [two, '[stage-2 3/5] RUN echo w', 33],
    [two, '[stage-2 4/5] RUN echo w', 34],
    [two, '[stage-2 5/5] RUN ["echo", "json w"]', 35],
    [two, '[build 1/9] FROM docker.io/library/python:latest', 2],
    [root, '[2/7] RUN same', 3],
    [root, '[3/7] RUN same', 4],
    [root, '[4/7] RUN same', 6],
    [root, '[5/7] RUN same', 7],
    [stages, '[stage-1 2/2] RUN a', 2],
    [stages, '[x 2/2] RUN a', 7],
    [stages, '[gone 3/3] RUN a', 2],
    [many, '[ 2/13] RUN same', 2],
    [many, '[stage-0 11/13] RUN same', 11],
    [many, '[13/13] RUN same', 13],
    ['# escape=`\nFROM x\nCOPY a `\n  C:\\b\\', '[2/2] COPY a   C:\\b\\', 3],
    ['FROM x\nRUN ${A:-${B}} ${', '[2/2] RUN c ${', 2],
    ['FROM x\nRUN $A$B$A\nRUN $A x', '[2/3] RUN c x', 2],
    ['', '[2/2] RUN make', undefined],
  ];
  for (const [text, step, expected] of cases) {
    it(`${step} is ${String(expected)}`, () => {
      assert.equal(lineOfStep(parseDockerfile(text), step), expected);
    });
  }

  it('is found in time that grows with its length only', () => {
    const dockerfile = parseDockerfile(`FROM x\nRUN ${'$A a'.repeat(5_000)}b`);
    assert.equal(lineOfStep(dockerfile, `[2/2] RUN ${'a'.repeat(50_000)}b`), 2);
    const open = parseDockerfile(`FROM x\nRUN ${'${'.repeat(20_000)}$A`);
    assert.equal(lineOfStep(open, `[2/2] RUN ${'${'.repeat(20_000)}x`), 2);
  });
});
