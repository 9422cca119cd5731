import assert from 'node:assert/strict';
import { formatDuration, formatSize } from '../../../src/host/quantities.js';

describe('sizes', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1500, '1.5 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [123_456_789, '123 MB'],
    [50e9, '50.0 GB'],
    [1e15, '1000 TB'],
  ] as const) {
    it(`of ${bytes} bytes are written as ${text}`, () => {
      assert.equal(formatSize(bytes), text);
    });
  }
});

describe('durations', () => {
  for (const [seconds, text] of [
    [0, '0.0 s'],
    [0.04, '0.0 s'],
    [12.5, '12.5 s'],
    [59.94, '59.9 s'],
    [59.96, '1 min'],
    [245, '4 min 5 s'],
    [3599.6, '1 h'],
    [7384, '2 h 3 min'],
    [86_400, '1 day'],
    [273_600, '3 days 4 h'],
    [172_860, '2 days'],
  ] as const) {
    it(`of ${seconds} seconds are written as ${text}`, () => {
      assert.equal(formatDuration(seconds), text);
    });
  }
});
