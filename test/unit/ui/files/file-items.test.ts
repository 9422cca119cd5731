import assert from 'node:assert/strict';
import { fileContext, fileItems, pageOf } from '../../../../src/ui/files/file-items.js';

describe('lines of files', () => {
  it('say to menus what can be done', () => {
    assert.equal(fileContext(fileItems.file, { isReadOnly: true }), 'file');
    assert.equal(fileContext(fileItems.folder, { isReadOnly: false }), 'folder.writable');
  });

  it('are shown in pages that have each of them once', () => {
    const all = [1, 2, 3, 4, 5, 6, 7];
    assert.deepEqual(pageOf(all, 0, 3), { shown: [1, 2, 3], left: 4 });
    assert.deepEqual(pageOf(all, 3, 3), { shown: [4, 5, 6], left: 1 });
    assert.deepEqual(pageOf(all, 6, 3), { shown: [7], left: 0 });
    assert.deepEqual(pageOf(all, 0, 7), { shown: all, left: 0 });
    assert.deepEqual(pageOf([], 0, 3), { shown: [], left: 0 });
  });
});
