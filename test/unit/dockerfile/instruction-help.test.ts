import assert from 'node:assert/strict';
import { instructionFlags, mountTypes } from '../../../src/dockerfile/instruction-flags.js';
import { completionsAt, helpAt } from '../../../src/dockerfile/instruction-help.js';
import { knownLabels } from '../../../src/dockerfile/known-labels.js';

/** A text without its `|`, and where that was. */
function marked(text: string): { text: string; line: number; character: number } {
  const before = text.slice(0, text.indexOf('|')).split('\n');
  assert.equal(text.split('|').length, 2);
  return { text: text.replace('|', ''), line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

function hover(text: string): ReturnType<typeof helpAt> {
  const place = marked(text);
  return helpAt(place.text, place.line, place.character);
}

function offered(text: string): string[] {
  const place = marked(text);
  return completionsAt(place.text, place.line, place.character).map(({ label }) => label);
}

/** The line after the named completion was taken. */
function taken(text: string, label: string): string {
  const place = marked(text);
  const completion = completionsAt(place.text, place.line, place.character).find((each) => each.label === label);
  assert.ok(completion, label);
  const line = place.text.split('\n')[place.line] ?? '';
  assert.equal(completion.range.line, place.line);
  return line.slice(0, completion.range.start) + completion.insert + line.slice(completion.range.end);
}

describe('what is told of a word of a Dockerfile', () => {
  const told: [string, string, string, RegExp][] = [
    ['a flag', 'FROM x\nCOPY --cho|wn=a:b . .', '--chown=a:b', /owns the files/],
    ['a flag at its first character', 'COPY |--link . .', '--link', /does not depend/],
    ['a flag at its end', 'COPY --link| . .', '--link', /does not depend/],
    ['a second flag', 'ADD --chown=a --che|cksum=sha256:1 https://x /', '--checksum=sha256:1', /checksum/],
    [
      'a flag in a continuation line',
      'RUN --mount=type=ssh \\\n  # why\n  --net|work=none x',
      '--network=none',
      /nothing is downloaded/,
    ],
    ['a flag with lower case', 'copy --from=|x . .', '--from=x', /another stage/],
    ['a flag of what is put off', 'ONBUILD COPY --fr|om=x . .', '--from=x', /another stage/],
    ['a flag of a heredoc', 'COPY --chm|od=755 <<EOF /x\n--chown=a\nEOF', '--chmod=755', /may be done/],
    ['the mount itself', 'RUN --mo|unt=type=cache x', '--mount=type=cache', /no layer/],
    ['the type of a mount', 'RUN --mount=type=ca|che,target=/c x', 'type=cache', /kept between builds/],
    ['an option of a mount', 'RUN --mount=type=cache,sha|ring=locked,id=a x', 'sharing=locked', /at the same time/],
    ['the last option of a mount', 'RUN --mount=type=secret,id=a,env=|B x', 'env=B', /variable/],
    ['an option by its short name', 'RUN --mount=type=bind,src=|a,dst=b x', 'src=a', /file or folder/],
    ['a mount without a type', 'RUN --mount=sour|ce=a,target=b x', 'source=a', /file or folder/],
    ['our label', 'LABEL org.research-|containers.output=/x', 'org.research-containers.output', /binds a folder/],
    [
      'our label in quotes',
      'LABEL a=b "org.research-|containers.command"="[]"',
      'org.research-containers.command',
      /proposes to run/,
    ],
    [
      'a standard label in a later line',
      'LABEL a=b \\\n  org.opencontainers.image.li|censes=MIT',
      'org.opencontainers.image.licenses',
      /SPDX/,
    ],
  ];
  for (const [what, text, word, expected] of told) {
    it(`explains ${what}`, () => {
      const help = hover(text);
      assert.ok(help);
      assert.match(help.text, expected);
      const { range } = help;
      assert.equal(marked(text).text.split('\n')[range.line]?.slice(range.start, range.end), word);
      assert.equal(help.kind, text.includes('LABEL') ? 'label' : 'flag');
    });
  }

  const untold: [string, string][] = [
    ['a flag of the program', 'RUN pip --net|work=none'],
    ['a flag behind the files', 'COPY a --cho|wn=b c'],
    ['a flag of another instruction', 'RUN --cho|wn=a x'],
    ['a comment', '# COPY --cho|wn=a . .\nFROM x'],
    ['a comment in a continued line', 'RUN --mount=type=ssh \\\n # --net|work=none\n x'],
    ['the text of a heredoc', 'COPY <<EOF /x\n--cho|wn=a\nEOF'],
    ['the text of a heredoc that looks like an instruction', 'RUN <<EOF\nCOPY --cho|wn=a . .\nEOF'],
    ['an unknown flag', 'COPY --nothi|ng=a . .'],
    ['the value of a label', 'LABEL org.research-containers.output=/pro|ject'],
    ['an unknown label', 'LABEL a.|b=c'],
    ['a label outside of LABEL', 'ENV org.research-|containers.output=/x'],
    ['an unknown type of mount', 'RUN --mount=type=not|hing x'],
    ['a keyword', 'CO|PY --chown=a . .'],
    ['an empty file', '|'],
  ];
  for (const [what, text] of untold) {
    it(`is nothing for ${what}`, () => {
      assert.equal(hover(text), undefined);
    });
  }
  it('is nothing outside of the text', () => {
    assert.equal(helpAt('COPY --chown=a . .', 9, 9), undefined);
    assert.equal(helpAt('COPY --chown=a . .', 0, 99), undefined);
  });
});

describe('what is offered in a Dockerfile', () => {
  const lists: [string, string, string[]][] = [
    ['the flags behind a keyword', 'FROM |', ['--platform']],
    ['them in front of what is there', 'FROM --|x python', ['--platform']],
    ['them at their beginning', 'RUN --ne|', ['--mount', '--network', '--security', '--device']],
    [
      'none a second time',
      'HEALTHCHECK --interval=1s --timeout=1s --|',
      ['--start-period', '--start-interval', '--retries'],
    ],
    ['some a second time', 'RUN --mount=type=ssh --network=none --|', ['--mount', '--security', '--device']],
    ['them in a continuation line', 'RUN --network=none --security=sandbox \\\n  --|', ['--mount', '--device']],
    ['them for what is put off', 'ONBUILD FROM --|', ['--platform']],
    ['values', 'RUN --network=|', ['default', 'none', 'host']],
    [
      'values of the platform',
      'FROM --platform=l| x',
      ['$BUILDPLATFORM', '$TARGETPLATFORM', 'linux/amd64', 'linux/arm64'],
    ],
    ['the stages above', 'FROM a AS one\nFROM b as two\nCOPY --from=|\nFROM c AS three', ['one', 'two']],
    ['the stages of a mount', 'FROM a AS one\nRUN --mount=from=| x', ['one']],
    ['types of mounts', 'RUN --mount=type=| x', ['bind', 'cache', 'tmpfs', 'secret', 'ssh']],
    ['options of a type that are not there', 'RUN --mount=type=tmpfs,| x', ['target', 'size']],
    ['options of a type, the type behind them', 'RUN --mount=|,type=tmpfs,size=1 x', ['target']],
    ['values of an option', 'RUN --mount=type=cache,sharing=|,id=x x', ['shared', 'locked', 'private']],
    ['nothing for a program', 'RUN pip --|', []],
    ['nothing behind the files', 'COPY a --|', []],
    ['nothing for other instructions', 'ENV --|', []],
    ['nothing in a comment', '# RUN --|\nFROM x', []],
    ['nothing in a heredoc', 'RUN <<EOF\nRUN --|\nEOF', []],
    ['nothing for files', 'COPY src|', []],
    ['nothing for the keyword', 'COP|', []],
    ['nothing in an empty file', '|', []],
    ['nothing as the value of a label', 'LABEL a=|', []],
  ];
  for (const [what, text, expected] of lists) {
    it(`is ${what}`, () => {
      assert.deepEqual(offered(text), expected);
    });
  }
  it('is all labels, ours first, without those that are there', () => {
    const names = knownLabels.map(({ name }) => name);
    assert.deepEqual(offered('LABEL |'), names);
    assert.deepEqual(offered('LABEL org.res|'), names);
    assert.deepEqual(offered('LABEL a=b "org.research-containers.output"=x \\\n  |'), names.slice(1));
    assert.deepEqual(names.slice(0, 2), ['org.research-containers.output', 'org.research-containers.command']);
  });

  const results: [string, string, string, string][] = [
    ['a flag with values to choose from', 'RUN --|', '--network', 'RUN --network=${1|default,none,host|}'],
    ['a flag whose values are no choice', 'FROM --pl|', '--platform', 'FROM --platform=$1'],
    ['a switch', 'COPY --l| a b', '--link', 'COPY --link a b'],
    ['another name in front of a value', 'COPY --cho|wn=a b', '--chmod', 'COPY --chmod=a b'],
    ['a mount', 'RUN |', '--mount', 'RUN --mount=type=${1|bind,cache,tmpfs,secret,ssh|}'],
    ['a value with a variable', 'FROM --platform=li|nux x', '$BUILDPLATFORM', 'FROM --platform=\\$BUILDPLATFORM x'],
    ['the type of a mount', 'RUN --mount=type=ca|,target=/x x', 'cache', 'RUN --mount=type=cache,target=/x x'],
    ['an option of a mount', 'RUN --mount=type=cache,ta|,id=x x', 'target', 'RUN --mount=type=cache,target=,id=x x'],
    [
      'our label',
      'LABEL org|',
      'org.research-containers.output',
      'LABEL org.research-containers.output="/project/${1:results}"',
    ],
    [
      'a label that has a value',
      'LABEL org.open|=x',
      'org.opencontainers.image.title',
      'LABEL org.opencontainers.image.title=x',
    ],
    [
      'a label in quotes is left alone',
      'LABEL |',
      'org.research-containers.command',
      'LABEL org.research-containers.command=\'["${1:python}", "${2:main.py}"]\'',
    ],
  ];
  for (const [what, text, label, expected] of results) {
    it(`becomes ${what}`, () => {
      assert.equal(taken(text, label), expected);
    });
  }

  it('has words for all', () => {
    const all = [
      ...[...instructionFlags.values()].flat(),
      ...[...mountTypes.values()].flatMap(({ options }) => options),
      ...knownLabels,
    ];
    for (const { name, text, example } of all) {
      assert.match(text, /^[\w“].*\.$/s, name);
      assert.ok(example.includes(name), name);
    }
    for (const { text } of mountTypes.values()) assert.match(text, /\.$/);
  });
});
