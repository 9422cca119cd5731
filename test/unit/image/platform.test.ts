import assert from 'node:assert/strict';
import { formatPlatform, parsePlatform, platformFileName } from '../../../src/image/platform.js';

describe('a platform', () => {
  for (const [text, normal] of [
    ['linux/amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['Linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm/v7', 'linux/arm/v7'],
  ] as const) {
    it(`${text} is ${normal}`, () => {
      const platform = parsePlatform(text);
      assert.ok(platform);
      assert.equal(formatPlatform(platform), normal);
    });
  }

  it('is no bare architecture and no path', () => {
    for (const text of ['amd64', 'linux/', '/amd64', 'linux/arm/v7/x', ''])
      assert.equal(parsePlatform(text), undefined);
  });

  it('is a part of a file name', () => {
    assert.equal(platformFileName({ os: 'linux', architecture: 'arm', variant: 'v7' }), 'linux-arm-v7');
  });
});
