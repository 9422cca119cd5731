import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../src/dockerfile/instructions.js';
import { pinReferences, referencesToPin } from '../../../src/dockerfile/pin-references.js';

const digest = `sha256:${'ab'.repeat(32)}`;
const other = `sha256:${'cd'.repeat(32)}`;

/** Pins all that can be pinned; `@` in what is expected stands for `@` and the digest. */
function pinAll(text: string): string {
  return pinReferences(text, () => digest).text.replaceAll(`@${digest}`, '@');
}

describe('pinning references', () => {
  const cases: [string, string, string][] = [
    ['a tag', 'FROM python:3.12\n', 'FROM python:3.12@\n'],
    ['no tag', 'FROM python\n', 'FROM python@\n'],
    ['no line end', 'FROM python:3.12', 'FROM python:3.12@'],
    ['a registry with a port', 'FROM localhost:5000/a/b', 'FROM localhost:5000/a/b@'],
    [
      'flags, lower case and spaces',
      '  from  --platform=linux/amd64   a:1   as x  ',
      '  from  --platform=linux/amd64   a:1@   as x  ',
    ],
    ['a tab', 'FROM\ta:1\tAS\tx', 'FROM\ta:1@\tAS\tx'],
    ['quotes', 'FROM "a:1" AS x', 'FROM "a:1@" AS x'],
    ['a digest already', `FROM a:1@${other}`, `FROM a:1@${other}`],
    [
      'a stage',
      'FROM a:1 AS b\nFROM b\nFROM B AS c\nCOPY --from=b x y\nCOPY --from=0 x y',
      'FROM a:1@ AS b\nFROM b\nFROM B AS c\nCOPY --from=b x y\nCOPY --from=0 x y',
    ],
    ['the name of a later stage', 'FROM b\nFROM a AS b', 'FROM b@\nFROM a@ AS b'],
    ['scratch', 'FROM scratch\nCOPY --from=scratch a b', 'FROM scratch\nCOPY --from=scratch a b'],
    [
      'a variable',
      'ARG V=1\nARG B=a:1\nFROM a:$V\nFROM ${B}\nFROM a:${V:-2}',
      'ARG V=1\nARG B=a:1\nFROM a:$V\nFROM ${B}\nFROM a:${V:-2}',
    ],
    [
      'COPY --from',
      'FROM scratch\nCOPY --link --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/',
      'FROM scratch\nCOPY --link --from=ghcr.io/astral-sh/uv:0.9@ /uv /bin/',
    ],
    ['COPY --from in quotes', 'FROM scratch\nCOPY --from="a:1" a b', 'FROM scratch\nCOPY --from="a:1@" a b'],
    ['COPY --from with a variable', 'FROM scratch\nCOPY --from=a:$V a b', 'FROM scratch\nCOPY --from=a:$V a b'],
    ['COPY --from a stage that is not there', 'FROM scratch\nCOPY --from=7 a b', 'FROM scratch\nCOPY --from=7 a b'],
    [
      'mounts',
      'FROM scratch\nRUN --mount=type=bind,from=a:1,target=/x --mount=from=b,target=/from=b cp from=a:1 --from=a:1 y',
      'FROM scratch\nRUN --mount=type=bind,from=a:1@,target=/x --mount=from=b@,target=/from=b cp from=a:1 --from=a:1 y',
    ],
    [
      'a quoted mount',
      'FROM scratch\nRUN --mount="type=bind,from=a:1" x',
      'FROM scratch\nRUN --mount="type=bind,from=a:1@" x',
    ],
    [
      'a continuation',
      'FROM \\\n  # which\n\n  a:1 \\\n  AS x\nCOPY \\\n --from=c:2 \\\n a b',
      'FROM \\\n  # which\n\n  a:1@ \\\n  AS x\nCOPY \\\n --from=c:2@ \\\n a b',
    ],
    ['a continuation in the name', 'FROM pyth\\\non:3 AS x', 'FROM pyth\\\non:3@ AS x'],
    ['an escape directive', '# escape=`\nFROM `\n  a:1', '# escape=`\nFROM `\n  a:1@'],
    ['Windows line ends', 'FROM a:1\r\nFROM b \\\r\n AS c\r\n', 'FROM a:1@\r\nFROM b@ \\\r\n AS c\r\n'],
    ['a byte order mark', '\uFEFFFROM a:1\nFROM b', '\uFEFFFROM a:1@\nFROM b@'],
    ['characters of two units', '# 𝛼\nFROM a:1 AS 𝛼', '# 𝛼\nFROM a:1@ AS 𝛼'],
    [
      'heredocs',
      'FROM a\nCOPY <<EOF /Dockerfile\nFROM b\nEOF\nRUN <<EOF\nFROM c\nEOF',
      'FROM a@\nCOPY <<EOF /Dockerfile\nFROM b\nEOF\nRUN <<EOF\nFROM c\nEOF',
    ],
    [
      'comments and commands',
      '# FROM a\nFROM b # no comment\nRUN echo FROM c',
      '# FROM a\nFROM b@ # no comment\nRUN echo FROM c',
    ],
    ['what is no reference', 'FROM A B\nFROM\nFROM a::b', 'FROM A B\nFROM\nFROM a::b'],
    ['the image of the syntax', '# syntax=docker/dockerfile:1\nFROM a:1', '# syntax=docker/dockerfile:1\nFROM a:1@'],
    ['an empty file', '', ''],
  ];
  for (const [what, text, expected] of cases) {
    it(`of ${what}`, () => {
      assert.equal(pinAll(text), expected);
      const again = pinReferences(text, () => digest).text;
      assert.deepEqual(referencesToPin(again), []);
      assert.deepEqual(
        parseDockerfile(again).instructions.map(({ keyword, startLine, endLine }) => [keyword, startLine, endLine]),
        parseDockerfile(text).instructions.map(({ keyword, startLine, endLine }) => [keyword, startLine, endLine]),
      );
    });
  }

  const several = 'FROM a:1\nFROM b\nCOPY --from=a:1 x y\nCOPY --from=c x y';

  it('asks for each reference once, as it is written', () => {
    assert.deepEqual(referencesToPin(several), ['a:1', 'b', 'c']);
  });

  it('leaves what has no digest, and says what was pinned', () => {
    const result = pinReferences(several, (reference) => (reference === 'a:1' ? digest : undefined));
    assert.deepEqual(result.pinned, [{ from: 'a:1', to: `a:1@${digest}` }]);
    assert.equal(result.text, `FROM a:1@${digest}\nFROM b\nCOPY --from=a:1@${digest} x y\nCOPY --from=c x y`);
  });

  it('takes time that grows with the length only', () => {
    const long = `FROM a\n${'COPY --from=b:1 x y\n'.repeat(3_000)}RUN ${'\\\n x'.repeat(3_000)}\nFROM z`;
    assert.equal(pinReferences(long, () => digest).text.split(digest).length - 1, 3_002);
  });
});
