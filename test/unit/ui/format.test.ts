import assert from 'node:assert/strict';
import { formatAge } from '../../../src/ui/format.js';

describe('ages', () => {
  it('are written for people', () => {
    const now = Date.UTC(2026, 0, 10);
    assert.equal(formatAge(now - 5000, now), 'just now');
    assert.equal(formatAge(now + 5000, now), 'just now');
    assert.equal(formatAge(now - 60_000, now), '1 min ago');
    assert.equal(formatAge(now - 5 * 3_600_000, now), '5 h ago');
    assert.equal(formatAge(now - 3 * 86_400_000, now), '3 days ago');
    assert.equal(formatAge(now - 800 * 86_400_000, now), '2 years ago');
  });
});
