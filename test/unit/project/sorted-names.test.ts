import assert from 'node:assert/strict';
import { hasFolder, hasName, namesIn } from '../../../src/project/sorted-names.js';

describe('sorted names', () => {
  // A folder and names that come directly before and behind it.
  const names = ['a-b', 'a.txt', 'a/b/c.txt', 'a/d.txt', 'a/e', 'a0', 'ab/f', 'z/ü.txt', '“.txt'].sort();

  it('have a file or not', () => {
    for (const name of names) assert.equal(hasName(names, name), true, name);
    for (const name of ['', 'a', 'a/', 'a/b', 'a/d', 'zz', '~']) assert.equal(hasName(names, name), false, name);
    assert.equal(hasName([], 'a'), false);
  });

  it('have a folder or not', () => {
    for (const name of ['a', 'a/b', 'ab', 'z']) assert.equal(hasFolder(names, name), true, name);
    for (const name of ['a0', 'a/e', 'b', 'a.txt', '']) assert.equal(hasFolder(names, name), false, name);
  });

  it('are those directly in a folder', () => {
    assert.deepEqual(namesIn(names, ''), ['a-b', 'a.txt', 'a0', '“.txt']);
    assert.deepEqual(namesIn(names, 'a/'), ['d.txt', 'e']);
    assert.deepEqual(namesIn(names, 'z/'), ['ü.txt']);
    assert.deepEqual(namesIn(names, 'none/'), []);
  });
});
