import assert from 'node:assert/strict';
import { writtenText } from '../../../../src/ui/wizard/written-text.js';

describe('what was written, in sentences', () => {
  it('names the files by their names', () => {
    assert.equal(writtenText({ files: ['/study/Dockerfile'], hints: [], unpinned: [] }), 'Dockerfile was written.');
    assert.equal(
      writtenText({ files: ['/s/Dockerfile', '/s/.dockerignore', '/s/README.md'], hints: [], unpinned: [] }),
      'Dockerfile, .dockerignore and README.md were written.',
    );
  });

  it('says what is left to do', () => {
    const text = writtenText({
      files: ['/study/Dockerfile'],
      hints: [{ message: 'Pin the packages', command: 'pip freeze' }],
      unpinned: ['python:3.12-slim'],
    });
    assert.match(text, /digest of python:3\.12-slim/);
    assert.match(text, /Pin the packages\.$/);
  });

  it('says nothing more where nothing was written', () => {
    const text = writtenText({ files: [], hints: [{ message: 'Pin', command: undefined }], unpinned: ['a'] });
    assert.equal(text, 'Nothing was written: all is as it was.');
  });
});
