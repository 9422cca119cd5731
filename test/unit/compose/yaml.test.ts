import assert from 'node:assert/strict';
import { placesOf, read, readService, sayProblems } from './application.js';

describe('the YAML of a compose file', () => {
  it('has anchors, aliases and merge keys', async () => {
    const { project, problems } = await read(`x-env: &env {A: 1, B: 1}
x-more: &more {B: 2, C: 2}
x-base: &base
  image: x
  environment: {<<: *env, B: 3}
services:
  a: {<<: *base, command: a}
  b:
    environment:
      D: 4
      <<: [*env, *more]
    <<: [*base]
  c: *base`);
    assert.deepEqual(problems, []);
    const environments = project?.services.map(({ name, environment }) => [name, Object.fromEntries(environment)]);
    assert.deepEqual(environments, [
      ['a', { A: '1', B: '3' }],
      ['b', { A: '1', B: '1', C: '2', D: '4' }],
      ['c', { A: '1', B: '3' }],
    ]);
  });

  it('names the place of a value that an alias puts elsewhere', async () => {
    const { problems } = await read(
      'x-base: &base\n  image: x\n  tty: maybe\nservices:\n  a: *base\n  b: {<<: *base}\n  c: {<<: *base, tty: true}',
    );
    assert.deepEqual(placesOf(problems), ['error type compose.yaml:3:8']);
  });

  it('has texts in all their styles', async () => {
    const { service } = await readService(`services:
  a:
    'image': "x"
    environment:
      LITERAL: |
        one
        two
      FOLDED: >-
        one
        two
      PLAIN: one
        two
      QUOTED: 'it''s'
      ESCAPED: "a\\tb"
      TAGGED: !!str 1.10
      NUMBER: !!int "5"`);
    assert.deepEqual(Object.fromEntries(service.environment), {
      LITERAL: 'one\ntwo\n',
      FOLDED: 'one two',
      PLAIN: 'one two',
      QUOTED: "it's",
      ESCAPED: 'a\tb',
      TAGGED: '1.10',
      NUMBER: '5',
    });
  });

  it('may be JSON, with a mark of its encoding', async () => {
    const { service } = await readService('\uFEFF{"services": {"a": {"image": "x", "tty": true}}}');
    assert.deepEqual([service.image, service.tty], ['x', true]);
  });

  it('warns of numbers and booleans that become another text', async () => {
    const { service, warnings } = await readService(
      'services:\n  a:\n    image: x\n    environment: {A: 1.10, B: 0440, C: 5, D: "1.10", E: TRUE}',
    );
    assert.deepEqual([...service.environment.values()], ['1.1', '288', '5', '1.10', 'true']);
    assert.deepEqual(warnings, [
      'warning value compose.yaml:4:22 “A” becomes “1.1”: without quotes, 1.10 is no text. | Put it in quotes if it is to stay as it is: "1.10"',
      'warning value compose.yaml:4:31 “B” becomes “288”: without quotes, 0440 is no text. | Put it in quotes if it is to stay as it is: "0440"',
      'warning value compose.yaml:4:57 “E” becomes “true”: without quotes, TRUE is no text. | Put it in quotes if it is to stay as it is: "TRUE"',
    ]);
  });

  it('warns of dates, which Compose takes nowhere', async () => {
    const { service, warnings } = await readService(
      'services:\n  a:\n    image: x\n    environment: {A: 2020-01-31, B: "2020-01-31", C: $D, E: 2020-01-31T10:00:00Z, F: 2020-01-x}',
      'a',
      { environment: { D: '2020-01-31' } },
    );
    assert.equal(service.environment.get('A'), '2020-01-31');
    assert.deepEqual(warnings, [
      'warning value compose.yaml:4:22 “A” is a date without quotes, and Compose refuses that. | Put it in quotes: "2020-01-31"',
      'warning value compose.yaml:4:61 “E” is a date without quotes, and Compose refuses that. | Put it in quotes: "2020-01-31T10:00:00Z"',
    ]);
  });

  it('takes the booleans of YAML 1.1 where it wants one, and says that they are old', async () => {
    const { service, warnings } = await readService(
      'services: {a: {image: x, tty: yes, init: "Off", environment: {A: no}}}',
    );
    assert.deepEqual([service.tty, service.init, service.environment.get('A')], [true, false, 'no']);
    assert.equal(warnings.length, 2);
    assert.match(warnings[0] ?? '', /warning value compose.yaml:1:31 .*“true” and “false”.*Write true/);
  });

  const wrong: [text: string, ...expected: string[]][] = [
    ['', 'error yaml compose.yaml:1:1'],
    ['# only a comment\n', 'error yaml compose.yaml:1:1'],
    ['~', 'error type compose.yaml:1:1'],
    ['- a', 'error type compose.yaml:1:1'],
    ['services:\n\ta: {image: x}', 'error yaml compose.yaml:2:1'],
    ['services:\n  a: {image: x\n', 'error yaml compose.yaml:3:1'],
    ['services:\n  a:\n    image: "x\n    tty: true', 'error yaml compose.yaml:4:14'],
    ['services:\n  a:\n    image: @x', 'error yaml compose.yaml:3:12'],
    ['services:\n  a:\n    image: x: y', 'error yaml compose.yaml:3:12'],
    ['services:\n  a:\n    image: x\n   tty: true', 'error yaml compose.yaml:4:1'],
    ['services:\n  a:\n    image: x\n    image: y', 'error yaml compose.yaml:4:5'],
    ['services:\n  a: {image: x}\n  a: {image: y}', 'error yaml compose.yaml:3:3'],
    ['services: {a: {image: x}}\n---\nservices: {}', 'error yaml compose.yaml:2:1'],
    ['services: {a: *none}', 'error yaml compose.yaml:1:15'],
    ['services: {a: {image: x, <<: 5}}', 'error yaml compose.yaml:1:26'],
    [
      'x-a: &a {tty: true}\nservices:\n  a:\n    <<: *a\n    image: x\n    <<: {init: true}',
      'error yaml compose.yaml:6:5',
    ],
    ['services: {a: &a {image: x, environment: *a}}', 'error cycle compose.yaml:1:42'],
    ['services: {a: {image: x, environment: {1: one, "2": two}}}', 'error type compose.yaml:1:40'],
    ['services: {true: {image: x}}', 'error type compose.yaml:1:12'],
    ['services: {a: {image: x, ? [b] : c}}', 'error type compose.yaml:1:28'],
    ['services: {a: {image: !mine x}}', 'warning no-effect compose.yaml:1:29'],
  ];
  for (const [text, ...expected] of wrong) {
    it(`has a problem in ${JSON.stringify(text)}`, async () => {
      const { problems } = await read(text);
      assert.deepEqual(placesOf(problems).slice(0, expected.length), expected, sayProblems(problems).join('\n'));
    });
  }

  it('tells in which line a key was first', async () => {
    const { problems } = await read('services:\n  a:\n    image: x\n    tty: true\n    image: y');
    assert.match(problems[0]?.message ?? '', /“image” is there twice: first in line 3/);
  });

  it('tells of all problems of the YAML at once', async () => {
    const { project, problems } = await read('services:\n  a:\n    image: @x\n    user: %y');
    assert.equal(project, undefined);
    assert.deepEqual(placesOf(problems), ['error yaml compose.yaml:3:12', 'error yaml compose.yaml:4:11']);
  });

  const said: [text: string, line: number, message: RegExp, remedy: RegExp][] = [
    ['services:\n  a:\n    image:x\n    tty: true', 3, /has “: ” and its value behind it/, /a space behind the colon/],
    ['services:\n  a:\n    command: "a" b\n    image: x', 3, /follows a value that has ended/, /whole value in quotes/],
    ['services:\n  a:\n    image: x\n  - b', 4, /item of a list stands where a key/, /below their key/],
    ['services:\n  a:\n    image: "x', 3, /quote is not closed/, /Close the quote/],
    ['services:\n  a:\n    image: x\n    command: *', 4, /“\*” begins the name of an anchor/, /in quotes/],
    ['services:\n  a:\n    command: |x\n      y', 3, /begins in the line below “\|” or “>”/, /in the next line/],
    [
      '}\nservices:\n  a: {image: x}\n  b: {image: y}',
      1,
      /cannot follow what stands above/,
      /Correct what stands above/,
    ],
  ];
  for (const [text, line, message, remedy] of said) {
    it(`is told of once, and in plain words, in ${JSON.stringify(text)}`, async () => {
      const { problems } = await read(text);
      assert.equal(problems.length, 1, sayProblems(problems).join('\n'));
      assert.equal(problems[0]?.line, line);
      assert.match(problems[0].message, message);
      assert.match(problems[0].remedy, remedy);
    });
  }

  it('refuses aliases that stand for billions of values, at once', async () => {
    const lines = ['x-0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (let level = 1; level < 12; level++) {
      lines.push(
        `x-${level}: &a${level} [${Array<string>(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    }
    const { project, problems } = await read([...lines, 'services: {a: {image: x}}'].join('\n'));
    assert.equal(project, undefined);
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['With its aliases written out, the file has more than 100000 values.'],
    );
  });

  for (const piece of ['[', '{a: ', '- ', '? ']) {
    it(`refuses “${piece}” nested without end`, async () => {
      const { problems } = await read(`services:\n  ${piece.repeat(10_000)}`);
      assert.deepEqual(
        problems.map(({ code, line, message }) => [code, line, message]),
        [['yaml', 2, 'Values are nested more than 200 times.']],
      );
    });
  }
});
