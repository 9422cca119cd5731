import assert from 'node:assert/strict';
import { DockerfileParser } from 'dockerfile-ast';
import { type DependencySource } from '../../../../src/project/project.js';
import { pinReferences } from '../../../../src/dockerfile/pin-references.js';
import { type Fix } from '../../../../src/dockerfile/rules/rule.js';
import { applyEdits } from '../../../../src/dockerfile/text-edit.js';
import { sampleDependencies, sampleProject } from '../recipes/sample-project.js';
import { both, digest, findingsOf, type Given, judge } from './judgement.js';

/** As an editor would: pins through a registry that knows one digest. */
function apply(text: string, fix: Fix): string {
  if (fix.kind === 'edit') return applyEdits(text, fix.edits);
  return pinReferences(text, (reference) => (reference === fix.reference ? digest : undefined)).text;
}

function keywords(text: string): string[] {
  return DockerfileParser.parse(text)
    .getInstructions()
    .map((instruction) => instruction.getKeyword());
}

const requirements: DependencySource = {
  ...{ kind: 'pip', files: ['requirements.txt'], requirements: ['requirements.txt'], pins: 'versions' },
  dependencies: sampleDependencies('numpy==2.1.3'),
};
const withRequirements = { project: sampleProject({ dependencies: [requirements] }) };
const withResults = {
  project: sampleProject({
    name: 'Waves at Sea',
    outputs: [{ folder: 'results', file: 'main.py', line: 1 }],
    entries: [{ kind: 'script', command: ['python', 'my main.py'], file: 'my main.py', port: undefined, because: 'x' }],
  }),
};

const cases: readonly (readonly [rule: string, what: string, text: string, expected: string, given?: Given])[] = [
  [
    'base-without-version',
    'a tag',
    'FROM ubuntu:latest AS a # x\nRUN x',
    `FROM ubuntu:latest@${digest} AS a # x\nRUN x`,
  ],
  [
    'base-without-digest',
    'a tag',
    'from  --platform=$X  a:1\r\nRUN x\r\n',
    `from  --platform=$X  a:1@${digest}\r\nRUN x\r\n`,
  ],
  [
    'base-without-digest',
    'COPY --from',
    `FROM a@${digest}\nCOPY --from=b:2 x y`,
    `FROM a@${digest}\nCOPY --from=b:2@${digest} x y`,
  ],
  [
    'apt-update-alone',
    'two steps',
    'FROM debian:12\nRUN apt-get update\nRUN apt-get install -y a # x\nRUN b',
    'FROM debian:12\nRUN apt-get update \\\n && apt-get install -y a # x\nRUN b',
  ],
  [
    'apt-update-alone',
    'steps of several lines',
    'FROM debian:12\r\nRUN apt-get \\\r\n  update\r\n  RUN apt-get install \\\r\n  -y a\r\n',
    'FROM debian:12\r\nRUN apt-get \\\r\n  update \\\r\n && apt-get install \\\r\n  -y a\r\n',
  ],
  [
    'url-for-one-architecture',
    'Miniconda',
    'FROM a:1\nRUN mkdir c \\\n && wget https://repo.anaconda.com/miniconda/Miniconda3-py312_25.1.1-2-Linux-x86_64.sh -O m.sh',
    'FROM a:1\nRUN mkdir c \\\n && wget https://repo.anaconda.com/miniconda/Miniconda3-py312_25.1.1-2-Linux-$(uname -m).sh -O m.sh',
    both,
  ],
  [
    'export-without-effect',
    'a variable of the file',
    'FROM a:1\nENV HOME_DIR=/x\nRUN export A=${HOME_DIR}/b',
    'FROM a:1\nENV HOME_DIR=/x\nENV A=${HOME_DIR}/b',
  ],
  [
    'export-without-effect',
    'export',
    'FROM a:1\n  RUN export A=b C="d e"\nRUN x',
    'FROM a:1\n  ENV A=b C="d e"\nRUN x',
  ],
  ['export-without-effect', 'cd', 'FROM a:1\nRUN cd /app\nRUN x', 'FROM a:1\nWORKDIR /app\nRUN x'],
  ['path-overwritten', 'a folder', 'FROM a:1\nENV A=b PATH=/opt/bin C=d', 'FROM a:1\nENV A=b PATH=/opt/bin:$PATH C=d'],
  [
    'path-overwritten',
    'quotes',
    'FROM a:1\nENV PATH="/opt/bin" \\\n  C=d',
    'FROM a:1\nENV PATH="/opt/bin:$PATH" \\\n  C=d',
  ],
  ['path-overwritten', 'the old way', 'FROM a:1\nENV PATH /opt/bin\n', 'FROM a:1\nENV PATH /opt/bin:$PATH\n'],
  [
    'path-overwritten',
    'one of two with the same value',
    'FROM a:1\nENV PATH=/opt/bin LIB=/opt/bin',
    'FROM a:1\nENV PATH=/opt/bin:$PATH LIB=/opt/bin',
  ],
  [
    'url-for-one-architecture',
    'Miniconda, wherever its name is',
    'FROM a:1\nRUN wget https://repo.anaconda.com/miniconda/Miniconda3-1-Linux-x86_64.sh \\\n && bash ./Miniconda3-1-Linux-x86_64.sh -b\nRUN rm Miniconda3-1-Linux-x86_64.sh',
    'FROM a:1\nRUN wget https://repo.anaconda.com/miniconda/Miniconda3-1-Linux-$(uname -m).sh \\\n && bash ./Miniconda3-1-Linux-$(uname -m).sh -b\nRUN rm Miniconda3-1-Linux-$(uname -m).sh',
    both,
  ],
  [
    'syntax-without-version',
    'no tag',
    '#!/bin/sh\r\n#  syntax = docker/dockerfile \r\nFROM a:1\r\n',
    '#!/bin/sh\r\n#  syntax = docker/dockerfile:1 \r\nFROM a:1\r\n',
  ],
  [
    'syntax-without-version',
    'latest behind a byte order mark',
    '\uFEFF# syntax=docker.io/docker/dockerfile:latest\nFROM a:1',
    '\uFEFF# syntax=docker.io/docker/dockerfile:1\nFROM a:1',
  ],
  [
    'package-cache-left',
    'apk',
    'FROM alpine:3.20\nRUN apk add \\\n  git && echo x | sudo apk -q add make',
    'FROM alpine:3.20\nRUN apk add --no-cache \\\n  git && echo x | sudo apk -q add --no-cache make',
  ],
  [
    'sources-before-install',
    'the seed’s',
    'FROM python:3.8\n# all\nCOPY . .\n\n# packages\nRUN pip install -r requirements.txt\nCMD x',
    'FROM python:3.8\n# all\nCOPY requirements.txt ./\n\n# packages\nRUN pip install -r requirements.txt\nCOPY . .\nCMD x',
    withRequirements,
  ],
  [
    'sources-before-install',
    'flags',
    'FROM a:1\nCOPY --chown=me . ./\nRUN --mount=type=cache,target=/c \\\n  pip install -r requirements.txt',
    'FROM a:1\nCOPY --chown=me requirements.txt ./\nRUN --mount=type=cache,target=/c \\\n  pip install -r requirements.txt\nCOPY --chown=me . ./',
    withRequirements,
  ],
  [
    'no-output-folder',
    'a project that writes',
    'FROM a:1\nWORKDIR /app\nCMD x\n',
    'FROM a:1\nWORKDIR /app\nCMD x\nLABEL org.research-containers.output="/app/results"\n',
    withResults,
  ],
  [
    'no-command',
    'a system',
    'FROM ubuntu:24.04\nRUN x',
    'FROM ubuntu:24.04\nRUN x\nCMD ["python", "my main.py"]',
    withResults,
  ],
  [
    'no-labels',
    'a project',
    'FROM a:1\r\nRUN x\r\n\r\n# end\r\n',
    'FROM a:1\r\nRUN x\r\nLABEL org.opencontainers.image.title="Waves at Sea"\r\n\r\n# end\r\n',
    withResults,
  ],
  [
    'base-label-differs',
    'a name',
    'FROM a:2\nLABEL x=y \\\n  org.opencontainers.image.base.name=a:1 z=1',
    'FROM a:2\nLABEL x=y \\\n  org.opencontainers.image.base.name="a:2" z=1',
  ],
  [
    'base-label-differs',
    'a digest',
    `FROM a@${digest}\nLABEL "org.opencontainers.image.base.digest"="sha256:x"`,
    `FROM a@${digest}\nLABEL "org.opencontainers.image.base.digest"="${digest}"`,
  ],
];

describe('the fix of', () => {
  for (const [rule, what, text, expected, given] of cases) {
    it(`${rule} mends ${what}`, () => {
      const [finding, ...others] = findingsOf(rule, text, given);
      assert.deepEqual(others, []);
      assert.ok(finding?.fix !== undefined);
      const mended = apply(text, finding.fix);
      assert.equal(mended, expected);
      assert.deepEqual(findingsOf(rule, mended, given), []);
      assert.ok(judge(mended, given).score > judge(text, given).score);
      const known = /^(?:FROM|RUN|CMD|COPY|ENV|WORKDIR|LABEL)$/i;
      assert.ok(keywords(mended).every((keyword) => known.test(keyword)));
    });
  }

  it('is applied behind a byte order mark', () => {
    const text = '\uFEFFFROM a:1\nRUN cd /app';
    const [finding] = findingsOf('export-without-effect', text);
    assert.ok(finding?.fix !== undefined);
    assert.equal(apply(text, finding.fix), '\uFEFFFROM a:1\nWORKDIR /app');
  });
});

describe('no fix is offered for', () => {
  const none: readonly (readonly [rule: string, what: string, text: string, given?: Given])[] = [
    ['base-without-version', 'an argument', 'ARG T=latest\nFROM a:$T'],
    ['base-from-argument', 'an argument', 'ARG V=3\nFROM a:$V'],
    ['apt-update-alone', 'a comment at its end', 'FROM debian:12\nRUN apt-get update # x\nRUN apt-get install -y a'],
    [
      'apt-update-alone',
      'steps with something between',
      'FROM debian:12\nRUN apt-get update\n# x\nRUN apt-get install -y a',
    ],
    [
      'apt-update-alone',
      'a mount',
      'FROM debian:12\nRUN apt-get update\nRUN --mount=type=cache,target=/c apt-get install -y a',
    ],
    ['apt-update-alone', 'a list', 'FROM debian:12\nRUN ["apt-get", "update"]\nRUN apt-get install -y a'],
    [
      'url-for-one-architecture',
      'a word in quotes',
      "FROM a:1\nRUN wget 'https://repo.anaconda.com/miniconda/Miniconda3-1-Linux-x86_64.sh'",
      both,
    ],
    ['url-for-one-architecture', 'another address', 'FROM a:1\nRUN wget https://a.org/b-Linux-x86_64.sh', both],
    ['export-without-effect', 'several commands', 'FROM a:1\nRUN cd /a && export B=c'],
    ['export-without-effect', 'a home', 'FROM a:1\nRUN cd ~/x'],
    ['export-without-effect', 'what only a shell knows', 'FROM a:1\nRUN export A=$HOME/x'],
    ['package-cache-left', 'an update', 'FROM alpine:3.20\nRUN apk update && apk add git'],
    ['package-cache-left', 'another manager', 'FROM fedora:42\nRUN dnf install -y git'],
    ['package-cache-left', 'a heredoc with tabs', 'FROM alpine:3.20\nRUN <<-EOF\n\tapk add git\nEOF'],
    [
      'url-for-one-architecture',
      'a heredoc with tabs',
      'FROM a:1\nRUN <<-EOF\n\twget https://repo.anaconda.com/miniconda/Miniconda3-1-Linux-x86_64.sh -O m\nEOF',
      both,
    ],
    ['package-cache-left', 'a list', 'FROM alpine:3.20\nRUN ["apk", "add", "git"]'],
    ['syntax-without-version', 'another’s', '# syntax=example.org/a/frontend\nFROM a:1'],
    ['syntax-without-version', 'trials', '# syntax=docker/dockerfile:labs\nFROM a:1'],
    [
      'apt-update-alone',
      'a step whose end hides what fails',
      'FROM debian:12\nRUN apt-get update\nRUN apt-get install -y a || true',
    ],
    ['apt-update-alone', 'another folder', 'FROM debian:12\nRUN cd /x && apt-get update\nRUN apt-get install -y ./a b'],
    [
      'url-for-one-architecture',
      'a file with a checksum',
      'FROM a:1\nRUN wget https://repo.anaconda.com/miniconda/Miniconda3-1-Linux-x86_64.sh -O m && echo "1  m" | sha256sum -c',
      both,
    ],
    [
      'url-for-one-architecture',
      'a name that stands in quotes elsewhere',
      "FROM a:1\nRUN wget https://repo.anaconda.com/miniconda/Miniconda3-1-Linux-x86_64.sh && sh 'Miniconda3-1-Linux-x86_64.sh'",
      both,
    ],
    [
      'url-for-one-architecture',
      'what there is for one only',
      'FROM a:1\nRUN wget https://repo.continuum.io/miniconda/Miniconda2-4.0.5-Linux-x86_64.sh -O m',
      both,
    ],
    ['export-without-effect', 'a heredoc', 'FROM a:1\nRUN <<EOF\nexport A=b\nEOF'],
    ['path-overwritten', 'single quotes', "FROM a:1\nENV PATH='/opt/bin'"],
    ['sources-before-install', 'no project', 'FROM a:1\nCOPY . .\nRUN pip install -r requirements.txt'],
    [
      'sources-before-install',
      'something between',
      'FROM a:1\nCOPY . .\nRUN make\nRUN pip install -r requirements.txt',
      withRequirements,
    ],
    [
      'sources-before-install',
      'more in the step',
      'FROM a:1\nCOPY . .\nRUN pip install -r requirements.txt && make',
      withRequirements,
    ],
    ['no-output-folder', 'a folder that is not known', 'FROM a:1\nWORKDIR $HOME', withResults],
    ['no-command', 'no program', 'FROM ubuntu:24.04\nRUN x'],
    ['no-labels', 'a name with quotes', 'FROM a:1', { project: sampleProject({ name: 'a "b" $c' }) }],
    ['no-labels', 'a heredoc without its end', 'FROM a:1\nRUN <<EOF\nx', withResults],
    ['no-labels', 'a line that goes on', 'FROM a:1\nRUN x \\', withResults],
  ];
  for (const [rule, what, text, given] of none) {
    it(`${rule} of ${what}`, () => {
      const [finding] = findingsOf(rule, text, given);
      assert.ok(finding !== undefined);
      assert.equal(finding.fix, undefined);
    });
  }
});
