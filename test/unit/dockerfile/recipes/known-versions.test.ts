import assert from 'node:assert/strict';
import table from '../../../../src/dockerfile/recipes/known-versions.json';
import { knownVersion } from '../../../../src/dockerfile/recipes/known-versions.js';

describe('knownVersion', () => {
  const cases: [name: string, python: string, version: string | undefined][] = [
    ['numpy', '3.9', '2.0.2'],
    ['numpy', '3.9.19', '2.0.2'],
    ['numpy', '3.10.12', '2.2.6'],
    ['numpy', '3.14', '2.3.4'],
    ['tensorflow', '3.13', '2.20.0'],
    ['tensorflow', '3.14', undefined],
    ['gradio', '3.9', undefined],
    ['numpy', '3.8', undefined],
    ['oddity', '3.12', undefined],
    ['constructor', '3.12', undefined],
  ];
  for (const [name, python, version] of cases) {
    it(`is ${version ?? 'not known'} for ${name} with Python ${python}`, () => {
      assert.equal(knownVersion(name, python), version);
    });
  }

  it('has rows of whole versions, in the order of Python’s, by names as PyPI normalizes them', () => {
    for (const [name, rows] of Object.entries(table.packages)) {
      assert.match(name, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      const minors = Object.keys(rows).map((from) => Number(/^3\.(\d+)$/.exec(from)?.[1]));
      assert.deepEqual(
        minors,
        minors.toSorted((left, right) => left - right),
      );
      assert.ok(minors.every((minor) => minor >= 9));
      for (const version of Object.values(rows)) assert.match(version ?? '0', /^\d+(?:\.\d+)*(?:\.post\d+)?$/);
    }
  });
});
