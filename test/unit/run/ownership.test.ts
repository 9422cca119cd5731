import assert from 'node:assert/strict';
import { type Ownership, planOwnership } from '../../../src/run/ownership.js';

const me = { uid: 1000, gid: 100 };

describe('who owns the results', () => {
  const cases: [what: string, plan: Ownership, expected: Ownership][] = [
    ['an image of root’s', planOwnership('', me, { rootIs: 'root' }, false), back('1000:100', false)],
    ['an image of another user', planOwnership('jovyan', me, { rootIs: 'root' }, false), back('1000:100', true)],
    ['an image of the user’s own number', planOwnership('1000:5', me, { rootIs: 'root' }, false), { kind: 'as-is' }],
    ['root by number', planOwnership('0:0', me, { rootIs: 'root' }, false), back('1000:100', false)],
    ['a rootless engine', planOwnership('root', me, { rootIs: 'rootless' }, false), { kind: 'as-is' }],
    ['a rootless engine and another user', planOwnership('1001', me, { rootIs: 'rootless' }, false), back('0:0', true)],
    ['an engine that maps users', planOwnership('', me, { rootIs: 'mapped' }, false), back('1000:100', true)],
    ['a virtual machine', planOwnership('', me, { rootIs: 'shared' }, false), back('1000:100', false)],
    ['a network file system', planOwnership('', me, { rootIs: 'root' }, true), { kind: 'as-user', user: '1000:100' }],
    ['the machine’s root', planOwnership('', { uid: 0, gid: 0 }, { rootIs: 'root' }, false), { kind: 'as-is' }],
    ['a system without such numbers', planOwnership('', undefined, { rootIs: 'root' }, false), { kind: 'as-is' }],
  ];
  for (const [what, plan, expected] of cases) {
    it(`with ${what}`, () => {
      // Elsewhere folders are shared with a virtual machine that translates owners.
      assert.deepEqual(plan, process.platform === 'linux' ? expected : { kind: 'as-is' });
    });
  }

  function back(owner: string, open: boolean): Ownership {
    return { kind: 'give-back', owner, open };
  }
});
