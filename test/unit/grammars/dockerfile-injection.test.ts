import assert from 'node:assert/strict';
import { type IGrammar } from 'vscode-textmate';
import { dockerfileGrammar } from './stand-in-grammars.js';
import { listing, tokensOf } from './tokenize.js';

describe('the colours of a Dockerfile', () => {
  let grammar: IGrammar;
  before(async () => {
    grammar = await dockerfileGrammar();
  });
  describe('token by token', () => {
    const keyword = (word: string): string => `${word}  keyword.other.special-method`;
    const flag = (name: string, value: string): string[] => [
      '--  punctuation.definition.flag',
      `${name}  entity.other.attribute-name.flag`,
      '=  keyword.operator.assignment',
      `${value}  string.unquoted.flag`,
    ];
    const variable = (name: string, ...inside: string[]): string[] => [
      '${  punctuation.definition.variable',
      `${name}  variable.other.normal`,
      ...inside,
      '}  punctuation.definition.variable',
    ];
    const listings: [string, string, string[]][] = [
      [
        'parser directives',
        '# syntax=docker/dockerfile:1\n# check=skip=all\n# note=1',
        [
          ...['syntax', 'docker/dockerfile:1', 'check', 'skip=all'].flatMap((text, at) =>
            at % 2 === 0
              ? [
                  '#  punctuation.definition.comment',
                  `${text}  keyword.control.directive`,
                  '=  keyword.operator.assignment',
                ]
              : [`${text}  string.unquoted.directive`],
          ),
          '# note=1  comment.line.number-sign',
        ],
      ],
      [
        'a directive that comes too late',
        'USER me\n# syntax=x',
        [keyword('USER'), 'me  -', '# syntax=x  comment.line.number-sign'],
      ],
      [
        'a base image',
        'FROM --platform=$BUILDPLATFORM ghcr.io:443/a/b:1.2-x@sha256:0a1b AS build',
        [
          keyword('FROM'),
          ...flag('platform', '$').slice(0, 3),
          '$  punctuation.definition.variable',
          'BUILDPLATFORM  variable.other.normal',
          'ghcr.io:443/a/b  -',
          ':1.2-x  constant.other.tag',
          '@sha256:0a1b  constant.other.digest',
          keyword('AS'),
          'build  entity.name.type.stage',
        ],
      ],
      [
        'a mount',
        'RUN --mount=type=cache,target=/c,ro x',
        [
          keyword('RUN'),
          ...flag('mount', '').slice(0, 3),
          'type  variable.parameter.mount',
          '=  keyword.operator.assignment',
          'cache  constant.language.mount-type',
          ',  punctuation.separator.mount',
          'target  variable.parameter.mount',
          '=  keyword.operator.assignment',
          '/c  string.unquoted.flag',
          ',  punctuation.separator.mount',
          'ro  variable.parameter.mount',
          'x  entity.name.function.call.shell',
        ],
      ],
      [
        'flags, and not what looks like one behind them',
        'COPY --chown=a:b --chmod=0755 --link --from=x --exclude=*.md a --b c',
        [
          keyword('COPY'),
          ...flag('chown', 'a:b'),
          ...flag('chmod', '0755'),
          ...flag('link', '').slice(0, 2),
          ...flag('from', 'x'),
          ...flag('exclude', '*.md'),
          'a --b c  -',
        ],
      ],
      [
        'a checksum',
        'ADD --checksum=sha256:0a1b https://x/y /',
        [keyword('ADD'), ...flag('checksum', 'sha256:0a1b'), 'https://x/y /  -'],
      ],
      [
        'modifiers of variables',
        'ENV A=${B:-c} D=${E:+f} G=${H#p} I=${J##*p} K=${L/x/y} M=${N:-${O}} P=$Q',
        [
          keyword('ENV'),
          ...(
            [
              ['A', 'B', [':-  keyword.operator.expansion', 'c  -']],
              ['D', 'E', [':+  keyword.operator.expansion', 'f  -']],
              ['G', 'H', ['#  keyword.operator.expansion', 'p  -']],
              ['I', 'J', ['##  keyword.operator.expansion', '*p  -']],
              ['K', 'L', ['/  keyword.operator.expansion', 'x  -', '/  keyword.operator.expansion', 'y  -']],
              ['M', 'N', [':-  keyword.operator.expansion', ...variable('O')]],
            ] as const
          ).flatMap(([name, of, inside]) => [
            `${name}  variable.other.assignment`,
            '=  keyword.operator.assignment',
            ...variable(of, ...inside),
          ]),
          'P  variable.other.assignment',
          '=  keyword.operator.assignment',
          '$  punctuation.definition.variable',
          'Q  variable.other.normal',
        ],
      ],
      [
        'an escaped variable',
        'ENV A=\\$B',
        [
          keyword('ENV'),
          'A  variable.other.assignment',
          '=  keyword.operator.assignment',
          '\\$  constant.character.escape',
          'B  -',
        ],
      ],
      [
        'the exec form over lines',
        'CMD ["a", \\\n  # not \'it\n  "$b"]\nUSER me',
        [
          keyword('CMD'),
          '[  punctuation.definition.array.begin',
          '"  punctuation.definition.string.begin',
          'a  string.quoted.double',
          '"  punctuation.definition.string.end',
          ',  punctuation.separator.array',
          '\\  constant.character.escape.line-continuation',
          '#  punctuation.definition.comment',
          "not 'it  comment.line.number-sign",
          '"  punctuation.definition.string.begin',
          '$  punctuation.definition.variable',
          'b  variable.other.normal',
          '"  punctuation.definition.string.end',
          ']  punctuation.definition.array.end',
          keyword('USER'),
          'me  -',
        ],
      ],
      [
        'a test of the shell, which is no exec form',
        'RUN [ -f x ] && [ "$A" = 1 ]',
        [
          keyword('RUN'),
          '[  -',
          '-f  constant.other.option.shell',
          'x ]  -',
          '&&  keyword.operator.separator.shell',
          '[  -',
          '"  punctuation.definition.string.begin',
          '$  punctuation.definition.variable',
          'A  variable.other.normal',
          '"  punctuation.definition.string.end',
          '= 1 ]  -',
        ],
      ],
      [
        'our labels and others',
        'LABEL org.research-containers.output=/p "org.research-containers.command"=x a.b=c',
        [
          keyword('LABEL'),
          'org.research-containers.output  support.type.property-name.label.research-containers',
          '=  keyword.operator.assignment',
          '/p  -',
          '"  -',
          'org.research-containers.command  support.type.property-name.label.research-containers',
          '"  -',
          '=  keyword.operator.assignment',
          'x  -',
          'a.b  variable.other.assignment',
          '=  keyword.operator.assignment',
          'c  -',
        ],
      ],
      [
        'a health check',
        'HEALTHCHECK --interval=30s --retries=3 \\\n CMD ["a"]\nHEALTHCHECK NONE',
        [
          keyword('HEALTHCHECK'),
          ...flag('interval', '30s'),
          ...flag('retries', '3'),
          '\\  constant.character.escape.line-continuation',
          keyword('CMD'),
          '[  punctuation.definition.array.begin',
          '"  punctuation.definition.string.begin',
          'a  string.quoted.double',
          '"  punctuation.definition.string.end',
          ']  punctuation.definition.array.end',
          keyword('HEALTHCHECK'),
          'NONE  constant.language.none',
        ],
      ],
    ];
    for (const [what, text, expected] of listings) {
      it(`show ${what}`, () => {
        assert.deepEqual(listing(grammar, text), expected);
      });
    }
  });

  // None of these reaches the next instruction.
  const unfinished: [string, string][] = [
    ['an apostrophe', "RUN echo it's"],
    ['a double quote', 'RUN echo "a'],
    ['a backtick', 'RUN echo `a'],
    ['a substitution', 'RUN echo $(a "$(b'],
    ['a variable', 'ENV A=${B'],
    ['an exec form', 'CMD ["a",'],
    ['a quote in an exec form', 'CMD ["a'],
    ['a bracket', 'RUN (a'],
    ['an apostrophe in a label', "LABEL a=it's"],
    ['an unknown instruction', "FORM it's"],
    ['a comment in a continued line', "RUN a \\\n # it's\n b"],
    ['a comment in a continued quote', "RUN echo 'a \\\n # it's\n b'"],
    ['a comment of the shell', "RUN a # it's \\\n b"],
    ['two escapes at the end of a line', 'RUN echo a\\\\'],
    ['blanks behind the escape', 'RUN echo "a \\  \n b'],
    ['an instruction alone', 'RUN'],
    ['a heredoc without a name', 'RUN cat <<'],
    ['a heredoc with half a quote', "RUN <<'EOF"],
  ];
  for (const [what, text] of unfinished) {
    it(`does not go beyond its instruction with ${what}`, () => {
      const tokens = tokensOf(grammar, `FROM x\n${text}\nUSER me`);
      assert.deepEqual(
        tokens.slice(-2).map(({ text: token, scopes }) => [token, ...scopes]),
        [
          ['USER', 'meta.instruction.other', 'keyword.other.special-method'],
          ['me', 'meta.instruction.other'],
        ],
      );
    });
  }

  it('is left to VS Code where another escape character is chosen', () => {
    const tokens = tokensOf(grammar, '# syntax=x\n# escape=`\nFROM x\nCOPY a C:\\\nUSER me');
    assert.deepEqual(tokens.at(-2)?.scopes, ['meta.escape-backtick', 'keyword.other.special-method']);
  });

  it('is found quickly in very long lines', function () {
    this.timeout(2000);
    for (const line of [
      `RUN ${'a "b" c\'d\' '.repeat(1000)}`,
      `RUN ${' '.repeat(10_000)}x`,
      `RUN python3 ${'-x '.repeat(3000)}<`,
      `RUN cat <<E ${'a '.repeat(3000)}> x.py`,
    ]) {
      const started = performance.now();
      tokensOf(grammar, line);
      assert.ok(performance.now() - started < 500, line.slice(0, 30));
    }
  });
});
