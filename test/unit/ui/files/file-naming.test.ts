import assert from 'node:assert/strict';
import { type Entry } from '../../../../src/engine/inside/place.js';
import { freeName, problemOfName, replacedBy } from '../../../../src/ui/files/file-naming.js';

const entry = (name: string, kind: Entry['kind'] = 'file'): Entry => ({ name, kind, size: 0, modified: 0 });
const none = (): boolean => false;

describe('names of files inside and here', () => {
  it('tell what an upload would replace', () => {
    const entries = [entry('a'), entry('b', 'folder'), entry('C')];
    const replaced = replacedBy(['b', 'c', 'd', 'a'], entries);
    assert.deepEqual(
      replaced.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.deepEqual(replacedBy([], entries), []);
  });

  it('are refused where no file can have them, or one has', () => {
    const entries = [entry('taken')];
    for (const name of ['a', 'A b', 'Taken', '...', '#?%"', '.hidden', 'é'.repeat(127)]) {
      assert.equal(problemOfName(name, entries), undefined, name);
    }
    for (const name of ['', '.', '..', 'a/b', '/', 'a\0', 'taken', 'é'.repeat(128)]) {
      assert.match(problemOfName(name, entries) ?? '', /./, name);
    }
  });

  it('get a number where they are taken here', () => {
    const there = new Set(['plot.png', 'plot 2.png', 'runs', '.env', 'a.tar.gz']);
    const isTaken = (name: string): boolean => there.has(name);
    assert.equal(freeName('new', isTaken, 'linux'), 'new');
    assert.equal(freeName('plot.png', isTaken, 'linux'), 'plot 3.png');
    assert.equal(freeName('runs', isTaken, 'linux'), 'runs 2');
    assert.equal(freeName('.env', isTaken, 'linux'), '.env 2');
    assert.equal(freeName('a.tar.gz', isTaken, 'linux'), 'a.tar 2.gz');
  });

  it('are changed on Windows alone, where it has the characters for itself', () => {
    const name = 'loss: "a/b"?.txt';
    assert.equal(freeName(name, none, 'linux'), name);
    assert.equal(freeName(name, none, 'win32'), 'loss_ _a_b__.txt');
    assert.equal(freeName('aux.log', none, 'win32'), '_aux.log');
    assert.equal(freeName('auxiliary', none, 'win32'), 'auxiliary');
    assert.equal(freeName('dots..', none, 'win32'), 'dots__');
    assert.equal(freeName('..', none, 'linux'), 'files');
  });
});
