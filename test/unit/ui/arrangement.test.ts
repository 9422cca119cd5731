import assert from 'node:assert/strict';
import { matches } from '../../../src/ui/explorer/arrangement.js';

describe('the filter of a view', () => {
  const texts = ['estimate-pi:1.0', 'sha256:abc'];
  const cases: [string, boolean][] = [
    ['', true],
    ['PI', true],
    ['pi estimate', true],
    ['pi ABC', true],
    ['pi jupyter', false],
  ];
  for (const [filter, expected] of cases) {
    it(`“${filter}” ${expected ? 'keeps' : 'hides'} ${texts[0] ?? ''}`, () => {
      assert.equal(matches(filter, texts), expected);
    });
  }
});
