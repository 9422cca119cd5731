import assert from 'node:assert/strict';
import { type IGrammar } from 'vscode-textmate';
import { StepLog } from '../../../src/build/step-log.js';
import { buildLogGrammar } from './stand-in-grammars.js';
import { listing, tokensOf } from './tokenize.js';

const step = (number: number): string => `#${number}  entity.name.tag.step`;

describe('the colours of a build log', () => {
  let grammar: IGrammar;
  before(async () => {
    grammar = await buildLogGrammar();
  });

  const lines: [string, string, string[]][] = [
    [
      'a step of a stage',
      '#3 [build 2/5] RUN pip install numpy[x]',
      [
        step(3),
        '[  punctuation.definition.stage',
        'build  entity.name.type.stage',
        '2  constant.numeric.step',
        '/  punctuation.separator.step',
        '5  constant.numeric.step',
        ']  punctuation.definition.stage',
        'RUN  keyword.other.special-method',
        'pip install numpy[x]  -',
      ],
    ],
    [
      'a step of a platform',
      '#4 [linux/arm64/v8 2/5] COPY . .',
      [
        step(4),
        '[  punctuation.definition.stage',
        'linux/arm64/v8  constant.other.platform',
        '2  constant.numeric.step',
        '/  punctuation.separator.step',
        '5  constant.numeric.step',
        ']  punctuation.definition.stage',
        'COPY  keyword.other.special-method',
        '. .  -',
      ],
    ],
    [
      'a step of the build itself',
      '#1 [internal] load metadata for docker.io/library/python:3.12',
      [
        step(1),
        '[  punctuation.definition.stage',
        'internal  comment.internal',
        ']  punctuation.definition.stage',
        'load metadata for docker.io/library/python:3.12  -',
      ],
    ],
    ['a step from the cache', '#3 CACHED', [step(3), 'CACHED  markup.inserted.cached']],
    [
      'a step that is done',
      '#3 DONE 12.3s',
      [step(3), 'DONE  markup.inserted.done', '12.3s  constant.numeric.duration'],
    ],
    ['a step that was ended', '#3 CANCELED', [step(3), 'CANCELED  comment.canceled']],
    [
      'a step that failed',
      '#3 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2',
      [
        step(3),
        'ERROR:  invalid.illegal.error',
        'process "/bin/sh -c make" did not complete successfully:  markup.deleted.error',
        'exit code:  markup.deleted.error',
        '2  constant.numeric.exit-code',
      ],
    ],
    [
      'an amount',
      '#9 exporting layers 12.0 MB of 20.5 MB',
      [step(9), 'exporting layers  -', '12.0 MB  constant.numeric.amount', 'of  -', '20.5 MB  constant.numeric.amount'],
    ],
    [
      'a percentage and a link in what a step prints',
      '#3 0.52 45% of https://x.org/a.',
      [
        step(3),
        '0.52  constant.numeric.time',
        '45%  constant.numeric.amount',
        'of  -',
        'https://x.org/a  markup.underline.link',
        '.  -',
      ],
    ],
    [
      'a warning of the build',
      'WARNING: JSON arguments recommended (line 12) https://docs.docker.com/go/x/',
      [
        'WARNING:  keyword.other.warning',
        'JSON arguments recommended  markup.changed.warning',
        '(  -',
        'line  comment.line-number',
        '12  constant.numeric.line',
        ')  -',
        'https://docs.docker.com/go/x/  markup.underline.link',
      ],
    ],
    ['a warning without a place', 'WARNING: no', ['WARNING:  keyword.other.warning', 'no  markup.changed.warning']],
    [
      'the place of a compiler',
      '#3 1.00 src/a b.cpp:3:7: fatal error: mpi.h: No such file',
      [
        step(3),
        '1.00  constant.numeric.time',
        'src/a  -',
        'b.cpp  string.unquoted.path',
        ':  -',
        '3  constant.numeric.line',
        ':  -',
        '7  constant.numeric.column',
        ':  -',
        'fatal error  invalid.illegal.error',
        ': mpi.h: No such file  -',
      ],
    ],
    [
      'the place of a Dockerfile',
      'ERROR: Dockerfile:12',
      [
        'ERROR:  invalid.illegal.error',
        'Dockerfile  string.unquoted.path',
        ':  markup.deleted.error',
        '12  constant.numeric.line',
      ],
    ],
    [
      'the place in Python',
      '#3 1.20   File "/tmp/x y/setup.py", line 12, in <module>',
      [
        step(3),
        '1.20  constant.numeric.time',
        'File  -',
        '"/tmp/x y/setup.py"  string.unquoted.path',
        ', line  -',
        '12  constant.numeric.line',
        ', in <module>  -',
      ],
    ],
  ];
  for (const [what, line, expected] of lines) {
    it(`show ${what}`, () => {
      assert.deepEqual(listing(grammar, line), expected);
    });
  }

  const failures = [
    'error: subprocess-exited-with-error',
    'ERROR: No matching distribution found for numpy==9',
    'Error in library(sf) : there is no package called ‘sf’',
    'E: Unable to locate package libfoo',
    "ModuleNotFoundError: No module named 'Cython'",
    'CMake Error at CMakeLists.txt:3 (find_package):',
    'Traceback (most recent call last):',
    'LoadError: ArgumentError: Package Foo not found',
  ];
  for (const text of failures) {
    it(`find the failure in “${text}”`, () => {
      const tokens = tokensOf(grammar, `#3 1.20 ${text}`);
      assert.ok(
        tokens.some(({ scopes }) => scopes.includes('invalid.illegal.error')),
        JSON.stringify(tokens),
      );
    });
  }
  for (const text of ['0 errors', 'terrors: none', 'error-prone', 'installing r-rlang-error', 'HandleErrors.o']) {
    it(`find none in “${text}”`, () => {
      const tokens = tokensOf(grammar, `#3 1.20 ${text}`);
      assert.ok(!tokens.some(({ scopes }) => scopes.includes('invalid.illegal.error')), JSON.stringify(tokens));
    });
  }
  for (const text of ['warning: unused variable', 'DeprecationWarning: x', 'W: GPG error', 'Warning in x : y']) {
    it(`find the warning in “${text}”`, () => {
      const tokens = tokensOf(grammar, `#3 1.20 ${text}`);
      assert.ok(
        tokens.some(({ scopes }) => scopes.includes('keyword.other.warning')),
        JSON.stringify(tokens),
      );
    });
  }

  it('know every line that a build writes', () => {
    const written: string[] = [];
    const log = new StepLog(({ output }) => {
      if (output !== undefined) written.push(output);
    });
    const base = { kind: 'step', cached: false, error: undefined } as const;
    log.add({ ...base, id: 'a', name: '[base 1/2] FROM x', cached: true, started: 0, completed: 10 });
    log.add({ ...base, id: 'b', name: '[2/2] RUN make', started: 0, completed: undefined }, 'linux/amd64');
    log.add({ kind: 'output', id: 'b', text: Buffer.from('gcc\nmake: *** Error 1') }, 'linux/amd64');
    log.add(
      { ...base, id: 'b', name: '[2/2] RUN make', started: 0, completed: 99, error: 'exit code: 1' },
      'linux/amd64',
    );
    log.add({ ...base, id: 'c', name: 'exporting', started: 0, completed: 1500 });
    log.add({ ...base, id: 'd', name: '[3/3] RUN x', started: 0, completed: 1, error: 'context canceled' });
    log.warn({ message: 'm', url: 'https://x.org', line: 3 });
    const unknown = written.filter((line) => tokensOf(grammar, line).every(({ scopes }) => scopes.length === 0));
    assert.ok(written.length > 8);
    assert.deepEqual(unknown, []);
    const tokens = tokensOf(grammar, written.join('\n'));
    for (const scope of [
      'markup.inserted.cached',
      'markup.inserted.done',
      'comment.canceled',
      'markup.deleted.error',
      'constant.other.platform',
      'constant.numeric.time',
      'markup.changed.warning',
    ]) {
      assert.ok(
        tokens.some(({ scopes }) => scopes.includes(scope)),
        scope,
      );
    }
  });

  it('end with each line', () => {
    const tokens = tokensOf(grammar, '#3 [1/1] RUN "a\n#4 1.00 it\'s "b\n#5 CACHED');
    assert.deepEqual(tokens.at(-1)?.scopes, ['markup.inserted.cached']);
  });
});
