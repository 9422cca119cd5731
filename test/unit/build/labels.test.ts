import assert from 'node:assert/strict';
import { missingLabels, projectLabels } from '../../../src/build/labels.js';
import { type Citation } from '../../../src/project/citation.js';

const citation: Citation = {
  'cff-version': '1.2.0',
  message: 'Cite it.',
  title: 'A study',
  authors: [{ 'family-names': 'Noether', 'given-names': 'Emmy' }, { name: 'A group' }],
  version: '2.0.1',
  abstract: ' What it is about. ',
  license: ['MIT', 'Apache-2.0'],
  keywords: [],
  'repository-code': 'https://example.org/code',
};
const git = {
  kind: 'commit' as const,
  commit: 'a'.repeat(40),
  dirty: false,
  time: 1_700_000_000,
  remote: 'https://example.org/group/study',
};
const prefix = 'org.opencontainers.image.';

describe('the labels that a project says', () => {
  it('are those of the image specification', () => {
    const base = { reference: 'python:3.12', digest: 'sha256:1' };
    assert.deepEqual(projectLabels('/home/x/folder', citation, git, base), {
      [`${prefix}title`]: 'A study',
      [`${prefix}description`]: 'What it is about.',
      [`${prefix}authors`]: 'Emmy Noether, A group',
      [`${prefix}source`]: 'https://example.org/group/study',
      [`${prefix}revision`]: 'a'.repeat(40),
      [`${prefix}version`]: '2.0.1',
      [`${prefix}licenses`]: 'MIT OR Apache-2.0',
      [`${prefix}created`]: '2023-11-14T22:13:20Z',
      [`${prefix}base.name`]: 'python:3.12',
      [`${prefix}base.digest`]: 'sha256:1',
    });
  });

  it('are few where it says little', () => {
    assert.deepEqual(projectLabels('/home/x/folder', undefined, { kind: 'none' }, undefined), {
      [`${prefix}title`]: 'folder',
    });
  });

  it('say that the sources are not those of the commit', () => {
    const labels = projectLabels('/x', undefined, { ...git, dirty: true }, undefined);
    assert.equal(labels[`${prefix}revision`], `${'a'.repeat(40)}-dirty`);
  });

  it('leave those to the Dockerfile that it sets', () => {
    assert.deepEqual(missingLabels({ a: '1', b: '2' }, ['b']), { a: '1' });
  });
});
