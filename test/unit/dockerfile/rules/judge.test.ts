import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import { ignoreEdit } from '../../../../src/dockerfile/rules/ignore-comments.js';
import { rules } from '../../../../src/dockerfile/rules/rules.js';
import { applyEdits } from '../../../../src/dockerfile/text-edit.js';
import { both, digest, judge } from './judgement.js';

const good = [
  '# The image of a study.',
  `FROM python:3.12-slim-bookworm@${digest}`,
  'WORKDIR /project',
  'RUN useradd --create-home researcher',
  'COPY requirements.txt ./',
  'RUN --mount=type=cache,target=/root/.cache/pip pip install --require-hashes -r requirements.txt',
  'COPY --chown=researcher . .',
  'USER researcher',
  'LABEL org.opencontainers.image.title="A study" \\',
  '      org.research-containers.output="/project/results"',
  'CMD ["python", "main.py"]',
  '',
].join('\n');

function ids(text: string): string[] {
  return judge(text).findings.map(({ rule, line }) => `${rule}@${line}`);
}

describe('judging a Dockerfile', () => {
  it('finds nothing in a good one', () => {
    assert.deepEqual(judge(good), { score: 100, findings: [] });
  });

  it('takes the weight of a rule once, however often it is broken', () => {
    const once = judge(good.replace('COPY req', 'RUN pip install numpy\nCOPY req'));
    const twice = judge(good.replace('COPY req', 'RUN pip install numpy\nRUN pip install scipy\nCOPY req'));
    const weight = rules.find(({ id }) => id === 'pip-install-unpinned')?.weight ?? 0;
    assert.deepEqual([once.score, twice.score], [100 - weight, 100 - weight]);
    assert.equal(twice.findings.length, 2);
  });

  it('scores never less than 0', () => {
    const bad = [
      'FROM nvidia/cuda:10.2-devel-centos7',
      'FROM ubuntu:latest',
      'ENV PATH=/x API_KEY=abc',
      'RUN cd /x',
      'RUN apt-get update',
      'RUN apt-get install -y git curl',
      'RUN pip install torch && pip install -U pip && conda install x && conda env create -f environment.yml',
      'RUN git clone https://a.org/b && curl https://a.org/c | sh && wget https://a.org/d https://a.org/latest/e',
      `RUN R -e 'install.packages("x")' && julia -e 'using Pkg; Pkg.add("Y")'`,
      'COPY . .',
      'RUN pip install -r requirements.txt',
      'LABEL org.opencontainers.image.base.name=a:1',
    ].join('\n');
    assert.equal(judge(bad).score, 0);
  });

  it('gives the findings in the order of their lines, inside the file', () => {
    const text = 'FROM ubuntu\nCOPY . .\nRUN pip install a \\\n  && pip install b\nRUN apt-get install -y c\n';
    const lines = judge(text).findings.map(({ line }) => line);
    assert.deepEqual(
      lines,
      [...lines].sort((a, b) => a - b),
    );
    for (const { line, endLine } of judge(text).findings) assert.ok(line >= 1 && line <= endLine && endLine <= 5);
  });

  it('finds the same with Windows line ends and a byte order mark', () => {
    const text =
      'FROM ubuntu\nRUN apt-get update\nRUN apt-get install -y a \\\n # why\n  b && pip install c\nUSER root\n';
    assert.ok(ids(text).length > 4);
    assert.deepEqual(ids(text.replaceAll('\n', '\r\n')), ids(text));
    assert.deepEqual(ids(`\uFEFF${text}`), ids(text));
  });

  for (const [what, text] of [
    ['empty', ''],
    ['empty but for comments', '# syntax=docker/dockerfile:1\n# x\n'],
    ['without a FROM', 'RUN pip install x\n'],
    ['no Dockerfile', '{"a": [1, 2]}\n\0\uFFFD'],
  ] as const) {
    it(`gives a file that is ${what} no points`, () => {
      assert.deepEqual(judge(text), { score: 0, findings: [] });
    });
  }

  it('reads a file that is not finished', () => {
    for (let length = 0; length <= good.length; length += 7) judge(good.slice(0, length));
    for (const rest of ['"', "'", '$(', '${', '`', '\\', '<<EOF', '&&', '|', '[', '--mount=', '=']) {
      for (const keyword of ['RUN', 'ENV', 'LABEL', 'COPY', 'FROM', 'ARG', 'USER', 'WORKDIR', 'ADD']) {
        judge(`FROM a:1\n${keyword} x ${rest}`);
        judge(`FROM a:1\n${keyword} ${rest}`);
      }
    }
  });

  describe('takes time that grows with the length only', () => {
    const body =
      'RUN apt-get update && pip install a \\\n  # c\n  && git clone https://a.org/b\nADD https://a.org/b c\n';
    const texts: Record<string, string> = {
      instructions: `FROM ubuntu:24.04\n${body.repeat(1_250)}`,
      stages: Array.from({ length: 300 }, (_, at) => `FROM s${at - 1} AS s${at}\nRUN apt-get install a\n`).join(''),
      commands: `FROM a:1\nRUN ${'curl https://a.org/b | tar x \\\n && '.repeat(1_000)}true`,
      comments: `FROM a:1\n${'# research-containers: ignore no-labels\n'.repeat(5_000)}`,
      'data in a word': `FROM a:1\nRUN echo ${'QUJD'.repeat(10_000)} | base64 -d > x\nENV A=${'x-'.repeat(10_000)}`,
      installers: `FROM a:1\nRUN ${'wget https://repo.anaconda.com/Miniconda3-1-Linux-x86_64.sh && '.repeat(500)}true`,
      calls: `FROM a:1\nRUN julia -e '${'Pkg.add('.repeat(5_000)}'`,
      'what is left open': `FROM a:1\nRUN x "${'$(a '.repeat(5_000)}`,
    };
    for (const [what, text] of Object.entries(texts)) {
      it(`of ${what}`, () => {
        // Of this process, whatever else the machine does.
        const start = process.cpuUsage();
        judge(text, both);
        assert.ok(process.cpuUsage(start).user < 1_900_000);
      }).timeout(20_000);
    }
  });
});

describe('a comment that ignores', () => {
  const loose = (comment: string): string => `FROM a:1@${digest}\n${comment}\nRUN pip install numpy`;
  const pip = ['pip-install-unpinned@3'];
  const cases: readonly (readonly [what: string, text: string, silenced: boolean])[] = [
    ['names the rule', loose('# research-containers: ignore pip-install-unpinned'), true],
    ['gives a reason', loose('# research-containers: ignore pip-install-unpinned  the newest is wanted here'), true],
    ['names several', loose('#research-containers:ignore apt-without-snapshot , pip-install-unpinned'), true],
    ['is indented, in capitals', loose('  # Research-Containers: Ignore Pip-Install-Unpinned'), true],
    ['names another rule', loose('# research-containers: ignore apt-without-snapshot'), false],
    ['names a rule that only begins so', loose('# research-containers: ignore pip-install'), false],
    ['names none', loose('# research-containers: ignore'), false],
    ['is of another program', loose('# hadolint ignore=pip-install-unpinned'), false],
  ];
  for (const [what, text, silenced] of cases) {
    it(`and ${what} ${silenced ? 'silences' : 'does not silence'} a finding`, () => {
      assert.deepEqual(
        ids(text).filter((id) => id.startsWith('pip')),
        silenced ? [] : pip,
      );
    });
  }

  it('may stand among other comments, but not behind an empty line', () => {
    const comment = '# research-containers: ignore pip-install-unpinned';
    const found = (between: string): boolean =>
      ids(`FROM a:1\n${comment}\n${between}\nRUN pip install numpy`).some((id) => id.startsWith('pip'));
    assert.deepEqual([found('# more'), found('')], [false, true]);
  });

  it('may stand in front of one line of a step, or of all of it', () => {
    const comment = '# research-containers: ignore pip-install-unpinned';
    const lines = ['FROM a:1', 'RUN pip install a \\', '  && pip install b'];
    const found = (at: number): string[] =>
      ids([...lines.slice(0, at), comment, ...lines.slice(at)].join('\n')).filter((id) => id.startsWith('pip'));
    assert.deepEqual(found(1), []);
    assert.deepEqual(found(2), ['pip-install-unpinned@2']);
  });

  it('holds for the file at its top', () => {
    const comment = '# research-containers: ignore-file pip-install-unpinned, no-labels';
    const text = `# syntax=docker/dockerfile:1\n${comment}\nFROM a:1\nRUN pip install a\nRUN pip install b`;
    assert.deepEqual(ids(text), ['base-without-digest@3']);
    assert.ok(ids(`FROM a:1\n${comment}\nRUN pip install a`).includes('pip-install-unpinned@3'));
    const one = text.replace('ignore-file', 'ignore');
    assert.ok(ids(one).includes('pip-install-unpinned@4'));
  });

  it('can be written for every finding', () => {
    const text =
      'FROM ubuntu\r\n\r\nRUN apt-get update \\\r\n && pip install a \\\r\n && pip install b\r\nRUN cd /x\r\n';
    for (const finding of judge(text).findings) {
      const edited = applyEdits(text, [ignoreEdit(text, parseDockerfile(text), finding)]);
      assert.ok(judge(edited).findings.every(({ rule }) => rule !== finding.rule));
      assert.equal(edited.replace(/# research-containers: ignore [a-z-]+ {2}\r\n/, ''), text);
    }
  });

  it('stands behind the directives, where it is about one of them', () => {
    const text = '# syntax=docker/dockerfile\n# escape=`\n\nFROM a:1\n';
    const [finding] = judge(text).findings;
    assert.equal(finding?.rule, 'syntax-without-version');
    const edited = applyEdits(text, [ignoreEdit(text, parseDockerfile(text), finding)]);
    assert.equal(parseDockerfile(edited).syntax, 'docker/dockerfile');
    assert.ok(judge(edited).findings.every(({ rule }) => rule !== 'syntax-without-version'));
  });

  it('gives the points back', () => {
    const text = good.replace(
      'CMD',
      '# research-containers: ignore upgrade-to-newest  wanted\nRUN pip install -U pip\nCMD',
    );
    assert.equal(judge(text).score, 100);
    assert.ok(judge(text.replace('# research-containers', '# x')).score < 100);
  });
});

describe('the rules', () => {
  it('have ids of their own, a title, a reason and a weight', () => {
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    for (const { id, title, why, weight } of rules) {
      assert.match(id, /^[a-z]+(?:-[a-z]+)+$/);
      assert.ok(title.length > 10 && why.length > 20 && weight > 0 && weight <= 20, id);
    }
  });

  describe('that need no network are kept by', () => {
    const folder = 'test/fixtures/dockerfiles';
    const offline = new Set(rules.filter(({ needsNetwork }) => !needsNetwork).map(({ id }) => id));
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.Dockerfile'))) {
      it(`what a recipe writes: ${name}`, () => {
        const { findings } = judge(readFileSync(`${folder}/${name}`, 'utf8'), both);
        assert.deepEqual(
          findings.filter(({ rule }) => offline.has(rule)).map(({ rule, line }) => `${rule}@${line}`),
          [],
        );
      });
    }
  });
});
