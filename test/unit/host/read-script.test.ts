import assert from 'node:assert/strict';
import { readScript } from '../../../src/host/shell/read-script.js';
import { type Command, type Word, type WordPart } from '../../../src/host/shell/script.js';

/** Parts of a word: `text`, `'quoted'`, `$name` with its operator, `$(commands)`, `$((…))`, `(array)`. */
function showPart(part: WordPart): string {
  switch (part.kind) {
    case 'literal':
      return part.text;
    case 'quoted':
      return `'${part.text}'`;
    case 'variable':
      return `$${part.name}${part.operator}${part.argument.map(showPart).join('')}`;
    case 'substitution':
      return `$(${show(part.commands)})`;
    case 'arithmetic':
      return part.written;
    case 'array':
      return `(${part.words.map(showWord).join(' ')})`;
  }
}

function showWord({ parts }: Word): string {
  return parts.map(showPart).join('+');
}

/** Commands as `[word word >target operator]`, compound ones with what opens them and their commands in braces. */
function show(commands: readonly Command[]): string {
  return commands
    .map((command) => {
      const words = command.kind === 'function' ? [] : command.words.map(showWord);
      const targets = command.redirections.map(({ operator, target }) => `${operator}${showWord(target)}`);
      const behind = command.operator === '' ? [] : [command.operator];
      if (command.kind === 'simple') return `[${[...words, ...targets, ...behind].join(' ')}]`;
      const head = command.kind === 'function' ? ['function', command.name] : [command.opening, command.variable ?? ''];
      const body = command.body.length === 0 ? [] : [`{${show(command.body)}}`];
      return `[${[...head, ...words, ...body, ...targets, ...behind].filter((each) => each !== '').join(' ')}]`;
    })
    .join('');
}

describe('a script of the shell', () => {
  const cases: [what: string, script: string, expected: string][] = [
    ['operators', 'a && b || c | d |& e & f; g\nh', '[a &&][b ||][c |][d |&][e &][f ;][g][h]'],
    ['quotes', `a'b c'"d e"\\f ''`, `[a+'b cd ef' '']`],
    ['quotes of C', `$'a\\n\\'b' $"c"`, `['a\n'b' 'c']`],
    ['variables', '$a "$b" ${c} $1 ${10} $@ $$ $', `[$a ''+$b+'' $c $1 $10 $@ $$ $]`],
    ['defaults', '${a:-b/$c} "${d:=e f}" ${g%/*} ${h//x/y}', `[$a:-b/$c ''+$d:='e f'+'' $g%/* $h//x/y]`],
    ['names of names, lengths, parts of arrays', '${!a} ${#b} ${c[0]} ${d[@]}', '[$a! $b# $c $d[@]]'],
    ['quotes in braces', `\${a:-'}'} "\${b:-it's}"`, `[$a:-'}' ''+$b:-'it's'+'']`],
    ['substitutions', 'a$(b $(c) | d)`e \\`f`', `[a+$([b $([c]) |][d])+$([e '\`'+f])]`],
    ['quotes in backticks in quotes', 'a "x `b "y" c` z"', `[a 'x '+$([b 'y' c])+' z']`],
    ['parentheses in quotes in substitutions', `a "$(b ")" 'c)' # )\n)" d`, `[a ''+$([b ')' 'c)'])+'' d]`],
    ['process substitutions', 'a <(b) --c=>(d)', '[a $([b]) --c=+$([d])]'],
    ['arithmetic', 'a=$((1 + (2 * 3))) ((b++)); ((c = (1)))', '[a=+$((1 + (2 * 3))) ][(( ;][((]'],
    ['subshells that look like arithmetic', '((a; b); c) $((d); e)', '[( {[( {[a ;][b]} ;][c]}][$([( {[d]} ;][e])]'],
    ['arrays', 'a=(b "c d" # e\n f) g+=(h) i', `[a=+(b 'c d' f) g+=+(h) i]`],
    ['redirections', 'a 2>&1 <b >>c &>d {e}>f <<<g >|h 10<i', '[a >&1 <b >>c &>d >f <<<g >|h <i]'],
    ['groups', '(a; b) > c; { d; }', '[( {[a ;][b]} >c ;][{ {[d ;]}]'],
    ['conditions', 'if a; then b; elif c; then d; else e; fi > f', '[if {[a ;][b ;][c ;][d ;][e ;]} >f]'],
    ['loops', 'while ! a; do b; done; until c\ndo\nd\ndone', '[while {[a ;][b ;]} ;][until {[c][d]}]'],
    ['for', 'for a in b $c "d"; do e; done', `[for a b $c 'd' {[e ;]}]`],
    ['for without words', 'for a; do b; done\nfor c\ndo d; done', '[for a {[b ;]}][for c {[d ;]}]'],
    ['for of C', 'for ((i = 0; i < 3; i++)); do a; done', '[for {[a ;]}]'],
    ['case', 'case "$a" in b|c) d; e;; (f) g ;& *) h; esac; i', `[case ''+$a+'' b c f * {[d ;][e][g][h ;]} ;][i]`],
    ['case in a substitution', '$(case a in b) c;; esac) d', '[$([case a b {[c]}]) d]'],
    [
      'functions',
      'f() { a; }; function g { b; }\nh () (c)',
      '[function f {[{ {[a ;]}]} ;][function g {[{ {[b ;]}]}][function h {[( {[c]}]}]',
    ],
    ['tests', '[[ -e a && ( $b =~ ^(c|d)$ || e < f ) ]] && g', '[[[ -e a $b =~ ^ c d $ e f ]] &&][g]'],
    ['keywords as words', 'echo if then done esac } { in', '[echo if then done esac } { in]'],
    ['words that begin like keywords', 'iffy; format; done-it; {a,b}', '[iffy ;][format ;][done-it ;][{a,b}]'],
    ['continuations', 'a \\\n b\\\nc \\\r\n d', '[a bc d]'],
  ];
  for (const [what, script, expected] of cases) {
    it(`is read with its ${what}`, () => {
      assert.equal(show(readScript(script).commands).replaceAll(' ]', ']'), expected.replaceAll(' ]', ']'));
    });
  }

  const broken: [what: string, script: string, expected: string][] = [
    ['ends too late', 'a; fi; b; done; ) c } ;; d', '[a ;][b ;][c }][d]'],
    ['does not end', 'if a; then (b', '[if {[a ;][( {[b]}]}]'],
    ['does not end in a substitution', '$(if a; then { b) c', '[$([if {[a ;][{ {[b]}]}]) c]'],
    ['is no script', 'for more, see the case of\nx: while it lasts', '[for more, see the case of][x: while it lasts]'],
    ['has no target', 'a >\nb <; c', '[a][b ;][c]'],
  ];
  for (const [what, script, expected] of broken) {
    it(`is read as far as it goes where it ${what}`, () => {
      assert.equal(show(readScript(script).commands), expected);
    });
  }

  it('has the lines of here-documents, and no commands in them', () => {
    const script = 'a <<A <<-"B" # c\nd $e\nA\n\tf\n\tB\ng <<C\nh';
    const { commands, comments } = readScript(script);
    const lines = commands.flatMap(({ redirections }) =>
      redirections.map(({ heredoc }) => script.slice(heredoc?.start, heredoc?.end)),
    );
    assert.deepEqual(lines, ['d $e\n', '\tf\n', 'h']);
    assert.deepEqual(
      comments.map(({ start, end }) => script.slice(start, end)),
      ['# c'],
    );
    assert.equal(show(commands), "[a <<A <<-'B'][g <<C]");
  });

  it('knows the place of each word and part', () => {
    const script = `ab 'c'"d$e"\${f:-g}$(h i)\`j\` k=(l)`;
    const check = (words: readonly Word[]): string[] =>
      words.flatMap(({ start, end, parts }) => [
        script.slice(start - 100, end - 100),
        ...parts.map((part) => `  ${script.slice(part.start - 100, part.end - 100)}`),
        ...parts.flatMap((part) =>
          part.kind === 'array'
            ? check(part.words)
            : part.kind === 'substitution'
              ? part.commands.flatMap((each) => (each.kind === 'simple' ? check(each.words) : []))
              : [],
        ),
      ]);
    const [command] = readScript(script, 100).commands;
    assert.ok(command?.kind === 'simple');
    assert.equal(command.start, 100);
    assert.deepEqual(check(command.words), [
      ...['ab', '  ab'],
      ...[`'c'"d$e"\${f:-g}$(h i)\`j\``, `  'c'"d`, '  $e', '  "', '  ${f:-g}', '  $(h i)', '  `j`'],
      ...['h', '  h', 'i', '  i', 'j', '  j'],
      ...['k=(l)', '  k=', '  (l)', 'l', '  l'],
    ]);
  });

  describe('is read in time that grows with its length only', () => {
    const nested = [
      '$(',
      '${',
      '`',
      '((',
      '( ',
      '{ ',
      'if ',
      'case x in ',
      'case x|',
      'f() ',
      'a=(',
      '"$(',
      '"`',
      '<(',
    ];
    for (const piece of [...nested, '[[ ', "$'", 'for x in ', 'a <<b\n', '\\\n', '&>', '\u3000', ')', ';;', '\\']) {
      it(`where it is many ${JSON.stringify(piece)}`, () => {
        const start = performance.now();
        readScript(piece.repeat(2_000));
        assert.ok(performance.now() - start < 1_000);
      });
    }
  });
});
