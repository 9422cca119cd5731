import assert from 'node:assert/strict';
import { type Matched, Patterns, readIgnoreFile } from '../../../src/host/ignore-patterns.js';

/** Whether a path is left out, asked folder by folder as the walk does. */
function isIgnored(text: string, path: string): boolean {
  const patterns = new Patterns(readIgnoreFile(text));
  let above: Matched | undefined;
  let matches = false;
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const answer = patterns.match(parts.slice(0, depth).join('/'), above);
    above = answer.matched;
    matches = answer.matches;
  }
  return matches;
}

describe('.dockerignore', () => {
  const cases: [patterns: string, path: string, ignored: boolean][] = [
    ['', 'a', false],
    ['a', 'a', true],
    ['a', 'b/a', false],
    ['a', 'a/b/c', true],
    ['/a', 'a', true],
    ['a/', 'a/b', true],
    ['./a', 'a', true],
    ['x/../a', 'a', true],
    ['*', 'a/b', true],
    ['*.txt', 'a.txt', true],
    ['*.txt', 'b/a.txt', false],
    ['**/*.txt', 'a.txt', true],
    ['**/*.txt', 'b/c/a.txt', true],
    ['**/b', 'a/b/c', true],
    ['a/**', 'a/b', true],
    ['a/**', 'a', false],
    ['a/**/z', 'a/z', true],
    ['a/**/z', 'a/b/c/z', true],
    ['?', 'a', true],
    ['?', 'ab', false],
    ['[ab]', 'b', true],
    ['[^ab]', 'b', false],
    ['[a-c]x', 'bx', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['a.b', 'axb', false],
    ['# a\na', 'a', true],
    ['#a', '#a', false],
    ['  a  ', 'a', true],
    ['\uFEFFa', 'a', true],
    ['a\r\nb', 'a', true],
    ['*\n!a', 'a', false],
    ['!a\n*', 'a', true],
    ['*\n!a/b', 'a/b', false],
    ['*\n!a/b', 'a/c', true],
    ['a\n!a/b\na/b/c', 'a/b/d', false],
    ['a\n!a/b\na/b/c', 'a/b/c', true],
    ['! a', 'a', false],
    ['a\n! a', 'a', false],
    ['ü/**', 'ü/x', true],
    ['**', 'a/b', true],
    ['**b', 'ab', true],
    ['**/b', 'ab', false],
    ['**b*', 'xba', false],
    ['a**', 'ab', true],
    ['a/', 'a', true],
    ['/', 'a', false],
    ['.', 'a', false],
    ['..', 'a', false],
    ['a+(b)', 'a+(b)', true],
    ['*.{a,b}', 'x.{a,b}', true],
    ['*.{a,b}', 'x.a', false],
    ['\\!a', '!a', true],
    ['\\-a', '-a', true],
    [']', ']', true],
    ['a[*]', 'a[]', true],
    ['[[]a]', '[a]', true],
    ['\\d', '7', true],
    ['\\d', 'd', false],
    ['[\\d]', '7', true],
    ['[[:alpha:]]', 'q', true],
    ['[[:alpha:]]', ':', false],
    ['?', '😀', true],
    ['??', '😀', false],
    ['[а-я]', 'ж', true],
    ['a\n\uFEFFb', 'b', false],
    ['**/**', 'two\nlines', false],
    ['*', 'two\nlines', true],
    ['$a', '$a', true],
    ['[[]x]', '[x]', true],
    ['[]a]', ']', true],
    ['star[*]', 'star*', false],
    ['[[:alpha:]]', '1', false],
    ['[a\\-z]', 'm', false],
    ['a\\-b', 'a-b', true],
    ['[!a]', '!', true],
    ['*\n!*.md\nREADME.md', 'README.md', true],
    ['*\n!*.md\nREADME.md', 'NOTES.md', false],
    ['**/node_modules\n!keep/node_modules', 'keep/node_modules/x', false],
  ];
  for (const [patterns, path, ignored] of cases) {
    it(`${JSON.stringify(patterns)} ${ignored ? 'leaves out' : 'keeps'} ${path}`, () => {
      assert.equal(isIgnored(patterns, path), ignored);
    });
  }

  it('says what lies below a folder that is left out', () => {
    const patterns = new Patterns(['*', '!a/b/c']);
    assert.ok(patterns.areExceptionsOnlyPrefixes);
    assert.ok(patterns.exceptionBeginsBelow('a'));
    assert.ok(patterns.exceptionBeginsBelow('a/b'));
    assert.ok(!patterns.exceptionBeginsBelow('z'));
    assert.ok(!new Patterns(['*', '!**/x']).areExceptionsOnlyPrefixes);
  });

  it('refuses what Docker refuses', () => {
    assert.throws(() => new Patterns(['[']), /syntax error in pattern: "\["/);
    for (const pattern of ['[]', '[^]', '\\7', '\\y', '[[:nope:]]', 'x[b-a]']) {
      assert.throws(() => new Patterns([pattern]), /syntax error in pattern/, pattern);
    }
    assert.throws(() => new Patterns(['!']), /illegal exclusion pattern/);
  });

  it('asks the folders above a path where nobody has', () => {
    assert.ok(new Patterns(['a']).match('a/b/c', undefined).matches);
  });
});
