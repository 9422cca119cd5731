import assert from 'node:assert/strict';
import { commandsOfWords, shellCommands } from '../../../src/dockerfile/shell-commands.js';
import { type ShellCommand } from '../../../src/dockerfile/simple-command.js';

/** A command as `A=b program [word] [word] >file`, with a star behind words that are not literal. */
function show({ program, words, assignments, redirections }: ShellCommand): string {
  return [
    ...assignments.map(({ name, value }) => `${name}=${value}`),
    program === '' ? '-' : program,
    ...words.map(({ text, isLiteral }) => `[${text}]${isLiteral ? '' : '*'}`),
    ...redirections.map(({ operator, target }) => `${operator}${target}`),
  ].join(' ');
}

describe('the commands of a script', () => {
  const cases: [string, string, string[]][] = [
    ['one', 'make -j4  all', ['make [-j4] [all]']],
    ['lists', 'a && b || c; d & e', ['a', 'b', 'c', 'd', 'e']],
    ['pipes', 'a 1 | b 2 |& c', ['a [1]', 'b [2]', 'c']],
    ['subshells and groups', '(cd x && make) && { a; b; }', ['cd [x]', 'make', 'a', 'b']],
    ['lines and continuations', 'a \\\n  b\nc\r\nd |\n e', ['a [b]', 'c', 'd', 'e']],
    ['comments', 'a # b && c\n# d\ne#f', ['a', 'e#f']],
    ['quotes', `a 'b "c' "d 'e" f\\ g "\\"h\\$" ""`, [`a [b "c] [d 'e] [f g] ["h$] []`]],
    ['operators in quotes', `a "b && c" 'd; e | f'`, ['a [b && c] [d; e | f]']],
    ['variables', 'a $B "${C:-d e}" x"$1"y \\$Z $', ['a [$B]* [${C:-d e}]* [x$1y]* [$Z] [$]']],
    ['substitutions', 'a $(b c | d) e', ['b [c]', 'd', 'a [$(b c | d)]* [e]']],
    ['substitutions in quotes', 'a "x $(b "c d") y"', ['b [c d]', 'a [x $(b "c d") y]*']],
    ['a subshell in a substitution', 'a $( (b) ; c) d', ['b', 'c', 'a [$( (b) ; c)]* [d]']],
    ['backticks', 'a `b c` "`d`"', ['b [c]', 'd', 'a [`b c`]* [`d`]*']],
    ['process substitutions', 'bash <(curl x) y', ['curl [x]', 'bash [<(curl x)]* [y]']],
    ['arithmetic', 'a $((1 << (2))) b', ['a [$((1 << (2)))]* [b]']],
    ['redirections', 'a >b 2>&1 c>>d <e &>f >|g', ['a [c] >b >&1 >>d <e &>f >|g']],
    ['a number that is no file', 'a 2 > b', ['a [2] >b']],
    ['an unquoted requirement', 'pip install numpy>=1.2', ['pip [install] [numpy] >=1.2']],
    ['heredocs', 'cat <<EOF > x\na && b\nEOF\nc <<-"F"\n\td\n\tF\ne', ['cat <<EOF >x', 'c <<-F', 'e']],
    ['a string as input', 'a <<< "b c"', ['a <<<b c']],
    ['conditions', 'if [ -e x ]; then a; elif ! b; then c; else d; fi', ['[ [-e] [x] []]', 'a', 'b', 'c', 'd']],
    ['loops', 'for x in a b; do make $x; done; while a; do b; done', ['make [$x]*', 'a', 'b']],
    ['words of loops', 'for x in $(a b); do c; done', ['a [b]', 'c']],
    ['case', 'case "$(a)" in amd64|x86_64) b 1;; arm64) c 2 ;; *) d;; esac; e', ['a', 'b [1]', 'c [2]', 'd', 'e']],
    ['functions', 'f() { a b; }; function g { c; }; f', ['a [b]', 'c', 'f']],
    ['tests of bash', '[[ $a == b && -e c ]] || d', ['[[ [$a]* [==] [b] [-e] [c] []]]', 'd']],
    ['arrays', 'A=(pip install b) c', ['A=(pip install b) c']],
    ['quotes in backticks in quotes', 'a "`b "c" d`" && e', ['b [c] [d]', 'a [`b "c" d`]*', 'e']],
    ['substitutions in defaults and targets', 'a ${B:-$(c)} > $(d)', ['d', 'c', 'a [${B:-$(c)}]* >$(d)']],
    ['assignments', 'A=1 B="2 3" make; C=4', ['A=1 B=2 3 make', 'C=4 -']],
    ['an empty script', '', []],
    ['only operators', '&& ; | ()', []],
    ['what is left open', `a "b $(c 'd`, ['c [d]', `a [b $(c 'd]*`]],
    ['a program with a folder', '/opt/conda/bin/pip install x', ['pip [install] [x]']],
    ['a program that a command names', '$(which pip) install x', ['which [pip]', '- [install] [x]']],
    [
      'a script in quotes',
      `bash -c "a && pip install 'b'"`,
      ['a', 'pip [install] [b]', `bash [-c] [a && pip install 'b']`],
    ],
    ['a script behind other letters', `/bin/bash -lexc 'a; b'`, ['a', 'b', 'bash [-lexc] [a; b]']],
    ['a script with escapes', 'sh -c "a \\"b c\\""', ['a [b c]', 'sh [-c] [a "b c"]']],
    ['a script in a script', `sh -c "bash -c 'a b'"`, ['a [b]', `bash [-c] [a b]`, `sh [-c] [bash -c 'a b']`]],
    ['a script with a substitution, once', 'sh -c "$(curl x)"', ['curl [x]', '-', 'sh [-c] [$(curl x)]*']],
    ['no script of a program', 'python -c "a; b"', ['python [-c] [a; b]']],
    ['sudo', 'sudo -E -u me apt-get install x', ['apt-get [install] [x]']],
    ['env', 'env -i -u A B=c pip install x', ['B=c pip [install] [x]']],
    ['wrappers in wrappers', 'sudo nice -n 5 timeout -k 1 60 env A=b make', ['A=b make']],
    ['xargs', 'xargs -n 1 -P4 pip install < r.txt', ['pip [install] <r.txt']],
    ['conda run', 'conda run -n base --no-capture-output pip install x', ['pip [install] [x]']],
    ['poetry run and uv run', 'poetry run a && uv run --with b c d', ['a', 'c [d]']],
    ['a wrapper of nothing', 'env; sudo -s; conda run', ['env', 'sudo [-s]', 'conda [run]']],
    ['a name like a wrapper', 'environment x; conda install run', ['environment [x]', 'conda [install] [run]']],
  ];
  for (const [what, script, expected] of cases) {
    it(`are those of ${what}`, () => {
      assert.deepEqual(shellCommands(script).map(show), expected);
    });
  }

  it('know what is connected by pipes', () => {
    const pipelines = shellCommands('a | b && c |\n d; (e | f)\ng\n(h || i) | j').map(({ program, pipeline }) => [
      program,
      pipeline,
    ]);
    const numbers = new Map(pipelines.map(([program, pipeline]) => [program, pipeline]));
    for (const [one, other] of ['ab', 'cd', 'ef', 'hj', 'ij'])
      assert.equal(numbers.get(one ?? ''), numbers.get(other ?? ''));
    assert.equal(new Set(numbers.values()).size, 5);
  });

  it('know where their words stand', () => {
    const scripts = [
      `x && A=b sudo pip "install"  'a b' c`,
      `bash -c "x && pip install c"`,
      'echo $(pip `pip x` "y z") && pip "$(pip a)"',
    ];
    for (const script of scripts) {
      for (const { words } of shellCommands(script)) {
        for (const { text, start, end, isLiteral } of words) {
          const written = script.slice(start, end);
          assert.equal(isLiteral ? written.replace(/^(["'])(.*)\1$/, '$2') : written.replace(/^"(.*)"$/, '$1'), text);
        }
      }
    }
  });

  it('are those of words without a shell', () => {
    assert.deepEqual(commandsOfWords(['/bin/sh', '-c', 'pip install x && y']).map(show), [
      'pip [install] [x]',
      'y',
      'sh [-c] [pip install x && y]',
    ]);
    assert.deepEqual(commandsOfWords(['echo', 'a && b', '$C']).map(show), ['echo [a && b] [$C]']);
    assert.deepEqual(commandsOfWords([]), []);
  });

  describe('are found in time that grows with the length only', () => {
    for (const piece of [
      'a "b" && ',
      '$(',
      '${',
      '"',
      '`',
      'a <<b\n',
      '((',
      "bash -c '",
      'sudo ',
      'A=b ',
      '\\\n',
      '<(',
    ]) {
      it(`of many ${JSON.stringify(piece)}`, () => {
        const start = performance.now();
        shellCommands(piece.repeat(10_000));
        assert.ok(performance.now() - start < 2_000);
      });
    }
  });
});
