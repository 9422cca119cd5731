import assert from 'node:assert/strict';
import { checklistOf } from '../../../../src/bundle/checklist.js';
import { good, image } from './checklist-samples.js';

describe("the reviewers' checklist", () => {
  it('passes a bundle with all that reviewers ask for', () => {
    const open = checklistOf(good).filter(({ state }) => state !== 'passed');
    assert.deepEqual(open, []);
  });

  it('has its 17 points in order, each with a sentence', () => {
    const checks = checklistOf(good);
    assert.deepEqual(
      checks.map(({ id }) => Number(/^review:(\d+)-[a-z-]+$/.exec(id)?.[1])),
      Array.from({ length: 17 }, (_, index) => index + 1),
    );
    for (const { message } of checks) assert.match(message, /^[A-Z].*\.$/s);
  });

  it('says a remedy for every point of a bundle that has next to nothing', () => {
    const checks = checklistOf({
      ...{ metadata: { title: ' ', creators: [] }, files: [], readme: '', images: [image], build: undefined, runs: [] },
      ...{ dockerfile: undefined, sourceNames: [], secrets: 'not-searched', verification: [], doi: undefined },
    });
    for (const { id, state, message, remedy = '' } of checks) {
      // A README without paths has none of the host's.
      if (id === 'review:13-host-paths') continue;
      assert.notEqual(state, 'passed', id);
      assert.match(message, /^[A-Z].*\.$/s);
      assert.match(remedy, /^[A-Z].*\.$/s);
    }
  });

  it('leaves to “Verify Bundle…” what only that can tell', () => {
    const states = checklistOf({ ...good, runs: [], verification: [] }).filter(({ state }) => state === 'unknown');
    assert.deepEqual(
      states.map(({ id }) => id),
      ['review:7-round-trip', 'review:8-smoke-test', 'review:9-offline', 'review:10-outputs', 'review:15-checksums'],
    );
    for (const { remedy } of states) assert.match(remedy ?? '', /“Verify Bundle…”/);
  });
});
