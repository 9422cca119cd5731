import assert from 'node:assert/strict';
import { compileIgnore, type IgnoreMatch } from '../../../src/build/ignore.js';

/** Whether a path is left out, asked folder by folder as the walk does. */
function isIgnored(patterns: string, path: string): boolean {
  const compiled = compileIgnore(patterns);
  let match: IgnoreMatch | undefined;
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) match = compiled.match(parts.slice(0, depth).join('/'), match);
  return match?.ignored ?? false;
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
  ];
  for (const [patterns, path, ignored] of cases) {
    it(`${JSON.stringify(patterns)} ${ignored ? 'leaves out' : 'keeps'} ${path}`, () => {
      assert.equal(isIgnored(patterns, path), ignored);
    });
  }

  it('says where an exception may lie in a folder that is left out', () => {
    const patterns = compileIgnore('*\n!a/b/c');
    assert.ok(patterns.mayIncludeBelow('a'));
    assert.ok(patterns.mayIncludeBelow('a/b'));
    assert.ok(!patterns.mayIncludeBelow('z'));
    assert.ok(compileIgnore('*\n!**/x').mayIncludeBelow('anywhere'));
  });
});
