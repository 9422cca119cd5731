import assert from 'node:assert/strict';
import { formatAge, formatSize } from '../../../src/ui/format.js';

describe('sizes and ages', () => {
  it('are written for people', () => {
    assert.equal(formatSize(0), '0 B');
    assert.equal(formatSize(999), '999 B');
    assert.equal(formatSize(1500), '1.5 kB');
    assert.equal(formatSize(123_456_789), '123 MB');
    assert.equal(formatSize(50e9), '50.0 GB');
    const now = Date.UTC(2026, 0, 10);
    assert.equal(formatAge(now - 5000, now), 'just now');
    assert.equal(formatAge(now + 5000, now), 'just now');
    assert.equal(formatAge(now - 60_000, now), '1 min ago');
    assert.equal(formatAge(now - 5 * 3_600_000, now), '5 h ago');
    assert.equal(formatAge(now - 3 * 86_400_000, now), '3 days ago');
    assert.equal(formatAge(now - 800 * 86_400_000, now), '2 years ago');
  });
});
